"""What callbacks do, and when: what decides which engine trains, and when Python must run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from kerazoo._protocols import PausesAfter, ReadsValuesOnly
from kerazoo.engine.keras_internals import overrides, profiles_batches

_BATCH_HOOKS = tuple(
    f"on_{phase}batch_{moment}" for phase in ("", "train_", "test_") for moment in ("begin", "end")
)
_VALIDATION_HOOKS = ("on_test_begin", "on_test_end")
_EPOCH_HOOKS = ("on_epoch_begin", "on_epoch_end", *_VALIDATION_HOOKS)

# Callbacks of these packages have batch hooks, which do nothing if the callback is set to epochs:
# if the attribute has this value. Read in Keras 3.15, MLflow 3.17 and wandb 0.22.
_SET_TO_EPOCHS: dict[str, tuple[tuple[str, Any], ...]] = {
    "keras": (("save_freq", "epoch"), ("update_freq", "epoch")),
    "mlflow": (("log_every_n_steps", None),),
    "wandb": (("save_freq", "epoch"), ("logging_batch_wise", False), ("log_batch_frequency", None)),
}


def as_list(callbacks: Any) -> list[keras.callbacks.Callback]:
    """Return callbacks, in whatever way Keras takes them, as a list."""
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks = callbacks.callbacks
    return [callback for callback in keras.tree.flatten(callbacks) if callback is not None]


def batch_hook(callback: keras.callbacks.Callback) -> str | None:
    """Return the name of a hook in which a callback does something at every batch, if it has one.

    Args:
        callback: a Keras callback, or one of another package.
    """
    if isinstance(callback, keras.callbacks.ProgbarLogger):
        return None
    for hook in _BATCH_HOOKS:
        if overrides(callback, hook) and not _does_nothing(callback, hook):
            return hook
    return None


def watches_epochs(callback: keras.callbacks.Callback) -> bool:
    """Tell whether a callback must run between epochs, not only before and after the training."""
    if isinstance(callback, keras.callbacks.History):
        return False
    # Protocol ReadsValuesOnly: engine/progress.py and engine/epoch_logger.py declare it.
    if isinstance(callback, ReadsValuesOnly) and callback.reads_values_only:
        return False
    return checks_loss(callback) or any(overrides(callback, hook) for hook in _EPOCH_HOOKS)


def pauses_of(callbacks: Sequence[keras.callbacks.Callback]) -> list[int]:
    """Return the epochs, counted from 1, after which Python must run for a callback, in order.

    Args:
        callbacks: Keras callbacks.
    """
    # Protocol PausesAfter: experiments/search/trials.py declares it.
    return sorted(
        {n for one in callbacks if isinstance(one, PausesAfter) for n in one.pauses_after}
    )


def watches_validation(callback: keras.callbacks.Callback) -> bool:
    """Tell whether a callback does something before or after validation."""
    if isinstance(callback, keras.callbacks.ProgbarLogger):
        return False
    return any(overrides(callback, hook) for hook in _VALIDATION_HOOKS)


def checks_loss(callback: keras.callbacks.Callback) -> bool:
    """Tell whether a callback looks at batches only for a loss that is NaN or infinite.

    The loss of an epoch is a mean, so it is no longer finite after such a batch, and the callback
    may just as well see the last batch only.
    """
    return _owner_of(callback, "on_batch_end") is keras.callbacks.TerminateOnNaN


def end_last_batch(
    callbacks: Sequence[keras.callbacks.Callback], batch: int, logs: dict[str, Any]
) -> None:
    """Show the last batch of an epoch to the callbacks that check its loss.

    Args:
        callbacks: Keras callbacks.
        batch: index of that batch.
        logs: values of the epoch.
    """
    for callback in callbacks:
        if checks_loss(callback):
            callback.on_batch_end(batch, logs)


def _does_nothing(callback: keras.callbacks.Callback, hook: str) -> bool:
    """Tell whether a hook of a package's own does nothing as the callback is set."""
    owner = _owner_of(callback, hook)
    if owner is keras.callbacks.TerminateOnNaN:
        return True
    if profiles_batches(callback):
        return False
    package = "" if owner is None else owner.__module__.split(".")[0]
    missing = object()
    return any(
        getattr(callback, name, missing) == value for name, value in _SET_TO_EPOCHS.get(package, ())
    )


def _owner_of(callback: keras.callbacks.Callback, hook: str) -> type | None:
    """Return the class that defines a hook; `None` if the object itself has it."""
    if hook in vars(callback):
        return None
    return next(kind for kind in type(callback).__mro__ if hook in vars(kind))
