"""Running text cut into blocks for word2vec: what a training step needs, as arrays.

Frequent words are left out at random. Each word gets a window of random width, which ends where its
sentence ends. Random words, the negatives, are drawn for the model to tell from the true ones. All
of it is a function of seed, epoch and index in the text, so that resuming needs no state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kerazoo.datasets.reading.corpus import SENTENCE_END

BLOCK = 32
"""Words in a block: they share their negatives, and their windows overlap."""

CHUNK = 2**18
"""Ids that are prepared at a time; a sentence is cut where a chunk ends, once in 262,144 words."""

_POWER = 0.75  # of the counts that negatives are drawn by, as in the authors' program
_TABLE = 2**22  # entries, unless the vocabulary needs more
# How often one word may occur in a step, as itself or as a negative. All its gradients are added up
# at the same vector, and the sum of too many overshoots. Measured with 25 words: at a rate of
# 0.025, 58 times are fine and 96 diverge; at 0.05, 19 are fine and 29 diverge.
_MOST_IN_STEP = 64
_USUAL_RATE = 0.025


@dataclass(frozen=True)
class Distribution:
    """What words are left out and drawn, made from the counts of the training text.

    Args:
        kept: the probability to keep each word, `(vocabulary + 1,)`; the last entry, which the
            index -1 finds, is that of the end of a sentence.
        table: ids of words, each as often as it is to be drawn as a negative, `(entries,)`.
        step: words in a training step.
    """

    kept: np.ndarray
    table: np.ndarray
    step: int


def make_distribution(
    counts: np.ndarray,
    sample: float,
    largest_step: int,
    *,
    negatives: int = 5,
    rate: float = _USUAL_RATE,
) -> Distribution:
    """Make the probabilities of keeping a word and of drawing it as a negative.

    A word with the share f of the text is kept with probability sqrt(sample / f) + sample / f, and
    drawn in proportion to its count to the power of 0.75.

    Args:
        counts: how often each word occurs, `(vocabulary,)`.
        sample: words whose share of the text is above this are left out now and then; 0 keeps all.
        largest_step: the most words in a step.
        negatives: random words per true one.
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
    left = shares * kept[:-1]  # share of the words that are kept
    often = float((left / left.sum() + negatives * weights / weights.sum()).max())
    most = _MOST_IN_STEP / often * (_USUAL_RATE / max(rate, _USUAL_RATE)) ** 2
    blocks = int(min(largest_step, most)) // BLOCK
    return Distribution(kept, table, max(1, blocks) * BLOCK)


@dataclass(frozen=True)
class Chunk:
    """The steps of one chunk of text; all chunks have arrays of the same shapes.

    Args:
        steps: how many of the steps are in use; `most` is how many there are.
        ids: all words in a row, with a margin of `window` before and after them:
            `(most * step + 2 * window,)`.
        before: how many words before each word are in its window, `(most, blocks, BLOCK)`.
        after: how many after it are, in the same shape.
        negatives: ids of the random words of each step, block by block, `(most, blocks * drawn)`.
    """

    steps: int
    ids: np.ndarray
    before: np.ndarray
    after: np.ndarray
    negatives: np.ndarray


def prepare_chunk(
    ids: np.ndarray,
    distribution: Distribution,
    *,
    window: int,
    drawn: int,
    key: tuple[int, int, int],
) -> Chunk:
    """Prepare the steps of a chunk of text.

    Args:
        ids: at most `CHUNK` ids, with `SENTENCE_END` after each sentence.
        distribution: what is left out and drawn.
        window: the largest width of a window.
        drawn: negatives per block.
        key: seed, epoch and number of the chunk; it decides every draw.
    """
    rng = np.random.Generator(np.random.SFC64(key))
    ids = np.asarray(ids)
    ids = ids[rng.random(len(ids), dtype=np.float32) <= distribution.kept[ids]]
    is_end = ids == SENTENCE_END
    words = ids[~is_end]
    before, after = _count_in_sentence(is_end)
    width = rng.integers(1, window + 1, len(words), dtype=np.int32)  # (words,)
    step = distribution.step
    steps = -(-len(words) // step)
    most = -(-CHUNK // step)  # of a chunk of which no word is left out
    padded = np.zeros(most * step + 2 * window, np.int32)
    padded[window : window + len(words)] = words
    shape = (most, step // BLOCK, BLOCK)
    indices = rng.integers(0, len(distribution.table), (steps, step // BLOCK * drawn), np.int32)
    negatives = np.zeros((most, indices.shape[1]), np.int32)
    negatives[:steps] = distribution.table[indices]
    return Chunk(
        steps,
        padded,
        _fill_up(np.minimum(width, before), shape),
        _fill_up(np.minimum(width, after), shape),
        negatives,
    )


def _count_in_sentence(is_end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many words of its sentence are before and after each word: `(words,)` both."""
    is_word = ~is_end
    sentence = np.cumsum(is_end, dtype=np.int32)[is_word]  # number of the sentence of each word
    starts = np.flatnonzero(np.diff(sentence, prepend=-1)).astype(np.int32)
    lengths = np.diff(starts, append=np.int32(len(sentence)))
    before = np.arange(len(sentence), dtype=np.int32) - np.repeat(starts, lengths)
    return before, np.repeat(lengths, lengths) - 1 - before


def _fill_up(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    # The steps that are not in use have windows of width 0: no pairs, no gradients.
    filled = np.zeros(int(np.prod(shape)), np.int8)
    filled[: len(values)] = values
    return filled.reshape(shape)
