"""Cut fashion_mnist_mini from the full data set: `python tools/cut_fashion_mnist_mini.py`.

Of each class every tenth image is kept, in the authors' order, counted from the class's first
one. The same four files come out every time.
"""

from __future__ import annotations

import argparse
import lzma
from pathlib import Path

import numpy as np

from kerazoo.datasets import fashion_mnist, fashion_mnist_mini
from kerazoo.datasets.reading.idx import idx_content, read_files
from kerazoo.datasets.sources import BUNDLED

EVERY = 10


def cut(labels: np.ndarray) -> np.ndarray:
    """Return the places that are kept, in order."""
    classes = [np.flatnonzero(labels == label)[::EVERY] for label in np.unique(labels)]
    return np.sort(np.concatenate(classes))


def main() -> None:
    """Write the four files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", help="the folder of the full data set")
    parser.add_argument("--out", type=Path, default=BUNDLED, help="where to write")
    arguments = parser.parse_args()
    full = read_files(fashion_mnist.FILES, arguments.data_dir)
    names = iter(fashion_mnist_mini.FILES)
    for images, labels in (full[:2], full[2:]):
        kept = cut(labels)
        for values in (images[kept], labels[kept]):
            path = arguments.out / f"{next(names).name}.xz"
            packed = lzma.compress(idx_content(values), preset=9 | lzma.PRESET_EXTREME)
            path.write_bytes(packed)
            print(f"{path}: {len(packed):,} bytes")


if __name__ == "__main__":
    main()
