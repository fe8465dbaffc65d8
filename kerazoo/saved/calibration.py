"""What validation rows say of how sure answers are: a temperature, and scores of rows.

A score says how odd the truth of a row would be as its answer. Of new rows like these, a share of
`coverage` scores no more than the validation rows' quantile of that level does, whatever the
network is: split conformal prediction. Which answers score no more makes a set of classes, or an
interval.

Reference:
    Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", 2017.
    Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, "Distribution-free predictive inference for
    regression", 2018.
    Sadinle, Lei and Wasserman, "Least ambiguous set-valued classifiers with bounded error levels",
    2019.
    Romano, Sesia and Candès, "Classification with valid and adaptive coverage", 2020.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kerazoo.saved.array import Array

PLAIN, ADAPTIVE, EACH_CLASS = "plain", "adaptive", "each-class"
SETS = (PLAIN, ADAPTIVE, EACH_CLASS)
DISTANCE = "distance"

COLDEST, HOTTEST = 0.1, 10.0
"""Temperatures beyond these are of too few rows, or of a broken network."""

_MOST = 1000  # scores that are kept; a coverage is met to a thousandth then
_MOST_OF_CLASSES = 20_000  # of all classes together, so that a card stays small
_FEWEST = 100  # rows that a temperature is fitted to
_INSIDE = 1.001  # how far from its ends the search has found a minimum
_STEPS = 60  # of a golden-section search: to ten digits
_GOLDEN = (math.sqrt(5) - 1) / 2
_TINY = float(np.finfo("float32").tiny)


@dataclass(frozen=True)
class Scores:
    """Scores of some rows, the smallest first.

    Args:
        rows: how many rows there were.
        values: `(kept,)`: all scores, or as many as are kept of them, at even distances.
    """

    rows: int
    values: Array

    @classmethod
    def of(cls, scores: np.ndarray, weights: np.ndarray | None = None, most: int = _MOST) -> Scores:
        """Sort scores, and keep the largest and others at even distances.

        Args:
            scores: one per row.
            weights: how much each row counts; the same by default.
            most: how many are kept.

        Example:
            >>> Scores.of(np.arange(10.0), most=5).values.decode().tolist()
            [1.0, 3.0, 5.0, 7.0, 9.0]
        """
        order = np.argsort(scores, kind="stable")
        ordered, rows = scores[order].astype("float32"), len(scores)
        kept = min(rows, most)
        shares = np.arange(1, kept + 1) / max(kept, 1)
        if weights is None:
            chosen = np.ceil(shares * rows - 1e-9).astype(int) - 1
        else:
            below = np.cumsum(weights[order]) / weights.sum()
            chosen = np.minimum(np.searchsorted(below, shares - 1e-9), rows - 1)
        return cls(rows, Array.of(ordered[chosen]))

    def limit(self, coverage: float) -> float:
        """Return the score that a share of new rows does not exceed; infinite if too few tell.

        Example:
            >>> scores = Scores.of(np.arange(1.0, 100.0))
            >>> scores.limit(0.9), scores.limit(0.995)
            (90.0, inf)
        """
        rank = math.ceil((self.rows + 1) * coverage - 1e-9)
        if rank > self.rows:
            return math.inf
        values = self.values.decode()
        # The kept ones have the ranks rows / kept, 2 * rows / kept, ..., rows, rounded up.
        index = math.ceil(rank * len(values) / self.rows - 1e-9) - 1
        return float(values[index])


@dataclass(frozen=True)
class Calibration:
    """What some rows, which the network was not trained on, say of how sure its answers are.

    Args:
        rows: how many rows.
        data: hash of the data that they belong to, if it is that of a training.
        temperature: what logits are divided by, so that probabilities are frequencies; 1 if none
            does better on rows that it was not fitted to; `None` if numbers are predicted.
        scores: of classes `"plain"`, 1 minus the probability of the truth, and `"adaptive"`, the
            sum of all larger probabilities; of numbers `"distance"`, that of answer and truth.
        each_class: of classes the plain scores of the rows of each; some may have none.
    """

    rows: int
    data: str | None
    temperature: float | None
    scores: Mapping[str, Scores]
    each_class: tuple[Scores, ...]


def calibrate_classes(
    probabilities: np.ndarray,
    truth: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    data: str | None = None,
) -> Calibration:
    """Learn from the probabilities of rows whose class is known.

    Args:
        probabilities: `(rows, classes)`, as the network gives them.
        truth: `(rows,)`, the index of each row's class.
        weights: how much each row counts; the same by default.
        data: hash of the data.

    Example:
        >>> found = calibrate_classes(np.tile([[0.9, 0.1]], (9, 1)), np.zeros(9, int))
        >>> found.temperature, found.scores["plain"].limit(0.9)
        (1.0, 0.1...)
    """
    temperature = fit_temperature(probabilities, truth, weights)
    p = tempered(probabilities, temperature)
    plain = plain_scores(p)[np.arange(len(p)), truth]
    adaptive = adaptive_scores(p)[np.arange(len(p)), truth]
    classes = p.shape[1]
    most = max(1, min(_MOST, _MOST_OF_CLASSES // classes))
    each = tuple(
        Scores.of(plain[truth == index], None if weights is None else weights[truth == index], most)
        for index in range(classes)
    )
    scores = {PLAIN: Scores.of(plain, weights), ADAPTIVE: Scores.of(adaptive, weights)}
    return Calibration(len(p), data, temperature, scores, each)


def calibrate_numbers(
    answers: np.ndarray,
    truth: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    data: str | None = None,
) -> Calibration:
    """Learn from answers to rows whose number is known, `(rows,)` each.

    Example:
        >>> found = calibrate_numbers(np.arange(9.0), np.arange(9.0) + 2)
        >>> found.temperature, found.scores["distance"].limit(0.9)
        (None, 2.0)
    """
    distances = np.abs(np.asarray(answers, "float64") - np.asarray(truth, "float64"))
    return Calibration(len(distances), data, None, {DISTANCE: Scores.of(distances, weights)}, ())


def plain_scores(probabilities: np.ndarray) -> np.ndarray:
    """Return 1 minus the probability, for each row and class; in the type that is kept."""
    return (1 - probabilities).astype("float32")


def adaptive_scores(probabilities: np.ndarray) -> np.ndarray:
    """Return the sum of all larger probabilities, for each row and class: 0 for the first.

    Example:
        >>> adaptive_scores(np.array([[0.5, 0.125, 0.375]])).tolist()
        [[0.0, 0.875, 0.5]]
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=1)
    above = np.cumsum(ranked, axis=1) - ranked
    scores = np.empty_like(above)
    np.put_along_axis(scores, order, above, axis=1)
    return scores.astype("float32")


