"""Rows that name their cells are read by name, whatever order they come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kerazoo.errors import InvalidInput
from kerazoo.predict import load_predictor


@pytest.fixture(scope="module")
def predictor(wine):
    return load_predictor(wine.path)


FORMS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "list of Series": lambda frame: [row for _, row in frame.iterrows()],
    "named tuples": lambda frame: list(frame.itertuples(index=False)),
    "structured array": lambda frame: frame.to_records(index=False),
    "list of structured rows": lambda frame: list(frame.to_records(index=False)),
}


@pytest.mark.parametrize("form", FORMS)
def test_rows_in_another_order(predictor, wine, form):
    frame = pd.DataFrame(wine.splits.test.x[:3], columns=list(wine.splits.feature_names))
    permuted = frame[[*frame.columns[1:], frame.columns[0]]]
    expected = predictor.predict(frame).values
    np.testing.assert_array_equal(predictor.predict(FORMS[form](permuted)).values, expected)


def test_one_series_in_another_order(predictor, wine):
    frame = pd.DataFrame(wine.splits.test.x[:1], columns=list(wine.splits.feature_names))
    row = frame.iloc[0]
    # The kind of wine stays the last one: nothing but the names tells the others apart.
    permuted = row.iloc[[*range(10, -1, -1), 11]]
    expected = predictor.predict(frame).values
    np.testing.assert_array_equal(predictor.predict(permuted).values, expected)
    np.testing.assert_array_equal(predictor.predict(row.reset_index(drop=True)).values, expected)
    with pytest.raises(InvalidInput, match="the column 'alcohol' is missing"):
        predictor.predict(row.drop("alcohol"))


def test_masked_values_are_refused(predictor, wine):
    rows = np.ma.masked_array(wine.splits.test.x[:2], mask=False)
    assert len(predictor.predict(rows)) == 2
    rows[1, 3] = np.ma.masked
    with pytest.raises(InvalidInput, match="masked array with 1 value masked"):
        predictor.predict(rows)


@pytest.mark.parametrize("rows", [None, (row for row in [1]), b"abc", {1, 2}])
def test_what_is_no_rows_is_named(predictor, rows):
    with pytest.raises(InvalidInput, match=f"input is a {type(rows).__name__}; expected an array"):
        predictor.predict(rows)


@pytest.mark.parametrize("size", [0, "5", 2.5])
def test_batch_size(predictor, wine, size):
    with pytest.raises(InvalidInput, match=f"batch_size is {size!r}; expected a whole number"):
        predictor.predict(wine.splits.test.x[:2], batch_size=size)
