"""Rows of any number in a random order, with little memory: dealt out to files, each shuffled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from kerazoo._scratch import scratch_file, write_all

BUCKET_BYTES = 2**27
"""What is in memory at once, about; what is smaller is shuffled there."""

_MOST_BUCKETS = 256  # files that are open at once
_BYTES = 4  # of a number


def shuffled(
    matrices: Iterable[np.ndarray], shape: tuple[int, int], seed: int
) -> Iterator[np.ndarray]:
    """Yield rows in a random order, each of which is equally likely.

    It takes as much room on the disk as the rows do, in scratch files.

    Args:
        matrices: the rows, float32, some at a time.
        shape: `(rows, columns)` of all of them together.
        seed: decides the order.
    """
    generator = np.random.default_rng(seed)
    count = min(_MOST_BUCKETS, -(-shape[0] * shape[1] * _BYTES // BUCKET_BYTES))
    files = [scratch_file() for _ in range(count)]
    try:
        for matrix in matrices:
            dealt = generator.integers(0, count, len(matrix))
            for number in np.unique(dealt):
                write_all(files[number], matrix[dealt == number])
        for file in files:
            file.seek(0)
            rows = np.fromfile(file, "float32").reshape(-1, shape[1])
            file.close()  # which gives its room back
            generator.shuffle(rows)
            yield rows
    finally:
        for file in files:
            file.close()
