"""Scores of predictions, by scikit-learn and without TensorFlow.

The same function judges networks, averages of networks, baselines and saved models.
"""

from __future__ import annotations

import numpy as np

from kerazoo.datasets import Splits
from kerazoo.predict.prediction import class_indices


def score_test(splits: Splits, predictions: np.ndarray) -> dict[str, float]:
    """Score predictions for the test part."""
    return score_predictions(splits, np.asarray(splits.test.y), predictions)


def score_predictions(splits: Splits, y: np.ndarray, predictions: np.ndarray) -> dict[str, float]:
    """Score predictions for a data set's task.

    Args:
        splits: tells classification (there are class names) from regression.
        y: targets: numbers, class indices or one-hot rows.
        predictions: what the network's last layer gives: numbers, or probabilities.

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
        return {
            "accuracy": float(metrics.accuracy_score(class_indices(y), class_indices(predictions)))
        }
    # In float64, for targets far from zero; R2 is the mean over rows ahead, as in training.
    y = np.asarray(y, "float64").reshape(len(y), -1)
    predictions = np.asarray(predictions, "float64").reshape(y.shape)
    return {
        "mean_absolute_error": float(metrics.mean_absolute_error(y, predictions)),
        "root_mean_squared_error": float(metrics.root_mean_squared_error(y, predictions)),
        "r2_score": float(metrics.r2_score(y, predictions)),
    }
