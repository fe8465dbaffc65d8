"""Windows: by hand, and against the definition for any length, lag and horizon."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kerazoo
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.windows import cut_windows, split_windows, with_weekdays

ROWS = np.array([[0, 10], [1, 11], [2, 12], [3, 13], [4, 14], [5, 15]], "float32")


def test_windows_by_hand() -> None:
    x, y = cut_windows(ROWS, ROWS[:, 1], lag=3, horizon=2)
    assert x.tolist() == [
        [[0, 10], [1, 11], [2, 12]],
        [[1, 11], [2, 12], [3, 13]],
    ]
    assert y.tolist() == [[13, 14], [14, 15]]


@given(st.integers(0, 30), st.integers(1, 9), st.integers(1, 5), st.integers(1, 3))
def test_windows_are_those_of_the_definition(
    rows: int, lag: int, horizon: int, columns: int
) -> None:
    values = np.random.default_rng(0).normal(size=(rows, columns))
    x, y = cut_windows(values, values[:, 0], lag, horizon)
    pairs = range(rows - lag - horizon + 1)
    assert (len(x), len(y)) == (len(pairs), len(pairs))
    assert x.shape[1:] == (lag, columns)
    assert y.shape[1:] == (horizon,)
    for pair in pairs:
        np.testing.assert_array_equal(x[pair], values[pair : pair + lag])
        np.testing.assert_array_equal(y[pair], values[pair + lag : pair + lag + horizon, 0])


def test_nothing_is_copied() -> None:
    values = np.zeros((100_000, 3), "float32")
    x, y = cut_windows(values, values[:, 1], lag=500)
    assert np.shares_memory(x, values)
    assert np.shares_memory(y, values)


def test_the_next_day_is_told_in_every_row() -> None:
    monday_to_thursday = np.array([0, 1, 2, 3])
    rows = with_weekdays(np.zeros((3, 1)), monday_to_thursday, (1, 3))
    assert rows[:, 1:].tolist() == [[1, 0], [0, 0], [0, 1]]


@given(st.integers(1, 6), st.integers(1, 3), st.integers(10, 20), st.integers(22, 32))
def test_each_part_predicts_its_own_rows_and_no_other(
    lag: int, horizon: int, validation: int, test: int
) -> None:
    time = np.arange(40, dtype="float32")
    series = Series(("time",), "time", lag, horizon)
    if min(validation - lag, test - validation) < horizon:
        return
    splits = split_windows(time[:, np.newaxis], None, series, validation=validation, test=test)
    bounds = {"train": (lag, validation), "validation": (validation, test), "test": (test, 40)}
    for name, (first, end) in bounds.items():
        part = getattr(splits, name)
        assert np.unique(part.y).tolist() == list(range(first, end)), name
        # A window ends right before what it predicts, and nothing later is in it.
        assert (part.x[:, -1, 0] == part.y[:, 0] - 1).all()
        assert (np.diff(part.x[:, :, 0]) == 1).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lag": 0}, "lag is 0"),
        ({"horizon": 0}, "horizon is 0"),
        ({"lag": 4}, "6 rows are too few: with lag 4"),
        ({"horizon": 2}, "nothing is left to predict in the validation part"),
    ],
)
def test_what_leaves_no_window_is_refused(change: dict[str, int], message: str) -> None:
    series = Series(**{"columns": ("a", "b"), "target": "b", "lag": 2, **change})
    with pytest.raises(kerazoo.KerazooError, match=message):
        split_windows(ROWS, None, series, validation=4, test=5)


@pytest.mark.parametrize(
    ("place", "message"), [(0, "nothing to learn from. Leave it out"), (1, "nothing to predict")]
)
def test_a_column_constant_in_the_rows_trained_on_is_refused(place: int, message: str) -> None:
    rows = ROWS.copy()
    rows[:4, place] = 7
    with pytest.raises(kerazoo.InvalidInput, match=f"is 7 in all 4 rows trained on.*{message}"):
        split_windows(rows, None, Series(("a", "b"), "b", lag=2), validation=4, test=5)
