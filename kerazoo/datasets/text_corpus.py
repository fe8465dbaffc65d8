"""Your own running text: a file, an archive or a folder of text, a sentence or document a line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.about import Words
from kerazoo.datasets.reading.corpus import SENTENCE_END, Corpus, encode, read_corpus
from kerazoo.datasets.reading.samples import own_text
from kerazoo.datasets.reading.vocabulary import Vocabulary
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import InvalidInput, KerazooError

FILES: tuple[DataFile, ...] = ()
_LEAST_HELD_OUT, _MOST_HELD_OUT = 100, 100_000
_LEAST_KNOWN = 10  # words, to cut into three parts


def load(
    data_dir: str | os.PathLike[str] | None = None,
    path: str | os.PathLike[str] | None = None,
    min_count: int = 5,
    vocabulary_size: int | None = None,
) -> Splits:
    r"""Load a text as ids of words, -1 after each sentence; the last fiftieth is held out.

    Args:
        data_dir: a folder that a relative `path` is in.
        path: a text file in UTF-8, also compressed, an archive, or a folder of `.txt` files.
        min_count: words that occur less often are left out.
        vocabulary_size: at most this many words, the most frequent ones.

    Raises:
        KerazooError: if nothing says what to load, or there is no such file.
        InvalidInput: if it is not text in UTF-8, or too short.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "text.txt"
        >>> _ = file.write_text("to be or not to be\n" * 100)
        >>> splits = load(path=file)
        >>> splits.about.words, splits.train.x[:7].tolist()
        (('to', 'be', 'or', 'not'), [0, 1, 2, 3, 0, 1, -1])
    """
    if path is None:
        raise KerazooError("text_corpus needs path=, a text file or a folder of them.")
    source = Path(data_dir or "", path)
    return split_corpus(read_corpus(source, min_count=min_count, vocabulary_size=vocabulary_size))


def load_like(words: Sequence[str], path: str | os.PathLike[str]) -> Splits:
    r"""Load a text as a saved network numbers its words; others are left out.

    Args:
        words: those that the network has vectors of.
        path: as for `load`. Of the text that the words are from, all parts are the same again.

    Raises:
        InvalidInput: if it is not text, or next to none of its words are known.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "text.txt"
        >>> _ = file.write_text("to be or not to be\n" * 100)
        >>> load_like(["to", "be", "or", "not"], file).hash() == load(path=file).hash()
        True
    """
    corpus = encode(path, Vocabulary(tuple(words), np.zeros(len(words), np.int64)))
    known = int((corpus.ids != SENTENCE_END).sum())
    if known < _LEAST_KNOWN:
        raise InvalidInput(
            f"the network knows {known:,} of the {counted(corpus.words_read, 'word')} of {path}; "
            "expected running text of the language that it was trained on."
        )
    if known < corpus.words_read / 2:
        warn_user(
            f"{path}: the network knows {known:,} of {counted(corpus.words_read, 'word')}; the "
            "others are left out."
        )
    return split_corpus(corpus)


def tiny(min_count: int = 1, vocabulary_size: int | None = None) -> Splits:
    """Return a text that comes with the package: what it says about its data sets.

    Args:
        min_count: as for `load`; nearly every word of so short a text is rare.
        vocabulary_size: as for `load`.

    Example:
        >>> tiny(vocabulary_size=3).about.words[0]
        'the'
    """
    return split_documents(own_text(), min_count=min_count, vocabulary_size=vocabulary_size)


def split_corpus(corpus: Corpus) -> Splits:
    """Hold out the end of a text, half for validation and half for the test."""
    length = len(corpus.ids)
    held_out = min(max(length // 50, _LEAST_HELD_OUT), length // 2, 2 * _MOST_HELD_OUT)
    cuts = length - held_out, length - held_out // 2
    first, second = (_after_sentence(corpus.ids, cut) for cut in cuts)
    if first == second:  # one sentence, however long, goes through both
        first, second = cuts
    parts = (slice(0, first), slice(first, second), slice(second, length))
    train, validation, test = (Part(corpus.ids[part]) for part in parts)
    return Splits(train, validation, test, Words(corpus.vocabulary.words))


def split_documents(documents: Iterable[str], **options: int | None) -> Splits:
    """Number the words of some documents in memory, as `read_corpus`, and hold out the last."""
    return split_corpus(read_corpus(documents, **options))  # type: ignore[arg-type]


def _after_sentence(ids: np.ndarray, index: int) -> int:
    """Return the index after the sentence that goes on at an index, if it ends soon."""
    ends = np.flatnonzero(ids[index : index + 5000] == SENTENCE_END)
    after = index + int(ends[0]) + 1 if len(ends) else index
    return after if after < len(ids) else index
