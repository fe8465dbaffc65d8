"""The idx format of MNIST and its relatives: four files of images and labels."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Images
from kerazoo.datasets.reading.tfds import Arrays
from kerazoo.datasets.sources import DataFile, read
from kerazoo.datasets.splits import Part, Splits, hold_out_last
from kerazoo.errors import DamagedFile, InvalidInput

NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
_UNSIGNED_BYTE = 8
_HALF = 127


@dataclass(frozen=True)
class ImageOptions:
    """What is done to the images of a data set.

    Args:
        labels: whether they come with their labels; networks that reconstruct need none.
        padding: black pixels added on each of the four sides.
        binarized: whether gray levels above a half become white, and the others black.
    """

    labels: bool = True
    padding: int = 0
    binarized: bool = False


def read_files(files: Sequence[DataFile], data_dir: str | os.PathLike[str] | None) -> Arrays:
    """Return training images, training labels, test images and test labels."""
    x, y, x_test, y_test = (parse_idx(read(file, data_dir), file.name) for file in files)
    return x, y, x_test, y_test


def make_splits(
    arrays: Arrays, class_names: tuple[str, ...], validation_fraction: float, options: ImageOptions
) -> Splits:
    """Add the axis of channels, and hold out the last training images for validation."""
    x, y, x_test, y_test = arrays
    x, x_test = (_change(images, options) for images in (x, x_test))
    train, validation = hold_out_last(x, y.astype("int32"), validation_fraction)
    test = Part(x_test, y_test.astype("int32"))
    if not options.labels:
        train, validation, test = (Part(part.x) for part in (train, validation, test))
        return Splits(train, validation, test, Images(target_name="image"))
    return Splits(train, validation, test, Images(class_names, target_name="label"))


def _change(images: np.ndarray, options: ImageOptions) -> np.ndarray:
    if options.padding < 0:
        raise InvalidInput(f"padding is {options.padding}; pass black pixels per side, 0 or more.")
    if options.binarized:
        images = np.where(images > _HALF, 255, 0).astype("uint8")
    side = (options.padding, options.padding)
    return np.pad(images, ((0, 0), side, side))[..., np.newaxis]


def idx_content(values: np.ndarray) -> bytes:
    """Return an idx file of unsigned bytes.

    Example:
        >>> idx_content(np.array([7, 9], "uint8")).hex(" ")
        '00 00 08 01 00 00 00 02 07 09'
    """
    header = bytes([0, 0, _UNSIGNED_BYTE, values.ndim])
    return header + np.array(values.shape, ">u4").tobytes() + values.tobytes()


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
            f"{name} holds {counted(len(content), 'byte')}, its header promises {expected}; it is "
            "truncated or damaged. Delete it and get it again."
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape([int(n) for n in shape])


def keras_cache(name: str) -> Path:
    """Return the folder in which Keras keeps its downloads of a data set."""
    home = os.path.expanduser("~")  # Path.home() would raise an error for a user without one
    return Path(os.environ.get("KERAS_HOME", os.path.join(home, ".keras"))) / "datasets" / name
