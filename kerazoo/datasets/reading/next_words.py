"""Running text as rows of words, each with the word that follows: what a language model learns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.texts import BEGINNING, UNKNOWN, number_words
from kerazoo.datasets.reading.words import split_words
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import InvalidInput

SENTENCE_END = BEGINNING
"""What follows the last word of a sentence: the beginning of the next one."""

# Full stops and the like, of Asian scripts, too; one inside a number or a name ends nothing.
_STOP = re.compile(r"(?:[.!?…]+[\"'”’)\]]*(?=\s|$)|[。？！]+|\n+)")


def split_sentences(text: str) -> list[tuple[str, bool]]:
    """Return the sentences of a text that have words, and whether each is ended.

    Example:
        >>> split_sentences("It was 3.5 stars. The end")
        [('It was 3.5 stars', True), ('The end', False)]
    """
    found, start = [], 0
    for stop in _STOP.finditer(text):
        found.append((text[start : stop.start()], True))
        start = stop.end()
    found.append((text[start:], False))
    return [(one.strip(), ended) for one, ended in found if split_words(one)]


class Windows:
    """Cuts sentences into rows: some words, and the one that follows.

    Args:
        about: the words that have an id, and how many are in a row.

    Example:
        >>> cut = Windows(Texts(("the", "film"), (), length=2))
        >>> x, y = cut([("The film ended", True)])
        >>> x.tolist(), y.tolist()
        ([[0, 1], [1, 3], [3, 4], [4, 2]], [3, 4, 2, 1])
    """

    def __init__(self, about: Texts) -> None:
        if about.length < 1:
            raise InvalidInput(
                f"context is {about.length}; pass how many words the next one is told from, at "
                "least 1."
            )
        self._context = about.length
        self._ids = {word: number for number, word in enumerate(about.words, start=UNKNOWN + 1)}

    def __call__(self, sentences: Iterable[tuple[str, bool]]) -> tuple[np.ndarray, np.ndarray]:
        """Return `(rows, context)` and `(rows,)`, `int32`; the end is a word, if there is one."""
        before = [0] * (self._context - 1) + [BEGINNING]
        ids: list[int] = []
        lengths: list[int] = []
        for sentence, ended in sentences:
            words = [self._ids.get(word, UNKNOWN) for word in split_words(sentence)]
            words += [SENTENCE_END] * ended
            ids += before + words
            lengths.append(len(words))
        if not ids:
            return np.zeros((0, self._context), "int32"), np.zeros(0, "int32")
        whole = np.array(ids, "int32")
        # A window's last word is the one that is told, if it is no part of `before`.
        runs = np.repeat([False, True] * len(lengths), _alternate(len(before), lengths))
        windows = np.lib.stride_tricks.sliding_window_view(whole, self._context + 1)
        chosen = windows[runs[self._context :]]
        return np.ascontiguousarray(chosen[:, :-1]), np.ascontiguousarray(chosen[:, -1])

    def beginning(self, sentence: str) -> np.ndarray:
        """Return the row that tells the word after a sentence that is not ended, `(1, context)`."""
        words = [self._ids.get(word, UNKNOWN) for word in split_words(sentence)]
        row = ([0] * self._context + [BEGINNING, *words])[-self._context :]
        return np.array([row], "int32")


def encode_parts(parts: Sequence[Sequence[str]], about: Texts, vocabulary_size: int = 0) -> Splits:
    """Return train, validation and test as rows of words and the next word.

    Args:
        parts: documents of each part.
        about: how many words are in a row.
        vocabulary_size: how many words have an id, the most frequent ones of the training part; 0
            for those that `about` has already.
    """
    if vocabulary_size:
        words = number_words(parts[0], vocabulary_size)
        about = Texts(words, (), about.length, target_name=about.target_name)
    cut = Windows(about)
    train, validation, test = (Part(*cut(_sentences(documents))) for documents in parts)
    return Splits(train, validation, test, about)


def _sentences(documents: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield sentences; the end of a document ends its last one."""
    for document in documents:
        for sentence, _ in split_sentences(document):
            yield sentence, True


def _alternate(first: int, lengths: Sequence[int]) -> np.ndarray:
    return np.column_stack([np.full(len(lengths), first), lengths]).ravel()
