"""Running text cut into blocks for word2vec: what a training step needs, as arrays.

Frequent words are left out at random, each word gets a window of random width that ends where its
sentence ends, and random words are drawn to be told from the true ones. Everything is a function of
seed, epoch and place in the text, so that resuming needs no state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kerazoo.datasets.reading.corpus import SENTENCE_END

BLOCK = 32
"""Words in a block: they share their negatives, and their windows overlap."""

CHUNK = 2**18
"""Ids that are prepared at a time; a sentence is cut where a chunk ends, once in 262,144 words."""

_POWER = 0.75
_TABLE = 2**22
# How often one word may come up in a step, as itself or as a negative: all its gradients are added
# up at the same vector, and with too many of them the sum overshoots. Measured with 25 words: at a
# rate of 0.025, 58 times are fine and 96 diverge; at 0.05, 19 are fine and 29 diverge.
_MOST_IN_STEP = 64
_USUAL_RATE = 0.025


@dataclass(frozen=True)
class Distribution:
    """What is drawn from, made of how often each word occurs in the training text.

    Args:
        kept: the probability with which each word is kept; the last entry, which -1 finds, is
            that of the end of a sentence.
        table: words, each as often as its share of the negatives says.
        step: words in a training step.
    """

    kept: np.ndarray
    table: np.ndarray
    step: int


def make_distribution(
    counts: np.ndarray,
    sample: float,
    largest_step: int,
    negatives: int = 5,
    rate: float = _USUAL_RATE,
) -> Distribution:
    """Make the probabilities of keeping a word and of drawing it as a negative.

    Args:
        counts: how often each word occurs.
        sample: words whose share of the text is above this are left out now and then; 0 keeps all.
        largest_step: the most words in a step.
        negatives: random words that each true one is told from.
        rate: the learning rate at the beginning.

    Example:
        >>> distribution = make_distribution(np.array([900, 100]), 0.001, 1024)
        >>> [f"{share:.3f}" for share in distribution.kept], distribution.step
        (['0.034', '0.110', '1.000'], 32)
    """
    shares = counts / max(counts.sum(), 1)
    kept = np.ones(len(counts) + 1, np.float32)
    if sample > 0:
        ratio = sample / np.maximum(shares, 1e-12)
        kept[:-1] = np.minimum(1.0, np.sqrt(ratio) + ratio)
    weights = counts**_POWER
    ends = np.cumsum(weights) / weights.sum() * max(_TABLE, 4 * len(counts))
    table = np.repeat(
        np.arange(len(counts), dtype=np.int32), np.diff(np.round(ends).astype(int), prepend=0)
    )
    left = shares * kept[:-1]
    often = float((left / left.sum() + negatives * weights / weights.sum()).max())
    most = _MOST_IN_STEP / often * (_USUAL_RATE / max(rate, _USUAL_RATE)) ** 2
    blocks = int(min(largest_step, most)) // BLOCK
    return Distribution(kept, table, max(1, blocks) * BLOCK)


@dataclass(frozen=True)
class Chunk:
    """The steps of one chunk of text; all chunks have arrays of the same shapes.

    Args:
        steps: how many of the steps are in use.
        ids: all words in a row, with a margin of `window` before and after them.
        before: for each word, how many words before it are in its window.
        after: how many after it are.
        negatives: the random words of each step, block by block.
    """

    steps: int
    ids: np.ndarray
    before: np.ndarray
    after: np.ndarray
    negatives: np.ndarray


def prepare_chunk(
    ids: np.ndarray, distribution: Distribution, window: int, drawn: int, key: tuple[int, int, int]
) -> Chunk:
    """Prepare the steps of a chunk of text.

    Args:
        ids: at most `CHUNK` ids, with `SENTENCE_END` after each sentence.
        distribution: what is drawn from.
        window: the largest width of a window.
        drawn: negatives per block.
        key: seed, epoch and number of the chunk: what decides every draw.
    """
    rng = np.random.Generator(np.random.SFC64(key))
    ids = np.asarray(ids)
    ids = ids[rng.random(len(ids), dtype=np.float32) <= distribution.kept[ids]]
    is_end = ids == SENTENCE_END
    words = ids[~is_end]
    before, after = _room(is_end)
    width = rng.integers(1, window + 1, len(words), dtype=np.int32)
    step = distribution.step
    steps = -(-len(words) // step)
    most = -(-CHUNK // step)
    padded = np.zeros(most * step + 2 * window, np.int32)
    padded[window : window + len(words)] = words
    shape = (most, step // BLOCK, BLOCK)
    places = rng.integers(0, len(distribution.table), (steps, step // BLOCK * drawn), np.int32)
    negatives = np.zeros((most, places.shape[1]), np.int32)
    negatives[:steps] = distribution.table[places]
    return Chunk(
        steps,
        padded,
        _fill_up(np.minimum(width, before), shape),
        _fill_up(np.minimum(width, after), shape),
        negatives,
    )


def _room(is_end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many words of its sentence are before and after each word."""
    is_word = ~is_end
    sentence = np.cumsum(is_end, dtype=np.int32)[is_word]
    starts = np.flatnonzero(np.diff(sentence, prepend=-1)).astype(np.int32)
    lengths = np.diff(starts, append=np.int32(len(sentence)))
    before = np.arange(len(sentence), dtype=np.int32) - np.repeat(starts, lengths)
    return before, np.repeat(lengths, lengths) - 1 - before


def _fill_up(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    # Where no word is, no word is around it.
    filled = np.zeros(int(np.prod(shape)), np.int8)
    filled[: len(values)] = values
    return filled.reshape(shape)
