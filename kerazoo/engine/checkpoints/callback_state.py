"""What callbacks remember between epochs, as JSON and arrays: never as a pickle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from kerazoo._protocols import KeepsState
from kerazoo.engine.keras_internals import CALLBACK_WIRING

State = list[dict[str, Any]]
"""For each callback, its attributes by name, encoded as JSON (see `_encode`)."""


class _NotData(Exception):
    """A value that is neither JSON nor arrays, such as a function."""


def with_state(
    callbacks: Sequence[keras.callbacks.Callback],
) -> list[keras.callbacks.Callback]:
    """Leave out callbacks that declare `keeps_state = False`, such as a display of progress.

    A training may be resumed with another display than it was begun with. The declaration is the
    protocol `KeepsState`; `engine/progress.py` and `tasks/generation/snapshots.py` make it.
    """
    return [
        callback
        for callback in callbacks
        if not isinstance(callback, KeepsState) or callback.keeps_state
    ]


def capture_callbacks(
    callbacks: Sequence[keras.callbacks.Callback],
    arrays: list[np.ndarray],
    unchanged: State | None = None,
) -> State:
    """Return the attributes of each callback, as far as they are data.

    Numbers, text, lists, tuples, dictionaries, arrays, tensors and functions of `keras.ops` are
    data; other attributes, such as models and files, are left out.

    Args:
        callbacks: the callbacks.
        arrays: every array of the state is appended here; the state refers to it by its index.
        unchanged: state when training began; what is still the same, such as the settings that a
            callback was made with, is left out.
    """
    before = unchanged or [{} for _ in callbacks]
    return [
        _capture(callback, arrays, known) for callback, known in zip(callbacks, before, strict=True)
    ]


def restore_callbacks(
    callbacks: Sequence[keras.callbacks.Callback], state: State, arrays: Sequence[np.ndarray]
) -> None:
    """Set the attributes that `capture_callbacks` returned."""
    for callback, attributes in zip(callbacks, state, strict=True):
        for name, value in attributes.items():
            setattr(callback, name, _decode(value, arrays))


def _capture(
    callback: keras.callbacks.Callback, arrays: list[np.ndarray], known: dict[str, Any]
) -> dict[str, Any]:
    """Return the attributes of one callback that are data and have changed.

    Args:
        callback: the callback.
        arrays: those of the callbacks before this one; its own are appended.
        known: its state when training began.
    """
    attributes = {}
    for name, value in vars(callback).items():
        # Collected apart, so that an attribute that turns out to be no data, such as a list of an
        # array and a function, leaves nothing behind in `arrays`.
        found: list[np.ndarray] = []
        try:
            encoded = _encode(value, found, len(arrays))
        except _NotData:
            continue
        # An attribute with arrays is always stored: its encoding holds indices, not values, so it
        # cannot be compared with what is known.
        unchanged = not found and name in known and known[name] == encoded
        if name in CALLBACK_WIRING or unchanged:
            continue
        attributes[name] = encoded
        arrays.extend(found)
    return attributes


def _encode(value: Any, arrays: list[np.ndarray], offset: int) -> Any:
    """Return a value as JSON: plain as it is, anything else as `{kind: content}`.

    Arrays are appended to `arrays`; the index that stands for one counts from `offset`.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [_encode(item, arrays, offset) for item in value]}
    if isinstance(value, dict):
        pairs = [[_encode(part, arrays, offset) for part in item] for item in value.items()]
        return {"dict": pairs}
    if isinstance(value, np.generic) or keras.ops.is_tensor(value) or isinstance(value, np.ndarray):
        arrays.append(np.asarray(value))
        return {"array": offset + len(arrays) - 1}
    name = getattr(value, "__name__", "")
    if name and getattr(keras.ops, name, None) is value:
        return {"operation": name}
    raise _NotData


def _decode(value: Any, arrays: Sequence[np.ndarray]) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "array":
        return arrays[content]
    if kind == "operation":
        return getattr(keras.ops, content)
    items = [_decode(item, arrays) for item in content] if kind != "dict" else None
    if items is None:
        return {_decode(key, arrays): _decode(item, arrays) for key, item in content}
    return tuple(items) if kind == "tuple" else items
