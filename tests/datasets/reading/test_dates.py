"""Dates are read where they stand, whatever they look like: fast where all cells look alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets.reading import date_texts
from kerazoo.datasets.reading.dates import find_dates, parse_dates
from kerazoo.datasets.reading.many import read_many


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


@pytest.mark.parametrize(
    ("name", "years", "found"),
    [
        ("year", [1950, 1951, 1952, 1953], True),
        ("Year", ["2003", "2002", "2001", "2000"], True),  # the newest first
        ("연도", ["1950년", "1955년", "1960년", "1965년"], True),
        ("fiscal_year", [1990, 1995, 1996, 1997], True),
        ("year", [1950, 1951, 1951, 1952], False),  # of a wine, not of the row
        ("year", [1950, 1952, 1951, 1953], False),
        ("weight", [1950, 1951, 1952, 1953], False),
        ("year", [1950.5, 1951.5, 1952.5, 1953.5], False),
    ],
)
def test_years_are_dates_where_name_and_order_say_so(
    name: str, years: list[object], found: bool
) -> None:
    frame = pd.DataFrame({"x": [1.5, 2.5, 0.5, 7.5], name: years})
    assert find_dates(frame) == (name if found else "")
    if found:
        first = parse_dates(frame[name], name, "it").local[0]
        assert first == pd.Timestamp(int(str(years[0])[:4]), 1, 1)


def test_years_of_several_series_are_those_of_each() -> None:
    of_one = pd.DataFrame({"year": range(2000, 2010), "gdp": np.arange(10.0)})
    panel = pd.concat([of_one.assign(country=name) for name in ("KR", "JP")])
    tables = read_many(panel, "country", needed=("gdp",))
    dates = tables["JP"].dates
    assert dates is not None
    assert (dates[0].year, dates[-1].year) == (2000, 2009)
