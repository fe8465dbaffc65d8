"""Whether rows of a table are like the training rows of a network, column by column.

Two measures say how far a column has moved: the population stability index over tenths of the
training rows (words and empty cells are bins of their own), and the distance of Kolmogorov and
Smirnov, the largest gap between the two distribution functions. Both are larger than 0 by chance,
more so of few rows: a column has drifted if a measure is above its threshold and above what one in
a thousand batches of training rows would reach.

Reference:
    Yurdakul and Naranjo, "Statistical properties of the population stability index", 2020.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kerazoo.datasets.about import Series
from kerazoo.errors import KerazooError
from kerazoo.predict.typicality import typicality
from kerazoo.saved.card import Card, Column
from kerazoo.saved.profile import Profile

_TENTHS = np.linspace(0.1, 0.9, 9)
_ODDS = 1e-3  # how often chance alone may be called a drift, in a column
_NORMAL = 3.0902  # the quantile of a normal distribution that only such a share exceeds
_ODD = 0.01  # the share of validation rows that are as far as an odd row
_HALF = 0.5  # rows that every bin gets, so that none is empty


@dataclass(frozen=True)
class Thresholds:
    """From where on a column has drifted, if chance does not explain it.

    Args:
        psi: the population stability index; above 0.25 is usually called a large shift.
        ks: the distance of Kolmogorov and Smirnov, 0 to 1.
        new: the share of filled cells with words that were not there in training.
    """

    psi: float = 0.25
    ks: float = 0.25
    new: float = 0.05


@dataclass(frozen=True)
class ColumnDrift:
    """How far a column of some rows is from that of the training rows.

    Args:
        name: its name.
        psi: the population stability index.
        ks: the distance of Kolmogorov and Smirnov; `None` of words.
        new: share of filled cells with words that were not there in training; `None` of numbers.
        empty: share of empty cells.
        outside: share of filled cells below the smallest or above the largest training value.
        has_drifted: whether any of these is more than a threshold, and than chance.
    """

    name: str
    psi: float
    ks: float | None
    new: float | None
    empty: float
    outside: float
    has_drifted: bool


def measure_drift(
    rows: np.ndarray, card: Card, thresholds: Thresholds | None = None
) -> tuple[ColumnDrift, ...]:
    """Compare rows with the training rows that a card describes.

    Args:
        rows: `(rows, columns)`, as the network takes them.
        card: of the network.
        thresholds: from where on a column has drifted.

    Raises:
        KerazooError: if the network takes no table, or the card does not describe its rows.
    """
    profile = profile_of_card(card)
    limits = thresholds or Thresholds()
    return tuple(
        _of_column(index, rows[:, index].astype("float64"), card, profile, limits)
        for index in range(len(card.columns))
    )


@dataclass(frozen=True)
class DistanceDrift:
    """How far rows are from training rows, beside how far validation rows are.

    Args:
        rows: how many there are.
        odd: the share of them that is farther than 99 of 100 validation rows.
        ks: the distance of Kolmogorov and Smirnov of their distances and those.
        has_drifted: whether that is more than its threshold, and than chance.
    """

    rows: int
    odd: float
    ks: float
    has_drifted: bool


def measure_distances(
    rows: np.ndarray, card: Card, thresholds: Thresholds | None = None
) -> DistanceDrift:
    """Compare how far rows are from training rows with how far validation rows are.

    Windows of a series overlap: as many count as do not.

    Args:
        rows: images, texts as ids, or windows of a series, as the network takes them.
        card: of the network.
        thresholds: from where on they have drifted.

    Raises:
        KerazooError: if the card does not know how far validation rows are.
    """
    found = typicality(rows, card)
    assert card.typical is not None
    kept, scores = card.typical.distances.values.decode(), card.typical.distances
    ks = _largest_gap(found.distance.astype("float32"), kept)
    overlap = card.about.lag if isinstance(card.about, Series) else 1
    by_chance = _largest_by_chance(len(rows) // overlap, max(1, scores.rows // overlap))
    limit = max((thresholds or Thresholds()).ks, by_chance)
    return DistanceDrift(len(rows), float((found.farther <= _ODD).mean()), ks, ks > limit)


def profile_of_card(card: Card) -> Profile:
    """Return what a card says of its training rows.

    Raises:
        KerazooError: if the network takes no table, or the card does not describe its rows.
    """
    if not card.columns:
        raise KerazooError(f"{card.name!r} takes no table; only tables have columns to look at.")
    if card.profile is None:
        raise KerazooError(
            f"{card.name!r} does not say what its training rows looked like. Add it: kerazoo "
            "calibrate MODEL, with --data PATH if it was trained on data of yours."
        )
    return card.profile


def _of_column(
    index: int, cells: np.ndarray, card: Card, profile: Profile, limits: Thresholds
) -> ColumnDrift:
    column: Column = card.columns[index]
    filled = cells[~np.isnan(cells)]
    empty, empty_before = 1 - len(filled) / len(cells), profile.empty[index]
    ks = new = None
    outside = 0.0
    if column.name in profile.shares:
        expected = profile.shares[column.name].decode().astype("float64")
        codes = np.minimum(filled.astype(int), len(expected) - 1)
        found = np.bincount(codes, minlength=len(expected)) / max(1, len(filled))
        new = max(0.0, float(found[-1] - expected[-1]))
    else:
        quantiles = profile.quantiles.decode()[:, index].astype("float64")
        expected, found = _in_tenths(quantiles, quantiles), _in_tenths(filled, quantiles)
        ks = _largest_gap(filled, quantiles)
        beyond = (filled < column.minimum) | (filled > column.maximum)
        outside = float(beyond.mean()) if len(filled) else 0.0
    psi, bins = _stability(
        np.append(expected * (1 - empty_before), empty_before) * profile.rows,
        np.append(found * (1 - empty), empty) * len(cells),
    )
    chance = 1 / len(cells) + 1 / profile.rows
    has_drifted = (
        psi > max(limits.psi, chance * _chi_square_limit(bins - 1))
        or (ks is not None and ks > max(limits.ks, _largest_by_chance(len(filled), profile.rows)))
        or (new is not None and new > limits.new)
    )
    return ColumnDrift(column.name, psi, ks, new, empty, outside, has_drifted)


def _in_tenths(values: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Return the share of values in each tenth of the training rows; equal ends are one."""
    edges = np.unique(np.quantile(quantiles, _TENTHS))
    counts = np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1)
    return counts / max(1, len(values))


