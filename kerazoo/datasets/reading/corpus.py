"""Corpus: a text as numbers, one per word, in an array that need not fit in memory."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted
from kerazoo.datasets.reading.text import read_blocks
from kerazoo.datasets.reading.vocabulary import Vocabulary
from kerazoo.datasets.reading.words import is_korean, is_without_spaces, split_words
from kerazoo.errors import InvalidInput, KerazooError

SENTENCE_END = -1
"""Stands in the ids after each sentence or document."""

Tokenizer = Callable[[str], Sequence[str]]

_IN_MEMORY = 2**26
_SAMPLE = 10_000
_CHUNK = 2**22


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text as numbers.

    Args:
        vocabulary: the words that have an id.
        ids: an id per word, with `SENTENCE_END` after each sentence; words without an id are left
            out. An array in memory, or mapped from a file if there are more than 67 million.
        words_read: all words of the text, those without an id included.
    """

    vocabulary: Vocabulary
    ids: np.ndarray
    words_read: int
    folder: tempfile.TemporaryDirectory[str] | None = None


def read_corpus(
    source: str | os.PathLike[str] | Iterable[str],
    *,
    min_count: int = 5,
    vocabulary_size: int | None = None,
    tokenizer: Tokenizer | None = None,
) -> Corpus:
    """Read a text once: split it into lower-case words, count them, and number the frequent ones.

    Args:
        source: a file, an archive, a folder or an iterable of strings, as for `read_blocks`: one
            sentence or document a line.
        min_count: words that occur less often are left out.
        vocabulary_size: at most this many words, the most frequent ones.
        tokenizer: splits a line into words; by default they are runs of letters and digits, with
            the marks on them, in lower case and composed (NFC). For Korean pass one that splits
            off the particles; Chinese, Japanese and Thai need one.

    Raises:
        KerazooError: if there is no such file, or an option is out of range.
        InvalidInput: if a file is not text in UTF-8, or too few words are left.

    Example:
        >>> corpus = read_corpus(["The cat sat.", "The cat ran!"], min_count=2)
        >>> corpus.vocabulary.words, corpus.ids.tolist()
        (('the', 'cat'), [0, 1, -1, 0, 1, -1])
    """
    if min_count < 1:
        raise KerazooError(f"min_count is {min_count}; pass how often at least, usually 5.")
    if vocabulary_size is not None and vocabulary_size < 2:
        raise KerazooError(f"vocabulary_size is {vocabulary_size}; pass at least 2, or None.")
    # Numbers are given in the order of first appearance, and put into that of frequency at the end:
    # so one pass is enough.
    numbers = defaultdict(itertools.count(1).__next__, {"\n": 0})
    store = _Store()
    counts = np.zeros(1, np.int64)
    for tokens in _tokens(source, tokenizer):
        block = np.fromiter(map(numbers.__getitem__, tokens), np.int32, len(tokens))
        found = np.bincount(block, minlength=len(numbers))
        found[: len(counts)] += counts
        counts = found
        store.append(block)
    counts[0] = 0
    words = list(numbers)
    numbers.clear()
    if tokenizer is None and is_without_spaces(words[1 : _SAMPLE + 1]):
        warn_user(
            "the corpus is of a script without spaces between words, so that each run of letters "
            "counts as one word. Put spaces between the words first, or pass tokenizer=."
        )
    elif tokenizer is None and is_korean(words[1 : _SAMPLE + 1]):
        warn_user(
            "the corpus is Korean and split at spaces, so that a noun with another particle counts "
            "as another word. Split off the particles first, or pass tokenizer=."
        )
    chosen = np.argsort(-counts, kind="stable")[:vocabulary_size]
    chosen = chosen[counts[chosen] >= min_count]
    _check(counts, chosen, words, min_count)
    new = np.full(len(counts), len(chosen), np.int32)
    new[chosen] = np.arange(len(chosen), dtype=np.int32)
    new[0] = SENTENCE_END
    vocabulary = Vocabulary(tuple(words[index] for index in chosen), counts[chosen])
    ids = store.rewrite(lambda block: _renumber(block, new, len(chosen)))
    return Corpus(vocabulary, ids, int(counts.sum()), store.folder)


