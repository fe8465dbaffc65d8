"""Shapley values: how much each column of a row adds to the answer, shared out fairly.

A coalition is a set of columns that have the row's own values; the others have those of a stored
training row, and the worth of the coalition is the mean answer over all stored rows. A column's
value is what it adds to a coalition, averaged over all orders in which columns can come in
("interventional"). Up to 13 columns all coalitions are tried; beyond, orders are drawn at random.

Reference:
    Štrumbelj and Kononenko, "An efficient explanation of individual classifications using game
    theory", 2010.
    Lundberg and Lee, "A unified approach to interpreting model predictions", 2017.
    Mitchell, Cooper, Frank and Holmes, "Sampling permutations for Shapley value estimation", 2022.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

MOST_EXACT = 13
"""Columns up to which all coalitions are tried: 8,192 of them."""

_PIECE = 4096  # rows that are asked at once
_ASKED = 2**18  # rows that a sampled explanation asks for, about

Answer = Callable[[np.ndarray], np.ndarray]
"""Gives `(rows, outputs)` for rows as the network takes them."""


def exact_values(answer: Answer, row: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return what each column of a row adds to the answer, `(columns, outputs)`, in float64.

    Args:
        answer: the network.
        row: `(columns,)`.
        known: `(stored, columns)`: rows that the answer is compared with.

    Example:
        >>> weigh = lambda rows: rows @ np.array([[2.0], [1.0]])
        >>> exact_values(weigh, np.array([3.0, 5.0]), np.array([[0.0, 0], [2, 2]])).tolist()
        [[4.0], [4.0]]
    """
    # A column in which the row is as all stored rows adds nothing, to no coalition.
    moving = np.flatnonzero(~_same(known, row).all(axis=0))
    count = len(moving)
    coalitions = np.arange(2**count)
    inside = (coalitions[:, np.newaxis] >> np.arange(count)) & 1 == 1  # (coalitions, moving)
    worth = _worths(answer, row, known, moving, inside)
    sizes = inside.sum(axis=1)
    # A coalition of s columns is what came before in s! (n - s - 1)! of n! orders.
    shares = np.array(
        [1 / (count * math.comb(count - 1, size)) for size in range(count)], "float64"
    )
    values = np.zeros((len(row), worth.shape[1]))
    for index, column in enumerate(moving):
        without = coalitions[~inside[:, index]]
        gained = worth[without | (1 << index)] - worth[without]
        values[column] = shares[sizes[without]] @ gained
    return values


def sampled_values(
    answer: Answer, row: np.ndarray, known: np.ndarray, seed: int = 0, pairs: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return about what each column of a row adds to the answer, and how far off that may be.

    Columns come in one after another, in a random order and in its reverse, each from a stored row
    to this one. Every stored row is taken equally often, so that the sum over the columns is exact.

    Args:
        answer: the network.
        row: `(columns,)`.
        known: `(stored, columns)`.
        seed: decides the orders.
        pairs: orders that are drawn, each used forwards and backwards; as many as a second or two
            allow by default.

    Returns:
        The values and their standard errors, `(columns, outputs)` each.
    """
    columns, stored = known.shape[1], len(known)
    if pairs is None:
        pairs = _ASKED // (2 * (columns + 1))
    rounds = max(1 if stored > 1 else 2, round(pairs / stored))
    random = np.random.default_rng(seed)
    at_once = max(1, _PIECE // (2 * (columns + 1)))
    starts = np.tile(np.arange(stored), rounds)
    found = []
    for first in range(0, len(starts), at_once):
        some = known[starts[first : first + at_once]]
        # Before which rank of its order each column comes in, forwards and backwards.
        ranks = random.random((len(some), columns)).argsort(axis=1).argsort(axis=1)
        gains = [_gains(answer, row, some, one) for one in (ranks, columns - 1 - ranks)]
        found.append((gains[0] + gains[1]) / 2)
    samples = np.concatenate(found)  # (pairs, columns, outputs)
    return samples.mean(axis=0), samples.std(axis=0, ddof=1) / math.sqrt(len(samples))


def _gains(answer: Answer, row: np.ndarray, starts: np.ndarray, ranks: np.ndarray) -> np.ndarray:
    """Return what each column adds, `(orders, columns, outputs)`, coming in after its rank."""
    orders, columns = ranks.shape
    steps = np.arange(columns + 1)
    # Step k of an order has its first k columns from the row that is explained.
    is_in = ranks[:, np.newaxis] < steps[:, np.newaxis]  # (orders, steps, columns)
    walk = np.where(is_in, row, starts[:, np.newaxis])
    given = answer(walk.reshape(-1, columns)).astype("float64")
    gained = np.diff(given.reshape(orders, columns + 1, -1), axis=1)
    return np.take_along_axis(gained, ranks[..., np.newaxis], axis=1)


def _worths(
    answer: Answer, row: np.ndarray, known: np.ndarray, moving: np.ndarray, inside: np.ndarray
) -> np.ndarray:
    """Return the mean answer over the stored rows for each coalition, `(coalitions, outputs)`."""
    at_once = max(1, _PIECE // len(known))
    worths = []
    for first in range(0, len(inside), at_once):
        members = inside[first : first + at_once]  # (some, moving)
        asked = np.broadcast_to(known, (len(members), *known.shape)).copy()
        asked[:, :, moving] = np.where(members[:, np.newaxis], row[moving], known[:, moving])
        given = answer(asked.reshape(-1, known.shape[1])).astype("float64")
        worths.append(given.reshape(len(members), len(known), -1).mean(axis=1))
    return np.concatenate(worths)


def _same(known: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Tell where values are equal; an empty cell is as another one."""
    return (known == row) | (np.isnan(known) & np.isnan(row))
