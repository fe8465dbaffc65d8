"""CIFAR-10: 60,000 color images of animals and vehicles, 32 by 32 pixels, in ten classes.

Read from the authors' archives, or from a folder of images, `train/<class>/<image>` and
`test/<class>/<image>`. Images that were saved as JPEG are not the authors' pixels: what is
measured on them is close to, but not the same as, what is measured on the original.

Reference: Krizhevsky, "Learning multiple layers of features from tiny images", University of
Toronto, 2009.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kerazoo.datasets.reading import folders, tfds
from kerazoo.datasets.reading.cifar import ARCHIVES, BINARY, Arrays, check_arrays, read_archive
from kerazoo.datasets.reading.samples import color_images, first_rows
from kerazoo.datasets.sources import DataFile, find, is_found, user_folder
from kerazoo.datasets.splits import Images, Part, Splits, hold_out_last
from kerazoo.errors import InvalidInput, unknown_name

FILES = (BINARY,)
CLASS_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
_SUBFOLDERS = ("cifar10", "cifar-10", "")
_SIZE = (32, 32)


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    classes: Sequence[str] | None = None,
    train_size: int | None = None,
    validation_fraction: float = 0.25,
    source: Literal["auto", "files", "tfds"] = "auto",
    manual_dir: str | os.PathLike[str] | None = None,
) -> Splits:
    """Load 50,000 training and 10,000 test images, or those of some classes.

    Images come in turns: the first one of each class, the second one of each class, and so on,
    in the order of the archive or of the file names. So any leading or trailing part of the
    training images holds equal shares of the classes.

    Args:
        data_dir: a folder that holds `train/` and `test/`, or an original archive, itself or in
            `cifar10/`; with `source="tfds"`, TensorFlow Datasets' own folder.
        classes: names of the classes to keep, whose labels become 0, 1, ... in this order; by
            default all ten. Nothing is held back from the test set of these classes.
        train_size: how many labeled images there are for training and validation together: the
            first ones, equally many of each class (to within one). By default all.
        validation_fraction: share of the training images, the last ones, held out for validation.
        source: `"files"` for the images or archives, `"tfds"` for what TensorFlow Datasets has
            prepared, `"auto"` for the first that is there.
        manual_dir: with `source="tfds"`, a folder that holds the original archive
            `cifar-10-binary.tar.gz`, to prepare from where it is not prepared yet.

    Raises:
        DatasetNotFound: if it is nowhere and cannot be downloaded.
        DamagedFile: if an archive does not have its pinned hash, or an image cannot be read.
        UnknownName: if there is no such class or source.
        InvalidInput: if `train_size` is more than there is, or a class is asked for twice.
    """
    chosen = _checked_classes(classes)
    return _split(_read(data_dir, source, manual_dir), chosen, train_size, validation_fraction)


def tiny(
    classes: Sequence[str] | None = None,
    train_size: int | None = None,
    validation_fraction: float = 0.25,
) -> Splits:
    """Return a small sample without a download: colored clothes that come with the package.

    Args:
        classes: as for `load`; each is a kind of clothes here.
        train_size: as for `load`, as far as there are so many.
        validation_fraction: as for `load`.

    Example:
        >>> sample = tiny(("cat", "dog"))
        >>> sample.train.x.shape, sample.class_names
        ((256, 32, 32, 3), ('cat', 'dog'))
    """
    chosen = _checked_classes(classes)
    arrays = color_images()
    available = int(np.isin(arrays[1], chosen).sum())
    size = None if train_size is None else min(train_size, available)
    return first_rows(_split(arrays, chosen, size, validation_fraction))


def _split(
    arrays: Arrays, chosen: list[int], train_size: int | None, validation_fraction: float
) -> Splits:
    x, y, x_test, y_test = arrays
    x, y = _select(x, y, chosen)
    size = len(x) if train_size is None else train_size
    if not 2 * len(chosen) <= size <= len(x):
        raise InvalidInput(
            f"train_size is {size}; expected at least two images per class, {2 * len(chosen)}, "
            f"and at most all, {len(x)}."
        )
    train, validation = hold_out_last(x[:size], y[:size], validation_fraction)
    return Splits(
        train=train,
        validation=validation,
        test=Part(*_select(x_test, y_test, chosen)),
        about=Images(tuple(CLASS_NAMES[label] for label in chosen)),
    )


def locate(data_dir: str | os.PathLike[str] | None = None) -> list[Path]:
    """Return the folder of images or the archive that would be read, without any network.

    Raises:
        DatasetNotFound: if there is none.
    """
    folder = _find_images(data_dir)
    if folder is not None:
        return [folder]
    return [find(_find_archive(data_dir) or BINARY, data_dir)]


def _read(data_dir: str | os.PathLike[str] | None, source: str, manual_dir: Any) -> Arrays:
    tfds.check_source(source, manual_dir)
    if source == "tfds":
        return _read_tfds(data_dir, manual_dir)
    folder = _find_images(data_dir)
    if folder is not None:
        return _read_images(folder)
    archive = _find_archive(data_dir)
    if archive is None and source == "auto" and tfds.is_available("cifar10"):
        return _read_tfds()
    return read_archive(archive or BINARY, data_dir)


def _read_tfds(data_dir: Any = None, manual_dir: Any = None) -> Arrays:
    arrays = tfds.load_arrays("cifar10", data_dir, manual_dir)
    check_arrays(arrays)
    return arrays


def _find_archive(data_dir: str | os.PathLike[str] | None) -> DataFile | None:
    return next((file for file in ARCHIVES if is_found(file, data_dir)), None)


def _find_images(data_dir: str | os.PathLike[str] | None) -> Path | None:
    """Return the first folder in which both parts have a folder for every class."""
    base = user_folder(data_dir)
    for folder in [base / name for name in _SUBFOLDERS] if base is not None else []:
        parts = (folder / "train", folder / "test")
        if all((part / name).is_dir() for part in parts for name in CLASS_NAMES):
            return folder
    return None


def _read_images(folder: Path) -> Arrays:
    listed = [folders.list_classes(folder / part) for part in ("train", "test")]
    images = [
        (path, label)
        for classes in listed
        for label, name in enumerate(CLASS_NAMES)
        for path in classes[name]
    ]
    pixels, failures = folders.decode([path for path, _ in images], folder, _SIZE, "rgb")
    if failures:
        folders.refuse(list(failures.values()), folder, "Get them again.")
    labels = np.array([label for _, label in images], "int32")
    end = sum(len(listed[0][name]) for name in CLASS_NAMES)
    return pixels[:end], labels[:end], pixels[end:], labels[end:]


def _checked_classes(classes: Sequence[str] | None) -> list[int]:
    if classes is None:
        return list(range(len(CLASS_NAMES)))
    for name in classes:
        if name not in CLASS_NAMES:
            raise unknown_name("class", name, CLASS_NAMES)
    if isinstance(classes, str) or len(set(classes)) != len(classes) or len(classes) < 2:
        raise InvalidInput(
            f"classes is {classes!r}; expected two or more different names, such as ('cat', 'dog')."
        )
    return [CLASS_NAMES.index(name) for name in classes]


def _select(x: np.ndarray, y: np.ndarray, chosen: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of the chosen classes, one of each class in turn, with new labels."""
    members = [np.flatnonzero(y == label) for label in chosen]
    labels = np.repeat(np.arange(len(chosen), dtype="int32"), [len(rows) for rows in members])
    turns = np.concatenate([np.arange(len(rows)) for rows in members])
    order = np.lexsort((labels, turns))
    return x[np.concatenate(members)[order]], labels[order]
