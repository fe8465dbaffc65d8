"""Gray images of ten classes as MNIST has them: published as idx files, prepared by others too."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Literal

from kerazoo.datasets.reading import tfds
from kerazoo.datasets.reading.idx import ImageOptions, idx_content, make_splits, read_files
from kerazoo.datasets.reading.samples import tiny_gray_images
from kerazoo.datasets.reading.tfds import Arrays
from kerazoo.datasets.sources import DataFile, is_found
from kerazoo.datasets.splits import Splits
from kerazoo.errors import DamagedFile

_Folder = str | os.PathLike[str]


@dataclass(frozen=True)
class GrayImages:
    """A data set whose methods are the `load` and the `tiny` of its module.

    Args:
        name: its name in TensorFlow Datasets.
        files: training images, training labels, test images and test labels.
        class_names: a name per class.
    """

    name: str
    files: tuple[DataFile, ...]
    class_names: tuple[str, ...]

    def load(
        self,
        data_dir: _Folder | None = None,
        *,
        validation_fraction: float = 0.25,
        source: Literal["auto", "files", "tfds"] = "auto",
        manual_dir: _Folder | None = None,
        labels: bool = True,
        padding: int = 0,
        binarized: bool = False,
    ) -> Splits:
        """Load the authors' 60,000 training and 10,000 test images.

        Args:
            data_dir: a folder that holds the four idx files, compressed or not; with
                `source="tfds"`, TensorFlow Datasets' own folder.
            validation_fraction: share of the training images, the last ones, held out for
                validation.
            source: `"files"` for the idx files, `"tfds"` for what TensorFlow Datasets has prepared,
                `"auto"` for the first that is there. The arrays are the same.
            manual_dir: with `source="tfds"`, a folder that holds the four compressed files, to
                prepare from, without a network, where it is not prepared yet.
            labels: whether the images come with their labels; networks that reconstruct need none.
            padding: black pixels added on each side: 2 makes them 32 by 32.
            binarized: whether gray levels above a half become white, and the others black.

        Raises:
            DatasetNotFound: if it is nowhere and cannot be downloaded.
            DamagedFile: if a file does not have its pinned hash.
            UnknownName: if there is no such source.
        """
        tfds.check_source(source, manual_dir)
        arrays = self._read(data_dir, source, manual_dir)
        options = ImageOptions(labels, padding, binarized)
        return make_splits(arrays, self.class_names, validation_fraction, options)

    def tiny(
        self,
        validation_fraction: float = 0.25,
        labels: bool = True,
        padding: int = 0,
        binarized: bool = False,
    ) -> Splits:
        """Return a small sample without a download: clothes, which come with the package.

        Args:
            validation_fraction: taken as `load` takes it, and without effect: the parts are as
                large as tests need them.
            labels: as for `load`.
            padding: as for `load`.
            binarized: as for `load`.

        Example:
            >>> from kerazoo.datasets import mnist
            >>> mnist.tiny().train.x.shape
            (256, 28, 28, 1)
        """
        return tiny_gray_images(self.class_names, ImageOptions(labels, padding, binarized))

    def _read(self, data_dir: _Folder | None, source: str, manual_dir: _Folder | None) -> Arrays:
        if source == "tfds":
            return self._read_tfds(data_dir, manual_dir)
        is_here = all(is_found(file, data_dir) for file in self.files)
        if source == "auto" and not is_here and tfds.is_available(self.name):
            return self._read_tfds(None, None)
        return read_files(self.files, data_dir)

    def _read_tfds(self, data_dir: _Folder | None, manual_dir: _Folder | None) -> Arrays:
        x, y, x_test, y_test = tfds.load_arrays(self.name, data_dir, manual_dir)
        arrays = (x[..., 0], y, x_test[..., 0], y_test)
        for array, file in zip(arrays, self.files, strict=True):
            content = idx_content(array.astype("uint8"))
            if hashlib.sha256(content).hexdigest() != file.sha256:
                raise DamagedFile(
                    f"what TensorFlow Datasets has prepared as {self.name} is not the authors' "
                    f"{file.name} in their order. Delete the prepared folder and prepare it again, "
                    "or pass source='files'."
                )
        return arrays
