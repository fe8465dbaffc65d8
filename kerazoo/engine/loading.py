"""Rows of arrays, which may lie in files, read into memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from kerazoo.datasets.reading.mapped import pieces
from kerazoo.engine.data import Arrays, Data, dtype_in_memory, map_arrays

ALIGNMENT = 64
"""What the address of an array divides by, for TensorFlow to take it as it is."""


def load(arrays: Arrays, rows: slice) -> Arrays:
    """Read some rows into memory, in the types that they are trained in."""

    def read(array: np.ndarray) -> np.ndarray:
        wanted = array[rows]
        if wanted.dtype == object:
            return wanted
        loaded = _empty(wanted.shape, dtype_in_memory(wanted))
        for first, piece in pieces(wanted):
            loaded[first : first + len(piece)] = piece
        return loaded

    return Arrays(map_arrays(read, arrays.parts), rows.stop - rows.start)


def in_blocks(data: Data, block_rows: int) -> Iterator[tuple[Any, Any]]:
    """Yield inputs and targets of the training rows, a block at a time."""
    for start in range(0, data.train.rows, block_rows):
        block = load(data.train, slice(start, min(data.train.rows, start + block_rows)))
        yield (*block.parts, None)[:2]


def _empty(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    count = math.prod(shape) * dtype.itemsize
    memory = np.empty(count + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + count].view(dtype).reshape(shape)
