"""Rows of ones and zeros of which few are ones, as TensorFlow keeps them."""

from __future__ import annotations

from typing import Any

import tensorflow as tf


def ones_at(ids: Any, size: int, dtype: str) -> tf.SparseTensor:
    """Return rows with a one at each id.

    Args:
        ids: `(rows, length)`: whole numbers; 0 fills up and stands for nothing.
        size: numbers in a row.
        dtype: of the ones.

    Returns:
        `(rows, size)`.

    Example:
        >>> ones = ones_at(tf.constant([[2, 0], [1, 3]]), 4, "float32")
        >>> tf.sparse.to_dense(tf.sparse.reorder(ones)).numpy().tolist()
        [[0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]]
    """
    places = tf.where(ids > 0)  # (ones, 2): row and position
    found = tf.cast(tf.gather_nd(ids, places), "int64")
    indices = tf.stack([places[:, 0], found], axis=1)
    rows = tf.shape(ids, out_type="int64")[0]
    return tf.SparseTensor(indices, tf.ones_like(found, dtype), (rows, size))
