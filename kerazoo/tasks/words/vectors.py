"""WordVectors: vectors by word, and the questions one asks them; TensorFlow is never imported.

The methods have the names and the meaning that they have in gensim's `KeyedVectors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from kerazoo.datasets.reading.vocabulary import Vocabulary
from kerazoo.errors import InvalidInput

_ROWS_AT_ONCE = 2**17


class WordVectors:
    """Words and their vectors.

    Args:
        words: the words, the most frequent first if that is known.
        vectors: `(words, dimension)`.

    Raises:
        InvalidInput: if they do not go together, a word is there twice, or a number is not finite.

    Example:
        >>> vectors = WordVectors(["king", "queen", "apple"], [[1, 0.1], [1, 0.2], [0, 1]])
        >>> [word for word, _ in vectors.most_similar("king", topn=1)]
        ['queen']
    """

    def __init__(self, words: Sequence[str], vectors: np.ndarray | Sequence[Sequence[float]]):
        self.vectors = np.ascontiguousarray(vectors, np.float32)
        if self.vectors.ndim != 2 or len(words) != len(self.vectors) or not len(words):
            raise InvalidInput(
                f"{len(words)} words do not go with vectors of shape {self.vectors.shape}; "
                "expected a row for each of one or more words."
            )
        if not np.isfinite(self.vectors).all():
            raise InvalidInput("a vector holds NaN or infinity; expected finite numbers.")
        self.vocabulary = Vocabulary(tuple(words), np.zeros(len(words), np.int64))
        if len(self.vocabulary.indices) != len(words):
            raise InvalidInput("a word is there twice; expected one vector per word.")

    def __len__(self) -> int:
        return len(self.vectors)

    def __contains__(self, word: object) -> bool:
        return word in self.vocabulary

    def __getitem__(self, word: str) -> np.ndarray:
        """Return the vector of a word."""
        return self.vectors[self.vocabulary.id(word)]

    def __repr__(self) -> str:
        return f"<WordVectors of {len(self)} words, {self.vectors.shape[1]} numbers each>"

    @property
    def words(self) -> tuple[str, ...]:
        """All words, in the order of the vectors."""
        return self.vocabulary.words

    @cached_property
    def _unit(self) -> np.ndarray:
        """The vectors, each of length 1."""
        return _to_length_one(self.vectors)

    def similarity(self, one: str, other: str) -> float:
        """Return the cosine of the angle between two words' vectors: 1 for the same direction.

        Raises:
            UnknownName: if a word has no vector; near spellings are suggested.
        """
        indices = self.vocabulary.ids([one, other])
        return float(self._unit[indices[0]] @ self._unit[indices[1]])

    def most_similar(
        self,
        positive: str | Sequence[str] = (),
        negative: str | Sequence[str] = (),
        topn: int = 10,
    ) -> list[tuple[str, float]]:
        """Return the words whose vectors are nearest to a sum of vectors, those in it left out.

        Args:
            positive: words whose vectors, of length 1 each, are added.
            negative: words whose vectors are subtracted.
            topn: how many words.

        Raises:
            UnknownName: if a word has no vector; near spellings are suggested.
            InvalidInput: if there is no word, or `topn` is below 1.

        Example:
            >>> vectors = WordVectors(["king", "man", "queen", "woman"],
            ...                       [[2, 0, 1], [0, 0, 1], [2, 1, 0], [0, 1, 0]])
            >>> vectors.most_similar(["king", "woman"], ["man"], topn=1)[0][0]
            'queen'
        """
        positive = [positive] if isinstance(positive, str) else list(positive)
        negative = [negative] if isinstance(negative, str) else list(negative)
        if topn < 1 or not positive + negative:
            raise InvalidInput("most_similar needs at least one word, and topn of at least 1.")
        indices = self.vocabulary.ids([*positive, *negative])
        signs = np.repeat(np.array([1, -1], np.float32), [len(positive), len(negative)])
        wanted = _to_length_one((signs @ self._unit[indices])[np.newaxis])
        return self._nearest(wanted, [set(indices.tolist())], topn)[0]

    def analogy(self, a: str, b: str, c: str, topn: int = 10) -> list[tuple[str, float]]:
        """Return what is to `c` as `b` is to `a`: with man, king and woman it asks for queen."""
        return self.most_similar([b, c], [a], topn)

    def similar_by_vector(self, vector: np.ndarray, topn: int = 10) -> list[tuple[str, float]]:
        """Return the words nearest to any vector.

        Raises:
            InvalidInput: if it is not of the dimension of these vectors.
        """
        vector = np.asarray(vector, np.float32)
        if vector.shape != self.vectors.shape[1:]:
            raise InvalidInput(
                f"a vector of shape {vector.shape}; expected ({self.vectors.shape[1]},)."
            )
        return self._nearest(_to_length_one(vector[np.newaxis]), [set()], topn)[0]

    def neighbors(self, words: Iterable[str], topn: int = 10) -> list[list[tuple[str, float]]]:
        """Return the words nearest to each of some words; quicker than one after another."""
        indices = self.vocabulary.ids(words)
        return self._nearest(self._unit[indices], [{index} for index in indices.tolist()], topn)

    def doesnt_match(self, words: Sequence[str]) -> str:
        """Return the word that is farthest from the mean of all.

        Raises:
            UnknownName: if a word has no vector; near spellings are suggested.
            InvalidInput: if there are fewer than two words.

        Example:
            >>> vectors = WordVectors(["a", "b", "stone"], [[1, 0.1], [1, 0], [0, 1]])
            >>> vectors.doesnt_match(["a", "stone", "b"])
            'stone'
        """
        if len(words) < 2:
            raise InvalidInput("doesnt_match needs at least two words, usually four.")
        unit = self._unit[self.vocabulary.ids(words)]
        mean = _to_length_one(unit.mean(axis=0, keepdims=True))[0]
        return words[int(np.argmin(unit @ mean))]

    def _nearest(
        self, wanted: np.ndarray, left_out: Sequence[set[int]], topn: int
    ) -> list[list[tuple[str, float]]]:
        """Find exact neighbours: every word is compared, a block at a time."""
        count = min(topn + max(map(len, left_out)), len(self))
        best = np.full((len(wanted), 0), -np.inf, np.float32)
        indices = np.zeros((len(wanted), 0), np.int64)
        for start in range(0, len(self), _ROWS_AT_ONCE):
            scores = wanted @ self._unit[start : start + _ROWS_AT_ONCE].T
            some = min(count, scores.shape[1])
            chosen = np.argpartition(-scores, some - 1, axis=1)[:, :some]
            best = np.concatenate([best, np.take_along_axis(scores, chosen, 1)], axis=1)
            indices = np.concatenate([indices, chosen + start], axis=1)
        found = []
        for row, out in enumerate(left_out):
            order = np.lexsort((indices[row], -best[row]))
            kept = [at for at in order if int(indices[row, at]) not in out][:topn]
            found.append([(self.words[indices[row, at]], float(best[row, at])) for at in kept])
        return found


def _to_length_one(vectors: np.ndarray) -> np.ndarray:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis]
    return vectors / np.maximum(lengths, np.float32(1e-12))
