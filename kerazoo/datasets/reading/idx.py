"""The idx format of MNIST and its relatives: four files of images and labels."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo.datasets.reading import tfds
from kerazoo.datasets.reading.tfds import Arrays
from kerazoo.datasets.sources import DataFile, is_found, read
from kerazoo.datasets.splits import Images, Part, Splits, hold_out_last
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
class IdxDataset:
    """A data set that is published as idx files, and prepared by TensorFlow Datasets too.

    Args:
        name: its name in TensorFlow Datasets.
        files: training images, training labels, test images and test labels.
        class_names: a name per class.
    """

    name: str
    files: tuple[DataFile, ...]
    class_names: tuple[str, ...]


@dataclass(frozen=True)
class ImageOptions:
    """What is done to the images of a data set.

    Args:
        labels: whether they come with their labels; networks that reconstruct need none.
        padding: black pixels added on each of the four sides.
        binarized: whether grey levels above a half become white, and the others black.
    """

    labels: bool = True
    padding: int = 0
    binarized: bool = False


def load_idx_splits(
    dataset: IdxDataset,
    options: ImageOptions,
    *,
    data_dir: str | os.PathLike[str] | None,
    validation_fraction: float,
    source: str,
    manual_dir: str | os.PathLike[str] | None,
) -> Splits:
    """Load a data set from the source that is asked for, or the first that has it.

    Args:
        dataset: which one.
        options: what is done to its images.
        data_dir: the user's folder; that of prepared data for `source="tfds"`.
        validation_fraction: share of the training images that is held out.
        source: one of `kerazoo.datasets.reading.tfds.SOURCES`.
        manual_dir: a folder of the compressed files, to prepare from.
    """
    tfds.check_source(source, manual_dir)
    arrays = _read(dataset, data_dir, source, manual_dir)
    return make_splits(arrays, dataset.class_names, validation_fraction, options)


def _read(dataset: IdxDataset, data_dir: Any, source: str, manual_dir: Any) -> Arrays:
    if source == "tfds":
        return _read_tfds(dataset, data_dir, manual_dir)
    is_here = all(is_found(file, data_dir) for file in dataset.files)
    if source == "auto" and not is_here and tfds.is_available(dataset.name):
        return _read_tfds(dataset, None, None)
    return read_files(dataset.files, data_dir)


def read_files(files: Sequence[DataFile], data_dir: str | os.PathLike[str] | None) -> Arrays:
    """Return training images, training labels, test images and test labels."""
    x, y, x_test, y_test = (parse_idx(read(file, data_dir), file.name) for file in files)
    return x, y, x_test, y_test


def _read_tfds(dataset: IdxDataset, data_dir: Any, manual_dir: Any) -> Arrays:
    x, y, x_test, y_test = tfds.load_arrays(dataset.name, data_dir, manual_dir)
    arrays = (x[..., 0], y, x_test[..., 0], y_test)
    for array, file in zip(arrays, dataset.files, strict=True):
        content = idx_content(array.astype("uint8"))
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise DamagedFile(
                f"what TensorFlow Datasets has prepared as {dataset.name} is not the authors' "
                f"{file.name} in their order. Delete the prepared folder and prepare it again, or "
                "pass source='files'."
            )
    return arrays


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
            f"{name} holds {len(content)} bytes, its header promises {expected}; it is truncated "
            "or damaged. Delete it and get it again."
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape([int(n) for n in shape])


def keras_cache(name: str) -> Path:
    """Return the folder in which Keras keeps its downloads of a data set."""
    home = os.path.expanduser("~")  # Path.home() would raise an error for a user without one
    return Path(os.environ.get("KERAS_HOME", os.path.join(home, ".keras"))) / "datasets" / name
