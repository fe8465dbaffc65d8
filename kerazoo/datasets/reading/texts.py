"""Texts as rows of ids: the one encoder, for reviews that are learned from and for those asked."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from kerazoo._wording import LONGEST_NAME, counted
from kerazoo.datasets.about import KEEPS, Texts
from kerazoo.datasets.reading.corpus import read_corpus
from kerazoo.datasets.reading.words import split_words
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import InvalidInput, unknown_name

BEGINNING, UNKNOWN, FIRST_WORD = 1, 2, 3
"""Ids of the beginning of a text, of words without an id, and of the most frequent word."""

_LINE_BREAK = "<br />"  # of texts from the web

Labeled = tuple[Sequence[str], Sequence[int]]
"""Texts, and the index of each one's class."""


def number_words(texts: Iterable[str], vocabulary_size: int) -> tuple[str, ...]:
    """Return the most frequent words of some texts, the most frequent first.

    Raises:
        InvalidInput: if they hold less than two words.

    Example:
        >>> number_words(["The film is good.", "The end!", "Is it good?"], 2)
        ('the', 'is')
    """
    lines = map(_plain, texts)
    words = read_corpus(lines, min_count=1, vocabulary_size=vocabulary_size).vocabulary.words
    return tuple(word for word in words if len(word) <= LONGEST_NAME)  # what is saved is that short


@functools.lru_cache(maxsize=4)
def encoder_of(about: Texts) -> Encoder:
    """Return what turns texts into rows; a predictor asks for the same one with every text."""
    return Encoder(about)


class Encoder:
    """Turns texts into rows of ids, in NumPy alone.

    Args:
        about: the words that have an id, and what a row holds.

    Example:
        >>> encode = Encoder(Texts(("the", "film"), ("bad", "good"), length=6))
        >>> encode(["The film, the whole film!", "the end"]).tolist()
        [[1, 3, 4, 3, 2, 4], [0, 0, 0, 1, 3, 2]]
    """

    def __init__(self, about: Texts) -> None:
        if about.keep not in KEEPS:
            raise unknown_name("keep", about.keep, KEEPS)
        if about.length < 1:
            raise InvalidInput(
                f"length is {about.length}; pass how many words of a text are read, such as 500."
            )
        self._about = about
        self._ids = {word: number for number, word in enumerate(about.words, start=FIRST_WORD)}

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Return a row per text: `(texts, length)`, `int32`."""
        rows = np.zeros((len(texts), self._about.length), np.int32)
        for row, text in zip(rows, texts, strict=True):
            self._fill(row, text)
        return rows

    def pieces(self, texts: Iterable[str]) -> np.ndarray:
        """Return rows that hold all words of texts, piece after piece: `(pieces, length)`, `int32`.

        The last piece of a long text begins before the one before has ended, so that it is full.

        Example:
            >>> encode = Encoder(Texts(("the", "film"), ("bad", "good"), length=4))
            >>> encode.pieces(["The film, the whole film!", "the end"]).tolist()
            [[1, 3, 4, 3], [4, 3, 2, 4], [0, 1, 3, 2]]
        """
        length, rows = self._about.length, []
        for text in texts:
            ids = self._ids_of(text)
            for begin in range(0, len(ids), length):
                piece = ids[max(0, min(begin, len(ids) - length)) :][:length]
                rows.append(np.pad(piece, (length - len(piece), 0)))
        return np.array(rows, np.int32).reshape(-1, length)

    def _ids_of(self, text: str) -> np.ndarray:
        found = (self._ids.get(word, UNKNOWN) for word in split_words(_plain(text)))
        return np.fromiter(itertools.chain((BEGINNING,), found), np.int32)

    def _fill(self, row: np.ndarray, text: str) -> None:
        ids = self._ids_of(text)
        length = self._about.length
        if self._about.keep == "once":
            ids = np.unique(ids)[:length]  # of too many, the most frequent words
            row[: len(ids)] = ids
            return
        ids = ids[-length:] if self._about.keep == "last" else ids[:length]
        # The words stand at the end: the last state of a recurrent layer has just read one.
        row[length - len(ids) :] = ids


def holds_words(rows: np.ndarray) -> np.ndarray:
    """Tell which rows hold a word that has an id.

    Example:
        >>> holds_words(np.array([[0, 1, 2], [1, 2, 7]])).tolist()
        [False, True]
    """
    return np.any(rows >= FIRST_WORD, axis=1)


def why_not_encoded(text: str, where: str, known: int) -> str:
    """Say why a text cannot be answered.

    Args:
        text: it holds no word that has an id.
        where: which one it is.
        known: how many words have one.
    """
    if not split_words(_plain(text)):
        return f"{where} has no words; expected a text. Fill it in, or leave it out."
    return (
        f"{where} has no word of the {counted(known, 'word')} that the network knows; expected a "
        "text in the language that it was trained on. Leave it out."
    )


def encode_parts(parts: Sequence[Labeled], about: Texts, vocabulary_size: int = 0) -> Splits:
    """Return train, validation and test as rows of ids.

    Args:
        parts: texts and the index of each one's class, for each part.
        about: what a row holds.
        vocabulary_size: how many words have an id, the most frequent ones of the training part; 0
            for those that `about` has already.
    """
    if vocabulary_size:
        about = replace(about, words=number_words(parts[0][0], vocabulary_size))
    encode = Encoder(about)
    train, validation, test = (
        Part(encode(texts), np.array(labels, "int32")) for texts, labels in parts
    )
    return Splits(train, validation, test, about)


def _plain(text: str) -> str:
    """Return a text as one line without the line breaks of a web page."""
    return text.replace(_LINE_BREAK, " ").replace("\n", " ")
