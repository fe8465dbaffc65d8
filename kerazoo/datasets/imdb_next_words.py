"""IMDB film reviews word by word, each with the word that follows (text of Maas et al. 2011)."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from kerazoo.datasets import imdb_reviews
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.next_words import encode_parts
from kerazoo.datasets.reading.samples import own_text
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput

FILES: tuple[DataFile, ...] = ()
_HELD_OUT = 12  # one of so many reviews for validation, and one for the test
_TINY_DOCUMENTS = 60


def locate(data_dir: str | os.PathLike[str] | None = None) -> list[Path]:
    """Return the four folders of reviews, as `imdb_reviews.locate`."""
    return imdb_reviews.locate(data_dir)


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    context: int = 1,
    vocabulary_size: int = 5000,
    reviews: int = 4800,
) -> Splits:
    """Load some of the reviews, good and bad ones mixed; the last sixth is held out.

    A row holds the words before one, back to the beginning of its sentence; the target is that
    word, or 1 for the end of the sentence.

    Args:
        data_dir: a folder that holds `aclImdb/`, as its authors packed it.
        context: words in a row.
        vocabulary_size: how many words have an id, the most frequent ones of the training part.
        reviews: how many of the 50,000 reviews are read.

    Raises:
        DatasetNotFound: if the folder is nowhere.
        InvalidInput: if an option is out of range.
    """
    if reviews < _HELD_OUT:
        raise InvalidInput(f"reviews is {reviews}; pass at least {_HELD_OUT}, such as 4800.")
    texts = list(itertools.islice(imdb_reviews.read_reviews(data_dir), reviews))
    return _encode(texts, context, vocabulary_size)


def tiny(*, context: int = 1, vocabulary_size: int = 5000, reviews: int = 4800) -> Splits:
    """Return another running text, which comes with the package: some of its docstrings.

    Args:
        context: as for `load`.
        vocabulary_size: as for `load`.
        reviews: as for `load`; there are 60 paragraphs at most.

    Example:
        >>> sample = tiny(context=3, vocabulary_size=50)
        >>> sample.train.x.shape[1], int(sample.train.y.max())
        (3, 52)
    """
    return _encode(
        list(itertools.islice(own_text(), min(reviews, _TINY_DOCUMENTS))), context, vocabulary_size
    )


def _encode(texts: list[str], context: int, vocabulary_size: int) -> Splits:
    held_out = len(texts) // _HELD_OUT
    parts = (texts[: -2 * held_out], texts[-2 * held_out : -held_out], texts[-held_out:])
    return encode_parts(parts, Texts((), (), context, target_name="next_word"), vocabulary_size)
