"""Baselines of recommendation: means, neighbors, a product without negative numbers, popularity.

Each takes the ratings of the training part and returns a table of ratings, users by items. What
there is to choose (how many neighbors, how much a mean is held back) is chosen on validation.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any, Literal

import numpy as np

from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Ratings
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.tasks._scores import score_predictions
from kerazoo.tasks.ranking.measures import measure_top

Grid = np.ndarray
"""Ratings of all users (rows) and items (columns); those of id 0, unknown, come first."""

_HELD_BACK = (1.0, 2.0, 5.0, 10.0)  # ratings of the mean that each bias is mixed with
_ROUNDS = 15
_COUNTS = (20, 40, 80)
_MEASURES = ("cosine", "euclidean")
_SHRINK = 1.0
_FACTORS, _PASSES = (2, 5), 10


def score_rating_baseline(name: str, splits: Splits) -> dict[str, float]:
    """Fit a baseline on training and validation ratings, and score it on those of the test part.

    Args:
        name: one of `BASELINES`.
        splits: ratings.

    Raises:
        InvalidInput: if the data set holds no ratings.
    """
    about = splits.about
    if not isinstance(about, Ratings):
        raise InvalidInput(f"{name} needs ratings, such as load_dataset('movielens_100k').")
    shape = (len(about.users) + 1, len(about.items) + 1)
    choices = list(_CHOICES[name])
    chosen = choices[0]
    if len(choices) > 1:
        errors = [
            _error(BASELINES[name](splits.train, shape, *choice), splits.validation, about.scale)
            for choice in choices
        ]
        chosen = choices[int(np.argmin(errors))]
    parts = (splits.train, splits.validation)
    both = Part(*(np.concatenate([np.asarray(part[axis]) for part in parts]) for axis in (0, 1)))
    table = BASELINES[name](both, shape, *chosen)
    scores: dict[str, float] = {}
    if name != "popular":
        predictions = _look_up(table, splits.test.x, about.scale)
        scores = score_predictions(splits, np.asarray(splits.test.y), predictions[:, np.newaxis])
    return scores | measure_top(lambda ids: table[ids[:, 0], ids[:, 1]], splits.test)


def _error(table: Grid, part: Part, scale: tuple[float, ...]) -> float:
    errors = _look_up(table, part.x, scale) - np.asarray(part.y)[:, 0]
    return float(np.mean(errors**2))


def _look_up(table: Grid, ids: np.ndarray, scale: tuple[float, ...]) -> np.ndarray:
    low, high = scale
    return np.clip(table[ids[:, 0], ids[:, 1]], low, high)


# === What a rating is without any taste ===


def _mean(part: Part, shape: tuple[int, int]) -> Grid:
    return np.full(shape, np.mean(np.asarray(part.y), dtype="float64"))


def _popular(part: Part, shape: tuple[int, int]) -> Grid:
    """Order items by how many have rated them: the same list for everybody."""
    counts = np.bincount(part.x[:, 1], minlength=shape[1]).astype("float64")
    return np.broadcast_to(counts, shape)


def _biases(part: Part, shape: tuple[int, int], held_back: float) -> Grid:
    """Return mean + b_u + b_i, each bias the mean of what the others leave, held back to 0."""
    (users, items), ratings = part.x.T, np.asarray(part.y, "float64")[:, 0]
    mean = ratings.mean()
    of_users, of_items = np.zeros(shape[0]), np.zeros(shape[1])
    for _ in range(_ROUNDS):
        of_items = _held_back_mean(items, ratings - mean - of_users[users], shape[1], held_back)
        of_users = _held_back_mean(users, ratings - mean - of_items[items], shape[0], held_back)
    of_users[0] = of_items[0] = 0  # nobody is known of them
    return mean + of_users[:, np.newaxis] + of_items


def _held_back_mean(ids: np.ndarray, values: np.ndarray, count: int, weight: float) -> np.ndarray:
    sums = np.bincount(ids, values, minlength=count)
    return sums / (np.bincount(ids, minlength=count) + weight)


# === Neighbors ===


def _user_based(
    part: Part, shape: tuple[int, int], held_back: float, measure: str, count: int
) -> Grid:
    """Add to the biases what the nearest users think of an item beyond theirs."""
    from sklearn.neighbors import NearestNeighbors

    base = _biases(part, shape, held_back)
    users, items = part.x.T
    beyond, rated = np.zeros(shape), np.zeros(shape)
    beyond[users, items] = np.asarray(part.y)[:, 0] - base[users, items]
    rated[users, items] = 1
    search = NearestNeighbors(n_neighbors=min(count + 1, shape[0]), metric=measure).fit(beyond)
    distances, nearest = search.kneighbors(beyond)
    weights = np.zeros((shape[0], shape[0]))
    near = 1 - distances if measure == "cosine" else 1 / (1 + distances)
    np.put_along_axis(weights, nearest, np.maximum(near, 0), axis=1)
    np.fill_diagonal(weights, 0)  # nobody is a neighbor of their own
    return base + weights @ beyond / (weights @ rated + _SHRINK)


def _item_based(
    part: Part, shape: tuple[int, int], held_back: float, measure: str, count: int
) -> Grid:
    """Do the same for items: what the user thinks of the nearest ones."""
    turned = Part(part.x[:, ::-1], part.y)
    return _user_based(turned, shape[::-1], held_back, measure, count).T


def compare_rows(
    ratings: Any, measure: Literal["distance", "cosine", "pearson"] = "distance"
) -> np.ndarray:
    """Compare each two rows of a small table by what both have rated.

    A distance is small and a similarity large for rows that are alike. They need not agree: whoever
    rates everything half as high as another has a cosine of 1 with them, and a distance.

    Args:
        ratings: `(rows, columns)`; NaN where there is no rating.
        measure: `"distance"` (of Euclid), `"cosine"`, or `"pearson"`, the cosine of what is left
            after each row's mean.

    Returns:
        `(rows, rows)`; NaN where two rows have nothing in common.

    Raises:
        UnknownName: if there is no such measure.

    Example:
        >>> table = [[5, 4, 4, np.nan, np.nan], [5, 3, 4, 5, 3], [4, 3, 3, 2, 5]]
        >>> compare_rows(table)[0].round(2).tolist()
        [0.0, 1.0, 1.73]
        >>> compare_rows(table, "cosine")[0].round(4).tolist()
        [1.0, 0.9928, 0.9995]
    """
    measures: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
        "distance": lambda a, b: float(np.linalg.norm(a - b)),
        "cosine": _cosine,
        "pearson": lambda a, b: _cosine(a - a.mean(), b - b.mean()),
    }
    if measure not in measures:
        raise unknown_name("measure", measure, measures)
    table = np.asarray(ratings, "float64")
    compared = np.full((len(table), len(table)), np.nan)
    for one, other in itertools.product(range(len(table)), repeat=2):
        common = np.isfinite(table[one]) & np.isfinite(table[other])
        if common.any():
            compared[one, other] = measures[measure](table[one, common], table[other, common])
    return compared


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths else np.nan


# === A product without negative numbers ===


def _nmf(part: Part, shape: tuple[int, int], held_back: float, factors: int) -> Grid:
    """Factor the table by scikit-learn's NMF, which takes none with holes.

    They are filled with the biases first, then again and again with what the product makes of them.
    """
    import warnings

    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    table = np.maximum(_biases(part, shape, held_back), 0)
    users, items = part.x.T
    ratings = np.asarray(part.y, "float64")[:, 0]
    low = min(float(ratings.min()), 0.0)
    table[users, items] = ratings
    filled = table - low
    known: dict[str, np.ndarray] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # few steps are meant
        for _ in range(_PASSES):
            init = "custom" if known else "nndsvda"
            model = NMF(factors, init=init, max_iter=10, random_state=0)
            known = {"W": model.fit_transform(filled, **known), "H": model.components_}
            product = known["W"] @ known["H"]
            filled = product.copy()
            filled[users, items] = ratings - low
    return product + low


_BIASES = [(held_back,) for held_back in _HELD_BACK]
_NEIGHBORS = list(itertools.product((5.0,), _MEASURES, _COUNTS))
_CHOICES: dict[str, Iterable[tuple[Any, ...]]] = {
    "mean_rating": [()],
    "popular": [()],
    "biases": _BIASES,
    "user_based": _NEIGHBORS,
    "item_based": _NEIGHBORS,
    "nmf": list(itertools.product((5.0,), _FACTORS)),
}
BASELINES: dict[str, Callable[..., Grid]] = {
    "mean_rating": _mean,
    "popular": _popular,
    "biases": _biases,
    "user_based": _user_based,
    "item_based": _item_based,
    "nmf": _nmf,
}
