"""Arrays that lie in a file: read piece by piece, so that the file never is in memory as a whole.

A page of a mapped file counts as memory of the process once it was read. `pieces` gives it back as
soon as the next piece is asked for.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np

PIECE_BYTES = 2**24


def is_mapped(array: Any) -> bool:
    """Tell whether an array lies in a file, such as one of `np.load(path, mmap_mode="r")`.

    Example:
        >>> is_mapped(np.zeros(3))
        False
    """
    return any(isinstance(base, np.memmap) for base in _bases(array))


def pieces(array: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yield an array as it is, or, if it lies in a file, about 16 MiB of its rows at a time.

    Args:
        array: `(rows, ...)`.

    Yields:
        The number of the first row, and rows.

    Example:
        >>> [(first, piece.shape) for first, piece in pieces(np.zeros((5, 2)))]
        [(0, (5, 2))]
    """
    if not is_mapped(array) or not len(array):
        yield 0, array
        return
    rows = max(1, PIECE_BYTES // max(1, array.nbytes // len(array)))
    try:
        for first in range(0, len(array), rows):
            yield first, array[first : first + rows]
            let_go(array)
    finally:
        let_go(array)


def let_go(array: np.ndarray) -> None:
    """Give the memory back that the pages of a file take; they are read again if needed."""
    mode = ""
    for base in _bases(array):
        if isinstance(base, np.memmap):
            mode = base.mode
        # What was changed in a copy-on-write mapping ("c") is nowhere but in memory.
        elif isinstance(base, mmap.mmap) and mode in ("r", "r+", "w+"):
            if hasattr(base, "madvise"):  # not on Windows
                base.madvise(mmap.MADV_DONTNEED)
            return


def _bases(array: Any) -> Iterator[Any]:
    while array is not None:
        yield array
        array = array.obj if isinstance(array, memoryview) else getattr(array, "base", None)
