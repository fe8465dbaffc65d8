"""The convolution that networks of several families share, and what saved models call it."""

from __future__ import annotations

import json
import zipfile

import keras
import pytest

import kerazoo
from kerazoo.models._convolutions import convolve
from kerazoo.saved.reading import open_saved


@pytest.mark.parametrize("name", ["cnn", "vgg_small", "fcn", "yolo"])
def test_saved_models_have_the_layers_of_today(name: str) -> None:
    """Weights are found by the names and the order of layers; loading compares the answers."""
    with zipfile.ZipFile(open_saved(name).folder / "model.keras") as archive:
        layers = json.loads(archive.read("config.json"))["config"]["layers"]
    saved = [(layer["name"], layer["class_name"]) for layer in layers]
    today = [(layer.name, type(layer).__name__) for layer in kerazoo.load_model(name).layers]
    assert today == saved


@pytest.mark.parametrize(
    ("options", "names", "shape"),
    [
        ({}, ["a", "a_norm", "a_relu"], (8, 12, 5)),
        ({"pool": "b"}, ["a", "b", "a_norm", "a_relu"], (4, 6, 5)),
        ({"strides": 2, "activate": False}, ["a", "a_norm"], (4, 6, 5)),
        ({"size": 1}, ["a", "a_norm", "a_relu"], (8, 12, 5)),
    ],
)
def test_a_convolution_is_normalized(options: dict, names: list[str], shape: tuple) -> None:
    inputs = keras.Input((8, 12, 3), name="image")
    model = keras.Model(inputs, convolve(inputs, 5, name="a", **options))
    assert [layer.name for layer in model.layers] == ["image", *names]
    assert model.output_shape == (None, *shape)
    size = options.get("size", 3)
    assert [tuple(weight.shape) for weight in model.get_layer("a").weights] == [(size, size, 3, 5)]
