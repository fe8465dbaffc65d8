"""Shapley values beside what is known of them in closed form."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from kerazoo.predict.shapley import exact_values, sampled_values


def linear(rows: np.ndarray) -> np.ndarray:
    """Two answers, each a weighted sum of the columns."""
    columns = rows.shape[1]
    weights = np.stack([np.arange(1.0, columns + 1), np.linspace(-1, 1, columns)], axis=1)
    return rows @ weights


def products(rows: np.ndarray) -> np.ndarray:
    return (rows[:, :1] * rows[:, 1:2] + np.sin(rows[:, 2:3]) * rows[:, 3:4]) ** 2


def by_definition(answer, row, known) -> np.ndarray:
    """The mean over all orders, one at a time."""
    columns = len(row)
    total = 0.0
    for order in itertools.permutations(range(columns)):
        rows, last = known.copy(), answer(known).mean(axis=0)
        gains = np.zeros((columns, len(last)))
        for column in order:
            rows[:, column] = row[column]
            now = answer(rows).mean(axis=0)
            gains[column], last = now - last, now
        total = total + gains
    return total / math.factorial(columns)


@pytest.mark.parametrize("columns", [1, 2, 12])
def test_of_a_linear_network_a_value_is_the_weight_times_the_distance_from_the_mean(columns):
    random = np.random.default_rng(0)
    row, known = random.normal(size=columns), random.normal(size=(7, columns))
    wanted = linear(np.diag(row - known.mean(axis=0)))
    np.testing.assert_allclose(exact_values(linear, row, known), wanted, atol=1e-10)


def test_they_are_the_mean_over_all_orders():
    random = np.random.default_rng(1)
    row, known = random.normal(size=5), random.normal(size=(9, 5))
    exact = exact_values(products, row, known)
    np.testing.assert_allclose(exact, by_definition(products, row, known), atol=1e-10)
    assert exact[4] == 0  # no answer depends on it
    gap = products(row[np.newaxis]) - products(known).mean(axis=0)
    np.testing.assert_allclose(exact.sum(axis=0), gap[0], atol=1e-10)


def test_constant_columns_and_equal_empty_cells_add_nothing():
    known = np.array([[1.0, np.nan, 2.0], [1.0, np.nan, 4.0]])
    asked = []

    def answer(rows: np.ndarray) -> np.ndarray:
        asked.append(len(rows))
        return np.nan_to_num(rows, nan=100).sum(axis=1, keepdims=True)

    values = exact_values(answer, np.array([1.0, np.nan, 9.0]), known)
    assert values.tolist() == [[0.0], [0.0], [6.0]]
    assert sum(asked) == 4  # coalitions of the one column that differs
    same = exact_values(answer, known[0], known[:1])
    assert same.tolist() == [[0.0]] * 3


@pytest.mark.parametrize("stored", [1, 2, 20])
def test_sampled_values_are_within_their_stated_error(stored):
    random = np.random.default_rng(2)
    row, known = random.normal(size=6), random.normal(size=(stored, 6))
    exact = exact_values(products, row, known)
    distances = []
    for seed in range(10):
        values, error = sampled_values(products, row, known, seed, pairs=200)
        np.testing.assert_allclose(values.sum(axis=0), exact.sum(axis=0), atol=1e-9)
        moving = error[:, 0] > 1e-9
        distances += ((values - exact)[moving, 0] / error[moving, 0]).tolist()
    # Stored rows are taken in turn, which only makes the error smaller than stated.
    assert np.sqrt(np.mean(np.square(distances))) < 1.3
    assert np.abs(distances).max() < 5


def test_of_a_linear_network_every_order_tells_the_same():
    random = np.random.default_rng(3)
    row, known = random.normal(size=40), random.normal(size=(8, 40))
    values, error = sampled_values(linear, row, known, pairs=8)
    np.testing.assert_allclose(values, linear(np.diag(row - known.mean(axis=0))), atol=1e-9)
    assert error.shape == values.shape
    again, _ = sampled_values(products, row, known, seed=5, pairs=8)
    np.testing.assert_array_equal(again, sampled_values(products, row, known, 5, pairs=8)[0])
