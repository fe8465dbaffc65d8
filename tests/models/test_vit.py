"""vit: patches, positions, and what attention does with them."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import kerazoo
from tests.conftest import run_fresh_kerazoo
from tests.small_data import clothes

PATCH = 4


def in_patches(images: np.ndarray) -> np.ndarray:
    """Cut images of 28 by 28 into 49 patches: `(rows, 49, 16)`."""
    cut = images.reshape(-1, 7, PATCH, 7, PATCH).swapaxes(2, 3)
    return cut.reshape(len(images), 49, PATCH * PATCH)


def from_patches(patches: np.ndarray) -> np.ndarray:
    """Put patches together again."""
    cut = patches.reshape(-1, 7, 7, PATCH, PATCH).swapaxes(2, 3)
    return cut.reshape(-1, 28, 28, 1)


def part_of(model: keras.Model, layer: str) -> keras.Model:
    return keras.Model(model.input, model.get_layer(layer).output)


@pytest.fixture(scope="module")
def vit() -> keras.Model:
    keras.utils.set_random_seed(1)
    return kerazoo.build_vit()


def test_a_token_is_the_same_dense_layer_on_each_patch(vit: keras.Model) -> None:
    x = clothes().test.x[:3]
    kernel, bias = vit.get_layer("patches").get_weights()
    expected = in_patches(x / 127.5 - 1) @ kernel.reshape(16, 64) + bias
    found = part_of(vit, "tokens")(x)
    assert found.shape == (3, 49, 64)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_attention_is_the_formula(vit: keras.Model) -> None:
    """`softmax(q k' / sqrt(d)) v`, written out for one head after the other."""
    x = clothes().test.x[:2]
    layer = vit.get_layer("block1_attention")
    tokens = np.asarray(part_of(vit, "block1_attention_norm")(x), "float64")
    weights = [one.astype("float64") for one in layer.get_weights()]
    (query, query_bias), (key, key_bias), (value, value_bias), (out, out_bias) = zip(
        weights[::2], weights[1::2], strict=True
    )
    expected = np.zeros_like(tokens) + out_bias
    for head in range(4):
        q, k, v = (
            tokens @ matrix[:, head] + bias[head]
            for matrix, bias in ((query, query_bias), (key, key_bias), (value, value_bias))
        )
        scores = np.exp(q @ k.swapaxes(1, 2) / np.sqrt(16))
        expected += scores / scores.sum(axis=2, keepdims=True) @ v @ out[head]
    np.testing.assert_allclose(part_of(vit, "block1_attention")(x), expected, atol=1e-4)


def test_patches_in_another_order_are_another_image_only_by_their_positions() -> None:
    """Without positions a permutation of patches permutes the tokens, and changes no answer."""
    keras.utils.set_random_seed(0)
    model = kerazoo.build_vit(blocks=2)
    x = clothes().test.x[:4]
    order = np.random.default_rng(0).permutation(49)
    mixed = from_patches(in_patches(x)[:, order])
    last = part_of(model, "norm")
    positions = model.get_layer("positions")
    weights = positions.get_weights()
    assert np.abs(np.asarray(last(mixed)) - np.asarray(last(x))[:, order]).max() > 0.01
    positions.set_weights([np.zeros_like(weights[0])])
    np.testing.assert_allclose(last(mixed), np.asarray(last(x))[:, order], atol=1e-4)
    np.testing.assert_allclose(model(mixed), model(x), atol=1e-5)


def test_it_has_an_encoder_only_and_so_many_parameters(vit: keras.Model) -> None:
    # 4 * (64 * 64 + 64) of attention, 64 * 128 + 128 + 128 * 64 + 64, and two normalizations.
    per_block = 16_640 + 16_576 + 2 * 128
    patches, positions, norm, classes = 16 * 64 + 64, 49 * 64, 128, 650
    assert vit.count_params() == 4 * per_block + patches + positions + norm + classes == 138_890


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"input_shape": (30, 28, 1)}, "Pass images of 28 by 28, or another patch_size"),
        ({"input_shape": (3, 28, 1)}, "at least 4 by 4 pixels"),
        ({"input_shape": (None, 28, 1)}, "Pass images of 4 by 28"),
        ({"patch_size": 5}, "patches of 5 by 5 pixels do not fill. Pass images of 25 by 25"),
        ({"patch_size": 0}, "patch_size is 0; expected a whole number"),
        ({"width": 50}, "width is 50 and heads is 4"),
        ({"heads": 0}, "heads is 0"),
    ],
)
def test_refuses(arguments: dict, reason: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        kerazoo.build_vit(**arguments)


def test_other_images_and_patches() -> None:
    model = kerazoo.build_vit((32, 48, 3), classes=3, patch_size=8, width=32, blocks=1, heads=2)
    assert model.get_layer("tokens").output.shape == (None, 24, 32)
    assert model(np.zeros((2, 32, 48, 3), "uint8")).shape == (2, 3)


def write_folder(folder: Path, size: int) -> Path:
    random = np.random.default_rng(0)
    for name, low in (("dark", 0), ("light", 150)):
        (folder / name).mkdir(parents=True)
        for number in range(12):
            pixels = random.integers(low, low + 100, (size, size, 3), "uint8")
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["vit", "lenet"])
def test_own_images(name: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "photos", 32)
    run = kerazoo.train(
        name,
        data=folder,
        options={"image_size": 32, "augmentation": "none"},
        epochs=20,
        out=tmp_path / "run",
    )
    assert run.splits.class_names == ("dark", "light")
    assert run.metrics["accuracy"] == 1
    predictor = kerazoo.load_predictor(tmp_path / "run", runtime="litert")
    assert predictor.predict(run.splits.test.x).values.shape == (len(run.splits.test.x), 2)


@pytest.mark.thorough
@pytest.mark.parametrize(("name", "size"), [("vit", 30), ("lenet", 9)])
def test_own_images_of_a_size_that_does_not_fit(name: str, size: int, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "photos", 32)
    done = run_fresh_kerazoo("train", name, "--data", folder, "--image-size", size)
    assert done.returncode != 0
    assert f"input_shape is ({size}, {size}, 3)" in done.stderr.splitlines()[-1]
