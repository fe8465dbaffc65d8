"""Two networks on the same rows: the tests decide as they should, and refuse what has no pairs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.stats import binomtest, permutation_test

from kerazoo.errors import KerazooError
from kerazoo.experiments.comparing import Answered, check_comparable, compare_answers, verdict
from kerazoo.saved import load_card


def of_numbers(truth, errors, *, rows=None, by_row=False, **more) -> Answered:
    truth, errors = np.asarray(truth, float), np.asarray(errors, float)
    rows = np.arange(len(truth)) if rows is None else np.asarray(rows)
    columns = {"row": rows, "truth": truth, "answer": truth + errors, "error": errors, **more}
    return Answered("boston", load_card("boston"), columns, by_row)


def of_classes(right, rows=None, by_row=False) -> Answered:
    right = np.asarray(right)
    rows = np.arange(len(right)) if rows is None else np.asarray(rows)
    columns = {"row": rows, "truth": np.full(len(right), "a"), "right": right}
    return Answered("xor", load_card("xor"), columns, by_row)


@pytest.mark.parametrize(("first", "second"), [(12, 3), (3, 12), (5, 4), (0, 0)])
def test_classes_are_decided_by_the_rows_that_one_alone_gets_right(first, second) -> None:
    one = [1] * first + [0] * second + [1] * 30
    two = [0] * first + [1] * second + [1] * 30
    found = compare_answers(of_classes(one), of_classes(two))
    assert found.alone == (first, second)
    expected = binomtest(first, first + second).pvalue if first + second else 1.0
    assert found.p == pytest.approx(expected)
    assert found.better == (None if expected >= 0.05 else int(second > first))
    assert found.difference == pytest.approx((first - second) / len(one))


def test_numbers_are_decided_as_the_permutation_test_of_scipy_does() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(size=40)
    one, two = random.normal(0, 1, 40), random.normal(0, 1.5, 40)
    found = compare_answers(of_numbers(truth, one), of_numbers(truth, two))
    expected = permutation_test(
        (np.abs(one) - np.abs(two),),
        lambda d, axis: d.mean(axis=axis),
        permutation_type="samples",
        n_resamples=10_000,
        vectorized=True,
        random_state=1,
    )
    assert found.p == pytest.approx(expected.pvalue, abs=0.02)
    assert found.scores == pytest.approx((np.abs(one).mean(), np.abs(two).mean()))
    low, high = found.interval
    assert low < found.difference < high


def test_of_equal_networks_one_in_twenty_is_called_better_and_of_unequal_most() -> None:
    random = np.random.default_rng(1)
    truth = np.zeros(60)
    decided = {1.0: 0, 2.0: 0}
    for spread in decided:
        for _ in range(20):
            one = of_numbers(truth, random.normal(0, 1, 60))
            two = of_numbers(truth, random.normal(0, spread, 60))
            decided[spread] += compare_answers(one, two).better is not None
    assert decided[1.0] <= 5
    assert decided[2.0] >= 15


def test_rows_of_a_series_that_follow_each_other_do_not_count_as_many() -> None:
    """Errors that wander slowly look as if they differed, were each row news."""
    random = np.random.default_rng(2)
    wrong = {"series": 0, "table": 0}
    for _ in range(12):
        steps = random.normal(size=(400, 2))
        wander = np.zeros((400, 2))
        for at in range(1, 400):
            wander[at] = 0.7 * wander[at - 1] + steps[at]
        for kind in wrong:
            more = {"ahead": np.ones(400, int)} if kind == "series" else {}
            pair = [of_numbers(np.zeros(400), 5 + column, **more) for column in wander.T]
            wrong[kind] += compare_answers(*pair).better is not None
    assert wrong["series"] < wrong["table"]


def test_of_two_test_parts_of_one_file_the_rows_of_both_count() -> None:
    one = of_classes([1, 1, 0, 1], rows=[3, 5, 8, 9], by_row=True)
    two = of_classes([0, 1, 1], rows=[9, 8, 2], by_row=True)
    found = compare_answers(one, two)
    assert (found.rows, found.scores) == (2, (0.5, 0.5))
    with pytest.raises(KerazooError, match="no row is in the test part of both"):
        compare_answers(one, of_classes([1], rows=[4], by_row=True))


@pytest.mark.parametrize("truth", [[1, 2, 3, 5], [1, 2, 3]])
def test_other_rows_are_refused(truth) -> None:
    one = of_numbers([1, 2, 3, 4], [0] * 4)
    with pytest.raises(KerazooError, match="judged on other rows"):
        compare_answers(one, of_numbers(truth, [0] * len(truth)))


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("boston", "hitters"), "predicts MEDV, and hitters Salary"),
        (("wine_binary", "wine_multiclass"), "other classes"),
        (("cnn", "cifar_cnn"), "other classes"),
        (("cnn", "boston"), "do not answer the same question"),
    ],
)
def test_other_questions_are_refused(pair, message) -> None:
    with pytest.raises(KerazooError, match=message):
        check_comparable(pair, tuple(load_card(name) for name in pair))


def test_classes_in_another_order_are_the_same_classes() -> None:
    card = load_card("wine_binary")
    turned = dataclasses.replace(card.about, class_names=card.about.class_names[::-1])
    check_comparable(("a", "b"), (card, dataclasses.replace(card, about=turned)))


def test_the_verdict_names_the_better_one() -> None:
    found = compare_answers(of_classes([0] * 20), of_classes([1] * 20))
    assert verdict(("a", "b"), found) == "b is better than a on these 20 rows (p < 0.0001)."
