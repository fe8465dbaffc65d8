"""MNIST: 70,000 grey images of handwritten digits, 28 by 28 pixels.

Reference: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
recognition", Proceedings of the IEEE 86, 1998.
"""

from __future__ import annotations

import os
from typing import Literal

from kerazoo.datasets.reading.idx import NAMES, IdxDataset, ImageOptions, load_idx_splits
from kerazoo.datasets.reading.samples import tiny_gray_images
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits

CLASS_NAMES = tuple(str(digit) for digit in range(10))
_CONTENT = (
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)
# Of the compressed files, as torchvision pins them.
_MD5 = (
    "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "d53e105ee54ea40749a09fcbcd1e9432",
    "9fb629c4189551a2d022fa330f9573f3",
    "ec29112dd5afa0611ce80d1b7f02629c",
)

FILES = tuple(
    DataFile(
        name=name,
        sha256=content,
        origin="Yann LeCun, Corinna Cortes",
        subfolders=("mnist",),
        url=f"https://ossci-datasets.s3.amazonaws.com/mnist/{name}.gz",
        url_hash=f"md5:{md5}",
        how_to_get="kerazoo data fetch mnist",
    )
    for name, content, md5 in zip(NAMES, _CONTENT, _MD5, strict=True)
)


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    validation_fraction: float = 0.25,
    source: Literal["auto", "files", "tfds"] = "auto",
    manual_dir: str | os.PathLike[str] | None = None,
    labels: bool = True,
    padding: int = 0,
    binarized: bool = False,
) -> Splits:
    """Load the authors' 60,000 training and 10,000 test images.

    Args:
        data_dir: a folder that holds the four idx files, compressed or not; with `source="tfds"`,
            TensorFlow Datasets' own folder.
        validation_fraction: share of the training images, the last ones, held out for validation.
        source: `"files"` for the idx files, `"tfds"` for what TensorFlow Datasets has prepared,
            `"auto"` for the first that is there. The arrays are the same.
        manual_dir: with `source="tfds"`, a folder that holds the four compressed files, to prepare
            from, without a network, where it is not prepared yet.
        labels: whether the images come with their labels; networks that reconstruct need none.
        padding: black pixels added on each side: 2 makes them 32 by 32.
        binarized: whether grey levels above a half become white, and the others black.

    Raises:
        DatasetNotFound: if it is nowhere and cannot be downloaded.
        DamagedFile: if a file does not have its pinned hash.
        UnknownName: if there is no such source.
    """
    return load_idx_splits(
        IdxDataset("mnist", FILES, CLASS_NAMES),
        ImageOptions(labels, padding, binarized),
        data_dir=data_dir,
        validation_fraction=validation_fraction,
        source=source,
        manual_dir=manual_dir,
    )


def tiny(
    validation_fraction: float = 0.25,
    labels: bool = True,
    padding: int = 0,
    binarized: bool = False,
) -> Splits:
    """Return a small sample without a download: clothes, which come with the package, as digits.

    Args:
        validation_fraction: taken as `load` takes it, and without effect: the parts are as large as
            tests need them.
        labels: as for `load`.
        padding: as for `load`.
        binarized: as for `load`.

    Example:
        >>> tiny().train.x.shape
        (256, 28, 28, 1)
    """
    return tiny_gray_images(CLASS_NAMES, ImageOptions(labels, padding, binarized))
