"""The order of the rows: a function of seed and epoch, so that resuming needs no state."""

from __future__ import annotations

import numpy as np


def order_rows(rows: int, *, shuffle: bool, seed: int, epoch: int) -> np.ndarray:
    """Return the order in which an epoch visits the rows.

    Args:
        rows: how many there are.
        shuffle: whether they are shuffled at all.
        seed: any integer; the same seed and epoch give the same order on every machine.
        epoch: number of the epoch, from 0.

    Example:
        >>> order_rows(5, shuffle=True, seed=0, epoch=3).tolist()
        [0, 1, 4, 2, 3]
        >>> order_rows(5, shuffle=False, seed=0, epoch=3).tolist()
        [0, 1, 2, 3, 4]
    """
    order = np.arange(rows, dtype=np.int32)
    if shuffle:
        key = np.array([seed % 2**64, epoch], dtype=np.uint64)
        np.random.Generator(np.random.Philox(key=key)).shuffle(order)
    return order
