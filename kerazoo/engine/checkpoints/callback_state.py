"""What callbacks remember between epochs, as JSON and arrays: never as a pickle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

State = list[dict[str, Any]]

_NOT_STATE = {"_model", "params"}


class _NotData(Exception):
    """A value that is neither JSON nor arrays, such as a function."""


def with_state(
    callbacks: Sequence[keras.callbacks.Callback],
) -> list[keras.callbacks.Callback]:
    """Leave out callbacks that declare `keeps_state = False`, such as a display of progress.

    A training may be resumed with another display than it was begun with.
    """
    return [callback for callback in callbacks if getattr(callback, "keeps_state", True)]


def capture_callbacks(
    callbacks: Sequence[keras.callbacks.Callback],
    arrays: list[np.ndarray],
    unchanged: State | None = None,
) -> State:
    """Return the attributes of each callback, as far as they are data.

    Numbers, text, lists, tuples, dictionaries, arrays, tensors and functions of `keras.ops` are
    data; other attributes, such as models and files, are left out.

    Args:
        callbacks: whose state is wanted.
        arrays: gets every array that the state refers to by its index.
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
    attributes = {}
    for name, value in vars(callback).items():
        found: list[np.ndarray] = []
        try:
            encoded = _encode(value, found, len(arrays))
        except _NotData:
            continue
        if name in _NOT_STATE or (not found and name in known and known[name] == encoded):
            continue
        attributes[name] = encoded
        arrays.extend(found)
    return attributes


def _encode(value: Any, arrays: list[np.ndarray], offset: int) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [_encode(item, arrays, offset) for item in value]}
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
