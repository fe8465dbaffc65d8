"""Baselines of language models: how often words follow one another, counted and smoothed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Texts
from kerazoo.datasets.reading.texts import BEGINNING
from kerazoo.errors import InvalidInput

ORDERS: Mapping[str, int] = {"unigram": 1, "smoothed_bigram": 2, "smoothed_trigram": 3}
"""How many words in a row each baseline counts."""
_USUAL_DISCOUNT = 0.75


class _Counts(NamedTuple):
    """N-grams of one length as sorted numbers, and how often each was met."""

    keys: np.ndarray
    counts: np.ndarray


def score_counts(name: str, splits: Splits) -> dict[str, float]:
    """Count the words of the training and validation part, and score that on the test part.

    Args:
        name: one of `ORDERS`.
        splits: running text with the next word for a target.

    Raises:
        InvalidInput: if it is other data.

    Example:
        >>> from kerazoo.datasets import next_words
        >>> scores = score_counts("smoothed_bigram", next_words.tiny())
        >>> scores["perplexity"] < score_counts("unigram", next_words.tiny())["perplexity"]
        True
    """
    if not isinstance(splits.about, Texts) or splits.class_names:
        raise InvalidInput(
            "this baseline needs running text, such as load_dataset('imdb_next_words')."
        )
    order = ORDERS[name]
    parts = [part for part in (splits.train, splits.validation) if len(part.x)]
    words = np.concatenate([n_grams(part, order) for part in parts])
    size = len(splits.about.words) + BEGINNING + 2
    probabilities = kneser_ney(words, n_grams(splits.test, order), size)
    return {"perplexity": float(np.exp(-np.log(probabilities).mean()))}


def n_grams(part: Part, order: int) -> np.ndarray:
    """Return each word of a text after those before it, `(rows, order)`; 0 before a sentence.

    Rows follow one another as in the text, so that more is known than a row holds.
    """
    columns = [np.asarray(part.y, "int64"), np.asarray(part.x[:, -1], "int64")]
    while len(columns) < order:
        # What stood before the last column: that of the row above, within a sentence.
        earlier = np.concatenate([[0], columns[-1][:-1]])
        columns.append(np.where(columns[-1] <= BEGINNING, 0, earlier))
    return np.stack(columns[:order][::-1], axis=1)


def kneser_ney(known: np.ndarray, asked: np.ndarray, size: int) -> np.ndarray:
    r"""Return the probability of the last word of each n-gram after those before it.

    What is met less often is taken a little from, and given to words by the probability after one
    word less, interpolated Kneser-Ney: with c the count of an n-gram, h the words before w,

    .. math:: P(w|h) = \frac{\max(c(hw) - D, 0) + D \, N(h) \, P(w|h')}{c(h)}

    N(h) is how many words were met after h, and h' is h without its first word. Of shorter n-grams
    c is in how many n-grams of one word more they are; of single words P is a share of that, mixed
    with an equal share for all.

    Args:
        known: n-grams of the training text, `(rows, order)`.
        asked: other n-grams of that length.
        size: how many ids there are.

    Reference:
        Chen and Goodman, "An empirical study of smoothing techniques for language modeling", 1999.
    """
    if known.shape[1] == 1:
        # Each word once more than it was met.
        counts = np.bincount(known[:, 0], minlength=size) + 1
        return np.asarray(counts[asked[:, 0]] / counts.sum())
    counted = _Counts(*np.unique(_keys(known, size), return_counts=True))
    return _interpolated(counted, asked, size)


def _interpolated(counted: _Counts, asked: np.ndarray, size: int) -> np.ndarray:
    order = asked.shape[1]
    once, twice = (int((counted.counts == times).sum()) for times in (1, 2))
    discount = once / (once + 2 * twice) if twice else _USUAL_DISCOUNT
    if order == 1:
        total = counted.counts.sum()
        met = np.maximum(_look_up(counted, asked[:, 0]) - discount, 0)
        return np.asarray((met + discount * len(counted.keys) / size) / total)
    # Words that were met after the same ones lie together: their keys begin alike.
    before, start = np.unique(counted.keys // size, return_index=True)
    total = _Counts(before, np.add.reduceat(counted.counts, start))
    different = _Counts(before, np.diff([*start, len(counted.keys)]))
    # Of n-grams of a word less, how many different words were met before them.
    shorter = _Counts(*np.unique(counted.keys % size ** (order - 1), return_counts=True))
    lower = _interpolated(shorter, asked[:, 1:], size)
    keys = _keys(asked, size)
    met = np.maximum(_look_up(counted, keys) - discount, 0)
    whole = _look_up(total, keys // size)
    left = discount * _look_up(different, keys // size)
    return np.where(whole > 0, (met + left * lower) / np.maximum(whole, 1), lower)


def _keys(words: np.ndarray, size: int) -> np.ndarray:
    """Return a number for each n-gram: its ids are the digits."""
    return np.asarray(words @ size ** np.arange(words.shape[1])[::-1])


def _look_up(counted: _Counts, keys: np.ndarray) -> np.ndarray:
    index = np.minimum(np.searchsorted(counted.keys, keys), len(counted.keys) - 1)
    return np.where(counted.keys[index] == keys, counted.counts[index], 0)
