"""A tenth of Fashion-MNIST, bundled: for examples, tests and machines without a network.

Every tenth image of each class, 6,000 to train on and 1,000 to test, in the authors' order, as
`tools/cut_fashion_mnist_mini.py` cuts them. Results are reported on the full `fashion_mnist` only.

Reference: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
learning algorithms", 2017 (MIT, Zalando SE).
"""

from __future__ import annotations

import os

from kerazoo.datasets.fashion_mnist import CLASS_NAMES, tiny
from kerazoo.datasets.reading.idx import ImageOptions, make_splits, read_files
from kerazoo.datasets.reading.samples import FASHION_MNIST_MINI
from kerazoo.datasets.splits import Splits

__all__ = ["CLASS_NAMES", "FILES", "load", "tiny"]

FILES = FASHION_MNIST_MINI


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    validation_fraction: float = 0.25,
    labels: bool = True,
    padding: int = 0,
    binarized: bool = False,
) -> Splits:
    """Load 6,000 training and 1,000 test images, 600 and 100 of each class.

    Args:
        data_dir: a folder that holds the four idx files, compressed or not.
        validation_fraction: share of the training images, the last ones, held out for validation.
        labels: whether the images come with their labels; networks that reconstruct need none.
        padding: black pixels added on each side: 2 makes them 32 by 32.
        binarized: whether gray levels above a half become white, and the others black.

    Example:
        >>> splits = load()
        >>> splits.train.x.shape, splits.test.x.shape
        ((4500, 28, 28, 1), (1000, 28, 28, 1))
    """
    options = ImageOptions(labels, padding, binarized)
    return make_splits(read_files(FILES, data_dir), CLASS_NAMES, validation_fraction, options)
