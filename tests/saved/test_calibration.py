"""Temperatures and scores: what they promise, on numbers that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kerazoo.saved.calibration import (
    Scores,
    adaptive_scores,
    calibrate_classes,
    calibrate_numbers,
    fit_temperature,
    tempered,
)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def made_up(
    rows: int, temperature: float, seed: int = 0, classes: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of a network whose logits are `temperature` times too large, and classes."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (rows, classes))
    draws = random.uniform(size=(rows, 1))
    truth = (softmax(logits).cumsum(axis=1) < draws).sum(axis=1)
    return softmax(logits * temperature), np.minimum(truth, classes - 1)


@pytest.mark.parametrize("temperature", [0.5, 1.7, 4.0])
def test_the_temperature_by_which_logits_are_too_large_is_found(temperature):
    probabilities, truth = made_up(20_000, temperature)
    found = fit_temperature(probabilities, truth)
    assert found == pytest.approx(temperature, rel=0.05)
    right, _ = made_up(20_000, 1.0)
    np.testing.assert_allclose(tempered(probabilities, temperature), right, atol=1e-6)


def test_it_stays_1_where_nothing_is_to_be_gained_or_too_few_rows_tell():
    assert fit_temperature(*made_up(90, 5.0)) == 1.0
    kept = [fit_temperature(*made_up(200, 1.0, seed)) for seed in range(20)]
    assert kept.count(1.0) >= 12  # chance makes each half prefer something else
    assert fit_temperature(*made_up(400, 5.0)) > 2


def test_rows_without_a_mistake_tell_no_temperature():
    """The colder the likelier; and at the coldest, all scores would be 0, and all sets alike."""
    random = np.random.default_rng(0)
    right = random.uniform(0.7, 0.999, 400)
    p = np.stack([right, 1 - right], axis=1)
    truth = np.zeros(400, int)
    assert fit_temperature(p, truth) == 1.0
    found = calibrate_classes(p[:200], truth[:200])
    limit = found.scores["plain"].limit(0.9)
    assert (1 - p[200:, 0] <= limit).mean() == pytest.approx(0.9, abs=0.06)


def test_rows_that_count_twice_are_as_two_rows():
    probabilities, truth = made_up(1000, 2.0)
    weights = np.where(truth == 0, 2.0, 1.0)
    again = np.repeat(np.arange(1000), weights.astype(int))
    weighed = fit_temperature(probabilities, truth, weights)
    assert weighed == pytest.approx(fit_temperature(probabilities[again], truth[again]), rel=0.02)
    scores = np.random.default_rng(0).uniform(size=1000)
    one, two = Scores.of(scores, weights), Scores.of(scores[again])
    assert one.limit(0.9) == pytest.approx(two.limit(0.9), abs=0.01)


def test_answers_of_0_and_1_stay_what_they_are():
    certain = np.array([[1.0, 0.0], [0.0, 1.0]], "float32")
    np.testing.assert_array_equal(tempered(certain, 3.0), certain)
    assert tempered(certain, 1.0) is certain


@pytest.mark.parametrize("rows", [9, 10, 99, 1000, 1001, 12_345])
@pytest.mark.parametrize("coverage", [0.5, 0.9, 0.99])
def test_a_limit_is_the_score_of_the_rank_that_coverage_takes(rows, coverage):
    values = np.arange(1.0, rows + 1)
    limit = Scores.of(np.random.default_rng(0).permutation(values)).limit(coverage)
    rank = math.ceil((rows + 1) * coverage - 1e-9)
    if rank > rows:
        assert limit == math.inf
    else:  # at most a thousandth of the rows is kept in between
        assert rank <= limit < rank + max(1, rows / 1000) + 1


def test_coverage_is_what_was_asked_for_on_rows_like_those():
    """Over many draws, the mean coverage is between the asked and one row more."""
    shares = []
    for seed in range(200):
        random = np.random.default_rng(seed)
        known, new = random.normal(size=(2, 200))
        found = calibrate_numbers(np.zeros(200), known)
        shares.append(np.mean(np.abs(new) <= found.scores["distance"].limit(0.9)))
    assert 0.9 - 0.005 <= np.mean(shares) <= 0.9 + 1 / 201 + 0.005


def test_adaptive_scores_are_the_probabilities_above():
    scores = adaptive_scores(np.array([[0.1, 0.6, 0.3], [0.5, 0.5, 0.0]]))
    np.testing.assert_allclose(scores, [[0.9, 0, 0.6], [0, 0.5, 1]], atol=1e-6)


def test_a_class_that_was_never_seen_has_no_scores():
    probabilities, truth = made_up(300, 1.0)
    found = calibrate_classes(probabilities, np.minimum(truth, 1))
    assert [scores.rows > 0 for scores in found.each_class] == [True, True, False]
    assert found.each_class[2].limit(0.1) == math.inf


def test_many_classes_make_no_large_card():
    probabilities, truth = made_up(5000, 1.0, classes=200)
    found = calibrate_classes(probabilities, truth)
    kept = sum(scores.values.shape[0] for scores in found.each_class)
    assert kept <= 20_000
    assert found.scores["plain"].values.shape == (1000,)
