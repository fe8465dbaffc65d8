"""Standardizing: the same answers in any unit, and nothing from a column without information."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.engine.normalization import Normalization, adapt_normalization

pytestmark = pytest.mark.thorough

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(240, 4))
Y = X @ np.array([[1.0], [-2.0], [0.5], [3.0]]) + 5
UNITS = (1e-9, 1.0, 1e9)


def network(nested: bool = False, loss: Any = "mean_squared_error") -> keras.Model:
    """A user's own: a layer that standardizes, a hidden one, one that undoes it for the target."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((4,))
    first = [keras.layers.Normalization(), keras.layers.Dense(8, "relu")]
    if nested:
        first = [keras.Sequential([keras.Input((4,)), *first])]
    x = inputs
    for layer in (*first, keras.layers.Dense(1), keras.layers.Normalization(invert=True)):
        x = layer(x)
    model = keras.Model(inputs, x)
    model.compile(keras.optimizers.Adam(0.02), loss)
    return model


def r2(model: keras.Model, x: np.ndarray, y: np.ndarray) -> float:
    errors = model.predict(x, verbose=0).astype("float64") - y
    return 1 - float((errors**2).sum() / ((y - y.mean()) ** 2).sum())


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("nested", [False, True])
def test_any_unit_trains_alike(unit: float, nested: bool) -> None:
    model = network(nested)
    kerazoo.fit_model(model, (X[:180] * unit, Y[:180] * unit), epochs=30, verbose=0)
    assert r2(model, X[180:] * unit, Y[180:] * unit) > 0.97


@pytest.mark.parametrize("unit", UNITS)
def test_a_network_of_the_zoo_learns_and_is_kept_in_any_unit(unit: float, tmp_path: Path) -> None:
    keras.utils.set_random_seed(0)
    model = kerazoo.compile_model(kerazoo.build_boston(features=4), "boston")
    kerazoo.fit_model(model, (X[:180] * unit, Y[:180] * unit), epochs=40, batch_size=16, verbose=0)
    assert r2(model, X[180:] * unit, Y[180:] * unit) > 0.9
    path = kerazoo.save_model(
        model, tmp_path / "m", name="boston", builder_arguments={"features": 4}
    )
    rows = (X[180:] * unit).astype("float32")
    expected = model.predict(rows, verbose=0)
    loaded = kerazoo.load_model(path)
    np.testing.assert_array_equal(loaded.predict(rows, verbose=0), expected)
    served = kerazoo.load_predictor(path, runtime="litert").predict(rows).values
    np.testing.assert_allclose(np.ravel(served), expected.ravel(), rtol=1e-3)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(rows, verbose=0), expected)


@pytest.mark.parametrize("value", [0.0, 7.0, 0.1, 1e6])
def test_a_column_that_was_constant_has_no_effect_later(value: float, tmp_path: Path) -> None:
    x = X.copy()
    x[:, 2] = value
    model = network()
    kerazoo.fit_model(model, (x, Y), epochs=3, verbose=0)
    moved = x.copy()
    moved[:, 2] = value + GENERATOR.normal(size=len(x)) * 5000
    expected = model.predict(x, verbose=0)
    np.testing.assert_allclose(model.predict(moved, verbose=0), expected, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(moved, verbose=0), expected, rtol=1e-5)


@pytest.mark.parametrize("value", [0.0, 140.0, 3e-9])
def test_a_constant_target_is_predicted(value: float) -> None:
    model = network()
    kerazoo.fit_model(model, (X, np.full((240, 1), value)), epochs=2, verbose=0)
    np.testing.assert_allclose(model.predict(X, verbose=0), value, rtol=1e-6)


def test_ordinary_layers_stay_those_of_keras() -> None:
    model = network()
    kerazoo.fit_model(model, (X, Y), epochs=1, verbose=0)
    assert not any(isinstance(layer, Normalization) for layer in model.layers)
    np.testing.assert_allclose(
        model.layers[1](X.astype("float32")), (X - X.mean(0)) / X.std(0), rtol=1e-4, atol=1e-5
    )


def test_adapting_by_keras_itself_leaves_a_constant_column_without_effect() -> None:
    layer = Normalization()
    layer.adapt(np.array([[1.0, 5.0], [3.0, 5.0]], "float32"))
    assert layer(np.array([[3.0, 9.0]], "float32")).numpy().round(9).tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize("unit", [1e-25, 1e25])
def test_a_spread_that_float32_cannot_square_is_refused(unit: float) -> None:
    with pytest.raises(kerazoo.InvalidInput, match="another unit"):
        kerazoo.fit_model(network(), (X * unit, Y), verbose=0)


def test_lost_digits_are_said() -> None:
    milliseconds = 1.7e12 + 1000.0 * np.arange(240)
    x = np.column_stack([X[:, :3], milliseconds])
    with pytest.warns(UserWarning, match=r"column 3 goes from .* every 131072 there"):
        kerazoo.fit_model(network(), (x, Y), verbose=0)
    with pytest.warns(UserWarning, match="target 0 goes from"):
        kerazoo.fit_model(network(), (X, 1e9 + Y), verbose=0)


def test_a_large_offset_with_enough_digits_is_standardized() -> None:
    model = network()
    x = X * 1e4 + 1e8
    kerazoo.fit_model(model, (x[:180], Y[:180]), epochs=30, verbose=0)
    assert r2(model, x[180:], Y[180:]) > 0.97


def test_a_subclassed_model_adapts_its_layers_itself() -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.standardize = keras.layers.Normalization()
            self.dense = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.dense(self.standardize(x))

    # A failure inside a symbolic scope, in a test before, would break what Keras builds late.
    keras.backend.clear_session()
    model = Own()
    model.compile(keras.optimizers.Adam(0.1), "mse")
    with pytest.raises(kerazoo.KerazooError, match="Call its adapt before training"):
        kerazoo.fit_model(model, (X, Y), verbose=0)
    model.standardize.adapt(X.astype("float32"))
    kerazoo.fit_model(model, (X, Y), epochs=30, verbose=0)
    assert r2(model, X, Y) > 0.97


def test_a_sequential_model_without_an_input_is_adapted() -> None:
    model = keras.Sequential([keras.layers.Normalization(), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.1), "mse")
    kerazoo.fit_model(model, (X * 1e-9, Y), epochs=30, verbose=0)
    assert r2(model, X * 1e-9, Y) > 0.97


def test_a_table_is_adapted_behind_other_layers() -> None:
    layer = keras.layers.Normalization()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Rescaling(2.0), layer])
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 3.0, 7.0]})
    assert adapt_normalization(model, table) == [layer.name]
    np.testing.assert_allclose(layer.mean[0], [4, 8])
