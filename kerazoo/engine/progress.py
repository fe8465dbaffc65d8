"""A progress line: rewritten in place on a terminal or in a notebook, line by line in a log."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping
from typing import Any

import keras
from tqdm import tqdm

_REDRAW_SECONDS = 0.1
_WIDTH = 20
_GAP = "  "


class ProgressLine(keras.callbacks.Callback):
    """Show epoch, loss and validation metrics while a network learns.

    Args:
        epochs: the largest number of epochs; by default the one that `fit_model` was given.

    Example:
        >>> import kerazoo
        >>> run = kerazoo.train("boston", callbacks=[ProgressLine()])  # doctest: +SKIP
        epoch 200/200 |####################| 2.1 s  loss 1.01  val_loss 1.57
    """

    # Of the protocol `KeepsState`: a resumed training may be displayed in another way.
    keeps_state = False

    def __init__(self, epochs: int | None = None) -> None:
        super().__init__()
        self.epochs = epochs
        self._notebook = _in_notebook()
        self._in_place = self._notebook or sys.stdout.isatty()
        self._handle: Any = None
        self._drawn = 0.0
        self._last = ""

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self._started = time.monotonic()
        self._handle = None  # a training of several stages has a line for each
        self._last = ""

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        epochs = self.epochs or self.params.get("epochs") or epoch + 1
        line = f"epoch {epoch + 1}/{epochs}"
        if self._notebook:
            seconds = time.monotonic() - self._started
            bar = tqdm.format_meter(
                epoch + 1, epochs, seconds, bar_format="{bar}", ascii=" #", ncols=_WIDTH
            )
            line += f" |{bar}| {seconds:.1f} s"
        for name, value in (logs or {}).items():
            if name in ("loss", "val_loss") or name.startswith("val_"):
                line += f"{_GAP}{name.replace('mean_absolute_error', 'mae')} {value:.4g}"
        if not self._in_place:
            print(line)
        elif time.monotonic() - self._drawn > _REDRAW_SECONDS:
            self._draw(line)
        self._last = line

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        if self._in_place and self._last:
            self._draw(self._last)
            if not self._notebook:
                print()

    def _draw(self, line: str) -> None:
        self._drawn = time.monotonic()
        if not self._notebook:
            shown = _shorten(line, shutil.get_terminal_size().columns - 1)
            print(f"\r\x1b[2K{shown}", end="", flush=True)
            return
        # A display that is updated leaves one line in the saved notebook, not one per epoch.
        data = {"text/plain": line}
        if self._handle is None:
            from IPython.display import display

            self._handle = display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)


def _shorten(line: str, width: int) -> str:
    """Leave out as many of the last values as do not fit, and never a part of one."""
    if len(line) <= width:
        return line
    end = f"{_GAP}\u2026"
    kept = line.split(_GAP)
    while len(kept) > 1 and len(_GAP.join(kept)) + len(end) > width:
        del kept[-1]
    return (_GAP.join(kept) + end)[:width]


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")
