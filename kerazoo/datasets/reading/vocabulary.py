"""Vocabulary: the words that have a vector, from the most frequent to the rarest."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.reading.words import normalize, split_words
from kerazoo.errors import UnknownWord

_MOST_COMPARED = 200_000


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words and how often each occurred; a word's id is its index.

    Args:
        words: the words, the most frequent first.
        counts: how often each occurred.

    Example:
        >>> vocabulary = Vocabulary(("the", "cat"), np.array([5, 2]))
        >>> vocabulary.ids(["cat", "the"]).tolist()
        [1, 0]
    """

    words: tuple[str, ...]
    counts: np.ndarray

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.find(word) is not None

    @cached_property
    def indices(self) -> dict[str, int]:
        """The id of each word."""
        return {word: index for index, word in enumerate(self.words)}

    def ids(self, words: Iterable[str]) -> np.ndarray:
        """Return the ids of words.

        Raises:
            UnknownWord: for a word that is not in the vocabulary; near spellings are suggested.
        """
        return np.array([self.id(word) for word in words], np.int32)

    def id(self, word: str) -> int:
        """Return the id of a word.

        Raises:
            UnknownWord: if it is not in the vocabulary; near spellings are suggested.
        """
        index = self.find(word)
        if index is None:
            raise unknown_word(word, self.words)
        return index

    def find(self, word: str) -> int | None:
        """Return the id of a word, also if it is spelled as a text is before it is split.

        Example:
            >>> Vocabulary(("the", "cat"), np.array([5, 2])).find("Cat!")
            1
        """
        for spelling in (word, unicodedata.normalize("NFC", word), normalize(word)):
            if spelling in self.indices:
                return self.indices[spelling]
        split = split_words(word)
        return self.indices.get(split[0]) if len(split) == 1 else None


def unknown_word(word: str, words: Sequence[str]) -> UnknownWord:
    """Make the error for a word without a vector, with near spellings.

    Example:
        >>> str(unknown_word("quene", ["king", "queen"]))
        "no vector for the word 'quene' among 2 words. Near spellings: queen."
    """
    split = split_words(word)
    if len(split) > 1:
        return UnknownWord(
            f"no vector for {word!r}, which a text is split into: {', '.join(split)}. Give "
            "one of them, or their sum."
        )
    near = difflib.get_close_matches(word.lower(), words[:_MOST_COMPARED], n=3, cutoff=0.7)
    suggestion = f" Near spellings: {', '.join(near)}." if near else " No spelling is near."
    return UnknownWord(
        f"no vector for the word {word!r} among {counted(len(words), 'word')}.{suggestion}"
    )