def _stability(expected: np.ndarray, found: np.ndarray) -> tuple[float, int]:
    """Return the population stability index of rows in bins, and how many bins are used."""
    used = (expected > 0) | (found > 0)
    shares = [(rows[used] + _HALF) / (rows[used] + _HALF).sum() for rows in (expected, found)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum()), int(used.sum())


def _largest_gap(values: np.ndarray, quantiles: np.ndarray) -> float:
    """Return the largest gap of two distribution functions, just below and at each quantile."""
    if not len(values):
        return 0.0
    ordered, points = np.sort(values), np.unique(quantiles)
    gaps = []
    for side in ("left", "right"):
        counts = np.searchsorted(ordered, points, side)
        known = np.searchsorted(quantiles, points, side) - (side == "right")
        gaps.append(np.abs(counts / len(ordered) - known / (len(quantiles) - 1)).max())
    return float(max(gaps))


def _largest_by_chance(rows: int, known: int) -> float:
    """Return the gap that one in a thousand batches of training rows exceeds."""
    return math.sqrt(-math.log(_ODDS / 2) / 2 * (1 / max(1, rows) + 1 / known))


def _chi_square_limit(freedom: int) -> float:
    """Return what one in a thousand sums of squared normal numbers exceeds, by Wilson-Hilferty.

    Example:
        >>> round(_chi_square_limit(9))  # 27.9, exactly
        28
    """
    if freedom < 1:
        return 0.0
    share = 2 / (9 * freedom)
    return float(freedom * (1 - share + _NORMAL * math.sqrt(share)) ** 3)
