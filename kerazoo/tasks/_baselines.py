"""Baselines by scikit-learn, fitted on the same rows and judged on the same test set.

Their own settings are chosen by cross-validation on the training rows, never on the test set.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestCentroid
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler

from kerazoo.datasets import Splits
from kerazoo.datasets.about import Boxes, Table
from kerazoo.datasets.reading.mapped import is_mapped
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.predict.prediction import class_indices
from kerazoo.tasks._scores import score_predictions
from kerazoo.tasks._text_baselines import (
    lasso_words,
    naive_bayes_words,
    tf_idf_words,
    word_matrix,
    words_there,
)
from kerazoo.tasks.control.policies import POLICIES, score_policy
from kerazoo.tasks.detection.simple_methods import score_box_baseline
from kerazoo.tasks.language.counts import ORDERS, score_counts
from kerazoo.tasks.ranking.neighbors import BASELINES, score_rating_baseline
from kerazoo.tasks.segmentation.simple_methods import BASELINES as MASK_BASELINES
from kerazoo.tasks.segmentation.simple_methods import score_mask_baseline
from kerazoo.tasks.series.seasons import check_series, score_climate_mean, score_season
from kerazoo.tasks.translation.pair_baselines import PAIR_BASELINES, score_pair_baseline

_AUTOREGRESSION_ROWS = 5
_SEASON = "season_"
_SQUARES = 12  # in a row of a thumbnail
_TESTED_AT_ONCE = 2**17  # rows of a file
_NEAREST = "nearest_neighbors"
_WITHOUT_WEIGHTS = (
    _NEAREST,
    "nearest_mean_of_thumbnails",
    "nearest_neighbor",
    "weighted_neighbors",
    "kernel_ridge",
)


def score_baseline(
    name: str,
    splits: Splits,
    components: int | None = None,
    *,
    measures: Sequence[str] = (),
) -> dict[str, float]:
    """Fit one baseline on the training and validation rows, and score it on the test rows.

    Args:
        name: one of `list_baselines()`, or `season_7` for the value seven rows before.
        splits: a data set; pixels and windows become one row of numbers each. The baselines of a
            series, `autoregression`, `last_value`, `climate_mean` and seasons, need its windows.
        components: how many numbers `principal_components` reconstructs images from.
        measures: further scores that are wanted: `"balanced_accuracy"`.

    Raises:
        UnknownName: if there is no such baseline.
        InvalidInput: if it does not suit the data.

    Example:
        >>> import kerazoo
        >>> score_baseline("majority_class", kerazoo.load_dataset("xor"))
        {'accuracy': 0.5}
    """
    if name.startswith(_SEASON) and name.removeprefix(_SEASON).isdecimal():
        return score_season(splits, int(name.removeprefix(_SEASON)))
    if name not in list_baselines():
        raise unknown_name("baseline", name, list_baselines())
    if name in _BY_THEMSELVES:
        return _BY_THEMSELVES[name](splits, components)
    if name in _OF_TASKS:
        return _OF_TASKS[name](name, splits)
    # Where nothing is held out the training part stands for validation: its rows are not doubled,
    # or a copy of each would be on the other side of a cross-validation.
    held_out = () if splits.validation is splits.train else (splits.validation,)
    parts = (splits.train, *held_out)
    inputs = _INPUTS.get(name, as_numbers)
    x = inputs(splits, np.concatenate([part.x for part in parts]))
    y = np.concatenate([_targets(splits, part.y) for part in parts])
    weight = _weights(splits)
    # Of rows that are equally near, the first ones count: their order must not tell the class.
    order = np.random.default_rng(0).permutation(len(x)) if name == _NEAREST else slice(None)
    x, y = x[order], y[order]
    estimator = _FOR_DATA[name](splits) if name in _FOR_DATA else _ESTIMATORS[name]()
    if weight is None or name in _WITHOUT_WEIGHTS:
        estimator.fit(x, y)
    elif isinstance(estimator, Pipeline):
        estimator.fit(x, y, **{f"{estimator.steps[-1][0]}__sample_weight": weight})
    else:
        estimator.fit(x, y, sample_weight=weight)
    tested = _some_at_a_time(splits.test.x)
    predicted = np.concatenate([estimator.predict(inputs(splits, rows)) for rows in tested])
    return score_predictions(
        splits,
        _targets(splits, splits.test.y),
        predicted,
        weight=splits.test.weight,
        measures=measures,
    )


def _some_at_a_time(x: np.ndarray) -> Iterator[np.ndarray]:
    """Yield rows as they are, or, if they lie in a file, some of them at a time."""
    size = _TESTED_AT_ONCE if is_mapped(x) else max(1, len(x))
    for first in range(0, len(x), size):
        yield np.asarray(x[first : first + size])


def _weights(splits: Splits) -> np.ndarray | None:
    """Return how much each row counts that is fitted, if they do not count the same."""
    parts = [part for part in (splits.train, splits.validation) if part.weight is not None]
    return np.concatenate([part.weight for part in parts]) if parts else None


def list_baselines() -> list[str]:
    """Return the names of all baselines, sorted."""
    return sorted({*_ESTIMATORS, *_FOR_DATA, *_BY_THEMSELVES, *_OF_TASKS})


def _score_reconstruction(splits: Splits, components: int | None) -> dict[str, float]:
    """Return how far images are from their principal components, in squares of the range 0..1."""
    if components is None or splits.train.x.dtype != np.uint8:
        raise InvalidInput(
            "principal_components needs images and a number of components, such as those of the "
            "autoencoder's data set and latent_dim."
        )
    parts = [
        part.x.reshape(len(part.x), -1) / np.float32(255)
        for part in (splits.train, splits.validation, splits.test)
    ]
    known = np.concatenate(parts[:2])
    estimator = PCA(min(components, *known.shape), random_state=0).fit(known)
    reconstructed = estimator.inverse_transform(estimator.transform(parts[2]))
    return {"mean_squared_error": float(np.mean((reconstructed - parts[2]) ** 2))}


def _flat(splits: Splits, x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1)


def as_numbers(splits: Splits, x: np.ndarray) -> np.ndarray:
    """Return rows as numbers without gaps.

    In a table of a user's an empty cell becomes the middle value and a mark, a word a 1 among 0s.
    """
    if not isinstance(splits.about, Table) or not splits.about.kinds:
        return _flat(splits, x)
    known = np.concatenate([splits.train.x, splits.validation.x])
    columns: list[np.ndarray] = []
    for column, of_known, codes in zip(x.T, known.T, splits.about.codes, strict=True):
        empty = np.isnan(column)
        if codes > 0:
            filled = np.where(empty, codes + 1, column)
            columns += [filled == code for code in range(codes + 2)]
        else:
            middle = np.nanmedian(of_known) if (~np.isnan(of_known)).any() else 0
            columns += [np.where(empty, middle, column)]
            columns += [empty] if np.isnan(of_known).any() else []
    return np.stack(columns, axis=1).astype("float64")


def _thumbnails(splits: Splits, x: np.ndarray) -> np.ndarray:
    """Return images as means of squares of pixels, about twelve in a row: what a glance sees."""
    if x.ndim != 4:
        raise InvalidInput(
            "this baseline needs images, such as load_dataset('fashion_mnist_mini')."
        )
    side = max(1, min(x.shape[1:3]) // _SQUARES)
    down, across = x.shape[1] // side, x.shape[2] // side
    squares = x[:, : down * side, : across * side].reshape(
        len(x), down, side, across, side, x.shape[3]
    )
    return squares.mean(axis=(2, 4), dtype="float32").reshape(len(x), -1)


def _last_rows(splits: Splits, x: np.ndarray) -> np.ndarray:
    """Return the last five rows of every window, and the day of the week that is predicted."""
    columns = len(check_series(splits).columns)
    before = x[:, -_AUTOREGRESSION_ROWS:, :columns].reshape(len(x), -1)
    return np.concatenate([before, x[:, -1, columns:]], axis=1).astype("float64")


def _last_value(splits: Splits, x: np.ndarray) -> np.ndarray:
    series = check_series(splits)
    return np.repeat(x[:, -1, [series.target_index]], series.horizon, axis=1)


class _Unchanged:
    """An estimator that predicts its only input."""

    def fit(self, x: np.ndarray, y: np.ndarray) -> Self:
        return self

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x


def _targets(splits: Splits, y: np.ndarray | None) -> np.ndarray:
    if y is None:
        raise InvalidInput("a baseline needs targets; this data set has none. Pass one that has y.")
    if splits.class_names:
        return class_indices(y)
    return np.ravel(y) if y.shape[1:] == (1,) else y


def _kernel_ridge() -> Any:
    # The targets are standardized too: KernelRidge has no intercept.
    ridge = make_pipeline(StandardScaler(), KernelRidge(kernel="rbf"))
    estimator = TransformedTargetRegressor(ridge, transformer=StandardScaler())
    grid = {
        "regressor__kernelridge__alpha": [0.001, 0.01, 0.1, 1.0],
        "regressor__kernelridge__gamma": [0.01, 0.02, 0.05, 0.1],
    }
    return GridSearchCV(estimator, grid, cv=5, scoring="neg_mean_absolute_error")


def _lasso() -> Any:
    # Of standardized columns and targets no weight is left from a penalty of 1 on.
    lasso = make_pipeline(StandardScaler(), Lasso(max_iter=30_000))
    estimator = TransformedTargetRegressor(lasso, transformer=StandardScaler())
    folds = KFold(10, shuffle=True, random_state=1)
    grid = {"regressor__lasso__alpha": np.geomspace(0.001, 1.0, 25)}
    return GridSearchCV(estimator, grid, cv=folds, scoring="neg_mean_absolute_error")


def _one_against_all() -> Any:
    # Pixels share a range: divided by it, they descend as fast as standardized ones.
    machine = LogisticRegression(C=0.1, max_iter=100)
    return make_pipeline(MaxAbsScaler(), OneVsRestClassifier(machine))


_ESTIMATORS: dict[str, Callable[[], Any]] = {
    "autoregression": LinearRegression,
    "kernel_ridge": _kernel_ridge,
    "lasso": _lasso,
    "last_value": _Unchanged,
    "least_squares": LinearRegression,
    "logistic_regression": lambda: make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=1000)
    ),
    "mean_of_training": DummyRegressor,
    "majority_class": lambda: DummyClassifier(strategy="most_frequent"),
    "logistic_regression_on_thumbnails": lambda: make_pipeline(
        StandardScaler(), LogisticRegression(max_iter=300)
    ),
    "nearest_mean_of_thumbnails": lambda: make_pipeline(StandardScaler(), NearestCentroid()),
    "nearest_neighbor": lambda: make_pipeline(StandardScaler(), KNeighborsClassifier(1)),
    "one_against_all": _one_against_all,
    "random_forest": lambda: RandomForestClassifier(500, random_state=0, n_jobs=-1),
    "weighted_neighbors": lambda: make_pipeline(
        StandardScaler(), KNeighborsClassifier(30, weights="distance")
    ),
}


def _gradient_boosting(splits: Splits) -> Any:
    codes = splits.about.codes if isinstance(splits.about, Table) else ()
    kind = HistGradientBoostingClassifier if splits.class_names else HistGradientBoostingRegressor
    return kind(categorical_features=[code > 0 for code in codes] or None, random_state=0)


def _nearest_neighbors(splits: Splits) -> Any:
    kind = KNeighborsClassifier if splits.class_names else KNeighborsRegressor
    rows = len(splits.train.x)
    count = min(max(10, round(np.sqrt(rows))), rows)
    return make_pipeline(StandardScaler(), kind(count, weights="distance"))


_FOR_DATA: dict[str, Callable[[Splits], Any]] = {
    "gradient_boosting": _gradient_boosting,
    "lasso_words": lasso_words,
    "naive_bayes_words": naive_bayes_words,
    "tf_idf_words": tf_idf_words,
    _NEAREST: _nearest_neighbors,
}
"""Baselines that depend on what the rows are."""

_INPUTS: dict[str, Callable[[Splits, np.ndarray], np.ndarray]] = {
    "autoregression": _last_rows,
    "gradient_boosting": _flat,
    "lasso_words": words_there,
    "last_value": _last_value,
    "naive_bayes_words": word_matrix,
    "one_against_all": lambda splits, x: _flat(splits, x).astype("float32"),
    "logistic_regression_on_thumbnails": _thumbnails,
    "nearest_mean_of_thumbnails": _thumbnails,
    "tf_idf_words": word_matrix,
}


def _score_images(name: str, splits: Splits, components: int | None) -> dict[str, float]:
    from kerazoo.tasks.generation.quality import score_sample_baseline

    return score_sample_baseline(name, splits.test.x)


def _score_scenes(name: str, splits: Splits, components: int | None) -> dict[str, float]:
    if isinstance(splits.about, Boxes):
        return score_box_baseline(splits)
    return score_mask_baseline(name, splits)


_BY_THEMSELVES: dict[str, Callable[[Splits, int | None], dict[str, float]]] = {
    "climate_mean": lambda splits, components: score_climate_mean(splits),
    **{name: functools.partial(_score_scenes, name) for name in MASK_BASELINES},
    "principal_components": _score_reconstruction,
    "real_halves": functools.partial(_score_images, "real_halves"),
    "uniform_noise": functools.partial(_score_images, "uniform_noise"),
}

_OF_TASKS: dict[str, Callable[[str, Splits], dict[str, float]]] = {
    **dict.fromkeys(BASELINES, score_rating_baseline),
    **dict.fromkeys(POLICIES, score_policy),
    **dict.fromkeys(ORDERS, score_counts),
    **dict.fromkeys(PAIR_BASELINES, score_pair_baseline),
}
"""Baselines of tasks whose rows scikit-learn does not take."""
