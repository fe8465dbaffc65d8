"""Networks of one's own with layers inside of layers, whose names Keras numbers anew."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.saved.architecture import architecture_hash
from tests.saved_networks import forge

pytestmark = pytest.mark.thorough

layers = keras.layers


def build(activation: str = "relu", units: int = 5, lstm: str = "tanh") -> keras.Model:
    """Wrappers around layers, a sequential and a functional model, and cells."""
    inputs = keras.Input((6, 4))
    x = layers.TimeDistributed(layers.Dense(3, activation))(inputs)
    x = layers.Bidirectional(layers.LSTM(4, lstm, return_sequences=True))(x)
    inner = keras.Sequential([keras.Input((8,)), layers.Dense(units), layers.Dense(2)])
    x = layers.TimeDistributed(inner)(x)
    start = keras.Input((2,))
    x = layers.TimeDistributed(keras.Model(start, layers.Dense(3)(start)))(x)
    x = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)])(x)
    return keras.Model(inputs, x)


def test_they_load_again(tmp_path: Path) -> None:
    model = build()
    path = kerazoo.save_model(model, tmp_path / "mine", name="mine")
    loaded = kerazoo.load_model(path, builder=build)
    rows = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
    np.testing.assert_array_equal(loaded.predict(rows, verbose=0), model.predict(rows, verbose=0))


@pytest.mark.parametrize("changed", [{"activation": "tanh"}, {"units": 6}, {"lstm": "relu"}])
def test_another_layer_inside_is_another_network(changed: dict[str, object]) -> None:
    assert architecture_hash(build(**changed)) != architecture_hash(build())


def test_a_type_of_numbers_inside_counts() -> None:
    def wrapped(dtype: str) -> keras.Model:
        inputs = keras.Input((6, 4))
        return keras.Model(inputs, layers.TimeDistributed(layers.Dense(3, dtype=dtype))(inputs))

    assert architecture_hash(wrapped("mixed_bfloat16")) != architecture_hash(wrapped("float32"))


def test_a_card_of_old_still_loads(tmp_path: Path) -> None:
    arguments = {"bidirectional": True}
    model = kerazoo.build_lstm(**arguments)
    path = kerazoo.save_model(model, tmp_path / "m", name="lstm", builder_arguments=arguments)
    old = architecture_hash(model, nested_names=True)
    assert old != architecture_hash(model)
    forge(path, lambda plain: plain.update(architecture=old))
    kerazoo.load_model(path)
