"""How good a list of items is that somebody is recommended, by what they then rate well.

Everything that a user has not rated in training is a candidate, as it would be in use. An item that
nobody has rated counts as one that is not liked, so that all figures are low, and a list of what
everybody rates is hard to beat; `precision_at_10_of_rated` orders only what was rated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from kerazoo.datasets import Part
from kerazoo.datasets.splits import RatedPart

TOP = 10
_LIKED = 0.75  # of the way from the lowest to the highest rating: 4 of 1 to 5
_MOST_PAIRS = 2**22

Score = Callable[[np.ndarray], np.ndarray]
"""Ratings `(rows,)`, or whatever orders items, for ids `(rows, 2)`."""


def measure_top(score: Score, part: Part, top: int = TOP) -> dict[str, float]:
    """Return precision and recall of the first so many items for each user of a part.

    Args:
        score: what orders the items.
        part: ratings that are not known to it.
        top: how many items are recommended.

    Returns:
        `precision_at_10`, the share of them that the user likes, `recall_at_10`, the share of what
        the user likes that is among them, both means over users who like anything; and
        `precision_at_10_of_rated`, where only what the user rated is ordered, over users who rated
        more than so many. Empty if the part does not know what its users have rated.

    Example:
        >>> from kerazoo.datasets.about import Ratings
        >>> about = Ratings(("Ann",), ("tea", "rice", "salt"), (1, 5))
        >>> ids, ratings = np.array([[1, 2], [1, 3]]), np.array([[5.0], [1.0]])
        >>> part = RatedPart(ids, ratings, np.zeros((0, 2)), about)
        >>> measure_top(lambda ids: -ids[:, 1], part, top=1)
        {'precision_at_1': 0.0, 'recall_at_1': 0.0, 'precision_at_1_of_rated': 1.0}
    """
    if not isinstance(part, RatedPart) or part.y is None:
        return {}
    scale, items = part.about.scale, len(part.about.items)
    liked = part.y[:, 0] >= scale[0] + _LIKED * (scale[1] - scale[0])
    users = np.unique(part.x[liked & (part.x > 0).all(axis=1), 0])
    if not len(users):
        return {}
    most = max(1, _MOST_PAIRS // items)
    users = users[np.unique(np.linspace(0, len(users) - 1, min(most, len(users))).astype(int))]
    scores = _score_all(score, users, items)  # (users, items)
    hits = _matrix(part.x[liked], users, items)
    known = _matrix(part.rated, users, items)
    order = np.argsort(-np.where(known, -np.inf, scores), axis=1, kind="stable")[:, :top]
    found = np.take_along_axis(hits, order, axis=1).sum(axis=1)
    measured = {
        f"precision_at_{top}": float((found / top).mean()),
        f"recall_at_{top}": float((found / hits.sum(axis=1)).mean()),
    }
    of_rated = _precision_of_rated(scores, hits, _matrix(part.x, users, items), top)
    return measured if of_rated is None else {**measured, f"precision_at_{top}_of_rated": of_rated}


def _score_all(score: Score, users: np.ndarray, items: int) -> np.ndarray:
    ids = np.stack(
        [np.repeat(users, items), np.tile(np.arange(1, items + 1), len(users))], axis=1
    ).astype("int32")
    return np.asarray(score(ids), "float64").reshape(len(users), items)


def _matrix(ids: np.ndarray, users: np.ndarray, items: int) -> np.ndarray:
    """Return which of some users and all items are a pair, `(users, items)`."""
    pairs = np.zeros((len(users), items), bool)
    ids = np.asarray(ids, int)
    rows = np.searchsorted(users, ids[:, 0])
    there = (rows < len(users)) & (ids[:, 1] > 0)
    there &= users[np.minimum(rows, len(users) - 1)] == ids[:, 0]
    pairs[rows[there], ids[there, 1] - 1] = True
    return pairs


def _precision_of_rated(
    scores: np.ndarray, hits: np.ndarray, rated: np.ndarray, top: int
) -> float | None:
    several = rated.sum(axis=1) > top
    if not several.any():
        return None
    order = np.argsort(-np.where(rated, scores, -np.inf)[several], axis=1, kind="stable")
    return float(np.take_along_axis(hits[several], order[:, :top], axis=1).mean())


def score_model(model: Any) -> Score:
    """Return what a Keras model makes of ids."""

    def score(ids: np.ndarray) -> np.ndarray:
        ratings = model.predict(ids, batch_size=2**15, verbose=0)
        return np.asarray(ratings)[:, 0]

    return score
