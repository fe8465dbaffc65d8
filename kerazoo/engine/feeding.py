"""The data of a training as tensors, and a batch of it as `train_step` takes it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kerazoo.engine.data import Arrays, map_arrays
from kerazoo.engine.loading import ALIGNMENT


def to_tensors(parts: Any) -> Any:
    """Put arrays on the device. An empty tuple stands for `None`, which no graph takes."""
    return _mark_none(map_arrays(tf.convert_to_tensor, parts))


def share_memory(array: np.ndarray) -> Any:
    """Return a tensor that lies where an array does, which must not change any more.

    `tf.convert_to_tensor` copies an array twice. Where its memory does not suit TensorFlow, or the
    program runs on another device, there is no other way.
    """
    is_plain = array.dtype.kind in "fiu" and array.size > 0
    aligned = array.flags.c_contiguous and array.ctypes.data % ALIGNMENT == 0
    elsewhere = any(device.device_type != "CPU" for device in tf.config.list_physical_devices())
    if elsewhere or not (is_plain and aligned):
        return tf.convert_to_tensor(array)
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())


def batch_spec(data: Arrays) -> Any:
    """Return the types and shapes of a batch of any size.

    As in Keras' `fit`, a step does not know how many rows a batch has. One graph then serves full
    and partial batches, and whatever depends on the size in Keras has the same result.
    """
    return _mark_none(
        map_arrays(lambda array: tf.TensorSpec([None, *array.shape[1:]], array.dtype), data.parts)
    )


def as_keras_feeds(batch: Any) -> Any:
    """Return a batch as Keras' `fit` hands it to `train_step`: `x` alone is in no tuple."""
    batch = _unmark_none(batch)
    if isinstance(batch, tuple) and len(batch) == 1 and not isinstance(batch[0], tuple):
        return batch[0]
    return batch


def _mark_none(structure: Any) -> Any:
    return keras.tree.map_structure(lambda part: () if part is None else part, structure)


def _unmark_none(batch: Any) -> Any:
    if isinstance(batch, dict):
        return {key: _unmark_none(value) for key, value in batch.items()}
    if isinstance(batch, tuple):
        return tuple(map(_unmark_none, batch)) if batch else None
    return batch
