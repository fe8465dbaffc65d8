"""Progress of epochs: a bar on a terminal or in a notebook, a line now and then in a log.

The bar is drawn between calls of the compiled program, which run as many epochs as take about half
a second, so it costs a training nothing that counts. Within an epoch nothing of the program can be
seen: a clock goes on, and tells how long an epoch is expected to take.
"""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import keras

from kerazoo._progress import (
    REDRAW_SECONDS,
    Line,
    Ticker,
    in_time,
    is_terminal,
    lay_out,
)

_MOST_LINES = 50
_SECONDS_BETWEEN_LINES = 1.0
_LONG_EPOCH = 2.0
_TELLING_SECONDS = 10.0


class ProgressLine(keras.callbacks.Callback):
    """Show epochs, the time left, loss and validation metrics while a network learns.

    A terminal and a notebook show a bar. Anything else, such as a file, gets a line per epoch. Of
    more than 50 epochs it gets 50 lines at most and at most one a second, besides the first and the
    last one.

    Args:
        epochs: the largest number of epochs; by default the one that `fit_model` was given.

    Example:
        >>> import kerazoo
        >>> run = kerazoo.train("boston", callbacks=[ProgressLine()])  # doctest: +SKIP
        epoch 200/200 |####################|  2.1 s  loss 1.01  val_loss 1.57
    """

    # Of the protocol `KeepsState`: a resumed training may be displayed in another way.
    keeps_state = False
    # Of the protocol `ReadsValuesOnly`: it need not see every epoch at the moment when it ends.
    reads_values_only = True

    def __init__(self, epochs: int | None = None) -> None:
        super().__init__()
        self.epochs = epochs
        self._display: _Terminal | _Notebook | _Log | None = None
        self._ticker: Ticker | None = None

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self.close()  # a training of several stages has a line for each
        self._pace = _Pace()
        self._values: list[str] = []
        self._untold = 0
        self._drawn = 0.0
        self._display = _display()
        if not isinstance(self._display, _Log):
            self._ticker = Ticker(self._draw)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._pace.begin(epoch)
        self._untold = 0

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._untold += 1
        is_last = self._untold >= (self.params or {}).get("epochs_at_once", 1)
        display = self._display
        if not is_last and not (isinstance(display, _Log) and display.takes_all(self._total)):
            return
        self._pace.note(epoch + 1)
        self._values = [
            f"{name.replace('mean_absolute_error', 'mae')} {value:.4g}"
            for name, value in (logs or {}).items()
            if name == "loss" or name.startswith("val_")
        ]
        if isinstance(display, _Log):
            display.note(self)
        elif time.monotonic() - self._drawn > REDRAW_SECONDS:
            self._draw()

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        if self._pace.done:
            self._pace.end()
            if isinstance(self._display, _Log):
                self._display.note(self, is_last=True)
            elif self._display is not None:
                self._draw()
        self.close()

    def close(self) -> None:
        """Leave what is shown as it is, and begin a new line: also after an error or Ctrl-C."""
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
        if self._display is not None:
            self._display.end()
            self._display = None

    @property
    def _total(self) -> int:
        return self.epochs or (self.params or {}).get("epochs") or self._pace.done

    def line(self, width: int | None = None) -> str:
        """Return what is shown now, in so many columns; without limit by default."""
        done, total = self._pace.done, max(self._total, self._pace.done)
        return lay_out(
            f"epoch {done}/{total}",
            [self._pace.time(total), *self._values],
            share=done / max(total, 1),
            width=width,
            optional=self._pace.of_this_epoch(total),
        )

    def log_line(self) -> str:
        """Return what is written to a log now."""
        done, total = self._pace.done, max(self._total, self._pace.done)
        times = [in_time(self._pace.seconds()), self._pace.left(total)]
        parts = [f"epoch {done}/{total}", ", ".join(filter(None, times)), *self._values]
        return "  ".join(parts)

    def _draw(self) -> None:
        if self._display is not None and not isinstance(self._display, _Log):
            self._drawn = time.monotonic()
            self._display.draw(self)


