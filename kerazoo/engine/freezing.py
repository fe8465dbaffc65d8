"""Freezing layers takes effect when the model is compiled, as in Keras.

`keras.Model.fit` traces the training step once after `compile`, and later calls use the trace. So a
layer that is frozen or thawed between two calls trains as before, until `compile` is called. The
engine traces a step in every call: here is what it must see.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator

import keras

from kerazoo.engine.keras_internals import compilation_of, layers_of, set_trainable_flags

# What was trainable when the step was first traced after `compile`, and which compilation that was.
_first: weakref.WeakKeyDictionary[keras.Model, tuple[object, list[bool]]] = (
    weakref.WeakKeyDictionary()
)


@contextlib.contextmanager
def trainable_as_compiled(model: keras.Model) -> Iterator[None]:
    """Trace a step with the layers trainable that were so when it was first traced.

    Args:
        model: a compiled model. Nothing changes if it has been compiled since, or has other layers.
    """
    flags = _trainable_flags(model)
    compilation, first = _first.get(model, (None, flags))
    if compilation is not compilation_of(model):
        yield
        _first[model] = (compilation_of(model), _trainable_flags(model))  # all variables exist now
    elif first == flags or len(first) != len(flags):
        yield
    else:
        set_trainable_flags(model, first)
        try:
            yield
        finally:
            set_trainable_flags(model, flags)


def _trainable_flags(model: keras.Model) -> list[bool]:
    return [part.trainable for part in (*layers_of(model), *model.weights)]
