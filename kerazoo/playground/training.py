"""One run, trained by the engine: `fit_model` with a callback that shows frames and takes turns."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import keras

from kerazoo.engine.fit import fit_model
from kerazoo.playground.network import build_network
from kerazoo.playground.settings import FRAMES_PER_SECOND, MOST_EPOCHS

if TYPE_CHECKING:
    from kerazoo.playground.session import Run, Session

_SMOOTH = 0.1  # weight of the newest epoch in the time that one takes


def train_run(run: Run, session: Session) -> None:
    """Train until another run is wanted, or nothing more can be learned.

    Args:
        run: what is trained.
        session: says when, and is shown what comes of it.
    """
    model = build_network(run.settings, run.data)
    if session.show(run, model):
        fit_model(
            model,
            run.data.train,
            epochs=MOST_EPOCHS,
            batch_size=run.settings.batch_size,
            seed=run.settings.seed,
            callbacks=[_Turns(run, session)],
            # XLA takes seconds for each structure; an epoch takes milliseconds without it.
            jit_compile=False,
            verbose=0,
        )


class _Turns(keras.callbacks.Callback):
    """Waits before every epoch for its turn, and shows a frame when one is due."""

    def __init__(self, run: Run, session: Session) -> None:
        super().__init__()
        self.run = run
        self.session = session
        self._is_shown = True  # the initial weights were
        self._next_frame = 0.0
        self._in_frame = 0
        self._seconds: float | None = None
        self._began = 0.0

    def on_train_begin(self, logs: Any = None) -> None:
        self._take_turn()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        took = time.monotonic() - self._began
        if epoch:  # the first one is also traced
            before = self._seconds or took
            self._seconds = before + _SMOOTH * (took - before)
        self.run.epoch = epoch + 1
        self._is_shown = False
        self._in_frame += 1
        pace = self.session.pace
        if pace and self._in_frame >= pace:
            self.session.wait_for_frame(self.run, self._next_frame)
        if time.monotonic() >= self._next_frame and not self._show():
            self.model.stop_training = True
            return
        self._take_turn()

    def _show(self) -> bool:
        self._next_frame = max(self._next_frame, time.monotonic()) + 1 / FRAMES_PER_SECOND
        self._in_frame = 0
        self._is_shown = True
        return self.session.show(self.run, self.model, self._seconds)

    def _take_turn(self) -> None:
        if not self.session.wait_for_turn(self.run, self._stand_still):
            self.model.stop_training = True
            return
        rate = self.run.settings.rate
        if rate != self.run.stages[-1][1]:
            self.model.optimizer.learning_rate = rate
            self.run.stages.append((self.run.epoch, rate))
        self._began = time.monotonic()

    def _stand_still(self) -> None:
        """Show where it stands, also if that was shown while it still played."""
        self._show()
