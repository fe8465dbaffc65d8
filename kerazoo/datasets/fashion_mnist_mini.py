"""A tenth of Fashion-MNIST, bundled: for examples, tests and machines without a network.

Every tenth picture of each class, 6,000 to train on and 1,000 to test, in the authors' order, as
`tools/cut_fashion_mnist_mini.py` cuts them. Results are reported on the full `fashion_mnist` only.

Reference: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
learning algorithms", 2017 (MIT, Zalando SE).
"""

from __future__ import annotations

import os

from kerazoo.datasets.fashion_mnist import CLASS_NAMES
from kerazoo.datasets.reading.idx import NAMES, Pictures, make_splits, read_files
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits

_CONTENT = (
    "697c04572905eac443c0f271f8966f856ad3eadc8b0940bca92a8abb35197ea6",
    "5f56e302b5b368e3de7323f6b585e0e8323af7ee901a41aa5ad1d647590af8d8",
    "e674901a2105ff5df3904e7a1c7c3baf3cc5026f0b1d055c6ee79b9d4338b750",
    "10e62f9028e441be81aa9f3eff693ce58e4a71b7ede00d9048d6439939c08d2d",
)

FILES = tuple(
    DataFile(
        name=f"fashion-mnist-mini-{name}",
        sha256=content,
        origin="cut from Fashion-MNIST, Zalando Research (MIT)",
        subfolders=("fashion_mnist_mini",),
    )
    for name, content in zip(NAMES, _CONTENT, strict=True)
)


def load(
    data_dir: str | os.PathLike[str] | None = None,
    validation_fraction: float = 0.25,
    labels: bool = True,
    padding: int = 0,
    binarized: bool = False,
) -> Splits:
    """Load 6,000 training and 1,000 test pictures, 600 and 100 of each class.

    Args:
        data_dir: a folder that holds the four idx files, compressed or not.
        validation_fraction: share of the training pictures, the last ones, held out for validation.
        labels: whether the pictures come with their labels; networks that reconstruct need none.
        padding: black pixels added on each side: 2 makes them 32 by 32.
        binarized: whether grey levels above a half become white, and the others black.

    Example:
        >>> splits = load()
        >>> splits.train.x.shape, splits.test.x.shape
        ((4500, 28, 28, 1), (1000, 28, 28, 1))
    """
    pictures = Pictures(labels, padding, binarized)
    return make_splits(read_files(FILES, data_dir), CLASS_NAMES, validation_fraction, pictures)
