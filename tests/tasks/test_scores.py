"""Scores of predictions, beside scikit-learn's and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from kerazoo.datasets.about import Series, Table
from kerazoo.datasets.splits import Part, Splits
from kerazoo.tasks._scores import describe_classes, describe_predictions, score_predictions


def splits(about: object, y: np.ndarray) -> Splits:
    part = Part(np.zeros((len(y), 1), "float32"), y)
    return Splits(part, part, part, about)  # type: ignore[arg-type]


def test_classes() -> None:
    generator = np.random.default_rng(0)
    y = generator.integers(0, 3, 200)
    p = generator.dirichlet(np.ones(3), 200) + 0.5 * np.eye(3)[y]
    p /= p.sum(axis=1, keepdims=True)
    table = splits(Table(("x",), class_names=("a", "b", "c")), y)
    scores = describe_predictions(table, y, p)
    found = p.argmax(axis=1)
    assert scores["balanced_accuracy"] == pytest.approx(metrics.balanced_accuracy_score(y, found))
    assert scores["macro_f1"] == pytest.approx(metrics.f1_score(y, found, average="macro"))
    assert scores["log_loss"] == pytest.approx(metrics.log_loss(y, p))
    assert scores["roc_auc"] == pytest.approx(metrics.roc_auc_score(y, p, multi_class="ovr"))
    assert scores["brier_score"] == pytest.approx(((p - np.eye(3)[y]) ** 2).sum(1).mean())
    one_hot = np.eye(3, dtype="float32")[y]
    assert describe_predictions(table, one_hot, p) == scores


def test_two_classes_by_one_probability() -> None:
    y = np.array([[0.0], [1.0], [1.0], [0.0]])
    p = np.array([[0.2], [0.9], [0.4], [0.3]])
    table = splits(Table(("x",), class_names=("no", "yes")), y)
    scores = describe_predictions(table, y, p)
    assert scores["brier_score"] == pytest.approx(
        2 * metrics.brier_score_loss(y.ravel(), p.ravel())
    )
    assert scores["roc_auc"] == 1
    assert scores["balanced_accuracy"] == 0.75


def test_calibration() -> None:
    y = np.repeat([1, 1, 1, 0], 25)
    table = splits(Table(("x",), class_names=("no", "yes")), y)
    calibrated, sure = np.full((100, 1), 0.75), np.full((100, 1), 0.999)
    assert describe_predictions(table, y, calibrated)["calibration_error"] == pytest.approx(0)
    assert describe_predictions(table, y, sure)["calibration_error"] == pytest.approx(0.249)


def test_a_class_without_rows_has_no_area() -> None:
    y = np.array([0, 0, 1])
    table = splits(Table(("x",), class_names=("a", "b", "c")), y)
    scores = describe_predictions(table, y, np.eye(3)[[0, 0, 1]])
    assert "roc_auc" not in scores
    assert scores["balanced_accuracy"] == 1
    rows = describe_classes(y, np.eye(3)[[0, 1, 1]], ("a", "b", "c"))
    assert rows["a"] == (2, 1.0, 0.5)
    assert rows["c"][0] == 0
    assert np.isnan(rows["c"][1:]).all()


def test_numbers_and_series() -> None:
    y = np.array([[1.0], [2.0], [4.0], [8.0]])
    predicted = np.array([[1.0], [3.0], [4.0], [4.0]])
    table = splits(Table(("x",)), y)
    assert describe_predictions(table, y, predicted) == {"median_absolute_error": 0.5}
    series = splits(Series(("a",), "a", lag=1), y)
    scores = describe_predictions(series, y, predicted)
    assert scores["mase"] == pytest.approx(1.25 / ((1 + 2 + 4) / 3))
    assert scores["smape"] == pytest.approx(100 * (0 + 0.4 + 0 + 8 / 12) / 4)


def test_weights_are_those_of_scikit_learn() -> None:
    generator = np.random.default_rng(1)
    y, weight = generator.integers(0, 3, 200), generator.integers(1, 5, 200).astype("float32")
    p = generator.dirichlet(np.ones(3), 200) + 0.5 * np.eye(3)[y]
    p /= p.sum(axis=1, keepdims=True)
    table = splits(Table(("x",), class_names=("a", "b", "c")), y)
    found = p.argmax(axis=1)
    scores = score_predictions(table, y, p, weight=weight)
    scores |= describe_predictions(table, y, p, weight)
    both = {"sample_weight": weight}
    expected = {
        "accuracy": metrics.accuracy_score(y, found, **both),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, found, **both),
        "macro_f1": metrics.f1_score(y, found, average="macro", **both),
        "log_loss": metrics.log_loss(y, p, **both),
        "roc_auc": metrics.roc_auc_score(y, p, multi_class="ovr", **both),
    }
    assert {name: scores[name] for name in expected} == pytest.approx(expected, rel=1e-6)
    classes = describe_classes(y, p, ("a", "b", "c"), weight)
    for index, name in enumerate("abc"):
        each = {"labels": [index], "average": None, **both}
        assert classes[name][1] == pytest.approx(metrics.precision_score(y, found, **each)[0])
        assert classes[name][2] == pytest.approx(metrics.recall_score(y, found, **each)[0])
    # A row of weight 2 counts as two rows do, in what scikit-learn has no function for.
    twice = np.repeat(np.arange(200), weight.astype(int))
    repeated = describe_predictions(table, y[twice], p[twice])
    for name in ("brier_score", "calibration_error"):
        assert scores[name] == pytest.approx(repeated[name], rel=1e-6)


def test_numbers_and_their_weights() -> None:
    generator = np.random.default_rng(2)
    y, weight = generator.normal(size=(50, 1)), generator.integers(1, 5, 50)
    found = y + generator.normal(size=(50, 1))
    table = splits(Table(("x",)), y)
    both = {"sample_weight": weight}
    scores = score_predictions(table, y, found, weight=weight)
    scores |= describe_predictions(table, y, found, weight)
    assert scores == pytest.approx(
        {
            "mean_absolute_error": metrics.mean_absolute_error(y, found, **both),
            "root_mean_squared_error": metrics.root_mean_squared_error(y, found, **both),
            "r2_score": metrics.r2_score(y, found, **both),
            "median_absolute_error": metrics.median_absolute_error(y, found, **both),
        }
    )
