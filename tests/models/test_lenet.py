"""lenet: what the paper of 1998 says of its layers."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from tests.small_data import clothes

# C1 and F6 as in the paper; C3 sees all of the six maps (1,516 there); the last is a softmax.
PARAMETERS = {"conv1": 156, "conv2": 2_416, "hidden1": 48_120, "hidden2": 10_164, "class": 850}


def test_parameters_layer_by_layer() -> None:
    model = kerazoo.build_lenet()
    found = {layer.name: layer.count_params() for layer in model.layers if layer.weights}
    assert found == PARAMETERS
    assert sum(found.values()) == 61_706


def test_sizes_are_those_of_a_digit_with_a_margin() -> None:
    """28 with 2 on either side is the 32 of the paper: 28, 14, 10, 5."""
    model = kerazoo.build_lenet()
    sizes = [model.get_layer(name).output.shape[1:] for name in ("conv1", "pool1", "conv2")]
    assert sizes == [(28, 28, 6), (14, 14, 6), (10, 10, 16)]
    assert model.get_layer("pool2").output.shape[1:] == (5, 5, 16)


def test_pooling_averages_as_in_1998_and_takes_the_largest_where_told() -> None:
    x = clothes().test.x[:4]
    pooled = {}
    for pooling in ("average", "max"):
        keras.utils.set_random_seed(0)
        model = kerazoo.build_lenet(pooling=pooling)
        layers = [model.get_layer(name).output for name in ("conv1", "pool1")]
        before, after = map(np.asarray, keras.Model(model.input, layers)(x))
        windows = before.reshape(4, 14, 2, 14, 2, 6)
        expected = windows.mean(axis=(2, 4)) if pooling == "average" else windows.max(axis=(2, 4))
        np.testing.assert_allclose(after, expected, atol=1e-6)
        pooled[pooling] = after
    assert (pooled["max"] >= pooled["average"] - 1e-6).all()


@pytest.mark.parametrize(
    ("arguments", "error", "reason"),
    [
        ({"input_shape": (11, 28, 1)}, kerazoo.InvalidInput, "at least 12 by 12 pixels"),
        ({"input_shape": (28, 28)}, kerazoo.InvalidInput, "takes height, width and channels"),
        ({"pooling": "mean"}, kerazoo.UnknownName, "unknown pooling 'mean'"),
        ({"activation": "tahn"}, kerazoo.UnknownName, "Did you mean 'tanh'"),
    ],
)
def test_refuses(arguments: dict, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        kerazoo.build_lenet(**arguments)


def test_the_smallest_image_is_taken() -> None:
    assert kerazoo.build_lenet((12, 12, 1)).get_layer("pool2").output.shape == (None, 1, 1, 16)
