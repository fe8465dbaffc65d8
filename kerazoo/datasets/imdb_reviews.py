"""IMDB film reviews as running text: 11.5 million words of 50,000 reviews (Maas et al. 2011)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kerazoo.datasets.reading.samples import own_text
from kerazoo.datasets.sources import DataFile, cache_folder, user_folder
from kerazoo.datasets.splits import Splits
from kerazoo.datasets.text_corpus import split_documents
from kerazoo.errors import DatasetNotFound

FILES: tuple[DataFile, ...] = ()
_AS_RECORDED = re.compile(r"\w+(?:['’]\w+)*|\n")
_FOLDERS = ("aclImdb", "imdb", ".")
_PARTS = ("train/neg", "train/pos", "test/neg", "test/pos")
_HOW = (
    "download aclImdb_v1.tar.gz from https://ai.stanford.edu/~amaas/data/sentiment/, unpack it "
    "into a folder, and pass it as data_dir (--data-dir) or set KERAZOO_DATA_DIR"
)


def locate(data_dir: str | os.PathLike[str] | None = None) -> list[Path]:
    """Return the folders of reviews.

    Raises:
        DatasetNotFound: if they are nowhere.
    """
    looked_at = []
    for folder in (user_folder(data_dir), cache_folder()):
        if folder is None:
            continue
        for name in _FOLDERS:
            found = [folder / name / part for part in _PARTS]
            if all(part.is_dir() for part in found):
                return found
            looked_at.append(str(folder / name))
    raise DatasetNotFound(f"aclImdb is in none of: {', '.join(looked_at)}. To get it: {_HOW}.")


def load(
    data_dir: str | os.PathLike[str] | None = None,
    min_count: int = 5,
    vocabulary_size: int | None = None,
) -> Splits:
    """Load the labeled reviews without their labels, in an order of their own, as ids of words.

    Args:
        data_dir: a folder that holds `aclImdb/`, as its authors packed it.
        min_count: words that occur less often are left out.
        vocabulary_size: at most this many words, the most frequent ones.

    Raises:
        DatasetNotFound: if the folder is nowhere.
    """
    reviews = map(_as_recorded, read_reviews(data_dir))
    return split_documents(reviews, min_count=min_count, vocabulary_size=vocabulary_size)


def _as_recorded(review: str) -> str:
    """Return the words of a review as they were split when the results were recorded.

    `split_words` splits a few words otherwise, such as those with a soft hyphen. This goes when the
    results are recorded again.
    """
    return " ".join(_AS_RECORDED.findall(review.lower()))


def tiny(min_count: int = 1, vocabulary_size: int | None = None) -> Splits:
    """Return another running text, which comes with the package.

    Args:
        min_count: as for `load`; nearly every word of so short a text is rare.
        vocabulary_size: as for `load`.

    Example:
        >>> int(tiny(vocabulary_size=3).train.x.max())
        2
    """
    return split_documents(own_text(), min_count=min_count, vocabulary_size=vocabulary_size)


def read_reviews(data_dir: str | os.PathLike[str] | None = None) -> Iterator[str]:
    """Yield one review after another, good and bad ones mixed."""
    files = [file for part in locate(data_dir) for file in sorted(part.glob("*.txt"))]
    for index in np.random.default_rng(0).permutation(len(files)):
        yield files[index].read_text(encoding="utf-8").replace("<br />", " ").replace("\n", " ")
