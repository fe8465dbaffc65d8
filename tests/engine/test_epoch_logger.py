"""Loggers that let many epochs run in a call note what they would note after each of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from kerazoo.engine.callback_hooks import watches_epochs
from kerazoo.engine.epoch_logger import EpochLogger, EpochValues, TensorBoardEpochs, is_replaceable
from kerazoo.engine.event_file import EventFile
from kerazoo.engine.fit import fit_model
from tests.engine import small_networks as networks

EPOCHS = 40


class Notes(EpochLogger):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []
        self.epochs: list[EpochValues] = []

    def write(self, epochs: Sequence[EpochValues]) -> None:
        self.calls.append(len(epochs))
        self.epochs += epochs


class Halves(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule that cannot take several steps at once."""

    def __call__(self, step: Any) -> Any:
        return keras.ops.cond(step < 30, lambda: 0.01, lambda: 0.001)

    def get_config(self) -> dict[str, Any]:
        return {}


def adam(rate: Any) -> keras.optimizers.Optimizer:
    return keras.optimizers.Adam(rate)


@pytest.mark.parametrize(
    "rate",
    [0.01, keras.optimizers.schedules.CosineDecay(0.01, 100), Halves()],
    ids=["constant", "cosine", "own"],
)
def test_the_rates_of_epochs_that_ran_together_are_their_own(rate: Any) -> None:
    """As a callback sees them that Keras calls after each epoch."""
    seen: list[float] = []

    def look(epoch: int, logs: Any) -> None:
        seen.append(float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)))

    model = networks.dense(adam(rate))
    look_on = keras.callbacks.LambdaCallback(on_epoch_end=look)
    options: dict[str, Any] = {"epochs": EPOCHS, "verbose": 0, "jit_compile": False}
    fit_model(model, networks.rows(), callbacks=[look_on], **options)
    notes = Notes()
    history = fit_model(networks.dense(adam(rate)), networks.rows(), callbacks=[notes], **options)
    assert max(notes.calls) > 1
    assert sum(notes.calls) == EPOCHS
    assert [one.epoch for one in notes.epochs] == list(range(EPOCHS))
    assert [one.values["loss"] for one in notes.epochs] == history.history["loss"]
    np.testing.assert_allclose([one.rates["learning_rate"] for one in notes.epochs], seen, 1e-5)


def test_time_passes_from_epoch_to_epoch() -> None:
    notes = Notes()
    fit_model(networks.dense(), networks.rows(), epochs=EPOCHS, verbose=0, callbacks=[notes])
    ended = [one.ended for one in notes.epochs]
    assert ended == sorted(ended)
    assert all(one.seconds > 0 for one in notes.epochs)
    steps = [one.iterations for one in notes.epochs]
    assert steps == [(number + 1) * steps[0] for number in range(EPOCHS)]


def test_keras_own_fit_tells_a_logger_of_each_epoch() -> None:
    notes = Notes()
    options: dict[str, Any] = {"epochs": 3, "verbose": 0, "engine": "keras"}
    fit_model(networks.dense(), networks.rows(), callbacks=[notes], **options)
    assert notes.calls == [1, 1, 1]
    assert all("learning_rate" in one.rates for one in notes.epochs)


class OwnTensorBoard(keras.callbacks.TensorBoard):
    """May do anything between epochs."""


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        (keras.callbacks.TensorBoard, {}, True),
        (keras.callbacks.TensorBoard, {"histogram_freq": 1}, False),
        (keras.callbacks.TensorBoard, {"embeddings_freq": 1}, False),
        (keras.callbacks.TensorBoard, {"update_freq": 3}, False),
        (keras.callbacks.TensorBoard, {"write_steps_per_second": True}, False),
        (OwnTensorBoard, {}, False),
    ],
)
def test_what_reads_more_than_values_sees_every_epoch(
    kind: Any, options: dict[str, Any], expected: bool
) -> None:
    callback = kind("logs", **options)
    assert is_replaceable(callback) == expected
    assert watches_epochs(callback)
    if expected:
        assert not watches_epochs(TensorBoardEpochs(callback))


@pytest.fixture
def accumulator() -> Any:
    return pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator",
        reason="tensorboard is not installed: pip install tensorboard",
    )


def read_events(folder: Path, accumulator: Any) -> dict[tuple[str, str, int], float]:
    """Return what TensorBoard would show: values by run, tag and step."""
    found = {}
    for run in ("train", "validation"):
        events = accumulator.EventAccumulator(str(folder / run), {"tensors": 0}).Reload()
        for tag in events.Tags()["tensors"]:
            for event in events.Tensors(tag):
                if tag != "keras":  # a picture of the network
                    value = tf.make_ndarray(event.tensor_proto)
                    found[run, tag, event.step] = float(value)
    return found


def test_tensorboard_shows_what_keras_writes(tmp_path: Path, accumulator: Any) -> None:
    rate = keras.optimizers.schedules.CosineDecay(0.01, 30)
    found = {}
    for engine in ("keras", "resident"):
        options: dict[str, Any] = {"epochs": 5, "verbose": 0, "shuffle": False, "engine": engine}
        callback = keras.callbacks.TensorBoard(tmp_path / engine, update_freq="epoch")
        model = networks.dense(adam(rate))
        fit_model(model, networks.rows(), networks.rows(9), callbacks=[callback], **options)
        found[engine] = read_events(tmp_path / engine, accumulator)
    assert {key[0] for key in found["keras"]} == {"train", "validation"}
    assert {"epoch_learning_rate", "evaluation_loss_vs_iterations"} <= {
        key[1] for key in found["keras"]
    }
    assert found["resident"].keys() == found["keras"].keys()
    for key, value in found["keras"].items():
        assert found["resident"][key] == pytest.approx(value, rel=1e-4, abs=1e-6), key


def test_an_event_file_leaves_out_what_is_no_number(tmp_path: Path) -> None:
    file = EventFile(tmp_path, "train")
    file.add(3, {"loss": np.float32(0.5), "per_class": np.ones(2)}, at=1.5)
    file.close()
    (path,) = (tmp_path / "train").iterdir()
    version, event = (
        tf.compat.v1.Event.FromString(record.numpy())
        for record in tf.data.TFRecordDataset(str(path))
    )
    assert version.file_version == "brain.Event:2"
    assert (event.step, event.wall_time) == (3, 1.5)
    assert [(one.tag, one.tensor.float_val[0]) for one in event.summary.value] == [("loss", 0.5)]


def test_a_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        EventFile(tmp_path / "file", "train")
