"""Convolution arithmetic: every formula is right, and gives the size that Keras gives."""

from __future__ import annotations

import re

import keras
import pytest

import kerazoo
from kerazoo.registry import without_weights
from kerazoo.report.layer_table import walk_layers
from kerazoo.report.results import Results


def value(formula: str) -> int:
    return int(eval(formula.replace("×", "*"), {"__builtins__": {}}))


def layer_of(layer: keras.layers.Layer, shape: tuple[int, ...]) -> keras.Model:
    inputs = keras.Input(shape)
    return keras.Model(inputs, layer(inputs))


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        # Course document A, lines 302-306, and B, lines 1340-1491.
        (keras.layers.Conv2D(1, 3), (6, 6, 1), "(6 + 2 × 0 - 3)/1 + 1 = 4"),
        (keras.layers.Conv2D(1, 3, padding="same"), (6, 6, 1), "(6 + 2 × 1 - 3)/1 + 1 = 6"),
        (
            keras.layers.Conv2D(12, 5),
            (120, 160, 1),
            "(120 + 2 × 0 - 5)/1 + 1 = 116; (160 + 2 × 0 - 5)/1 + 1 = 156",
        ),
        (keras.layers.MaxPooling2D(), (7, 7, 1), "(7 + 2 × 0 - 2)/2 + 1 = 3, rounded down"),
        (keras.layers.Conv2D(1, 3, 2, padding="same"), (32, 32, 1), "(32 + 1 - 3)/2 + 1 = 16"),
        (
            keras.layers.Conv2DTranspose(1, 3, 2, padding="same"),
            (4, 4, 1),
            "(4 - 1) × 2 + 3 - 1 = 8",
        ),
        (keras.layers.Conv1D(1, 3, dilation_rate=2), (9, 1), "(9 + 2 × 0 - 5)/1 + 1 = 5"),
        (keras.layers.Conv1D(1, 3, padding="causal"), (9, 1), "(9 + 2 × 1 - 3)/1 + 1 = 9"),
    ],
)
def test_a_size_is_spelled_out_as_the_course_does(layer, shape, expected: str) -> None:
    table = kerazoo.size_table(layer_of(layer, shape))
    assert [row[2] for row in table.rows] == [expected]


# What was recorded of a network tells its layers without building it.
CONVOLUTIONAL = [
    name
    for name in kerazoo.list_models()
    if any("Conv2D" in line for line in Results.load(name).layers)
]


@pytest.mark.parametrize("name", CONVOLUTIONAL)
def test_every_formula_gives_the_size_of_the_layer(name: str) -> None:
    model = kerazoo.load_builder(name)(**without_weights(name))
    sizes = {}
    for layer_name, layer in walk_layers(model):
        if layer is not None and hasattr(layer, "strides"):
            sizes[layer_name.strip()] = list(layer.output.shape[1:3])
    rows = [row for row in kerazoo.size_table(model).rows if row[2]]
    assert {row[0].strip() for row in rows} == set(sizes)
    for row in rows:
        formulas = re.sub(", rounded down", "", row[2]).split("; ")
        found = [value(one.split(" = ")[0]) for one in formulas]
        said = [int(one.split(" = ")[1]) for one in formulas]
        assert found == said
        assert sizes[row[0].strip()] == said * (2 // len(said))


def test_a_network_without_convolutions_is_refused() -> None:
    with pytest.raises(kerazoo.InvalidInput, match="neither convolutions nor pooling"):
        kerazoo.size_table("xor")
