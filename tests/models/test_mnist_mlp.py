"""mnist_mlp: the network that the course describes, layer by layer."""

from __future__ import annotations

import keras
import pytest

import kerazoo


def test_parameters_are_those_that_the_course_computes() -> None:
    model = kerazoo.build_mnist_mlp()
    found = [layer.count_params() for layer in model.layers if layer.weights]
    assert found == [785 * 256, 257 * 128, 129 * 10]


def test_dropout_is_that_of_the_course() -> None:
    layers = [x for x in kerazoo.build_mnist_mlp().layers if isinstance(x, keras.layers.Dropout)]
    assert [layer.rate for layer in layers] == [0.4, 0.3]


def test_one_share_of_dropout_for_each_hidden_layer() -> None:
    with pytest.raises(kerazoo.InvalidInput, match="one share for each hidden layer"):
        kerazoo.build_mnist_mlp(hidden_units=(64,))
