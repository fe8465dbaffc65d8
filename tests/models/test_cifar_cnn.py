"""cifar_cnn: the network that the course describes, layer by layer."""

from __future__ import annotations

import dataclasses

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


def test_normalization_adds_nothing_to_train() -> None:
    plain, normalized = (kerazoo.build_cifar_cnn(normalize=value) for value in (False, True))
    names = [layer.name for layer in normalized.layers if layer.name.startswith("norm")]
    assert names == ["norm1", "norm2", "norm3", "norm4"]
    shapes = [[weight.shape for weight in model.trainable_weights] for model in (plain, normalized)]
    assert shapes[0] == shapes[1]


def test_its_recipe_learns_the_hundred_classes() -> None:
    """As its notebook says: other data, and a hundred outputs."""
    recipe = kerazoo.load_recipe("cifar_cnn")
    recipe = dataclasses.replace(
        recipe,
        dataset="cifar100",
        builder_arguments={**recipe.builder_arguments, "classes": 100},
        epochs=1,
    )
    run = kerazoo.train("cifar_cnn", recipe=recipe, splits=cifar100.tiny())
    assert run.model.output_shape == (None, 100)
    assert 0 <= run.metrics["accuracy"] <= 1
    assert np.isfinite(run.history["loss"]).all()
