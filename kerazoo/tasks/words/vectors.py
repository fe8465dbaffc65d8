"""WordVectors: vectors by word, and the questions one asks them; TensorFlow is never imported.

The methods have the names and the meaning that they have in gensim's `KeyedVectors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.reading.vocabulary import Vocabulary
from kerazoo.errors import InvalidInput, UnknownWord

_ROWS_AT_ONCE = 2**17
_COSMUL_EPSILON = np.float32(1e-6)  # gensim's

Term = str | np.ndarray | tuple[str | np.ndarray, float]
"""What a sum is made of: a word, a vector, or one of them and its weight."""


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
                f"{counted(len(words), 'word does', 'words do')} not go with vectors of shape "
                f"{self.vectors.shape}; expected a row for each of one or more words."
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

    def __iter__(self) -> Iterator[str]:
        """Go through the words, in the order of the vectors."""
        return iter(self.words)

    def __getitem__(self, word: str | int | Sequence[str]) -> np.ndarray:
        """Return the vector of a word, or of the word of that number; of several words, an array.

        Raises:
            UnknownWord: if a word has no vector.
        """
        if isinstance(word, str):
            return self.vectors[self.vocabulary.id(word)]
        if isinstance(word, int | np.integer):
            if not -len(self) <= word < len(self):
                raise UnknownWord(
                    f"no word {word} among {len(self)}; expected 0 to {len(self) - 1}."
                )
            return self.vectors[word]
        return self.vectors[self.vocabulary.ids(word)]

    def __repr__(self) -> str:
        numbers = counted(self.vectors.shape[1], "number")
        return f"<WordVectors of {counted(len(self), 'word')}, {numbers} each>"

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
            UnknownWord: if a word has no vector; near spellings are suggested.
        """
        indices = self.vocabulary.ids([one, other])
        return float(self._unit[indices[0]] @ self._unit[indices[1]])

    def distance(self, one: str, other: str) -> float:
        """Return 1 less the similarity of two words: 0 for the same direction."""
        return 1 - self.similarity(one, other)

    def distances(self, word: str | np.ndarray, others: Iterable[str] = ()) -> np.ndarray:
        """Return the distance of a word or a vector from some words, by default from all.

        Example:
            >>> vectors = WordVectors(["east", "north", "west"], [[1, 0], [0, 1], [-1, 0]])
            >>> vectors.distances("east", ["west", "north"]).tolist()
            [2.0, 1.0]
        """
        wanted = self._sum([word], [])[0]
        others = list(others)
        return 1 - (self._unit[self.vocabulary.ids(others)] if others else self._unit) @ wanted

    def closer_than(self, one: str, other: str) -> list[str]:
        """Return the words that are closer to one word than another one is."""
        distances = self.distances(one)
        index = self.vocabulary.id(one)
        closer = np.flatnonzero(distances < distances[self.vocabulary.id(other)])
        return [self.words[at] for at in closer.tolist() if at != index]

    def rank(self, one: str, other: str) -> int:
        """Return 1 if no word is closer to one word than another one is, 2 if one is, and so on."""
        return len(self.closer_than(one, other)) + 1

    def n_similarity(self, some: Sequence[str], others: Sequence[str]) -> float:
        """Return the cosine of the angle between the means of two groups of words' vectors.

        Raises:
            UnknownWord: if a word has no vector; near spellings are suggested.
            InvalidInput: if a group is empty.
        """
        if not some or not others:
            raise InvalidInput("n_similarity needs at least one word in each group.")
        means = [self[list(words)].mean(axis=0, keepdims=True) for words in (some, others)]
        one, other = (_to_length_one(mean)[0] for mean in means)
        return float(one @ other)

    @overload
    def most_similar(
        self,
        positive: Term | Sequence[Term] = ...,
        negative: Term | Sequence[Term] = ...,
        topn: int = ...,
        restrict_vocab: int | None = ...,
    ) -> list[tuple[str, float]]: ...

    @overload
    def most_similar(
        self,
        positive: Term | Sequence[Term] = ...,
        negative: Term | Sequence[Term] = ...,
        *,
        topn: None,
        restrict_vocab: int | None = ...,
    ) -> np.ndarray: ...

    def most_similar(
        self,
        positive: Term | Sequence[Term] = (),
        negative: Term | Sequence[Term] = (),
        topn: int | None = 10,
        restrict_vocab: int | None = None,
    ) -> list[tuple[str, float]] | np.ndarray:
        """Return the words whose vectors are nearest to a sum of vectors, those in it left out.

        Args:
            positive: words whose vectors, of length 1 each, are added; also vectors, which are
                added as they are, and pairs of one of them and a weight.
            negative: what is subtracted.
            topn: how many words; `None` for the similarity of each word, as an array.
            restrict_vocab: only so many of the first words are compared, the most frequent ones.

        Raises:
            UnknownWord: if a word has no vector; near spellings are suggested.
            InvalidInput: if there is no word, or `topn` is below 1.

        Example:
            >>> vectors = WordVectors(["king", "man", "queen", "woman"],
            ...                       [[2, 0, 1], [0, 0, 1], [2, 1, 0], [0, 1, 0]])
            >>> vectors.most_similar(["king", "woman"], ["man"], topn=1)[0][0]
            'queen'
        """
        added, subtracted = _terms(positive), _terms(negative)
        wanted = self._sum(added, subtracted)
        rows = self._rows(restrict_vocab)
        if topn is None:
            return self._unit[:rows] @ wanted[0]
        left_out = {self.vocabulary.id(word) for word in _words(added + subtracted)}
        return self._nearest(wanted, [left_out], _checked(topn), rows)[0]

    def most_similar_cosmul(
        self,
        positive: Term | Sequence[Term] = (),
        negative: Term | Sequence[Term] = (),
        topn: int = 10,
        restrict_vocab: int | None = None,
    ) -> list[tuple[str, float]]:
        """Return words as `most_similar`, by products of similarities in place of their sums.

        No single large similarity decides alone then (3CosMul of Levy and Goldberg, 2014).
        """
        added, subtracted = _terms(positive), _terms(negative)
        self._sum(added, subtracted)  # which checks them
        unit = self._unit[: self._rows(restrict_vocab)]
        scores = np.ones(len(unit), np.float32)
        for term in added:
            scores *= (1 + unit @ self._sum([term], [])[0]) / 2
        below = np.ones(len(unit), np.float32)
        for term in subtracted:
            below *= (1 + unit @ self._sum([term], [])[0]) / 2
        scores /= below + _COSMUL_EPSILON
        left_out = {self.vocabulary.id(word) for word in _words(added + subtracted)}
        order = [at for at in np.argsort(-scores, kind="stable").tolist() if at not in left_out]
        return [(self.words[at], float(scores[at])) for at in order[: _checked(topn)]]

    def similar_by_word(
        self, word: str, topn: int = 10, restrict_vocab: int | None = None
    ) -> list[tuple[str, float]]:
        """Return the words nearest to one word."""
        return self.most_similar(word, topn=topn, restrict_vocab=restrict_vocab)

    def analogy(self, a: str, b: str, c: str, topn: int = 10) -> list[tuple[str, float]]:
        """Return what is to `c` as `b` is to `a`: with man, king and woman it asks for queen."""
        return self.most_similar([b, c], [a], topn)

    def similar_by_vector(
        self, vector: np.ndarray, topn: int = 10, restrict_vocab: int | None = None
    ) -> list[tuple[str, float]]:
        """Return the words nearest to any vector.

        Raises:
            InvalidInput: if it is not of the dimension of these vectors.
        """
        wanted = self._sum([np.asarray(vector, np.float32)], [])
        return self._nearest(wanted, [set()], _checked(topn), self._rows(restrict_vocab))[0]

    def neighbors(self, words: Iterable[str], topn: int = 10) -> list[list[tuple[str, float]]]:
        """Return the words nearest to each of some words; quicker than one after another."""
        indices = self.vocabulary.ids(words)
        left_out = [{index} for index in indices.tolist()]
        return self._nearest(self._unit[indices], left_out, _checked(topn), len(self))

    def doesnt_match(self, words: Sequence[str]) -> str:
        """Return the word that is farthest from the mean of all.

        Raises:
            UnknownWord: if a word has no vector; near spellings are suggested.
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

    def _sum(self, added: Sequence[Term], subtracted: Sequence[Term]) -> np.ndarray:
        """Return the sum of some vectors, of length 1, as the only row of an array."""
        if not added and not subtracted:
            raise InvalidInput("expected at least one word or vector; none was passed.")
        total = np.zeros(self.vectors.shape[1], np.float32)
        for sign, terms in ((1, added), (-1, subtracted)):
            for term in terms:
                of, weight = term if isinstance(term, tuple) else (term, 1.0)
                total += np.float32(sign * weight) * self._vector_of(of)
        return _to_length_one(total[np.newaxis])

    def _vector_of(self, term: str | np.ndarray) -> np.ndarray:
        if isinstance(term, str):
            return self._unit[self.vocabulary.id(term)]
        vector = np.asarray(term, np.float32)
        if vector.shape != self.vectors.shape[1:] or not np.isfinite(vector).all():
            raise InvalidInput(
                f"a vector of shape {vector.shape}; expected ({self.vectors.shape[1]},), and "
                "finite numbers."
            )
        return vector

    def _rows(self, restrict_vocab: int | None) -> int:
        if restrict_vocab is not None and restrict_vocab < 1:
            raise InvalidInput(f"restrict_vocab is {restrict_vocab}; expected 1 or more, or None.")
        return len(self) if restrict_vocab is None else min(restrict_vocab, len(self))

    def _nearest(
        self, wanted: np.ndarray, left_out: Sequence[set[int]], topn: int, rows: int
    ) -> list[list[tuple[str, float]]]:
        """Find exact neighbors: every word is compared, a block at a time."""
        count = min(topn + max(map(len, left_out)), rows)
        best = np.full((len(wanted), 0), -np.inf, np.float32)
        indices = np.zeros((len(wanted), 0), np.int64)
        for start in range(0, rows, _ROWS_AT_ONCE):
            scores = wanted @ self._unit[start : min(start + _ROWS_AT_ONCE, rows)].T
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


def _terms(given: Term | Sequence[Term]) -> list[Term]:
    """Return a list of terms, whatever a user wrote for a single one."""
    if isinstance(given, str) or (isinstance(given, np.ndarray) and given.ndim == 1):
        return [given]
    return list(given)


def _words(terms: Sequence[Term]) -> list[str]:
    parts = [term[0] if isinstance(term, tuple) else term for term in terms]
    return [part for part in parts if isinstance(part, str)]


def _checked(topn: int) -> int:
    if not isinstance(topn, int | np.integer) or topn < 1:
        raise InvalidInput(f"topn is {topn!r}; expected a whole number, 1 or more.")
    return topn


def _to_length_one(vectors: np.ndarray) -> np.ndarray:
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, np.newaxis]
    return vectors / np.maximum(lengths, np.float32(1e-12))
