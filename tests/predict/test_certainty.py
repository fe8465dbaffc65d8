"""Sets and intervals that hold the truth as often as was asked for."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.predict import Predictor, load_predictor
from kerazoo.predict.certainty import with_coverage
from kerazoo.saved.calibration import calibrate_classes, tempered
from tests.saved_networks import forge


class Given:
    """A network that gives back what it gets: rows of probabilities."""

    bytes_per_row = 4

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        return rows


@pytest.mark.parametrize("sets", ["plain", "adaptive", "each-class"])
def test_sets_hold_the_truth_of_the_rows_they_were_made_from(wine, sets):
    x, y = wine.splits.validation
    truth = np.asarray(y).argmax(axis=1) if np.ndim(y) > 1 else np.asarray(y)
    answer = load_predictor(wine.path).predict(x, coverage=0.8, sets=sets)
    assert answer.coverage == 0.8
    held = answer.in_set[np.arange(len(truth)), truth]
    shares = [held.mean()]
    if sets == "each-class":
        shares = [held[truth == label].mean() for label in np.unique(truth)]
    assert min(shares) >= 0.8
    if sets == "plain":
        assert max(shares) <= 0.8 + 2 / len(truth) + 1e-9
    else:
        assert answer.in_set.any(axis=1).all() or sets == "each-class"


def test_a_set_lists_classes_the_most_probable_first(wine):
    answer = load_predictor(wine.path).predict(wine.splits.test.x[:50], coverage=0.95)
    for row, classes in enumerate(answer.sets):
        assert len(classes) == answer.in_set[row].sum()
        shares = [answer.probabilities[row, answer.class_names.index(name)] for name in classes]
        assert shares == sorted(shares, reverse=True)
    frame = answer.to_frame()
    assert frame["set"].tolist() == answer.sets
    assert load_predictor(wine.path).predict(wine.splits.test.x[:2]).sets is None


def test_an_unsure_row_has_an_empty_set_if_others_are_sure(wine):
    sure = np.tile([[0.98, 0.01, 0.01]], (200, 1)).astype("float32")
    found = calibrate_classes(sure, np.zeros(200, int))
    card = dataclasses.replace(load_predictor(wine.path).card, calibration=found)
    rows = np.array([[0.98, 0.01, 0.01], [0.4, 0.3, 0.3]], "float32")
    plain = Predictor(card, Given(), "litert").predict_array(rows)
    assert with_coverage(plain, card, 0.9).sets == [("bad",), ()]
    assert with_coverage(plain, card, 0.9, "adaptive").sets == [("bad",), ("bad",)]
    # Nothing is known of the other two classes, so that no set may leave them out.
    assert with_coverage(plain, card, 0.9, "each-class").in_set[:, 1:].all()


def test_intervals_of_numbers_have_one_width(boston):
    x, y = boston.splits.validation
    answer = load_predictor(boston.path).predict(x, coverage=0.9)
    low, high = answer.interval.T
    assert 0.9 <= np.mean((low <= y.ravel()) & (y.ravel() <= high)) <= 0.9 + 2 / len(y)
    np.testing.assert_allclose(low + high, 2 * answer.values[:, 0], rtol=1e-4)
    assert np.ptp(high - low) < 1e-3
    assert list(answer.to_frame()) == ["prediction", "lower", "upper"]


def test_probabilities_are_calibrated_and_values_are_not(wine, tmp_path):
    copy = Path(shutil.copytree(wine.path, tmp_path / "copy"))
    forge(copy, lambda plain: plain["calibration"].update(temperature=2.0))
    x = wine.splits.test.x[:20]
    answer = load_predictor(copy).predict(x)
    raw = np.asarray(wine.model(x))
    np.testing.assert_allclose(answer.values, raw, atol=1e-5)
    np.testing.assert_allclose(answer.probabilities, tempered(raw, 2.0), atol=1e-5)
    np.testing.assert_allclose(answer.probabilities.sum(axis=1), 1, atol=1e-5)
    assert answer.labels.tolist() == load_predictor(wine.path).predict(x).labels.tolist()


def test_both_runtimes_agree(wine):
    x = wine.splits.test.x[:30]
    one, two = (
        load_predictor(wine.path, runtime).predict(x, coverage=0.9)
        for runtime in ("litert", "keras")
    )
    np.testing.assert_allclose(one.probabilities, two.probabilities, atol=1e-5)
    assert (one.in_set == two.in_set).mean() > 0.98


@pytest.mark.parametrize("coverage", [0, 1, 0.0, 1.0, -0.5, 2, float("nan"), "0.9", True])
def test_a_coverage_is_between_0_and_1(wine, coverage):
    with pytest.raises(InvalidInput, match="above 0 and below 1"):
        load_predictor(wine.path).predict(wine.splits.test.x[:2], coverage=coverage)


def test_what_cannot_be_told_is_refused(wine, boston, tmp_path):
    x = wine.splits.test.x[:2]
    with pytest.raises(InvalidInput, match=r"takes more rows than the \d+ .*is the most"):
        load_predictor(boston.path).predict(boston.splits.test.x[:2], coverage=0.999)
    with pytest.raises(InvalidInput, match="one of plain, adaptive, each-class"):
        load_predictor(wine.path).predict(x, coverage=0.9, sets="small")
    with pytest.raises(InvalidInput, match="sets of classes take a classifier"):
        load_predictor(boston.path).predict(boston.splits.test.x, coverage=0.9, sets="adaptive")
    copy = Path(shutil.copytree(wine.path, tmp_path / "old"))
    forge(copy, lambda plain: plain.pop("calibration"))
    with pytest.raises(KerazooError, match=r"no scores .* kerazoo calibrate MODEL --data PATH"):
        load_predictor(copy).predict(x, coverage=0.9)


def test_of_rows_that_were_trained_on_nothing_is_learned(xor):
    predictor = load_predictor(xor.path)
    assert predictor.card.calibration is None
    with pytest.raises(KerazooError, match="no scores"):
        predictor.predict(xor.splits.test.x, coverage=0.5)


def test_classes_of_a_single_output():
    sure = np.tile([[0.9]], (40, 1)).astype("float32")
    found = calibrate_classes(np.concatenate([1 - sure, sure], axis=1), np.ones(40, int))
    card = dataclasses.replace(load_predictor("xor").card, calibration=found)
    answer = Predictor(card, Given(), "litert").predict_array(np.array([[0.95], [0.5]], "float32"))
    assert with_coverage(answer, card, 0.9).sets == [("1",), ()]
