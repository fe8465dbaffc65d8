"""IMDB film reviews with their labels: 25,000 to learn from, 25,000 to test (Maas et al. 2011)."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from kerazoo.datasets import imdb_reviews
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.samples import own_text
from kerazoo.datasets.reading.texts import Labeled, encode_parts
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits
from kerazoo.errors import DamagedFile, InvalidInput

FILES: tuple[DataFile, ...] = ()
CLASS_NAMES = ("negative", "positive")
_HEADINGS = ("Args:", "Returns:", "Raises:", "Example:")
_TINY_ROWS = 320


def locate(data_dir: str | os.PathLike[str] | None = None) -> list[Path]:
    """Return the four folders of reviews, as `imdb_reviews.locate`."""
    return imdb_reviews.locate(data_dir)


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    length: int = 500,
    keep: str = "last",
    vocabulary_size: int = 10000,
    validation_reviews: int = 2000,
    train_reviews: int | None = None,
) -> Splits:
    """Load the reviews as rows of ids, with 0 for a negative and 1 for a positive one.

    The validation part is the end of the training reviews of both classes. Reviews of one film
    follow one another there, so that hardly any film is in both parts; in the test part none is.

    Args:
        data_dir: a folder that holds `aclImdb/`, as its authors packed it.
        length: ids in a row.
        keep: what a row holds of a review: its `"last"` or `"first"` words, or each word `"once"`.
        vocabulary_size: how many words have an id, the most frequent ones of the training part.
        validation_reviews: how many of the 25,000 training reviews are held out.
        train_reviews: at most this many to learn from, spread evenly; all by default.

    Raises:
        DatasetNotFound: if the folder is nowhere.
        DamagedFile: if a folder has no reviews.
        InvalidInput: if nothing would be left to train on, or an option is out of range.
    """
    parts = read_parts(data_dir, validation_reviews, train_reviews)
    return encode_parts(parts, Texts((), CLASS_NAMES, length, keep), vocabulary_size)


def read_parts(
    data_dir: str | os.PathLike[str] | None, validation_reviews: int, train_reviews: int | None
) -> tuple[Labeled, Labeled, Labeled]:
    """Return the reviews to learn from, those held out for validation, and those of the test.

    Args:
        data_dir: as for `load`.
        validation_reviews: as for `load`.
        train_reviews: as for `load`.
    """
    kept, held_out = _training_files(data_dir, validation_reviews)
    test_neg, test_pos = map(_files, locate(data_dir)[2:])
    chosen = [_spread(files, train_reviews) for files in kept]
    return _read(*chosen), _read(*held_out), _read(test_neg, test_pos)


def read_training(
    data_dir: str | os.PathLike[str] | None, validation_reviews: int
) -> Sequence[str]:
    """Return all reviews of the training part but for those held out, without their labels.

    Args:
        data_dir: as for `load`.
        validation_reviews: as for `load`.
    """
    return _read(*_training_files(data_dir, validation_reviews)[0])[0]


def _training_files(
    data_dir: str | os.PathLike[str] | None, validation_reviews: int
) -> tuple[list[list[Path]], list[list[Path]]]:
    """Return what is learned from and what is held out, of both classes."""
    both = [_files(folder) for folder in locate(data_dir)[:2]]
    held_out = validation_reviews // 2
    if not 0 < held_out < min(map(len, both)):
        raise InvalidInput(
            f"validation_reviews is {validation_reviews}; expected at least 2, and less than the "
            f"{sum(map(len, both)):,} training reviews, such as 2000."
        )
    return [files[:-held_out] for files in both], [files[-held_out:] for files in both]


def tiny(*, length: int = 500, keep: str = "last", vocabulary_size: int = 10000) -> Splits:
    """Return other texts, which come with the package: paragraphs of a docstring with a heading.

    Args:
        length: as for `load`.
        keep: as for `load`.
        vocabulary_size: as for `load`.

    Example:
        >>> sample = tiny(length=8)
        >>> sample.train.x.shape, sample.class_names
        ((192, 8), ('negative', 'positive'))
    """
    texts = [text for text in own_text() if len(text) > 1][:_TINY_ROWS]
    labels = [int(text.lstrip().startswith(_HEADINGS)) for text in texts]
    fifth = _TINY_ROWS // 5
    ends = (0, 3 * fifth, 4 * fifth, 5 * fifth)
    parts = [(texts[a:b], labels[a:b]) for a, b in itertools.pairwise(ends)]
    return encode_parts(parts, Texts((), CLASS_NAMES, length, keep), vocabulary_size)


def sample(rows: int) -> Iterator[Sequence[str]]:
    """Yield reviews of the test part as rows of a table, its header first."""
    yield ("text", "class")
    folders = locate()[2:]
    for index in range(rows):
        file = _files(folders[index % 2])[index // 2]
        yield (_text(file), CLASS_NAMES[index % 2])


def _files(folder: Path) -> list[Path]:
    """Return the reviews of a folder in the order of their numbers."""
    files = sorted(folder.glob("*.txt"), key=lambda path: (len(path.name.split("_")[0]), path.name))
    if not files:
        raise DamagedFile(f"{folder} holds no review (.txt). Get aclImdb_v1.tar.gz again.")
    return files


def _spread(files: list[Path], most: int | None) -> list[Path]:
    """Return so many files that both classes together have `most`, evenly."""
    if most is None or most // 2 >= len(files):
        return files
    if most < 2:
        raise InvalidInput(f"train_reviews is {most}; pass at least 2, or None for all.")
    return [files[index] for index in np.linspace(0, len(files) - 1, most // 2).astype(int)]


def _read(negative: Sequence[Path], positive: Sequence[Path]) -> Labeled:
    labels = [0] * len(negative) + [1] * len(positive)
    return [_text(file) for file in (*negative, *positive)], labels


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
