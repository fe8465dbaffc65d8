"""Recurrent layers that run whole sequences give Keras' numbers, and are put back afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerazoo.engine.fit import fit_model
from kerazoo.engine.keras_internals import layers_of
from kerazoo.engine.recurrent import layers as recurrent
from tests.engine.test_exactness import assert_same_training
from tests.engine.test_resume import assert_resumes

ROWS, STEPS, FEATURES = 37, 6, 3

MASKS = {
    "no_mask": None,
    "padded_after": np.arange(STEPS) < np.array([[6], [3], [1], [0]]),
    "padded_before": np.arange(STEPS) >= np.array([[0], [3], [5], [6]]),
    "gaps": np.random.default_rng(3).random((4, STEPS)) > 0.5,
}
"""Which steps count, of four rows."""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the ways in which whole sequences were traced."""
    names: list[str] = []

    def count(module: Any, name: str) -> None:
        run = getattr(module, name)

        def counted(*arguments: Any) -> Any:
            names.append(name)
            return run(*arguments)

        monkeypatch.setattr(module, name, counted)

    count(recurrent, "run_loops")
    count(recurrent, "run_compiled_loops")
    count(recurrent.lstm, "run_lstm_operation")
    return names


def sequences() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(ROWS, STEPS, FEATURES)).astype("float32")
    return x, x.mean(axis=(1, 2))[:, None]


def sentences() -> tuple[np.ndarray, np.ndarray]:
    """Numbers of words; 0 fills the ends of some rows, the beginnings of others, and all of one."""
    generator = np.random.default_rng(0)
    x = generator.integers(1, 9, (ROWS, STEPS))
    for row, length in enumerate(generator.integers(0, STEPS + 1, ROWS)):
        x[row, length:] = 0
    x[::2] = x[::2, ::-1]
    return x, (x == 3).any(1, keepdims=True).astype("float32")


def stack(*layers: keras.layers.Layer, shape: tuple[int, ...] = (STEPS, FEATURES)) -> keras.Model:
    """A compiled regression with these layers, the same whenever it is built."""
    model = keras.Sequential([keras.Input(shape)])
    for seed, layer in enumerate((*layers, keras.layers.Dense(1))):
        keras.utils.set_random_seed(seed)
        model.add(type(layer).from_config(layer.get_config()))
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    return model


def lstm(units: int = 5, **options: Any) -> keras.layers.LSTM:
    return keras.layers.LSTM(units, **options)


def gru(units: int = 5, **options: Any) -> keras.layers.GRU:
    return keras.layers.GRU(units, **options)


def rnn(units: int = 5, **options: Any) -> keras.layers.SimpleRNN:
    return keras.layers.SimpleRNN(units, **options)


def both_ways(layer: keras.layers.RNN) -> keras.layers.Bidirectional:
    return keras.layers.Bidirectional(layer)


def expected_run(layer: str, jit_compile: bool, masked: bool = False) -> str:
    if jit_compile:
        return "run_loops"
    return "run_lstm_operation" if layer == "lstm" and not masked else "run_compiled_loops"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("layer", "jit_compiles", "layers"),
    # XLA takes longest, and is given each kind of layer in the form that differs most.
    [
        ("lstm", [False, True], [lstm()]),
        ("lstm", [False], [lstm(use_bias=False, unit_forget_bias=False)]),
        ("lstm", [False], [lstm(return_sequences=True), lstm(4, go_backwards=True)]),
        ("lstm", [False, True], [both_ways(lstm(return_sequences=True)), both_ways(lstm())]),
        ("lstm", [False], [lstm(dropout=0.3, seed=4, kernel_regularizer="l2")]),
        ("gru", [False, True], [gru(return_sequences=True), gru(4, go_backwards=True)]),
        ("gru", [False], [gru(reset_after=False)]),
        ("gru", [False], [both_ways(gru(return_sequences=True)), both_ways(gru(use_bias=False))]),
        ("gru", [False], [gru(dropout=0.3, seed=4, kernel_regularizer="l2")]),
        (
            "rnn",
            [False],
            [rnn(return_sequences=True), rnn(4, activation="relu", go_backwards=True)],
        ),
        ("rnn", [False, True], [both_ways(rnn(dropout=0.3, seed=4, use_bias=False))]),
    ],
)
def test_training_as_keras(
    layer: str, jit_compiles: list[bool], layers: Any, runs: list[str]
) -> None:
    data = sequences()  # 37 rows in batches of 16: the last is partial.
    for jit_compile in jit_compiles:
        runs.clear()
        assert_same_training(lambda: stack(*layers), data, data, jit_compile=jit_compile)
        assert set(runs) == {expected_run(layer, jit_compile)}


