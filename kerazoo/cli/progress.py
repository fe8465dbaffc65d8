"""A progress line per epoch: rewritten in place on a terminal, one after another in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

import keras

_REDRAW_SECONDS = 0.1


class ProgressLine(keras.callbacks.Callback):
    """Print epoch, loss and metrics after each epoch.

    Args:
        epochs: the most epochs that will be trained.
    """

    keeps_state = False  # a resumed training may be displayed in another way

    def __init__(self, epochs: int) -> None:
        super().__init__()
        self.epochs = epochs
        self._in_place = sys.stdout.isatty()
        self._drawn = 0.0
        self._last = ""

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        line = f"epoch {epoch + 1}/{self.epochs}"
        for name, value in (logs or {}).items():
            if name in ("loss", "val_loss") or name.startswith("val_"):
                line += f"  {name.replace('mean_absolute_error', 'mae')} {value:.4g}"
        if not self._in_place:
            print(line)
        elif time.monotonic() - self._drawn > _REDRAW_SECONDS:
            self._draw(line)
        self._last = line

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        if self._in_place:
            self._draw(self._last)
            print()

    def _draw(self, line: str) -> None:
        print(f"\r\x1b[2K{line[:79]}", end="", flush=True)
        self._drawn = time.monotonic()