def tempered(probabilities: np.ndarray, temperature: float | None) -> np.ndarray:
    """Return probabilities as if the logits before them had been divided by a temperature.

    The logarithms of probabilities are logits but for a constant, which cancels out: what the
    network computed last need not be known. The order of the classes stays.

    Example:
        >>> tempered(np.array([[0.8, 0.2]]), 2.0).round(3).tolist()
        [[0.667, 0.333]]
    """
    if temperature is None or temperature == 1.0:
        return probabilities
    with np.errstate(divide="ignore"):
        logits = np.log(np.asarray(probabilities, "float64")) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(probabilities.dtype)


def fit_temperature(
    probabilities: np.ndarray, truth: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Return the temperature of the least log loss; 1 if it does not help on other rows.

    It is fitted to each half of the rows and tried on the other one first: of a small validation
    part, it may be no more than chance. Rows without a mistake are likeliest at any temperature
    that is colder: where the search ends at the coldest or the hottest one, they tell nothing.

    Args:
        probabilities: `(rows, classes)`.
        truth: `(rows,)`, indices of classes.
        weights: how much each row counts; the same by default.
    """
    if len(truth) < _FEWEST:
        return 1.0
    logits = np.log(np.maximum(np.asarray(probabilities, "float64"), _TINY))
    counts = np.ones(len(truth)) if weights is None else np.asarray(weights, "float64")
    # Every other row: a validation part may be sorted by class.
    halves = [(logits[at::2], truth[at::2], counts[at::2]) for at in (0, 1)]
    for known, other in (halves, halves[::-1]):
        found = _best_temperature(*known)
        if _log_loss(found, *other) >= _log_loss(1.0, *other):
            return 1.0
    best = _best_temperature(logits, truth, counts)
    return best if COLDEST * _INSIDE < best < HOTTEST / _INSIDE else 1.0


def _best_temperature(logits: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> float:
    """Search for the temperature of the least log loss, which has one minimum only."""
    low, high = math.log(COLDEST), math.log(HOTTEST)
    for _ in range(_STEPS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        losses = [_log_loss(math.exp(at), logits, truth, weights) for at in (left, right)]
        low, high = (low, right) if losses[0] <= losses[1] else (left, high)
    return math.exp((low + high) / 2)


def _log_loss(
    temperature: float, logits: np.ndarray, truth: np.ndarray, weights: np.ndarray
) -> float:
    scaled = logits / temperature
    largest = scaled.max(axis=1)
    sums = largest + np.log(np.exp(scaled - largest[:, np.newaxis]).sum(axis=1))
    return float(np.average(sums - scaled[np.arange(len(truth)), truth], weights=weights))
