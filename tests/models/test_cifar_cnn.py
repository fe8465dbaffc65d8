"""cifar_cnn: the network that the course describes, layer by layer."""

from __future__ import annotations

import keras
import numpy as np

import kerazoo
from kerazoo.datasets import cifar100


def test_parameters_are_those_of_the_course_for_a_hundred_classes() -> None:
    model = kerazoo.build_cifar_cnn(classes=100)
    found = [layer.count_params() for layer in model.layers if layer.weights]
    assert found == [896, 18_496, 73_856, 295_168, 524_800, 51_300]
    assert sum(found) == 964_516


def test_each_block_halves_and_dropout_stands_before_the_hidden_layer() -> None:
    model = kerazoo.build_cifar_cnn()
    shapes = [model.get_layer(f"pool{number}").output.shape[1:] for number in range(1, 5)]
    assert shapes == [(16, 16, 32), (8, 8, 64), (4, 4, 128), (2, 2, 256)]
    names = [layer.name for layer in model.layers]
    assert names[-4:] == ["flatten", "dropout", "hidden", "class"]
    assert model.get_layer("dropout").rate == 0.5


def test_it_takes_the_hundred_classes() -> None:
    splits = cifar100.tiny()
    model = kerazoo.build_cifar_cnn(classes=len(splits.class_names))
    probabilities = keras.ops.convert_to_numpy(model(splits.test.x[:4]))
    assert probabilities.shape == (4, 100)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
