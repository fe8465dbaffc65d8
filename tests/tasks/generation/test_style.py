"""Style transfer: its losses by hand, what it refuses, and that an image gets closer to a style."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image

from kerazoo import transfer_style
from kerazoo.errors import DamagedFile, DatasetNotFound, KerazooError
from kerazoo.tasks.generation.image_features import GramMatrix, TotalVariation
from kerazoo.tasks.generation.style import match_colors
from tests.conftest import DATA_DIR
from tests.models.test_vision import HED_TRUNK


def stripes(height: int = 48, width: int = 40) -> np.ndarray:
    across = np.arange(width) // 4 % 2
    return np.stack([np.tile(across * level, (height, 1)) for level in (220, 90, 30)], -1).astype(
        "uint8"
    )


def disk(height: int = 40, width: int = 48) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    inside = (rows - height / 2) ** 2 + (columns - width / 2) ** 2 < 200
    return np.where(inside[..., None], (40, 60, 200), (230, 230, 210)).astype("uint8")


def test_gram_matrix_by_hand() -> None:
    maps = np.array([[[1.0, 2.0], [3.0, -1.0]]])[None]  # one row of two pixels, two features
    expected = [[(1 + 9) / 2, (2 - 3) / 2], [(2 - 3) / 2, (4 + 1) / 2]]
    np.testing.assert_allclose(GramMatrix()(maps)[0], expected)


def test_where_a_feature_is_does_not_matter() -> None:
    maps = np.random.default_rng(0).normal(size=(1, 5, 7, 3)).astype("float32")
    moved = np.random.default_rng(1).permutation(maps.reshape(35, 3)).reshape(maps.shape)
    np.testing.assert_allclose(GramMatrix()(moved), GramMatrix()(maps), rtol=1e-5, atol=1e-6)


def test_total_variation_by_hand() -> None:
    image = np.zeros((1, 2, 2, 1), "float32")
    image[0, 0, 0] = 255
    assert float(TotalVariation()(image)[0, 0]) == pytest.approx(np.sqrt(0.5 + 0.5))


def test_colors_are_matched_in_mean_and_covariance() -> None:
    rng = np.random.default_rng(0)
    content = rng.normal((90, 120, 140), (10, 20, 5), (60, 60, 3)).astype("uint8")
    mixed = rng.normal(size=(80, 50, 3)) @ np.array([[18, 9, 0], [0, 12, -6], [4, 0, 15]])
    style = (mixed + np.array([120, 100, 130])).astype("uint8")
    found, wanted = (x.reshape(-1, 3).astype(float) for x in (match_colors(content, style), style))
    np.testing.assert_allclose(found.mean(axis=0), wanted.mean(axis=0), atol=0.2)
    np.testing.assert_allclose(np.cov(found.T), np.cov(wanted.T), rtol=0.02, atol=2)


@pytest.mark.thorough
def test_it_gets_closer_to_the_style_than_colors_do() -> None:
    weights = Path(DATA_DIR or ".") / HED_TRUNK
    if not weights.exists():
        pytest.skip(f"no {HED_TRUNK} in KERAZOO_DATA_DIR: a real trunk is not tested")
    done = transfer_style(disk(), stripes(), weights=str(weights), size=48, steps=20)
    assert (done.image.shape, done.image.dtype) == ((40, 48, 3), np.uint8)
    content, colored, image = done.distances.values()
    assert (content.content, content.style) == (0, pytest.approx(1))
    assert image.style < 0.8 * min(1, colored.style)
    # The other way round: of much content and little style, the content stays.
    kept = transfer_style(
        disk(), stripes(), weights=str(weights), size=48, steps=20, strength=0.001
    )
    assert kept.distances["stylized"].content < 0.5 * image.content


@pytest.mark.thorough
def test_it_is_the_same_every_time() -> None:
    images = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        images.append(transfer_style(disk(), stripes(), weights=None, size=32, steps=2))
    np.testing.assert_array_equal(images[0].image, images[1].image)
    assert not np.array_equal(images[0].image, images[0].colored)


@pytest.mark.thorough
def test_an_image_in_its_own_style_stays_what_it_is() -> None:
    done = transfer_style(disk(), disk(), weights=None, size=48, steps=2)
    assert np.abs(done.colored.astype(int) - disk()).max() <= 1
    assert np.isfinite([d.style for d in done.distances.values()]).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 31}, "size is 31; expected 32 to 2048"),
        ({"size": 5000}, "size is 5000"),
        ({"strength": 0}, "strength is 0; expected a number above 0"),
        ({"strength": float("nan")}, "strength is nan"),
        ({"steps": 0}, "steps is 0; expected 1 or more"),
        ({"content": np.zeros((9, 9), "uint8")}, r"content is uint8 of shape \(9, 9\)"),
        ({"style": np.zeros((9, 9, 3))}, "style is float64"),
        ({"style": np.zeros((2, 90, 3), "uint8")}, "longer side may be at most 8 times"),
        ({"content": "nowhere.png"}, "nowhere.png does not exist"),
        ({"backbone": "resnet"}, "backbone"),
        ({"weights": "cifar10"}, "belong to vgg_small"),
    ],
)
def test_refused(options: dict[str, Any], message: str) -> None:
    arguments = {"content": disk(), "style": stripes(), "weights": None, "size": 40, "steps": 1}
    with pytest.raises(KerazooError, match=message):
        transfer_style(**arguments | options)


@pytest.mark.thorough
def test_files_of_any_shape_are_read(tmp_path: Path) -> None:
    Image.fromarray(disk()).convert("RGBA").save(tmp_path / "content.png")
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was held upright
    Image.fromarray(stripes()).save(tmp_path / "style.jpg", exif=turned)
    done = transfer_style(
        tmp_path / "content.png", tmp_path / "style.jpg", weights=None, size=36, steps=1
    )
    assert done.image.shape == (32, 36, 3)  # 30 high by its shape, but 32 is the least
    (tmp_path / "broken.png").write_bytes(b"no image")
    with pytest.raises(DamagedFile, match=r"broken\.png is not a whole image"):
        transfer_style(tmp_path / "broken.png", disk(), weights=None, size=36, steps=1)


def test_weights_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetNotFound, match=r"no\.h5.* cannot be had.*pass weights=PATH"):
        transfer_style(disk(), stripes(), weights=str(tmp_path / "no.h5"), size=40, steps=1)
