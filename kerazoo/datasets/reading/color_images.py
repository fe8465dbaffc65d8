"""Color images of 32 by 32 pixels as CIFAR has them: in the authors' archives, or in folders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kerazoo.datasets.about import Images
from kerazoo.datasets.reading import folders, tfds
from kerazoo.datasets.reading.cifar import Arrays, Layout, check_arrays, read_archive
from kerazoo.datasets.reading.samples import color_images, first_rows
from kerazoo.datasets.sources import DataFile, find, is_found, user_folder
from kerazoo.datasets.splits import Part, Splits, hold_out_last
from kerazoo.errors import InvalidInput, unknown_name

_Folder = str | os.PathLike[str]
_SIZE = (32, 32)


@dataclass(frozen=True)
class ColorImages:
    """A data set whose methods are the `load`, the `tiny` and the `locate` of its module.

    Args:
        name: its name in TensorFlow Datasets, and that of its folder.
        class_names: a name per class.
        layout: how the authors have packed it.
    """

    name: str
    class_names: tuple[str, ...]
    layout: Layout

    def load(
        self,
        data_dir: _Folder | None = None,
        *,
        classes: Sequence[str] | None = None,
        train_size: int | None = None,
        validation_fraction: float = 0.25,
        source: Literal["auto", "files", "tfds"] = "auto",
        manual_dir: _Folder | None = None,
    ) -> Splits:
        """Load 50,000 training and 10,000 test images, or those of some classes.

        Images come in turns: the first one of each class, the second one of each class, and so on,
        in the order of the archive or of the file names. So any leading or trailing part of the
        training images holds equal shares of the classes.

        Args:
            data_dir: a folder that holds `train/` and `test/`, or an original archive, itself or in
                a folder with the name of the data set; with `source="tfds"`, TensorFlow Datasets'
                own folder.
            classes: names of the classes to keep, whose labels become 0, 1, ... in this order; by
                default all. Nothing is held back from the test set of these classes.
            train_size: how many labeled images there are for training and validation together: the
                first ones, equally many of each class (to within one). By default all.
            validation_fraction: share of the training images, the last ones, held out for
                validation.
            source: `"files"` for the images or archives, `"tfds"` for what TensorFlow Datasets has
                prepared, `"auto"` for the first that is there.
            manual_dir: with `source="tfds"`, a folder that holds the original binary archive, to
                prepare from where it is not prepared yet.

        Raises:
            DatasetNotFound: if it is nowhere and cannot be downloaded.
            DamagedFile: if an archive does not have its pinned hash, or an image cannot be read.
            UnknownName: if there is no such class or source.
            InvalidInput: if `train_size` is more than there is, or a class is asked for twice.
        """
        chosen = self._checked(classes)
        arrays = self._read(data_dir, source, manual_dir)
        return self._split(arrays, chosen, train_size, validation_fraction)

    def tiny(
        self,
        classes: Sequence[str] | None = None,
        train_size: int | None = None,
        validation_fraction: float = 0.25,
    ) -> Splits:
        """Return a small sample without a download: colored clothes that come with the package.

        Args:
            classes: as for `load`; each is a kind of clothes here, or a part of one.
            train_size: as for `load`, as far as there are so many.
            validation_fraction: as for `load`.

        Example:
            >>> from kerazoo.datasets import cifar10
            >>> sample = cifar10.tiny(("cat", "dog"))
            >>> sample.train.x.shape, sample.class_names
            ((256, 32, 32, 3), ('cat', 'dog'))
        """
        chosen = self._checked(classes)
        x, y, x_test, y_test = color_images()
        parts = len(self.class_names) // (int(y.max()) + 1)
        arrays = (x, _divided(y, parts), x_test, _divided(y_test, parts))
        available = int(np.isin(arrays[1], chosen).sum())
        size = None if train_size is None else min(train_size, available)
        return first_rows(self._split(arrays, chosen, size, validation_fraction))

    def locate(self, data_dir: _Folder | None = None) -> list[Path]:
        """Return the folder of images or the archive that would be read, without any network.

        Raises:
            DatasetNotFound: if there is none.
        """
        folder = self._find_images(data_dir)
        if folder is not None:
            return [folder]
        return [find(self._find_archive(data_dir) or self.layout.binary, data_dir)]

    def _split(
        self,
        arrays: Arrays,
        chosen: list[int],
        train_size: int | None,
        validation_fraction: float,
    ) -> Splits:
        x, y, x_test, y_test = arrays
        x, y = _select(x, y, chosen)
        size = len(x) if train_size is None else train_size
        if not 2 * len(chosen) <= size <= len(x):
            raise InvalidInput(
                f"train_size is {size}; expected at least two images per class, "
                f"{2 * len(chosen)}, and at most all, {len(x)}."
            )
        train, validation = hold_out_last(x[:size], y[:size], validation_fraction)
        return Splits(
            train=train,
            validation=validation,
            test=Part(*_select(x_test, y_test, chosen)),
            about=Images(tuple(self.class_names[label] for label in chosen)),
        )

    def _read(self, data_dir: _Folder | None, source: str, manual_dir: Any) -> Arrays:
        tfds.check_source(source, manual_dir)
        if source == "tfds":
            return self._read_tfds(data_dir, manual_dir)
        folder = self._find_images(data_dir)
        if folder is not None:
            return self._read_images(folder)
        archive = self._find_archive(data_dir)
        if archive is None and source == "auto" and tfds.is_available(self.name):
            return self._read_tfds()
        return read_archive(self.layout, archive or self.layout.binary, data_dir)

    def _read_tfds(self, data_dir: Any = None, manual_dir: Any = None) -> Arrays:
        arrays = tfds.load_arrays(self.name, data_dir, manual_dir)
        check_arrays(self.layout, arrays)
        return arrays

    def _find_archive(self, data_dir: _Folder | None) -> DataFile | None:
        return next((file for file in self.layout.archives if is_found(file, data_dir)), None)

    def _find_images(self, data_dir: _Folder | None) -> Path | None:
        """Return the first folder in which both parts have a folder for every class."""
        base = user_folder(data_dir)
        names = [*self.layout.binary.subfolders, ""]
        for folder in [base / name for name in names] if base is not None else []:
            parts = (folder / "train", folder / "test")
            if all((part / name).is_dir() for part in parts for name in self.class_names):
                return folder
        return None

    def _read_images(self, folder: Path) -> Arrays:
        listed = [folders.list_classes(folder / part) for part in ("train", "test")]
        images = [
            (path, label)
            for classes in listed
            for label, name in enumerate(self.class_names)
            for path in classes[name]
        ]
        pixels, failures = folders.decode([path for path, _ in images], folder, _SIZE, "rgb")
        if failures:
            folders.refuse(list(failures.values()), folder, "Get them again.")
        labels = np.array([label for _, label in images], "int32")
        end = sum(len(listed[0][name]) for name in self.class_names)
        return pixels[:end], labels[:end], pixels[end:], labels[end:]

    def _checked(self, classes: Sequence[str] | None) -> list[int]:
        if classes is None:
            return list(range(len(self.class_names)))
        for name in classes:
            if name not in self.class_names:
                raise unknown_name("class", name, self.class_names)
        if isinstance(classes, str) or len(set(classes)) != len(classes) or len(classes) < 2:
            examples = tuple(self.class_names[3:6:2])
            raise InvalidInput(
                f"classes is {classes!r}; expected two or more different names, such as {examples}."
            )
        return [self.class_names.index(name) for name in classes]


def _divided(labels: np.ndarray, parts: int) -> np.ndarray:
    """Make several classes of each, by turns."""
    return labels * parts + np.arange(len(labels), dtype="int32") % parts


def _select(x: np.ndarray, y: np.ndarray, chosen: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of the chosen classes, one of each class in turn, with new labels."""
    members = [np.flatnonzero(y == label) for label in chosen]
    labels = np.repeat(np.arange(len(chosen), dtype="int32"), [len(rows) for rows in members])
    turns = np.concatenate([np.arange(len(rows)) for rows in members])
    order = np.lexsort((labels, turns))
    return x[np.concatenate(members)[order]], labels[order]
