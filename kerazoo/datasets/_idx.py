"""The idx format of MNIST and its relatives: four files of images and labels."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kerazoo.datasets.sources import DataFile, read
from kerazoo.datasets.splits import Part, Splits, hold_out_last
from kerazoo.errors import DamagedFile

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
_UNSIGNED_BYTE = 8


def load_idx_splits(
    files: Sequence[DataFile],
    class_names: tuple[str, ...],
    data_dir: str | os.PathLike[str] | None,
    validation_fraction: float,
) -> Splits:
    """Load training images, training labels, test images and test labels, in this order."""
    x, y, x_test, y_test = (parse_idx(read(file, data_dir), file.name) for file in files)
    train, validation = hold_out_last(x[..., np.newaxis], y.astype("int32"), validation_fraction)
    return Splits(
        train=train,
        validation=validation,
        test=Part(x_test[..., np.newaxis], y_test.astype("int32")),
        class_names=class_names,
        target_name="label",
    )


def parse_idx(content: bytes, name: str) -> np.ndarray:
    """Return the array in an idx file of unsigned bytes.

    Args:
        content: the uncompressed file.
        name: what an error calls it.

    Raises:
        DamagedFile: if the magic number is another one, or the size is not what it declares.

    Example:
        >>> parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]), "labels").tolist()
        [7, 9]
    """
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _UNSIGNED_BYTE:
        raise DamagedFile(
            f"{name} starts with {content[:4].hex() or 'nothing'}, expected the idx magic number "
            "000008..; it is another kind of file."
        )
    dimensions = content[3]
    header = 4 + 4 * dimensions
    shape = np.frombuffer(content[4:header], ">u4") if len(content) >= header else np.array([])
    expected = header + int(np.prod(shape, dtype=object)) if len(shape) == dimensions else header
    if len(content) != expected:
        raise DamagedFile(
            f"{name} holds {len(content)} bytes, its header promises {expected}; it is truncated "
            "or damaged. Delete it and get it again."
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape([int(n) for n in shape])


def keras_cache(name: str) -> Path:
    """Return the folder in which Keras keeps its downloads of a data set."""
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets" / name
