"""When keras.Model.fit trains instead: it does, it says so once, and why."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerazoo.engine import choose as engine
from kerazoo.engine.fit import fit_model
from kerazoo.errors import KerazooError, UnknownName
from tests.engine import small_networks as networks

pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def _nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_said", set())


class Batches(keras.utils.PyDataset):
    """Rows, one batch at a time."""

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: int) -> Any:
        x, y = networks.rows()
        return x[index * 14 :][:14], y[index * 14 :][:14]


class CountsBatches(keras.callbacks.Callback):
    """Does something at every batch."""

    seen = 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.seen += 1


def dataset() -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices(networks.rows()).batch(14)


def generator() -> Any:
    yield from (Batches()[index] for index in range(5))


@pytest.mark.parametrize("make", [dataset, generator, Batches])
def test_other_data(make: Any) -> None:
    with pytest.warns(UserWarning, match="keras.Model.fit, because the data is a"):
        history = fit_model(networks.dense(), make(), verbose=0, shuffle=False)
    expected = networks.dense().fit(make(), verbose=0, shuffle=False)
    np.testing.assert_allclose(history.history["loss"], expected.history["loss"], rtol=1e-5)


def test_steps_are_bundled_and_put_back() -> None:
    model = networks.dense()
    with pytest.warns(UserWarning, match="because"):
        fit_model(model, dataset(), validation=dataset(), verbose=0, epochs=2)
    assert model.steps_per_execution == 1
    model.fit(*networks.rows(), verbose=0)


def test_sparse_data() -> None:
    x, y = networks.rows()
    with pytest.raises(KerazooError, match="SparseTensor"):
        fit_model(networks.dense(), (tf.sparse.from_dense(x), y), engine="resident")


def test_callback_that_watches_batches() -> None:
    callback = CountsBatches()
    with pytest.warns(
        UserWarning,
        match=r"CountsBatches.on_train_batch_end is called for every batch .* 15 to 300 times",
    ):
        fit_model(networks.dense(), networks.rows(), callbacks=[callback], verbose=0, batch_size=10)
    assert callback.seen == 7


def test_eager_model() -> None:
    with pytest.warns(UserWarning, match="run_eagerly"):
        fit_model(networks.dense(run_eagerly=True), networks.rows(), verbose=0)


def test_it_is_said_once() -> None:
    with pytest.warns(UserWarning, match="because"):
        fit_model(networks.dense(), dataset(), verbose=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit_model(networks.dense(), dataset(), verbose=0)


def test_keras_on_request_is_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = fit_model(networks.dense(), networks.rows(), engine="keras", verbose=0, epochs=2)
    assert len(history.history["loss"]) == 2


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"engine": "resident", "callbacks": [CountsBatches()]}, KerazooError, "engine='auto'"),
        ({"engine": "keras", "checkpoint": "somewhere"}, KerazooError, "needs the resident engine"),
        ({"engine": "fast"}, UnknownName, "Known: auto, keras, resident"),
        ({"precision": "mixed_bfloat"}, UnknownName, "Did you mean 'mixed_bfloat16'"),
        ({"epochs": -1}, KerazooError, "epochs is -1"),
        ({"batch_size": 0}, KerazooError, "batch_size is 0"),
        ({"validation_split": 0.999}, KerazooError, "0.1 to 0.3"),
    ],
)
def test_refusals(options: dict[str, Any], error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        fit_model(networks.dense(), networks.rows(), **options)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((np.ones((4, 5)), np.ones((3, 3))), r"\[3, 4\] rows"),
        ((np.ones((0, 5)), np.ones((0, 3))), "at least one"),
        ((np.ones((4, 5)), None, np.ones(4)), "need targets"),
        ((1, 2, 3, 4), "4 parts"),
    ],
)
def test_data_that_does_not_go_together(data: Any, message: str) -> None:
    with pytest.raises(KerazooError, match=message):
        fit_model(networks.dense(), data)


def test_uncompiled_model() -> None:
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
    with pytest.raises(KerazooError, match="not compiled"):
        fit_model(model, networks.rows())


def test_weights_twice() -> None:
    x, y = networks.rows()
    with pytest.raises(KerazooError, match="not both"):
        fit_model(networks.dense(), (x, y, np.ones(len(x))), class_weight={0: 2.0})


REFUSED_BY_XLA = """
import warnings
import keras, numpy as np, tensorflow as tf
from kerazoo import fit_model

class Text(keras.layers.Layer):
    def call(self, x):
        return x + tf.stop_gradient(tf.strings.to_number(tf.strings.as_string(x)))

inputs = keras.Input((5,))
model = keras.Model(inputs, keras.layers.Dense(1)(Text()(inputs)))
model.compile("adam", "mean_squared_error")
rows = (np.ones((20, 5), "float32"), np.ones((20, 1), "float32"))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    history = fit_model(model, rows, jit_compile=True, verbose=0, epochs=2)
print(len(history.history["loss"]), any("XLA cannot compile" in str(w.message) for w in caught))
"""


def test_what_xla_cannot_compile_runs_without_it() -> None:
    # In a process of its own: late in a long one, Keras cannot trace such a layer any more.
    done = subprocess.run(
        [sys.executable, "-c", REFUSED_BY_XLA], capture_output=True, text=True, check=False
    )
    assert done.stdout == "2 True\n", done.stderr


def deep() -> keras.Model:
    """Four layers, which take XLA several times as long to compile as two."""
    layers = [keras.layers.Dense(size) for size in (52, 39, 26, 1)]
    model = keras.Sequential([keras.Input((13,)), *layers])
    model.compile("adam", "mse")
    return model


@pytest.mark.parametrize(
    ("make", "steps", "expected"),
    [
        (networks.dense, 10**6, True),
        (networks.dense, 100, False),
        (networks.dense, 2000, True),
        (deep, 4600, False),
        (deep, 20_000, True),
        (networks.recurrent, 1000, False),
        (networks.recurrent, 10**6, True),
        (networks.loop_of_keras, 1000, True),
        (networks.convolutional, 10**6, False),
        (networks.pooled_embeddings, 10**6, True),
    ],
)
def test_xla_is_chosen_by_content(make: Any, steps: int, expected: bool) -> None:
    assert engine.choose_jit_compile(make(), steps) is expected


def test_xla_pays_sooner_where_trainings_share_a_program() -> None:
    with engine.many_trainings(10):
        assert engine.choose_jit_compile(deep(), 4600)
        assert not engine.choose_jit_compile(deep(), 400)
    assert not engine.choose_jit_compile(deep(), 4600)
    with pytest.raises(KerazooError, match="count is 0; pass how many"), engine.many_trainings(0):
        pass


def test_another_backend() -> None:
    pytest.importorskip("jax", reason="jax is not installed")
    code = """
import numpy as np, keras, kerazoo, sys
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
model.compile("sgd", "mse")
history = kerazoo.fit_model(model, (np.ones((40, 5)), np.ones((40, 3))), epochs=2, verbose=0)
assert len(history.history["loss"]) == 2
assert "tensorflow" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "because the Keras backend is jax" in done.stderr


@pytest.mark.parametrize("verbose", [1, 2, "auto"])
def test_verbose(verbose: Any, capsys: pytest.CaptureFixture[str]) -> None:
    fit_model(networks.dense(), networks.rows(), networks.rows(9), epochs=2, verbose=verbose)
    printed = capsys.readouterr().out
    assert ("Epoch 2/2" if verbose == 2 else "epoch 2/2") in printed
    assert "val_loss" in printed
