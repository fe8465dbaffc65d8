"""EarlyStopping and ModelCheckpoint without the surprises of Keras' own.

Both need an explicit mode, refuse a monitor that the training does not report, never take NaN for
the best value, and keep the best weights when training is interrupted.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import h5py
import keras

from kerazoo._files import replacing_file
from kerazoo.errors import KerazooError, unknown_name

Mode = Literal["min", "max"]


class EarlyStopping(keras.callbacks.EarlyStopping):
    """Stop when the monitor no longer improves, and go back to the best weights.

    A loss that is NaN or infinite ends the training at once: weights that are NaN do not recover.

    Args:
        monitor: name of a reported value, such as `"val_loss"`.
        mode: whether lower (`"min"`) or higher (`"max"`) values are better.
        patience: epochs without improvement after which training stops; `None` never stops and only
            remembers the best weights.
        min_delta: smallest change that counts as an improvement, >= 0.
        restore_best_weights: whether training ends with the best weights or with the last ones.

    Raises:
        KerazooError: if an argument is out of range, or the monitor is not reported.

    Example:
        >>> EarlyStopping("val_loss", "min", patience=3).patience
        3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: Mode = "min",
        patience: int | None = 10,
        min_delta: float = 0.0,
        restore_best_weights: bool = True,
    ) -> None:
        _check_mode(mode)
        if patience is not None and patience < 0:
            raise KerazooError(f"patience is {patience}; pass the epochs to wait, usually 3 to 30.")
        super().__init__(
            monitor=monitor,
            mode=mode,
            patience=2**31 if patience is None else patience,
            min_delta=min_delta,
            restore_best_weights=restore_best_weights,
        )
        self.skips_epochs = False

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        logs = logs or {}
        if not math.isfinite(logs.get("loss", 0.0)):
            self.stopped_epoch = epoch
            self.model.stop_training = True
        if self.skips_epochs and _has_no_validation(self.monitor, logs):
            return
        check_monitor(self.monitor, logs)
        if math.isfinite(logs[self.monitor]):
            super().on_epoch_end(epoch, logs)
            return
        self.wait += 1
        if self.wait >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def restore(self) -> bool:
        """Put the best weights back, also after an interrupt; tell whether there were any."""
        if self.best_weights is None:
            return False
        self.model.set_weights(self.best_weights)
        return True

    def on_interrupt(self) -> None:
        """Put the best weights back. Part of the protocol `RunsWhenInterrupted`."""
        self.restore()


class KeepFinite(keras.callbacks.Callback):
    """End a training whose loss is no longer finite, with the weights of the last good epoch.

    For networks that are trained without a monitor to stop by, such as GANs.

    Example:
        >>> KeepFinite().stopped_epoch is None
        True
    """

    def __init__(self) -> None:
        super().__init__()
        self.stopped_epoch: int | None = None
        self.good_weights: list[Any] | None = None

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        if self.good_weights is None:
            self.good_weights = self.model.get_weights()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        if all(math.isfinite(value) for value in (logs or {}).values()):
            self.good_weights = self.model.get_weights()
            return
        self.stopped_epoch = epoch
        self.model.stop_training = True
        self.model.set_weights(self.good_weights)
        warnings.warn(
            f"a loss was NaN or infinite in epoch {epoch + 1}: training ended with the weights of "
            f"epoch {epoch}. A lower learning rate usually helps.",
            stacklevel=2,
        )


class ModelCheckpoint(keras.callbacks.Callback):
    """Write the weights to a file whenever the monitor is better than before.

    The file is written under another name and then renamed, so a kill leaves the previous best. It
    holds the monitor's value, so a resumed training does not replace a better file by a worse one.

    Args:
        path: where to write; must end in `.weights.h5`.
        monitor: name of a reported value, such as `"val_loss"`.
        mode: whether lower (`"min"`) or higher (`"max"`) values are better.

    Raises:
        KerazooError: if an argument is wrong, or the monitor is not reported.

    Example:
        >>> ModelCheckpoint("runs/boston.weights.h5", "val_loss", "min").path.name
        'boston.weights.h5'
    """

    def __init__(
        self, path: str | os.PathLike[str], monitor: str = "val_loss", mode: Mode = "min"
    ) -> None:
        super().__init__()
        _check_mode(mode)
        self.path = Path(path)
        if not self.path.name.endswith(".weights.h5"):
            raise KerazooError(
                f"checkpoint path {str(path)!r} must end in .weights.h5, such as 'best.weights.h5'."
            )
        self.monitor = monitor
        self.mode = mode
        self.skips_epochs = False
        self.best = math.inf if mode == "min" else -math.inf

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        if self.path.exists():
            with h5py.File(self.path) as file:
                value = float(file.attrs.get(self.monitor, math.nan))
            if self._improves(value):
                self.best = value

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        logs = logs or {}
        if self.skips_epochs and _has_no_validation(self.monitor, logs):
            return
        check_monitor(self.monitor, logs)
        value = float(logs[self.monitor])
        if self._improves(value):
            self.best = value
            self._write()

    def _improves(self, value: float) -> bool:
        if not math.isfinite(value):
            return False
        return value < self.best if self.mode == "min" else value > self.best

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing_file(self.path, suffix=".weights.h5") as part:  # Keras takes no other
            self.model.save_weights(part, overwrite=True)
            with h5py.File(part, "a") as file:
                file.attrs[self.monitor] = self.best


def kept_epoch(callback: keras.callbacks.Callback) -> int | None:
    """Return the epoch whose weights a callback has put back at the end of a training.

    Returns:
        Its number, counted from 1; `None` if the weights are those of the last epoch.
    """
    if isinstance(callback, KeepFinite):
        return callback.stopped_epoch  # which is the one after, counted from 0
    if not isinstance(callback, keras.callbacks.EarlyStopping) or callback.best_weights is None:
        return None
    return int(callback.best_epoch) + 1


def check_monitor(monitor: str, reported: Iterable[str]) -> None:
    """Refuse a monitor that the training does not report.

    Raises:
        UnknownName: naming the nearest value that is reported.
    """
    names = list(reported)
    if monitor not in names:
        raise unknown_name("monitor", monitor, names)


def let_skip_epochs(callbacks: Iterable[keras.callbacks.Callback], skips_epochs: bool) -> None:
    """Tell callbacks whether they pass over epochs that have no validation, or refuse them."""
    for callback in callbacks:
        if isinstance(callback, EarlyStopping | ModelCheckpoint):
            callback.skips_epochs = skips_epochs


def _has_no_validation(monitor: str, logs: Iterable[str]) -> bool:
    return monitor.startswith("val_") and not any(name.startswith("val_") for name in logs)


def _check_mode(mode: str) -> None:
    if mode not in ("min", "max"):
        raise KerazooError(f"mode is {mode!r}; pass 'min' (lower is better) or 'max'.")
