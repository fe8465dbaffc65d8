"""fcn: convolutions alone, so that any size will do and what moves is found where it has moved."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo


def test_parameters_do_not_depend_on_the_size_of_images() -> None:
    counts = {kerazoo.build_fcn(size).count_params() for size in ((56, 56, 1), (8, 128, 1))}
    assert len(counts) == 1


def test_skips_add_scores_of_blocks_from_the_last_on() -> None:
    for skips in range(4):
        names = [layer.name for layer in kerazoo.build_fcn(skips=skips).layers]
        added = {name for name in names if name.startswith("block") and name.endswith("_score")}
        assert added == {f"block{block}_score" for block in range(4 - skips, 4)}
        assert sum(name.endswith("_enlarge") for name in names) == 3


def test_what_moves_by_eight_pixels_is_answered_eight_pixels_farther() -> None:
    keras.utils.set_random_seed(0)
    model = kerazoo.build_fcn((112, 112, 1))
    image = np.full((1, 112, 112, 1), 40, "uint8")
    image[:, 40:60, 40:60] = np.random.default_rng(0).integers(100, 255, (1, 20, 20, 1))
    moved = np.roll(image, 8, axis=2)
    before, after = (model.predict(x, verbose=0) for x in (image, moved))
    inner = slice(40, 60)  # far from the edges, which are padded
    np.testing.assert_allclose(before[:, inner, 40:60], after[:, inner, 48:68], atol=1e-4)
    assert np.abs(before[:, inner, 40:60] - after[:, inner, 40:60]).max() > 1e-3


def test_every_pixel_has_probabilities() -> None:
    model = kerazoo.build_fcn((16, 24, 3), classes=3)
    answer = model.predict(np.zeros((2, 16, 24, 3), "uint8"), verbose=0)
    assert answer.shape == (2, 16, 24, 3)
    np.testing.assert_allclose(answer.sum(axis=-1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"input_shape": (60, 56, 1)}, "multiples of 8"),
        ({"input_shape": (56, 56)}, "takes height, width and channels"),
        ({"skips": 4}, "skips is 4; expected 0 to 3"),
    ],
)
def test_refuses(arguments: dict, reason: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        kerazoo.build_fcn(**arguments)
