"""IMDB film reviews of which few have a label, and many have none (Maas et al. 2011)."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from kerazoo.datasets import imdb_reviews, imdb_sentiment
from kerazoo.datasets.about import Texts
from kerazoo.datasets.imdb_sentiment import CLASS_NAMES, read_parts, read_training
from kerazoo.datasets.reading.samples import own_text
from kerazoo.datasets.reading.texts import Encoder, encode_parts, number_words
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits

FILES: tuple[DataFile, ...] = ()
_TINY_TEXTS = 200


def locate(data_dir: str | os.PathLike[str] | None = None) -> list[Path]:
    """Return the four folders of reviews, as `imdb_reviews.locate`."""
    return imdb_reviews.locate(data_dir)


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    length: int = 64,
    keep: str = "last",
    vocabulary_size: int = 3000,
    validation_reviews: int = 500,
    train_reviews: int = 500,
) -> Splits:
    """Load some reviews with their labels, and all others of the training part without.

    Args:
        data_dir: a folder that holds `aclImdb/`, as its authors packed it.
        length: ids in a row.
        keep: what a row holds of a review: its `"last"` or `"first"` words.
        vocabulary_size: how many words have an id, the most frequent ones of all training reviews.
        validation_reviews: how many of the 25,000 training reviews are held out.
        train_reviews: how many of the others have a label, spread evenly.

    Returns:
        Splits whose `unlabeled` rows are pieces of all reviews of the training part, but for those
        held out: together they hold every word.

    Raises:
        DatasetNotFound: if the folder is nowhere.
        InvalidInput: if an option is out of range.
    """
    parts = read_parts(data_dir, validation_reviews, train_reviews)
    whole = read_training(data_dir, validation_reviews)
    about = Texts(number_words(whole, vocabulary_size), CLASS_NAMES, length, keep)
    return dataclasses.replace(encode_parts(parts, about), unlabeled=Encoder(about).pieces(whole))


def tiny(
    *,
    length: int = 64,
    keep: str = "last",
    vocabulary_size: int = 3000,
    train_reviews: int = 500,
) -> Splits:
    """Return other texts, which come with the package, as `imdb_sentiment.tiny`.

    Args:
        length: as for `load`.
        keep: as for `load`.
        vocabulary_size: as for `load`.
        train_reviews: as for `load`; there are not so many.

    Example:
        >>> sample = tiny(length=8)
        >>> sample.train.x.shape, sample.unlabeled.shape
        ((192, 8), (716, 8))
    """
    splits = imdb_sentiment.tiny(length=length, keep=keep, vocabulary_size=vocabulary_size)
    texts = [text for text in own_text() if len(text) > 1][:_TINY_TEXTS]
    assert isinstance(splits.about, Texts)
    return dataclasses.replace(splits, unlabeled=Encoder(splits.about).pieces(texts))
