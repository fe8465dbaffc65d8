"""Data in files, a block of rows in memory at a time: the numbers of data in memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from kerazoo.engine import choose
from kerazoo.engine.data import Data, to_data
from kerazoo.engine.evaluate import evaluate_model
from kerazoo.engine.fit import fit_model
from kerazoo.engine.resident import Plan
from kerazoo.engine.schedule import divide
from kerazoo.errors import InvalidInput, KerazooError
from tests.engine import small_networks as networks
from tests.engine.test_fallback import CountsBatches
from tests.engine.test_resume import Interrupt

OPTIONS: dict[str, Any] = {"epochs": 2, "batch_size": 16, "verbose": 0, "seed": 3}


def in_files(folder: Path, *arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """Write arrays, floats as float64, and open them where they lie."""
    opened = []
    for array in arrays:
        path = folder / f"{len(list(folder.iterdir()))}.npy"
        np.save(path, array.astype("float64") if array.dtype.kind == "f" else array)
        opened.append(np.load(path, mmap_mode="r"))
    return tuple(opened)


def assert_same(make_model: Any, data: Any, filed: Any, **options: Any) -> None:
    """Train twice, in memory and in blocks, and compare to the last bit."""
    trained = []
    for (train, validation), block_rows in ((data, None), (filed, 50)):
        model = make_model()
        history = fit_model(model, train, validation, block_rows=block_rows, **OPTIONS | options)
        trained.append((model.get_weights(), history.history))
    (weights, values), (weights_in_blocks, values_in_blocks) = trained
    assert values_in_blocks == values
    for ours, theirs in zip(weights_in_blocks, weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("jit_compile", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_numbers_are_those_in_memory(tmp_path: Path, jit_compile: bool) -> None:
    x, y = networks.rows(217)
    weights = np.linspace(0, 2, 217, dtype="float32")
    filed = in_files(tmp_path, x, y, weights)
    held_out = networks.rows(83, 1)
    assert_same(
        networks.dense,
        ((x, y, weights), held_out),
        (filed, in_files(tmp_path, *held_out)),
        shuffle=False,
        jit_compile=jit_compile,
    )


def test_one_block_is_all_in_memory(tmp_path: Path) -> None:
    rows = networks.rows(49)
    assert_same(networks.dense, (rows, None), (in_files(tmp_path, *rows), None))


class OwnStep(keras.Model):
    """Reports a value that is no metric."""

    def train_step(self, data: Any) -> Any:
        logs = super().train_step(data)
        return {**logs, "last": keras.ops.sum(data[0])}


def own_step() -> keras.Model:
    inner = networks.dense()
    model = OwnStep(inner.inputs, inner.outputs)
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.thorough
def test_training_steps_of_ones_own(tmp_path: Path) -> None:
    rows = networks.rows(217)
    filed = in_files(tmp_path, *rows)
    assert_same(own_step, (rows, rows), (filed, filed), shuffle=False)


@pytest.mark.thorough
def test_images_with_class_weights_and_limits(tmp_path: Path) -> None:
    rows = networks.images(150)
    filed = in_files(tmp_path, *rows)
    options = {"steps_per_epoch": 4, "validation_freq": 2, "validation_batch_size": 7}
    options |= {"class_weight": {0: 2.0, 2: 0.5}, "epochs": 5}
    assert_same(networks.convolutional, (rows, rows), (filed, filed), shuffle=False, **options)


def test_shuffled_epochs_visit_every_row_once() -> None:
    rows, epochs = 217, []
    data = Data(to_data((np.zeros((rows, 1)),)).train, None)
    plan = Plan(data, 0, 2, 16, shuffle=True, seed=3, block_rows=50)
    for epoch in range(3):
        visited = [np.arange(rows)[block][order] for block, order in plan.blocks(epoch)]
        assert all(len(order) % 16 == 0 for order in visited[:-1])
        epochs.append(np.concatenate(visited))
        assert sorted(epochs[-1]) == list(range(rows))
    assert not np.array_equal(epochs[0], epochs[1])
    assert {int(epoch[0]) // divide(rows, most=50, batch_size=16).size for epoch in epochs} != {0}


def test_an_epoch_goes_on_where_the_last_one_ended() -> None:
    data = Data(to_data((np.zeros((217, 1)),)).train, None)
    plan = Plan(data, 0, 9, 16, shuffle=True, seed=3, steps_per_epoch=5, block_rows=50)
    visited = [
        np.arange(217)[block][order] for epoch in range(3) for block, order in plan.blocks(epoch)
    ]
    assert sorted(np.concatenate(visited)) == list(range(217))


def standardized() -> keras.Model:
    keras.utils.set_random_seed(3)
    layers = [keras.layers.Normalization(), keras.layers.Dense(3, "softmax")]
    model = keras.Sequential([keras.Input((5,)), *layers])
    model.compile("sgd", "categorical_crossentropy")
    return model


def test_mean_and_variance_are_of_all_rows(tmp_path: Path) -> None:
    x, y = networks.rows(217)
    x = x * np.array([1, 1e3, 1e-3, 1, 1], "float32") + 7
    x[:, 4] = 2.0
    model, expected = standardized(), standardized()
    fit_model(model, in_files(tmp_path, x, y), block_rows=50, **OPTIONS)
    fit_model(expected, (x, y), **OPTIONS)
    for ours, theirs in zip(model.layers[0].weights[:2], expected.layers[0].weights, strict=False):
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=1e-6)


class Largest(keras.layers.Layer):
    """Divides by the largest input that it has seen before training."""

    is_adapted = False
    takes_missing = False

    def adapt_to(self, values: np.ndarray) -> None:
        self.is_adapted, self.largest = True, float(np.max(values))

    def call(self, inputs: Any) -> Any:
        return inputs / self.largest


def test_layers_that_learn_more_learn_from_the_first_rows(tmp_path: Path) -> None:
    x, y = networks.rows(217)
    x[0, 0], x[200, 0] = 50.0, 100.0
    inputs, layer = keras.Input((5,)), Largest()
    layer.largest = 1.0
    model = keras.Model(inputs, keras.layers.Dense(3, "softmax")(layer(inputs)))
    model.compile("sgd", "categorical_crossentropy")
    with pytest.warns(UserWarning, match="learns from the first 12 rows alone"):
        fit_model(model, in_files(tmp_path, x, y), block_rows=50, **OPTIONS)
    assert layer.largest == 50.0


@pytest.mark.thorough
@pytest.mark.parametrize("jit_compile", [False, True])
def test_resumes_to_the_last_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jit_compile: bool
) -> None:
    filed = in_files(tmp_path, *networks.rows(217))
    options = {"jit_compile": jit_compile, "checkpoint_seconds": 0, "epochs": 5}

    def run(folder: str, interrupt: int | None, block_rows: int | None) -> Any:
        model = networks.dense()
        history = fit_model(
            model,
            filed,
            filed,
            callbacks=[Interrupt(interrupt)],
            checkpoint=tmp_path / folder,
            resume=True,
            block_rows=block_rows,
            **OPTIONS | options,
        )
        return model.get_weights(), history.history

    expected, values = run("untouched", None, 50)
    with pytest.raises(KeyboardInterrupt):
        run("interrupted", 2, 50)
    for other in (60, 1000):
        with pytest.raises(KerazooError, match=r"block_rows \(50 then"):
            run("interrupted", None, other)
    # The checkpoint says how many rows were in memory, whatever there is room for now.
    weights, resumed = run("interrupted", None, None)
    assert resumed == values
    for ours, theirs in zip(weights, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_too_much_data_is_trained_in_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = networks.rows(217)
    filed = in_files(tmp_path, *rows)
    data = to_data(filed, leave_in_files=True)
    assert choose.choose_block_rows(data) is None
    monkeypatch.setattr(choose, "free_memory", lambda: 2 * data.nbytes - 1)
    monkeypatch.setattr(choose, "BLOCK_BYTES", 50 * 4 * (5 + 3))
    assert choose.choose_block_rows(data) == 50
    chosen, told = networks.dense(), networks.dense()
    fit_model(chosen, filed, engine="resident", **OPTIONS)
    fit_model(told, rows, block_rows=50, **OPTIONS)
    for ours, theirs in zip(chosen.get_weights(), told.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    in_blocks = evaluate_model(chosen, filed, batch_size=16)
    monkeypatch.undo()
    assert evaluate_model(chosen, rows, batch_size=16) == in_blocks


def test_what_is_wrong_in_a_file_is_found_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kerazoo.datasets.reading.mapped.PIECE_BYTES", 400)
    x, y = networks.rows(217)
    for value in (np.nan, 1e300):  # float32 cannot hold the other one
        wrong = x.astype("float64")
        wrong[203, 1] = value
        with pytest.raises(InvalidInput, match="first in row 203"):
            fit_model(networks.dense(), in_files(tmp_path, wrong, y), block_rows=50, **OPTIONS)


def test_refusals() -> None:
    with pytest.raises(KerazooError, match="block_rows is 0; pass how many"):
        fit_model(networks.dense(), networks.rows(), block_rows=0)
    with pytest.raises(KerazooError, match="block_rows= needs the resident engine"):
        fit_model(networks.dense(), networks.rows(), block_rows=16, callbacks=[CountsBatches()])


PEAK = """
import sys
import keras, numpy as np, kerazoo
layers = [keras.layers.Normalization(), keras.layers.Dense(1)]
model = keras.Sequential([keras.Input((64,)), *layers])
model.compile("adam", "mse")
x, y = (np.load(path, mmap_mode="r") for path in sys.argv[1:3])
options = {"batch_size": 4096, "verbose": 0, "block_rows": int(sys.argv[3])}
kerazoo.fit_model(model, (x[:4096], y[:4096]), (x[:4096], y[:4096]), **options)
def peak():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:"))
before = peak()
kerazoo.fit_model(model, (x, y), (x[:90_000], y[:90_000]), **options)
print(peak() - before, x.nbytes // 2**20)
"""


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak")
def test_memory_is_that_of_two_blocks(tmp_path: Path) -> None:
    block, rows = 2**15, 2**19  # blocks of 8 MiB, of 128 MiB
    x, y = tmp_path / "x.npy", tmp_path / "y.npy"
    np.save(x, np.resize(np.linspace(-1, 1, 6401, dtype="float32"), (rows, 64)))
    np.save(y, np.ones((rows, 1), "float32"))
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(x), str(y), str(block)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "KERAZOO_GRAPH_CACHE": "0"},
    )
    grown, size = map(int, done.stdout.split())
    assert size == 128
    assert grown < 80
