"""The training loop, driven by a runner that only counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import pytest

from kerazoo.engine.checkpoints.checkpointer import (
    Checkpointer,
    CheckpointOptions,
    open_checkpointer,
)
from kerazoo.engine.loop import Training, list_callbacks
from kerazoo.errors import KerazooError
from tests.engine import small_networks as networks


@dataclass
class Counting:
    """Reports the number of each epoch as its loss."""

    capacity: int = 1
    jit_compile: bool = False
    calls: list[int] = field(default_factory=list)
    finished: int = 0

    def run(self, first_epoch: int, count: int) -> list[dict[str, Any]]:
        self.calls.append(count)
        return [{"loss": float(first_epoch + index)} for index in range(count)]

    def variables(self) -> list[Any]:
        return []

    def finish(self) -> None:
        self.finished += 1


class StopAt(keras.callbacks.Callback):
    def __init__(self, epoch: int) -> None:
        super().__init__()
        self.epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.model.stop_training = epoch == self.epoch


def training(
    runner: Counting, callbacks: Any = (), epochs: int = 100, checkpointer: Any = None
) -> Training:
    model = networks.dense()
    container = list_callbacks(model, callbacks, verbose=0, epochs=epochs, steps=1)
    return Training(model, runner, callbacks, container, 0, epochs, checkpointer)


class PausesAt(StopAt):
    """Looks at many epochs at once, and may stop after some of them alone."""

    reads_values_only = True
    pauses_after = (30, 70, 500)


def test_no_call_goes_past_an_epoch_after_which_a_callback_may_stop() -> None:
    runner = Counting(capacity=50)
    training(runner, [PausesAt(-1)]).run()
    ends = [sum(runner.calls[: number + 1]) for number in range(len(runner.calls))]
    assert {30, 70, 100} <= set(ends)
    assert max(runner.calls) > 8
    runner = Counting(capacity=50)
    training(runner, [PausesAt(29)]).run()
    assert sum(runner.calls) == 30


def test_calls_grow_eightfold_at_most_and_every_epoch_is_reported() -> None:
    runner = Counting(capacity=50)
    history = training(runner).run()
    assert history.history["loss"] == [float(epoch) for epoch in range(100)]
    assert history.epoch == list(range(100))
    assert runner.calls == [1, 8, 50, 41]
    assert runner.finished == 1


def test_a_callback_stops_it() -> None:
    runner = Counting()
    history = training(runner, [StopAt(3)]).run()
    assert history.epoch == [0, 1, 2, 3]
    assert runner.finished == 1


def checkpointer(directory: Path, callbacks: Any, seconds: float = 0.0) -> Checkpointer | None:
    options = CheckpointOptions(directory, resume=True, seconds=seconds, fingerprint="")
    return open_checkpointer(options, networks.dense(), callbacks, {})


def test_a_stopped_training_stays_stopped(tmp_path: Path) -> None:
    for _ in range(2):
        callbacks = [StopAt(3)]
        found = training(Counting(), callbacks, 9, checkpointer(tmp_path, callbacks)).run()
        assert found.epoch == [0, 1, 2, 3]


def test_the_last_epoch_is_kept_however_rarely_checkpoints_are_written(tmp_path: Path) -> None:
    training(Counting(), (), 5, checkpointer(tmp_path, (), seconds=1e6)).run()
    again = Counting()
    history = training(again, (), 7, checkpointer(tmp_path, ())).run()
    assert again.calls == [1, 1]
    assert history.history["loss"] == [float(epoch) for epoch in range(7)]


def test_nowhere_to_resume_from() -> None:
    with pytest.raises(KerazooError, match="resume=True needs checkpoint="):
        CheckpointOptions(None, resume=True, seconds=10.0, fingerprint="")
    options = CheckpointOptions(None, resume=False, seconds=10.0, fingerprint="")
    assert open_checkpointer(options, networks.dense(), [], {}) is None
