"""Dates of a series: found, and read where they can be read in one way only.

`calendar.py` goes on from them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kerazoo.datasets.reading.date_texts import (
    COMPACT,
    LAYOUTS,
    MONTH,
    SAMPLE,
    YEAR,
    Reading,
    clean,
    may_be,
    most_complete,
    read_texts,
    some_of,
)
from kerazoo.errors import InvalidInput

_MOSTLY = 0.8  # share of dates from which on a column is meant to hold dates
_SAYS_DATE = re.compile(
    r"date|day|time|month|year|when|period|stamp|ymd|datum|fecha|날짜|일자|일시|시각|시간|기준일|年|日",
    re.IGNORECASE,
)

_SAYS_YEAR = re.compile(
    r"year|^yr$|^연$|연도|년도|^년$|^年|年度|^jahr$|^año$|^année$", re.IGNORECASE
)


@dataclass(frozen=True)
class Dates:
    """A column of dates.

    Args:
        local: as the clock on the wall showed them, without a zone.
        instants: the same in UTC if they have a zone: no hour is missing or twice in these.
        note: what was assumed, in a sentence; `""` if nothing was.
    """

    local: pd.DatetimeIndex
    instants: pd.DatetimeIndex
    note: str = ""


def find_dates(frame: pd.DataFrame, others: Sequence[str] = (), source: str = "the series") -> str:
    """Return the first column that holds nothing but dates, `""` if there is none.

    A number is no date, but for one such as 20230720 whose column's name or regular step says so,
    and for years that rise from row to row, or fall, in a column whose name says so.

    Args:
        frame: texts, or what pandas has read.
        others: columns that are surely something else.
        source: what an error is about.

    Raises:
        InvalidInput: if the only column of dates can be read in two ways, or some of its cells are
            no dates.
    """
    doubtful = []
    for column in frame.columns.difference(list(others), sort=False):
        cells = frame[column]
        if _is_time(cells):
            return str(column)
        share, readings = _read_likely(cells, str(column))
        if share == 1 and len(readings) == 1:
            return str(column)
        if share >= _MOSTLY and len(cells) > 1:
            doubtful.append(column)
    if doubtful:
        parse_dates(frame[doubtful[0]], str(doubtful[0]), source)  # says what is wrong with it
    return ""


def are_dates(cells: pd.Series, column: str) -> bool:
    """Tell whether cells, none of which is empty, are surely dates, and can be read in one way.

    Args:
        cells: texts, or what pandas has read.
        column: its name, which may say so of numbers such as 20230720.
    """
    if _is_time(cells):
        return True
    share, readings = _read_likely(cells.reset_index(drop=True), column)
    return share == 1 and len(readings) == 1


def find_years(frame: pd.DataFrame) -> str:
    """Return the first column of years by its name and its cells, `""` if there is none.

    Args:
        frame: the rows of one series, where a file holds several: each has the same years.
    """
    columns = [str(column) for column in frame.columns if _SAYS_YEAR.search(str(column))]
    return next((column for column in columns if are_dates(frame[column], column)), "")


def are_in_two_ways(cells: pd.Series, column: str) -> bool:
    """Tell whether cells are dates each by itself, but not all in one way, or in more than one.

    Args:
        cells: texts, none of which is empty.
        column: its name.
    """
    text = clean(some_of(cells.reset_index(drop=True)))
    readings = list(read_texts(text, LAYOUTS))
    return bool(readings) and bool(
        np.logical_or.reduce([reading.local.notna() for reading in readings]).all()
    )


def looks_like_dates(frame: pd.DataFrame, others: Sequence[str] = ()) -> str:
    """Return a column that may be meant as dates, `""` if none is."""
    columns = [str(column) for column in frame.columns if column not in others]
    for column in columns:
        if _read_likely(frame[column], column)[0] > 0:
            return column
        if clean(frame[column].iloc[:SAMPLE]).str.match(rf"^\d*\W*{MONTH}\W*\d+$").all():
            return column  # Jan-24: of January 24 or of 2024
    return next((column for column in columns if _SAYS_DATE.search(column)), "")


def parse_dates(cells: pd.Series, column: str, source: str) -> Dates:
    """Read a column of dates; times with an offset keep their local days and hours.

    Raises:
        InvalidInput: if a cell is not a date, or may mean two.
    """
    if isinstance(cells.dtype, pd.PeriodDtype):
        cells = cells.dt.to_timestamp()
    if pd.api.types.is_datetime64_any_dtype(cells):
        _refuse(cells.isna(), cells, column, source)
        index = pd.DatetimeIndex(cells)
        local = index.tz_localize(None)
        return Dates(local, local if index.tz is None else index.tz_convert(None))
    return _in_one_zone(_read_surely(cells, column, source), column)


def read_days(
    cells: pd.Series,
    column: str,
    source: str,
    *,
    order: str = "",
    bad: dict[int, str] | None = None,
) -> tuple[np.ndarray, str]:
    """Read a column of dates, none of which is empty, each as the clock on the wall showed it.

    Args:
        cells: texts, or what pandas has read.
        column: its name.
        source: the table, for messages.
        order: one of `ORDERS`, in which such a column was written before: it decides.
        bad: takes, by the index of a cell, what is wrong with it; by default it is refused.

    Returns:
        Days since 1970-01-01, NaN for those that are wrong; and one of `ORDERS` if the dates could
        be read in that one only, otherwise `""`.

    Raises:
        InvalidInput: if a cell is not a date, or may mean two.
    """
    if _holds_times(cells):
        times, written = parse_dates(cells, column, source).local.to_numpy(), ""
    else:
        found = _read_surely(cells, column, source, order=order, bad=bad)
        times, written = found.local.to_numpy(), found.order
    since = times.astype("datetime64[us]") - np.datetime64(0, "us")
    return since / np.timedelta64(1, "D"), written


def _read_surely(
    cells: pd.Series,
    column: str,
    source: str,
    *,
    order: str = "",
    bad: dict[int, str] | None = None,
) -> Reading:
    """Return the only way to read all of the cells."""
    text = clean(cells)
    readings = most_complete([*read_texts(text, (*LAYOUTS, *COMPACT)), *read_texts(text, YEAR)])
    readings = [one for one in readings if order and one.order == order] or readings
    if not readings:
        nothing = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us]")
        readings = [Reading(nothing, pd.Series(np.nan, index=cells.index), False)]
    dates = readings[0]
    _refuse(dates.local.isna(), cells, column, source, bad)
    if len(readings) > 1:
        other = readings[1]
        differs = dates.local.notna() & other.local.notna() & (dates.local != other.local)
        for row in np.flatnonzero(differs).tolist():
            wrong = (
                f"{source}: {str(cells.iloc[row])!r} in column {column!r} can be read in two ways, "
                f"as {show_date(dates.local.iloc[row])} and as "
                f"{show_date(other.local.iloc[row])}; write dates as 2020-12-31."
            )
            if bad is None:
                raise InvalidInput(wrong)
            bad[int(cells.index[row])] = wrong
    return dates


def show_date(date: pd.Timestamp) -> str:
    """Return a date as text, with the time of the day only if it has one.

    Example:
        >>> show_date(pd.Timestamp("2024-01-05")), show_date(pd.Timestamp("2024-01-05 06:30"))
        ('2024-01-05', '2024-01-05 06:30:00')
    """
    return date.date().isoformat() if date == date.normalize() else date.isoformat(" ")


def _is_time(cells: pd.Series) -> bool:
    return _holds_times(cells) and not bool(cells.isna().any())


def _holds_times(cells: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(cells) or isinstance(cells.dtype, pd.PeriodDtype)


def _read_likely(cells: pd.Series, column: str) -> tuple[float, list[Reading]]:
    """Return the share of cells that are dates, of those that are not empty, and the readings."""
    if pd.api.types.is_bool_dtype(cells) or pd.api.types.is_float_dtype(cells):
        return 0.0, []
    some = clean(some_of(cells)).tolist()
    if not any(may_be(some, pattern) for pattern, _ in (*LAYOUTS, *COMPACT, *YEAR)):
        return 0.0, []
    text = clean(cells)
    filled = int((text != "").sum())
    readings = most_complete(read_texts(text, LAYOUTS))
    if not readings:
        readings = [
            reading
            for reading in most_complete(read_texts(text, COMPACT))
            if _SAYS_DATE.search(column) or _has_regular_step(reading.local)
        ]
    if not readings and _SAYS_YEAR.search(column):
        # A year that is there twice is a property of a row, not its time.
        readings = [one for one in read_texts(text, YEAR) if _has_one_direction(one.local)]
    if not readings or filled == 0:
        return 0.0, []
    found = int(readings[0].local.notna().sum())
    # An empty cell is no date either, but no sign that others are not.
    return (1.0 if found == len(text) else min(found / filled, 0.999)), readings


def _has_regular_step(local: pd.Series) -> bool:
    if len(local) < 3:
        return False
    steps = np.diff(local.to_numpy())
    _, counts = np.unique(steps, return_counts=True)
    return _has_one_direction(local) and bool(counts.max() >= 0.6 * len(steps))


def _has_one_direction(local: pd.Series) -> bool:
    if local.isna().any() or len(local) < 3:
        return False
    steps = np.diff(local.to_numpy())
    return bool((steps > np.timedelta64(0)).all() or (steps < np.timedelta64(0)).all())


def _refuse(
    wrong: pd.Series,
    cells: pd.Series,
    column: str,
    source: str,
    bad: dict[int, str] | None = None,
) -> None:
    """Refuse a column if a cell is wrong, or say of each which it is."""
    for row in np.flatnonzero(wrong).tolist():
        cell = cells.iloc[row]
        what = "empty" if pd.isna(cell) or not str(cell).strip() else repr(str(cell)[:40])
        message = (
            f"{source}: row {int(cells.index[row]) + 1}, column {column!r} is {what}; expected a "
            "date, such as 2020-12-31. Mend that row or leave it out."
        )
        if bad is None:
            raise InvalidInput(message)
        bad[int(cells.index[row])] = message


def _in_one_zone(dates: Reading, column: str) -> Dates:
    """Keep local times, unless offsets differ by more than summer time makes them differ."""
    local = pd.DatetimeIndex(dates.local)
    notes = []
    if dates.short_years:
        notes.append(
            f"years of two digits in {column!r} were read as {local.min().year} to "
            f"{local.max().year}"
        )
    known = dates.offset.dropna()
    if len(known) == 0:
        return Dates(local, local, "; ".join(notes))
    minutes = dates.offset.fillna(0).to_numpy()
    instants = local - pd.to_timedelta(minutes, unit="m")
    if len(known) < len(dates.offset) or len(known.unique()) > 2 or np.ptp(minutes) > 60:
        notes.append(f"times in {column!r} are of several zones and were turned into UTC")
        return Dates(instants, instants, "; ".join(notes))
    return Dates(local, instants, "; ".join(notes))