@contextlib.contextmanager
def closing_displays(callbacks: Iterable[keras.callbacks.Callback]) -> Iterator[None]:
    """Let no display of progress outlive a training that an error or Ctrl-C ends."""
    try:
        yield
    finally:
        for callback in callbacks:
            if isinstance(callback, ProgressLine):
                callback.close()


class _Pace:
    """How many epochs are done, and what that says of the time that the others take."""

    def __init__(self) -> None:
        self.done = 0
        self._started = self._now = time.monotonic()
        self._first: int | None = (
            None  # epochs that were done before, by a training that is resumed
        )
        self._warm: tuple[int, float] | None = None
        self._ended = False

    def begin(self, epoch: int) -> None:
        if self._first is None:
            self._first = self.done = epoch

    def note(self, done: int) -> None:
        if self._first is None:
            self._first = done - 1
        self.done, self._now = done, time.monotonic()
        self._warm = self._warm or (done, self._now)

    def end(self) -> None:
        self._now = time.monotonic()
        self._ended = True

    def seconds(self) -> float:
        """Return how long it has taken so far."""
        return (self._now if self._ended else time.monotonic()) - self._started

    def seconds_per_epoch(self) -> float | None:
        """Return how long an epoch takes, or `None` if nothing tells yet.

        The first call compiles, too: it counts only if it took so long that this hardly matters.
        """
        if self._warm is None or self._first is None:
            return None
        done, since = self._warm
        if self.done > done:
            return (self._now - since) / (self.done - done)
        whole = since - self._started
        return whole / (done - self._first) if whole > _TELLING_SECONDS else None

    def left(self, total: int) -> str:
        """Return in words how long the rest takes, if that is known."""
        each = self.seconds_per_epoch()
        if each is None or self._ended or self.done >= total:
            return ""
        left = each * (total - self.done) - (time.monotonic() - self._now)
        return f"{in_time(max(left, 0.0))} left"

    def time(self, total: int) -> str:
        """Return the time left, or the time that it has taken."""
        return self.left(total) or in_time(self.seconds())

    def of_this_epoch(self, total: int) -> str:
        """Return how long the epoch that runs has taken, and is expected to, if that is long."""
        each = self.seconds_per_epoch()
        if each is None or each < _LONG_EPOCH or self._ended or self.done >= total:
            return ""
        return f"(epoch {self.done + 1}: {time.monotonic() - self._now:.0f} of {each:.0f} s)"


class _Terminal:
    """A line that is rewritten in place."""

    def __init__(self) -> None:
        self._line = Line("stdout")

    def draw(self, progress: ProgressLine) -> None:
        self._line.draw(progress.line)

    def end(self) -> None:
        self._line.end(keep=True)


class _Notebook:
    """A display that is updated: it leaves one line in the saved notebook, not one per epoch."""

    def __init__(self) -> None:
        self._handle: Any = None

    def draw(self, progress: ProgressLine) -> None:
        data = {"text/plain": progress.line()}
        if self._handle is None:
            from IPython.display import display

            self._handle = display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)

    def end(self) -> None:
        """Leave it as it is."""


class _Log:
    """Lines of a file, of which nobody reads two thousand."""

    def __init__(self) -> None:
        self._shown = 0
        self._written = -math.inf

    def takes_all(self, total: int) -> bool:
        return total <= _MOST_LINES

    def note(self, progress: ProgressLine, *, is_last: bool = False) -> None:
        done, total = progress._pace.done, progress._total
        if done == self._shown:
            return
        is_first, now = self._shown == 0, time.monotonic()
        is_due = done - self._shown >= total / _MOST_LINES
        is_due = is_due and now - self._written >= _SECONDS_BETWEEN_LINES
        if is_first or is_last or is_due or self.takes_all(total):
            self._shown, self._written = done, now
            print(progress.log_line(), flush=True)

    def end(self) -> None:
        """Do nothing: each line has its end."""


def _display() -> _Terminal | _Notebook | _Log:
    if _in_notebook():
        return _Notebook()
    return _Terminal() if is_terminal(sys.stdout) else _Log()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")