def encode(
    text: str | os.PathLike[str] | Iterable[str],
    vocabulary: Vocabulary,
    tokenizer: Tokenizer | None = None,
) -> Corpus:
    """Number the words of another text by a vocabulary that is there already.

    Args:
        text: as `source` of `read_corpus`.
        vocabulary: of the corpus that was trained on.
        tokenizer: the same as for that.

    Example:
        >>> corpus = read_corpus(["a b", "a b"], min_count=1)
        >>> encode(["b c a"], corpus.vocabulary).ids.tolist()
        [1, 0, -1]
    """
    indices = {**vocabulary.indices, "\n": SENTENCE_END}
    unknown = len(vocabulary)
    store, read = _Store(), 0
    for tokens in _tokens(text, tokenizer):
        ids = np.array([indices.get(token, unknown) for token in tokens], np.int32)
        read += int((ids != SENTENCE_END).sum())
        store.append(_without_gaps(ids[ids != unknown]))
    return Corpus(vocabulary, store.rewrite(lambda block: block), read, store.folder)


def _tokens(
    source: str | os.PathLike[str] | Iterable[str], tokenizer: Tokenizer | None
) -> Iterator[list[str]]:
    for block in read_blocks(source):
        if tokenizer is None:
            yield split_words(block)
        else:
            tokens: list[str] = []
            for line in block.splitlines():
                tokens += [*tokenizer(line), "\n"]
            yield tokens


def _renumber(block: np.ndarray, new: np.ndarray, unknown: int) -> np.ndarray:
    ids = new[block]
    return _without_gaps(ids[ids != unknown])


def _without_gaps(ids: np.ndarray) -> np.ndarray:
    """Drop the ends of sentences of which nothing is left."""
    kept = np.ones(len(ids), bool)
    kept[1:] = (ids[1:] != SENTENCE_END) | (ids[:-1] != SENTENCE_END)
    return ids[kept]


def _check(counts: np.ndarray, chosen: np.ndarray, words: Sequence[str], min_count: int) -> None:
    different = int((counts > 0).sum())
    if different < 2:
        only = f"only the word {words[int(counts.argmax())]!r}" if different else "no word"
        raise InvalidInput(f"the corpus holds {only}; expected running text.")
    if len(chosen) < 2:
        raise InvalidInput(
            f"{len(chosen)} of {different:,} words {agree(len(chosen), 'occurs', 'occur')} at "
            f"least {counted(min_count, 'time')}; expected 2 or more. Lower min_count "
            "(--min-count), or pass more text."
        )


class _Store:
    """An array that grows: in memory at first, then in a file that goes with the corpus."""

    def __init__(self) -> None:
        self.folder: tempfile.TemporaryDirectory[str] | None = None
        self._blocks: list[np.ndarray] = []
        self._length = 0

    def append(self, block: np.ndarray) -> None:
        """Add ids at the end."""
        self._blocks.append(block)
        self._length += len(block)
        if self._length > _IN_MEMORY:
            self._spill("numbers")

    def rewrite(self, change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """Return what `change` makes of all that was added, block by block."""
        if self.folder is None:
            changed = [change(block) for block in self._blocks]
            self._blocks = []
            return np.concatenate(changed) if changed else np.zeros(0, np.int32)
        self._spill("numbers")
        path = Path(self.folder.name)
        numbers = np.memmap(path / "numbers", np.int32, "r")
        with open(path / "ids", "wb") as file:
            for start in range(0, len(numbers), _CHUNK):
                change(numbers[start : start + _CHUNK]).tofile(file)
        del numbers
        (path / "numbers").unlink()
        return np.memmap(path / "ids", np.int32, "r")

    def _spill(self, name: str) -> None:
        if self.folder is None:
            self.folder = tempfile.TemporaryDirectory(
                prefix="kerazoo-corpus-", ignore_cleanup_errors=True
            )
        with open(Path(self.folder.name) / name, "ab") as file:
            for block in self._blocks:
                block.tofile(file)
        self._blocks = []
