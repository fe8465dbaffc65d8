"""Scores of predictions, by scikit-learn and without TensorFlow.

The same function judges networks, averages of networks, baselines and saved models.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kerazoo.datasets import Splits
from kerazoo.datasets.about import Series
from kerazoo.predict.prediction import class_indices

_BINS = 15
_TINY = float(np.finfo("float32").tiny)


def score_test(splits: Splits, predictions: np.ndarray) -> dict[str, float]:
    """Score predictions for the test part."""
    y = np.asarray(splits.test.y)
    return score_predictions(splits, y, predictions, weight=splits.test.weight)


def score_predictions(
    splits: Splits,
    y: np.ndarray,
    predictions: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    measures: Sequence[str] = (),
) -> dict[str, float]:
    """Score predictions for a data set's task.

    Args:
        splits: tells classification (there are class names) from regression.
        y: targets: numbers, class indices or one-hot rows.
        predictions: what the network's last layer gives: numbers, or probabilities.
        weight: how much each row counts; the same by default.
        measures: further scores that are wanted: `"balanced_accuracy"`.

    Returns:
        `accuracy` for classification; `mean_absolute_error`, `root_mean_squared_error` and
        `r2_score` for regression.

    Example:
        >>> import kerazoo
        >>> table = kerazoo.load_dataset("xor")
        >>> score_predictions(table, table.test.y, table.test.y * 0.9)
        {'accuracy': 1.0}
    """
    from sklearn import metrics

    if splits.class_names:
        true, found = class_indices(y), class_indices(predictions)
        accuracy = metrics.accuracy_score(true, found, sample_weight=weight)
        scores = {"accuracy": float(accuracy)}
        if "balanced_accuracy" in measures:
            scores["balanced_accuracy"] = balanced_accuracy(y, predictions, weight)
        return scores
    return score_numbers(y, predictions, weight)


def score_numbers(
    y: np.ndarray, predictions: np.ndarray, weight: np.ndarray | None = None
) -> dict[str, float]:
    """Return `mean_absolute_error`, `root_mean_squared_error` and `r2_score`.

    Example:
        >>> score_numbers(np.array([1.0, 3.0]), np.array([2.0, 4.0]))["r2_score"]
        0.0
    """
    from sklearn import metrics

    # In float64, for targets far from zero; R2 is the mean over rows ahead, as in training.
    y = np.asarray(y, "float64").reshape(len(y), -1)
    predictions = np.asarray(predictions, "float64").reshape(y.shape)
    both, weighed = (y, predictions), {"sample_weight": weight}
    return {
        "mean_absolute_error": float(metrics.mean_absolute_error(*both, **weighed)),
        "root_mean_squared_error": float(metrics.root_mean_squared_error(*both, **weighed)),
        "r2_score": float(metrics.r2_score(*both, **weighed)),
    }


def balanced_accuracy(
    y: np.ndarray, predictions: np.ndarray, weight: np.ndarray | None = None
) -> float:
    """Return the mean of the shares of each class that are found; classes without rows are none.

    Example:
        >>> balanced_accuracy(np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0]))
        0.5
    """
    true, found = class_indices(y), class_indices(predictions)
    weights = np.ones(len(true)) if weight is None else weight
    shares = [
        np.average(found[true == index] == index, weights=weights[true == index])
        for index in np.unique(true)
    ]
    return float(np.mean(shares))


def describe_predictions(
    splits: Splits, y: np.ndarray, predictions: np.ndarray, weight: np.ndarray | None = None
) -> dict[str, float]:
    """Score predictions in more ways than one, for somebody who has to rely on them.

    Args:
        splits: as for `score_predictions`.
        y: as for `score_predictions`.
        predictions: as for `score_predictions`.
        weight: as for `score_predictions`.

    Returns:
        For classes `balanced_accuracy` (the mean of the shares found of each class), `macro_f1`,
        `log_loss`, `brier_score` (the squared error of the probabilities, 0 to 2),
        `calibration_error` (how far probabilities are from frequencies), and `roc_auc` (for
        several classes each against the others), if every class has rows. For numbers
        `median_absolute_error`; of a series also `smape` (0 to 200) and `mase`, the error in units
        of that of the last value in the training part.

    Example:
        >>> import kerazoo
        >>> table = kerazoo.load_dataset("xor")
        >>> describe_predictions(table, table.test.y, table.test.y * 0.8 + 0.1)["roc_auc"]
        1.0
    """
    from sklearn import metrics

    if splits.class_names:
        return describe_probabilities(class_indices(y), probabilities_of(predictions), weight)
    y = np.asarray(y, "float64").reshape(len(y), -1)
    predictions = np.asarray(predictions, "float64").reshape(y.shape)
    errors = np.abs(y - predictions)
    scores = {
        "median_absolute_error": float(
            np.median(errors)
            if weight is None
            else metrics.median_absolute_error(y, predictions, sample_weight=weight)
        )
    }
    if isinstance(splits.about, Series):
        if splits.about.scales is None:  # of what is scaled to a mean of 0, it says nothing
            size = np.abs(y) + np.abs(predictions)
            shares = np.divide(2 * errors, size, out=np.zeros_like(errors), where=size > 0)
            scores["smape"] = float(100 * shares.mean())
        past = np.asarray(splits.train.y, "float64")[:, 0]
        naive = np.abs(np.diff(past)).mean()
        if naive > 0:
            scores["mase"] = float(errors.mean() / naive)
    return scores


def describe_classes(
    y: np.ndarray,
    predictions: np.ndarray,
    class_names: Sequence[str],
    weight: np.ndarray | None = None,
) -> dict[str, tuple[int, float, float]]:
    """Return for each class its rows, precision and recall; NaN where there is nothing to divide.

    Args:
        y: class indices or one-hot rows.
        predictions: probabilities.
        class_names: a name per class; none if no classes are predicted.
        weight: how much each row counts in precision and recall; the same by default.

    Example:
        >>> describe_classes(np.array([0, 0, 1]), np.array([[1, 0], [0, 1], [0, 1]]), ("a", "b"))
        {'a': (2, 1.0, 0.5), 'b': (1, 0.5, 1.0)}
    """
    if not class_names:
        return {}
    true, found = class_indices(y), class_indices(predictions)
    weights = np.ones(len(true)) if weight is None else weight
    shares = {}
    for index, name in enumerate(class_names):
        right = float(weights[(true == index) & (found == index)].sum())
        there, said = float(weights[true == index].sum()), float(weights[found == index].sum())
        precision = right / said if said else np.nan
        rows = int((true == index).sum())
        shares[name] = (rows, precision, right / there if there else np.nan)
    return shares


def probabilities_of(predictions: np.ndarray) -> np.ndarray:
    """Return a probability per class, also where the network gives only that of the second."""
    predictions = np.asarray(predictions, "float64")
    if predictions.ndim == 1 or predictions.shape[1] == 1:
        second = predictions.reshape(-1, 1)
        predictions = np.concatenate([1 - second, second], axis=1)
    return predictions / predictions.sum(axis=1, keepdims=True)


def describe_probabilities(
    y: np.ndarray, p: np.ndarray, weight: np.ndarray | None = None
) -> dict[str, float]:
    """Score probabilities, `(rows, classes)`, of rows of known classes, as indices."""
    from sklearn import metrics

    found, classes = p.argmax(axis=1), np.arange(p.shape[1])
    there = np.unique(y)
    one_hot = y[:, None] == classes
    # In float64; a probability of 0 counts as the smallest float32 that is above 0.
    of_truth = -np.log(np.maximum(p[np.arange(len(y)), y], _TINY))
    scores = {
        "balanced_accuracy": balanced_accuracy(y, found, weight),
        "macro_f1": float(
            metrics.f1_score(y, found, labels=there, average="macro", sample_weight=weight)
        ),
        "log_loss": float(np.average(of_truth, weights=weight)),
        "brier_score": float(np.average(((p - one_hot) ** 2).sum(axis=1), weights=weight)),
        "calibration_error": _calibration_error(p.max(axis=1), found == y, weight),
    }
    if len(there) == len(classes):
        areas = [
            metrics.roc_auc_score(one_hot[:, index], p[:, index], sample_weight=weight)
            for index in classes
        ]
        scores["roc_auc"] = float(np.mean(areas))
    return scores


def _calibration_error(
    confidence: np.ndarray, right: np.ndarray, weight: np.ndarray | None
) -> float:
    """Return the mean gap of confidence and accuracy over bins of equal width."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    weights = np.ones(len(bins)) if weight is None else np.asarray(weight, "float64")
    gaps = [
        weights[bins == index].sum()
        * abs(np.average((confidence - right)[bins == index], weights=weights[bins == index]))
        for index in np.unique(bins)
    ]
    return float(np.sum(gaps) / weights.sum())
