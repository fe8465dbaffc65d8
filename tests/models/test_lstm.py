"""build_lstm: every cell has the parameters of its formula, and runs without TensorFlow."""

from __future__ import annotations

import math
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.registry import VARIANTS

pytestmark = pytest.mark.thorough

FORMULAS = {
    "lstm": lambda n, f: 4 * (n * (n + f) + n),
    "gru": lambda n, f: 3 * (n * (n + f) + 2 * n),  # two biases: Keras resets after the product
    "rnn": lambda n, f: n * (n + f) + n,
}


def count(model: keras.Model) -> int:
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


@pytest.mark.parametrize("cell", FORMULAS)
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("units", [(7,), (9, 4), (3, 5, 2)])
@pytest.mark.parametrize("horizon", [1, 6])
def test_parameters_are_those_of_the_formula(
    cell: str, bidirectional: bool, units: tuple[int, ...], horizon: int
) -> None:
    model = kerazoo.build_lstm(
        (10, 3), units, horizon=horizon, cell=cell, bidirectional=bidirectional
    )
    ways = 2 if bidirectional else 1
    expected, features = 0, 3
    for size in units:
        expected += ways * FORMULAS[cell](size, features)
        features = ways * size
    assert count(model) == expected + (features + 1) * horizon
    assert model.output_shape == (None, horizon)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_experiment_says_how_many_parameters_it_trains(variant: str) -> None:
    recipes = kerazoo.load_recipe("lstm", variant).all_experiments()
    for recipe in recipes:
        assert count(kerazoo.build_lstm(**recipe.builder_arguments)) == recipe.parameters


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cell": "ltsm"}, "unknown cell 'ltsm'. Did you mean 'lstm'"),
        ({"units": ()}, "leave nothing to build"),
        ({"horizon": 0}, "horizon of at least 1"),
    ],
)
def test_what_cannot_be_built_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        kerazoo.build_lstm(**arguments)


@pytest.mark.parametrize(
    ("cell", "bidirectional", "units"),
    [("lstm", True, (6, 4)), ("gru", False, (6,))],
)
def test_litert_gives_the_same_numbers_for_any_batch(
    tmp_path: Path, cell: str, bidirectional: bool, units: tuple[int, ...]
) -> None:
    splits = kerazoo.load_dataset("nyse", lag=8, horizon=2)
    arguments = {"input_shape": (8, 3), "units": units, "horizon": 2, "cell": cell}
    arguments["bidirectional"] = bidirectional
    model = kerazoo.build_lstm(**arguments)
    kerazoo.adapt_normalization(model, *splits.train)
    path = kerazoo.save_model(model, tmp_path / "m", splits=splits, builder_arguments=arguments)
    predictor = kerazoo.load_predictor(path, runtime="litert")
    for rows in (1, 3, 500):
        x = splits.test.x[:rows]
        expected = model.predict(x, verbose=0)
        np.testing.assert_allclose(predictor.predict(x).values, expected, atol=1e-5)
    loaded = kerazoo.load_model(path)
    np.testing.assert_allclose(loaded.predict(x, verbose=0), expected, atol=1e-6)