@pytest.mark.parametrize(
    "layer", [gru(return_sequences=True), both_ways(rnn(return_sequences=True))]
)
def test_layers_that_follow_know_the_number_of_steps(layer: keras.layers.Layer) -> None:
    """`TimeDistributed` fails in a graph if it does not."""
    data = sequences()
    each_step = keras.layers.TimeDistributed(keras.layers.Dense(2))
    mean = keras.layers.GlobalAveragePooling1D()
    assert_same_training(lambda: stack(layer, each_step, mean), data, data, jit_compile=False)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("layer", "jit_compile"), [(lstm, False), (lstm, True), (gru, False), (rnn, False)]
)
def test_words_of_different_lengths(layer: Any, jit_compile: bool, runs: list[str]) -> None:
    data = sentences()
    embedding = keras.layers.Embedding(9, 4, mask_zero=True)
    layers = embedding, both_ways(layer(return_sequences=True)), layer(4)
    make_model = lambda: stack(*layers, shape=(STEPS,))  # noqa: E731
    assert_same_training(make_model, data, data, jit_compile=jit_compile)
    assert set(runs) == {expected_run(layer.__name__, jit_compile, masked=True)}


@pytest.mark.thorough
@pytest.mark.parametrize(
    "options", [{}, {"go_backwards": True}, {"zero_output_for_mask": True}], ids=str
)
@pytest.mark.parametrize(
    "layer",
    [lstm(), gru(), gru(reset_after=False), rnn(), rnn(activation="relu")],
    ids=["lstm", "gru", "gru_reset_before", "rnn", "rnn_relu"],
)
def test_gradients(layer: keras.layers.RNN, options: Any, runs: list[str]) -> None:
    """Of weights, inputs and first states, by all that a layer returns."""
    masks = ["gaps"] if "zero_output_for_mask" in options else list(MASKS)
    layer = type(layer).from_config(layer.get_config() | options | {"return_state": True})
    assert_same_gradients(layer, masks, [False])
    assert runs
    layer.return_sequences = True
    assert_same_gradients(layer, masks, [False, True])


def test_masked_gru_as_keras() -> None:
    """The quick one: what differs most from Keras' loop."""
    assert_same_gradients(gru(return_sequences=True, return_state=True), ["gaps"], [False])


@pytest.mark.thorough
@pytest.mark.parametrize("layer", [lstm, gru, rnn])
def test_one_step(layer: Any) -> None:
    assert_same_gradients(layer(return_state=True), ["no_mask"], [False, True], steps=1)


