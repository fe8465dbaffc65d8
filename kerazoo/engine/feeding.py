"""A batch of the data as a graph takes it, and as `train_step` takes it."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from kerazoo.engine.data import Arrays


def pack(data: Arrays, tensors: list[Any]) -> Any:
    """Put tensors, one for each array, in the structure of the data.

    An empty tuple stands for `None`, an input that is left out: no graph takes that.
    """
    left = iter(tensors)
    return keras.tree.map_structure(lambda array: () if array is None else next(left), data.parts)


def batch_spec(data: Arrays) -> Any:
    """Return the types and shapes of a batch of any size.

    As in Keras' `fit`, a step does not know how many rows a batch has. One graph then serves full
    and partial batches, and whatever depends on the size in Keras has the same result.
    """
    return keras.tree.map_structure(
        lambda array: () if array is None else tf.TensorSpec([None, *array.shape[1:]], array.dtype),
        data.parts,
    )


def as_keras_feeds(batch: Any) -> Any:
    """Return a batch as Keras' `fit` hands it to `train_step`: `x` alone is in no tuple."""
    batch = _with_none(batch)
    if isinstance(batch, tuple) and len(batch) == 1 and not isinstance(batch[0], tuple):
        return batch[0]
    return batch


def _with_none(batch: Any) -> Any:
    if isinstance(batch, dict):
        return {key: _with_none(value) for key, value in batch.items()}
    if isinstance(batch, tuple):
        return tuple(map(_with_none, batch)) if batch else None
    return batch
