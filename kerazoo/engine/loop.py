"""The training loop: alternates between compiled epochs, callbacks and checkpoints.

There is one loop for everything that trains. What differs, how an epoch is computed, is an
`EpochRunner`: `resident.py` has the one for rows of any kind, `words/fit.py` the one for running
text. This module imports no TensorFlow.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras

from kerazoo.engine.callback_hooks import end_last_batch, pauses_of
from kerazoo.engine.checkpoints.callback_state import with_state
from kerazoo.engine.checkpoints.checkpointer import Checkpointer, TrainingState
from kerazoo.engine.epoch_logger import TensorBoardEpochs, is_replaceable
from kerazoo.engine.keras_internals import epoch_to_begin_with
from kerazoo.engine.progress import ProgressLine, closing_displays

Logs = dict[str, Any]

_SECONDS_PER_CALL = 0.5
"""While a call runs, Python can neither write a checkpoint nor react to Ctrl-C."""

# An epoch can be shorter than the call that runs it, and the first call also compiles, so one
# measurement says little about the next call. Growing eightfold at most, three calls reach 512
# epochs, and no call is more than eight times as long as one that was measured.
_LARGEST_GROWTH = 8


class EpochRunner(Protocol):
    """What computes epochs.

    `capacity` is how many epochs one call can run, and `jit_compile` whether XLA compiles them.
    """

    @property
    def capacity(self) -> int: ...

    @property
    def jit_compile(self) -> bool: ...

    def run(self, first_epoch: int, count: int) -> list[Logs]:
        """Run `count` epochs, and return the values of each, validation included."""

    def variables(self) -> Sequence[Any]:
        """Return all TensorFlow variables that training changes, in the same order every time."""

    def finish(self) -> None:
        """Do what is left after the last epoch, such as putting averaged weights in place."""


@dataclass(frozen=True)
class Training:
    """One training of one model.

    Args:
        model: a compiled model.
        runner: computes its epochs.
        callbacks: what the user passed.
        container: the same with Keras' own, as `list_callbacks` returns it.
        first_epoch: number of the first epoch.
        epochs: number after the last epoch.
        checkpointer: reads and writes checkpoints, if any are wanted.
        writes: whether this process writes them: of several workers, one alone does.
    """

    model: keras.Model
    runner: EpochRunner
    callbacks: Sequence[keras.callbacks.Callback]
    container: keras.callbacks.CallbackList
    first_epoch: int
    epochs: int
    checkpointer: Checkpointer | None = None
    writes: bool = True

    def run(self) -> keras.callbacks.History:
        """Train to the last epoch, or until a callback or Ctrl-C stops it.

        Raises:
            KeyboardInterrupt: after Ctrl-C, once the epoch has ended and a checkpoint is written.
        """
        self.model.stop_training = False
        with closing_displays(self.container.callbacks):
            self.container.on_train_begin()
            with deferring_interrupt() as was_interrupted:
                logs = self._run_epochs(self._restore(), was_interrupted)
            self.runner.finish()
            self.container.on_train_end(logs)
        return self.model.history

    def _run_epochs(self, epoch: int, was_interrupted: Callable[[], bool]) -> Logs | None:
        logs: Logs | None = None
        count = 1
        pauses = pauses_of(self.callbacks)
        while epoch < self.epochs and not self.model.stop_training:
            pause = next((one for one in pauses if one > epoch), self.epochs)
            count = min(count, min(pause, self.epochs) - epoch)
            # Where `count` is above 1, no callback has a hook that would miss the other epochs.
            self.container.on_epoch_begin(epoch)
            started = time.perf_counter()
            values = self.runner.run(epoch, count)
            # For the protocol ReadsValuesOnly.
            self.container.params["epochs_at_once"] = len(values)
            for logs in values:
                end_last_batch(self.callbacks, self.container.params["steps"] - 1, logs)
                self._end_epoch(epoch, logs)
                epoch += 1
            in_time = int(count * _SECONDS_PER_CALL / (time.perf_counter() - started))
            count = max(1, min(in_time, _LARGEST_GROWTH * count, self.runner.capacity))
            self._checkpoint_if_due(epoch, at_once=was_interrupted())
            if was_interrupted():
                raise KeyboardInterrupt
        return logs

    def _end_epoch(self, epoch: int, logs: Logs) -> None:
        """Tell the callbacks of an epoch, as Keras does.

        Keras asks each value what it is, which takes longer than an epoch of a small network.
        """
        if not all(type(value) is float for value in logs.values()):
            self.container.on_epoch_end(epoch, logs)
            return
        logs = dict(sorted(logs.items()))  # for all callbacks: one may add to it
        for callback in self.container.callbacks:
            callback.on_epoch_end(epoch, logs)

    def _restore(self) -> int:
        """Put the state of an interrupted training back, and return the next epoch."""
        first_epoch = epoch_to_begin_with(self.model) or self.first_epoch
        if self.checkpointer is None:
            return first_epoch
        progress = self.checkpointer.restore(self._state())
        if progress is None:
            return first_epoch
        self.model.stop_training = progress.stopped
        return progress.epoch

    def _checkpoint_if_due(self, epoch: int, *, at_once: bool) -> None:
        if self.checkpointer is None or not self.writes:
            return
        finished = epoch >= self.epochs or self.model.stop_training
        if at_once or finished or self.checkpointer.is_due():
            self.checkpointer.write(
                self._state(),
                epoch=epoch,
                stopped=bool(self.model.stop_training),
                jit_compile=self.runner.jit_compile,
            )

    def _state(self) -> TrainingState:
        return TrainingState(
            self.runner.variables(), self.model.history, with_state(self.callbacks)
        )


@contextlib.contextmanager
def deferring_interrupt() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl-C wait until an epoch has ended; the second one ends it at once.

    Within an epoch the state of a training belongs to no epoch, and could not be resumed. A graph
    that runs hears no signal anyway. Only the main thread can do this, and only in the place of
    Python's own handler.

    Yields:
        A function that tells whether Ctrl-C has been pressed.
    """
    pressed: list[int] = []

    def wait(number: int, frame: object) -> None:
        pressed.append(number)
        if len(pressed) > 1:
            raise KeyboardInterrupt
        print(
            "\nstopping after this epoch; Ctrl-C again stops at once", file=sys.stderr, flush=True
        )

    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield lambda: False
        return
    signal.signal(signal.SIGINT, wait)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def list_callbacks(
    model: keras.Model,
    callbacks: Sequence[keras.callbacks.Callback],
    *,
    verbose: int | str,
    epochs: int,
    steps: int,
) -> keras.callbacks.CallbackList:
    """Return the callbacks in Keras' own container, with its history and a display of progress.

    Args:
        model: a compiled model.
        callbacks: what the user passed.
        verbose: as in `keras.Model.fit`.
        epochs: number after the last epoch.
        steps: what Keras' display counts to in each epoch.
    """
    has_display = any(isinstance(callback, ProgressLine) for callback in callbacks)
    wants_bar = verbose in (1, "auto") and keras.config.is_interactive_logging_enabled()
    displays = [ProgressLine()] if wants_bar and not has_display else []
    taken = [TensorBoardEpochs(one) if is_replaceable(one) else one for one in callbacks]
    return keras.callbacks.CallbackList(
        [*taken, *displays],
        add_history=True,
        # A line per epoch is Keras' own, and so is what goes to Python's logging.
        add_progbar=verbose != 0 and not wants_bar and not has_display,
        model=model,
        verbose=verbose,
        epochs=epochs,
        steps=steps,
    )
