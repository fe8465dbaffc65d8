"""Figures of probabilities, beside scikit-learn's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

import kerazoo
from kerazoo.plots import plot_reliability, plot_roc
from kerazoo.plots.files import figures_of_predictions
from kerazoo.tasks._scores import describe_predictions


def test_areas_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    y = random.integers(0, 3, 300)
    p = random.dirichlet(np.ones(3), 300) + 0.3 * np.eye(3)[y]
    p /= p.sum(axis=1, keepdims=True)
    figure = plot_roc(y, p, ["a", "b", "c"])
    mean = metrics.roc_auc_score(y, p, multi_class="ovr")
    assert figure.axes[0].get_title().endswith(f"mean area {mean:.3f}")
    assert [line.get_label() for line in figure.axes[0].lines][1:] == [
        f"{name}: {metrics.roc_auc_score(y == index, p[:, index]):.3f}"
        for index, name in enumerate("abc")
    ]
    weight = random.integers(1, 4, 300)
    weighed = plot_roc(y > 0, p[:, 1:].sum(axis=1, keepdims=True), ["a", "others"], weight=weight)
    area = metrics.roc_auc_score(y > 0, p[:, 1:].sum(axis=1), sample_weight=weight)
    assert weighed.axes[0].get_title() == f"ROC curve of others: area {area:.3f}"


def test_many_classes_show_the_worst() -> None:
    random = np.random.default_rng(0)
    y = np.repeat(np.arange(20), 10)
    p = random.dirichlet(np.ones(20), 200)
    figure = plot_roc(y, p, [f"class {n}" for n in range(20)])
    assert len(figure.axes[0].lines) == 1 + 10
    assert "lowest 10 of 20" in figure.axes[0].get_title()


def test_the_calibration_error_is_that_of_the_scores() -> None:
    splits = kerazoo.load_dataset("wine", task="binary")
    y = np.ravel(splits.test.y)
    p = np.random.default_rng(0).uniform(0, 1, (len(y), 1)) * 0.5 + 0.4 * y[:, None]
    error = describe_predictions(splits, y, p)["calibration_error"]
    figure = plot_reliability(y, p, splits.class_names)
    assert figure.axes[0].get_title() == f"Reliability: calibration error {error:.3f}"
    drawn = figures_of_predictions(splits, p)
    assert list(drawn) == ["confusion_matrix", "roc", "reliability"]


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(kerazoo.InvalidInput, match="all 2 rows are of 'b'"):
        plot_roc([1, 1], [0.2, 0.7], ["a", "b"])
    for plot in (plot_roc, plot_reliability):
        with pytest.raises(kerazoo.InvalidInput, match=r"from -1 to 2; expected 0 to 1"):
            plot([0, 1], [-1.0, 2.0], ["a", "b"])
