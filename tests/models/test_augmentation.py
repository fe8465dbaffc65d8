"""What networks for images do to them at random in training."""

from __future__ import annotations

import inspect

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.models.vision._crop import RandomCropOfPadded
from tests.small_data import clothes

AUGMENTED = [
    name
    for name in kerazoo.list_models("vision")
    if "augmentation" in inspect.signature(kerazoo.load_builder(name)).parameters
]


@pytest.mark.parametrize("name", AUGMENTED)
def test_it_acts_in_training_only_and_stays_among_pixels(name: str) -> None:
    x = clothes().test.x[:8]
    model = kerazoo.load_builder(name)(x.shape[1:], augmentation=("shift", "zoom", "rotate"))
    outputs = [model.get_layer(layer).output for layer in ("rescale", "rotate")]
    changes = keras.Model(model.input, outputs)
    before, after = (keras.ops.convert_to_numpy(one) for one in changes(x, training=False))
    np.testing.assert_allclose(after, before, atol=1e-6)
    keras.utils.set_random_seed(0)
    random = keras.ops.convert_to_numpy(changes(x, training=True)[1])
    assert not np.allclose(random, before, atol=0.1)
    assert before.min() - 1e-3 < random.min() < random.max() < before.max() + 1e-3
    # What comes in from outside is as black as the corners of most of these images.
    assert np.median(random[:, 0, 0]) == pytest.approx(before.min(), abs=1e-6)


@pytest.mark.parametrize("name", AUGMENTED)
def test_an_unknown_one_is_refused(name: str) -> None:
    with pytest.raises(kerazoo.UnknownName, match=r"'shfit'. Did you mean 'shift'"):
        kerazoo.load_builder(name)(augmentation=("shfit",))


@pytest.mark.parametrize(("background", "dtype"), [(0.0, "float32"), (-1.0, "mixed_bfloat16")])
def test_each_image_is_cropped_at_a_place_of_its_own(background: float, dtype: str) -> None:
    # Whole numbers up to 100 are exact in bfloat16, too.
    images = np.arange(1, 26, dtype="float32").reshape(1, 5, 5, 1).repeat(200, axis=0)
    layer = RandomCropOfPadded(2, background, seed=1, dtype=dtype)
    cropped = keras.ops.convert_to_numpy(layer(images, training=True)).astype("float32")
    padded = np.pad(images[0], ((2, 2), (2, 2), (0, 0)), constant_values=background)
    places = [(y, x) for y in range(5) for x in range(5)]
    crops = np.stack([padded[y : y + 5, x : x + 5] for y, x in places])  # (25, 5, 5, 1)
    same = (cropped[:, None] == crops[None]).all(axis=(2, 3, 4))  # (200, 25)
    assert (same.sum(axis=1) == 1).all()
    assert same.any(axis=0).all()  # each of the 25 places occurs among 200 images
    again = RandomCropOfPadded.from_config(layer.get_config())
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(again(images)), images)
