"""LSTM layers that run whole sequences give the numbers of Keras, and are put back afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerazoo.engine import lstm as recurrent
from kerazoo.engine.fit import fit_model
from kerazoo.engine.keras_internals import layers_of
from tests.engine.test_exactness import assert_same_training
from tests.engine.test_resume import assert_resumes

pytestmark = pytest.mark.thorough

ROWS, STEPS, FEATURES = 37, 6, 3

MASKED = [keras.layers.Masking()]
"""Layers before the first that make a mask."""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the ways in which whole sequences were traced."""
    names: list[str] = []

    def count(name: str) -> None:
        run = getattr(recurrent, name)

        def counted(*arguments: Any) -> Any:
            names.append(name)
            return run(*arguments)

        monkeypatch.setattr(recurrent, name, counted)

    count("run_with_xla")
    count("run_without_xla")
    return names


def sequences() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(ROWS, STEPS, FEATURES)).astype("float32")
    return x, x.mean(axis=(1, 2))[:, None]


def stack(*layers: keras.layers.Layer) -> keras.Model:
    """A compiled regression with these layers, the same whenever it is built."""
    model = keras.Sequential([keras.Input((STEPS, FEATURES))])
    for seed, layer in enumerate((*layers, keras.layers.Dense(1))):
        keras.utils.set_random_seed(seed)
        model.add(type(layer).from_config(layer.get_config()))
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return model


def lstm(units: int = 5, **options: Any) -> keras.layers.LSTM:
    return keras.layers.LSTM(units, **options)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize(
    "layers",
    [
        [lstm()],
        [lstm(use_bias=False, unit_forget_bias=False)],
        [lstm(return_sequences=True), lstm(4, go_backwards=True)],
        [
            keras.layers.Bidirectional(lstm(return_sequences=True)),
            keras.layers.Bidirectional(lstm()),
        ],
        [lstm(dropout=0.3, seed=4, kernel_regularizer="l2")],
    ],
    ids=["single", "no_bias", "stacked", "bidirectional", "dropout"],
)
def test_training_as_keras(layers: Any, jit_compile: bool, runs: list[str]) -> None:
    data = sequences()  # 37 rows in batches of 16: the last is partial.
    assert_same_training(lambda: stack(*layers), data, data, jit_compile=jit_compile)
    assert set(runs) == {"run_with_xla" if jit_compile else "run_without_xla"}


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("steps", [1, STEPS])
def test_gradients(steps: int, go_backwards: bool, jit_compile: bool, runs: list[str]) -> None:
    """Of weights, inputs and first states, by all that a layer returns."""
    keras.utils.set_random_seed(0)
    layer = lstm(return_sequences=True, return_state=True, go_backwards=go_backwards)
    generator = np.random.default_rng(1)
    shapes = [(4, steps, FEATURES), (4, 5), (4, 5)]
    arguments = [tf.constant(generator.normal(size=shape), tf.float32) for shape in shapes]
    layer(arguments[0])
    model = keras.Sequential([layer])
    model.compile()

    def gradients(x: Any, h: Any, c: Any) -> Any:
        weights = [variable.value for variable in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch([x, h, c])
            outputs = layer(x, initial_state=[h, c])
            loss = sum(tf.reduce_sum(tf.sin(k + output)) for k, output in enumerate(outputs))
        return outputs, tape.gradient(loss, [x, h, c, *weights])

    expected = tf.function(gradients, autograph=False)(*arguments)
    assert not runs
    with recurrent.whole_sequences(model, jit_compile):
        function = tf.function(gradients, autograph=False, jit_compile=jit_compile or None)
        results = function(*arguments)
    assert len(runs) == 1
    for result, value in zip(tf.nest.flatten(results), tf.nest.flatten(expected), strict=True):
        scale = np.abs(value).max()
        np.testing.assert_allclose(result, value, rtol=1e-5, atol=1e-6 * scale)


class OwnStep(keras.Sequential):
    """A model that computes gradients itself."""

    def train_step(self, data: Any) -> Any:
        return super().train_step(data)


@pytest.mark.parametrize(
    "layers",
    [
        [*MASKED, lstm()],
        [lstm(activation="relu")],
        [lstm(recurrent_activation="hard_sigmoid")],
        [lstm(recurrent_dropout=0.2, seed=1)],
        [lstm(unroll=True)],
        [keras.layers.GRU(5)],
        [keras.layers.RNN(keras.layers.LSTMCell(5))],
    ],
    ids=["mask", "activation", "recurrent_activation", "recurrent_dropout", "unroll", "gru", "rnn"],
)
def test_left_to_keras(layers: Any, runs: list[str]) -> None:
    x, y = sequences()
    x[:5, 3:] = 0
    assert_same_training(lambda: stack(*layers), (x, y), (x, y), epochs=2)
    assert not runs


def test_own_train_step_is_left_to_keras(runs: list[str]) -> None:
    model = OwnStep(stack(lstm()).layers)
    model.compile("sgd", "mse")
    fit_model(model, sequences(), epochs=1, verbose=0)
    assert not runs


def test_masks_under_xla(runs: list[str]) -> None:
    x, y = sequences()
    x[:5, 3:] = 0
    assert_same_training(lambda: stack(*MASKED, lstm()), (x, y), epochs=2, jit_compile=True)
    assert not runs


def test_layers_are_put_back(tmp_path: Path) -> None:
    data = sequences()
    model = stack(keras.layers.Bidirectional(lstm(return_sequences=True)), lstm(4))
    before = [set(vars(layer)) for layer in lstm_layers(model)]
    fit_model(model, data, data, epochs=2, verbose=0, jit_compile=True)
    assert_untouched(model)
    added = [
        set(vars(layer)) - names for layer, names in zip(lstm_layers(model), before, strict=True)
    ]
    assert not set.union(*added) & {"inner_loop"}
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    predictions = [one.predict(data[0], verbose=0) for one in (model, loaded)]
    np.testing.assert_array_equal(*predictions)


def test_layers_are_put_back_after_an_error() -> None:
    model = stack(lstm(return_sequences=True), lstm())

    def interrupt() -> None:
        with recurrent.whole_sequences(model, True):
            assert all("inner_loop" in vars(layer) for layer in lstm_layers(model))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert_untouched(model)


def test_layers_are_put_back_if_a_step_cannot_be_traced() -> None:
    def fails(y: Any, y_pred: Any) -> Any:
        raise RuntimeError("no such loss")

    model = stack(lstm())
    model.compile("sgd", fails)
    with pytest.raises(RuntimeError, match="no such loss"):
        fit_model(model, sequences(), verbose=0)
    assert_untouched(model)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_resuming_is_exact(tmp_path: Path, jit_compile: bool) -> None:
    model = lambda: stack(lstm(dropout=0.2, seed=1))  # noqa: E731
    assert_resumes(tmp_path, model, sequences(), jit_compile=jit_compile)


def lstm_layers(model: keras.Model) -> list[keras.layers.LSTM]:
    return [layer for layer in layers_of(model) if isinstance(layer, keras.layers.LSTM)]


def assert_untouched(model: keras.Model) -> None:
    for layer in lstm_layers(model):
        assert layer.inner_loop.__func__ is keras.layers.LSTM.inner_loop
