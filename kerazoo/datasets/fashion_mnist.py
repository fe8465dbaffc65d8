"""Fashion-MNIST: 70,000 grey images of clothes, 28 by 28 pixels, in ten classes.

Reference: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
learning algorithms", 2017 (MIT).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from kerazoo.datasets.reading.idx import (
    NAMES,
    IdxDataset,
    ImageOptions,
    keras_cache,
    load_idx_splits,
)
from kerazoo.datasets.reading.samples import tiny_gray_images
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_CONTENT = (
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
)
# Of the compressed files, from the authors' own list.
_MD5 = (
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "25c81989df183df01b3e8a0aad5dffbe",
    "bef4ecab320f06d8554ea6380940ec79",
    "bb300cfdad3c16e7a12a480ee83cd310",
)
_ADDRESS = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"

FILES = tuple(
    DataFile(
        name=name,
        sha256=content,
        origin="Zalando Research (MIT)",
        subfolders=("fashion_mnist", "fashion-mnist"),
        system_folders=(Path("/usr/share/datasets/fashion-mnist"), keras_cache("fashion-mnist")),
        url=f"{_ADDRESS}/{name}.gz",
        url_hash=f"md5:{md5}",
        how_to_get="on Debian and Ubuntu, apt-get install dataset-fashion-mnist; elsewhere, "
        "kerazoo data fetch fashion_mnist",
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
        IdxDataset("fashion_mnist", FILES, CLASS_NAMES),
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
    """Return a small sample without a download: clothes that come with the package.

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