def assert_same_gradients(
    layer: keras.layers.RNN, masks: list[str], jit_compiles: list[bool], steps: int = STEPS
) -> None:
    keras.utils.set_random_seed(0)
    generator = np.random.default_rng(1)
    states = 2 if isinstance(layer, keras.layers.LSTM) else 1
    shapes = [(4, steps, FEATURES), *[(4, 5)] * states]
    arguments = [tf.constant(generator.normal(size=shape), tf.float32) for shape in shapes]
    layer(arguments[0])
    for variable in layer.trainable_variables:  # biases that begin with 0 would hide errors
        variable.assign(generator.normal(size=variable.shape) / 2)
    model = keras.Sequential([layer])
    model.compile()

    def gradients(mask: Any, x: Any, *states: Any) -> Any:
        weights = [variable.value for variable in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch([x, *states])
            outputs = layer(x, initial_state=list(states), mask=mask)
            loss = sum(tf.reduce_sum(tf.sin(k + output)) for k, output in enumerate(outputs))
        return outputs, tape.gradient(loss, [x, *states, *weights])

    # Tracing takes longer than all else: a function is traced once with a mask and once without.
    of_masks = {name: None if MASKS[name] is None else tf.constant(MASKS[name]) for name in masks}
    theirs = tf.function(gradients, autograph=False)
    expected = {name: theirs(mask, *arguments) for name, mask in of_masks.items()}
    for jit_compile in jit_compiles:
        with recurrent.whole_sequences(model, jit_compile):
            assert "inner_loop" in vars(layer)
            ours = tf.function(gradients, autograph=False, jit_compile=jit_compile or None)
            found = {name: ours(mask, *arguments) for name, mask in of_masks.items()}
        for name, values in expected.items():
            pairs = zip(tf.nest.flatten(found[name]), tf.nest.flatten(values), strict=True)
            for result, value in pairs:
                scale, which = np.abs(value).max(), f"{name}, jit_compile={jit_compile}"
                np.testing.assert_allclose(
                    result, value, rtol=1e-5, atol=2e-6 * scale, err_msg=which
                )


class OwnStep(keras.Sequential):
    """A model that computes gradients itself."""

    def train_step(self, data: Any) -> Any:
        return super().train_step(data)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "layer",
    [
        lstm(activation="relu"),
        lstm(recurrent_activation="hard_sigmoid"),
        lstm(recurrent_dropout=0.2, seed=1),
        lstm(unroll=True),
        gru(activation="relu"),
        gru(recurrent_dropout=0.2, seed=1),
        rnn(activation="sigmoid"),
        rnn(recurrent_dropout=0.2, seed=1),
        keras.layers.RNN(keras.layers.LSTMCell(5)),
    ],
    ids=lambda layer: layer.name,
)
def test_left_to_keras(layer: Any, runs: list[str]) -> None:
    x, y = sequences()
    x[:5, 3:] = 0
    make_model = lambda: stack(keras.layers.Masking(), layer)  # noqa: E731
    assert_same_training(make_model, (x, y), (x, y), epochs=2)
    assert not runs


@pytest.mark.thorough
def test_own_train_step_is_left_to_keras(runs: list[str]) -> None:
    model = OwnStep(stack(lstm()).layers)
    model.compile("sgd", "mse")
    fit_model(model, sequences(), epochs=1, verbose=0)
    assert not runs


@pytest.mark.thorough
def test_layers_are_put_back(tmp_path: Path) -> None:
    data = sequences()
    model = stack(keras.layers.Bidirectional(gru(return_sequences=True)), lstm(4))
    before = [set(vars(layer)) for layer in recurrent_layers(model)]
    fit_model(model, data, data, epochs=2, verbose=0, jit_compile=True)
    assert_untouched(model)
    added = [
        set(vars(layer)) - names
        for layer, names in zip(recurrent_layers(model), before, strict=True)
    ]
    assert not set.union(*added) & {"inner_loop"}
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    predictions = [one.predict(data[0], verbose=0) for one in (model, loaded)]
    np.testing.assert_array_equal(*predictions)


def test_layers_are_put_back_after_an_error() -> None:
    model = stack(lstm(return_sequences=True), gru(return_sequences=True), rnn())

    def interrupt() -> None:
        with recurrent.whole_sequences(model, True):
            assert all("inner_loop" in vars(layer) for layer in recurrent_layers(model))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert_untouched(model)


@pytest.mark.thorough
def test_layers_are_put_back_if_a_step_cannot_be_traced() -> None:
    def fails(y: Any, y_pred: Any) -> Any:
        raise RuntimeError("no such loss")

    model = stack(lstm())
    model.compile("sgd", fails)
    with pytest.raises(RuntimeError, match="no such loss"):
        fit_model(model, sequences(), verbose=0)
    assert_untouched(model)


@pytest.mark.thorough
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("layer", [lstm, gru])
def test_resuming_is_exact(tmp_path: Path, layer: Any, jit_compile: bool) -> None:
    model = lambda: stack(layer(dropout=0.2, seed=1))  # noqa: E731
    assert_resumes(tmp_path, model, sequences(), jit_compile=jit_compile)


def recurrent_layers(model: keras.Model) -> list[keras.layers.RNN]:
    return [layer for layer in layers_of(model) if isinstance(layer, keras.layers.RNN)]


def assert_untouched(model: keras.Model) -> None:
    for layer in recurrent_layers(model):
        assert layer.inner_loop.__func__ is type(layer).inner_loop
