"""What `tiny()` of a data set is cut from: a few hundred real rows that come with the package."""

from __future__ import annotations

import ast
import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kerazoo.datasets.reading.idx import NAMES, ImageOptions, make_splits, read_files
from kerazoo.datasets.reading.tfds import Arrays
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Part, Splits

TRAIN_ROWS, HELD_OUT_ROWS = 256, 64
_JUDGED_ROWS = 320  # what measures of generated images need at least
_CONTENT = (
    "697c04572905eac443c0f271f8966f856ad3eadc8b0940bca92a8abb35197ea6",
    "5f56e302b5b368e3de7323f6b585e0e8323af7ee901a41aa5ad1d647590af8d8",
    "e674901a2105ff5df3904e7a1c7c3baf3cc5026f0b1d055c6ee79b9d4338b750",
    "10e62f9028e441be81aa9f3eff693ce58e4a71b7ede00d9048d6439939c08d2d",
)

FASHION_MNIST_MINI = tuple(
    DataFile(
        name=f"fashion-mnist-mini-{name}",
        sha256=content,
        origin="cut from Fashion-MNIST, Zalando Research (MIT)",
        subfolders=("fashion_mnist_mini",),
    )
    for name, content in zip(NAMES, _CONTENT, strict=True)
)
"""The bundled tenth of Fashion-MNIST: images and labels to train on, and to test."""


@functools.cache
def read_clothes() -> Arrays:
    """Return the bundled images of clothes and their labels, which cannot be written to."""
    return read_files(FASHION_MNIST_MINI, None)


def tiny_gray_images(class_names: tuple[str, ...], options: ImageOptions) -> Splits:
    """Return some images of clothes, 28 by 28 pixels, as a data set of ten classes.

    Args:
        class_names: a name per class.
        options: what is done to the images. Without labels there are more to judge by.
    """
    x, y, x_test, y_test = read_clothes()
    held_out = HELD_OUT_ROWS if options.labels else _JUDGED_ROWS
    rows = TRAIN_ROWS + held_out
    arrays = (x[:rows], y[:rows], x_test[:held_out], y_test[:held_out])
    return make_splits(arrays, class_names, (held_out - 0.5) / rows, options)


def color_images() -> Arrays:
    """Return the images of clothes on 32 by 32 pixels of three channels, and their labels."""
    x, y, x_test, y_test = read_clothes()
    return _colored(x), y.astype("int32"), _colored(x_test), y_test.astype("int32")


def first_rows(splits: Splits, train: int = TRAIN_ROWS, held_out: int = HELD_OUT_ROWS) -> Splits:
    """Return the first rows of each part.

    Example:
        >>> import kerazoo
        >>> cut = first_rows(kerazoo.load_dataset("boston"), 10, 5)
        >>> len(cut.train.x), len(cut.validation.y), len(cut.test.x)
        (10, 5, 5)
    """

    def cut(part: Part, rows: int) -> Part:
        return Part(part.x[:rows], None if part.y is None else part.y[:rows])

    return dataclasses.replace(
        splits,
        train=cut(splits.train, train),
        validation=cut(splits.validation, held_out),
        test=cut(splits.test, held_out),
        timelines=(),  # the parts no longer follow one another
    )


def own_text() -> Iterator[str]:
    """Yield running text, a paragraph at a time: what this package says about its data sets."""
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield from (ast.get_docstring(node) or "").split("\n\n")


def _colored(images: np.ndarray) -> np.ndarray:
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    return np.stack([padded, 255 - padded, padded // 2], axis=-1)
