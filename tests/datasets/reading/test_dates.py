"""Dates are read where they stand, whatever they look like: fast where all cells look alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets.reading import date_texts
from kerazoo.datasets.reading.dates import parse_dates


@pytest.mark.parametrize(
    "form",
    [
        *("%Y-%m-%d", "%d.%m.%Y %H:%M", "%Y%m%d", "%Y/%m/%d %H:%M:%S.%f", "%d/%m/%Y"),
        *("%Y-%m-%dT%H:%M:%S+0900", "%Y-%m", "%d %b %Y", "%m/%d/%Y %I:%M %p"),
    ],
)
def test_cells_that_are_alike_are_read_as_any_others(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are read by position, and others by a pattern."""
    times = pd.date_range("2023-01-13", periods=60, freq="MS" if form == "%Y-%m" else "2D")
    if "M" in form:
        times += pd.Timedelta(hours=13, minutes=5)
    if "S" in form:
        times += pd.Timedelta(seconds=7, milliseconds=250 * ("%f" in form))
    cells = pd.Series(times.strftime(form))
    alike = parse_dates(cells, "day", "it")
    np.testing.assert_array_equal(alike.local, times)
    monkeypatch.setattr(date_texts, "_take_apart_alike", lambda *_: None)
    by_pattern = parse_dates(cells, "day", "it")
    np.testing.assert_array_equal(by_pattern.local, times)
    np.testing.assert_array_equal(by_pattern.instants, alike.instants)


def test_days_that_are_not_there_are_no_dates() -> None:
    cells = pd.Series(["2023-02-27", "2023-02-28", "2023-02-29"])
    with pytest.raises(kerazoo.KerazooError, match="row 3, column 'day' is '2023-02-29'"):
        parse_dates(cells, "day", "it")
    leap = parse_dates(pd.Series(["2024-02-29", "2000-02-29"]), "day", "it").local
    assert [str(one.date()) for one in leap] == ["2024-02-29", "2000-02-29"]
