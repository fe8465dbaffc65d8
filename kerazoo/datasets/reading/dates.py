"""Dates of a series: found, read without guessing, checked for gaps, and continued."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from kerazoo.errors import InvalidInput

_SATURDAY = 5
_ENOUGH = 10  # rows that show whether there are weekends


def find_dates(frame: pd.DataFrame, others: Sequence[str] = ()) -> str:
    """Return the first column that holds nothing but dates, `""` if there is none.

    Args:
        frame: texts, or what pandas has read.
        others: columns that are surely something else.
    """
    for column in frame.columns.difference(list(others), sort=False):
        cells = frame[column]
        if pd.api.types.is_datetime64_any_dtype(cells):
            return column
        if pd.api.types.is_numeric_dtype(cells) or not _is_text_of_dates(cells):
            continue
        return column
    return ""


def parse_dates(cells: pd.Series, column: str, source: str) -> pd.DatetimeIndex:
    """Read a column of dates; times of different zones become UTC.

    Raises:
        InvalidInput: if a cell is not a date, or may mean two.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        dates = cells
    else:
        text = cells.astype(str)
        dates = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
        if dates.isna().any():
            dates = _parse_other_dates(text, dates, column, source)
    if dates.isna().any():
        row = int(dates.isna().to_numpy().argmax())
        raise InvalidInput(
            f"{source}: row {row + 1}, column {column!r} is not a date; expected one such as "
            "2020-12-31."
        )
    index = pd.DatetimeIndex(dates)
    return index if index.tz is None else index.tz_localize(None)


def describe_gaps(dates: pd.DatetimeIndex) -> str:
    """Say where dates are missing; `""` if none are.

    Example:
        >>> describe_gaps(pd.DatetimeIndex(["2024-01-05", "2024-01-08", "2024-01-10"]))
        '1 gap in the dates; the longest, 2 steps, is from 2024-01-08 to 2024-01-10'
    """
    days = dates.normalize()
    if (days == dates).all() and (dates.day_of_week < _SATURDAY).all():
        whole = days.to_numpy().astype("datetime64[D]")
        steps = np.busday_count(whole[:-1], whole[1:]).astype(float)
    else:
        steps = np.diff(dates.to_numpy()).astype("timedelta64[ns]").astype(float)
    if len(steps) == 0:
        return ""
    lengths, counts = np.unique(steps, return_counts=True)
    steps /= lengths[counts.argmax()]
    count, longest = int((steps > 1.5).sum()), int(steps.argmax())
    if count == 0:
        return ""
    return (
        f"{count} gap{'s' if count > 1 else ''} in the dates; the longest, {steps[longest]:g} "
        f"steps, is from {show_date(dates[longest])} to {show_date(dates[longest + 1])}"
    )


def continue_dates(
    dates: pd.DatetimeIndex, steps: int, weekdays: Sequence[int] = ()
) -> pd.DatetimeIndex:
    """Return the dates that follow, as a calendar without holidays has them.

    Args:
        dates: sorted, at least one.
        steps: how many follow.
        weekdays: the only days of the week there are, Monday 0; by default as in `dates`.

    Example:
        >>> friday = pd.DatetimeIndex(["2024-01-05"])
        >>> continue_dates(friday, 2, weekdays=(0, 2)).day_name().tolist()
        ['Monday', 'Wednesday']
        >>> months = pd.DatetimeIndex(["2024-01-01", "2024-02-01", "2024-03-01"])
        >>> continue_dates(months, 1)[0].date().isoformat()
        '2024-04-01'
    """
    last = dates[-1]
    whole_days = bool((dates.normalize() == dates).all())
    if not weekdays and whole_days and len(dates) >= _ENOUGH and _is_daily(dates):
        weekdays = sorted(set(dates.day_of_week))
    if weekdays:
        days = pd.date_range(last + pd.Timedelta(days=1), periods=7 * steps, freq="D")
        return days[days.day_of_week.isin(weekdays)][:steps]
    frequency = pd.infer_freq(dates) if len(dates) >= 3 else None
    if frequency is not None:
        return pd.date_range(last, periods=steps + 1, freq=frequency)[1:]
    step = _usual_step(dates) if len(dates) > 1 else pd.Timedelta(days=1)
    return pd.DatetimeIndex([last + step * number for number in range(1, steps + 1)])


def _is_daily(dates: pd.DatetimeIndex) -> bool:
    return bool((np.diff(dates.to_numpy()) < np.timedelta64(7, "D")).all())


def _usual_step(dates: pd.DatetimeIndex) -> pd.Timedelta:
    lengths, counts = np.unique(np.diff(dates.to_numpy()), return_counts=True)
    return pd.Timedelta(lengths[counts.argmax()])


def show_date(date: pd.Timestamp) -> str:
    """Return a date as text, with the time of the day only if it has one.

    Example:
        >>> show_date(pd.Timestamp("2024-01-05")), show_date(pd.Timestamp("2024-01-05 06:30"))
        ('2024-01-05', '2024-01-05 06:30:00')
    """
    return date.date().isoformat() if date == date.normalize() else date.isoformat(" ")


def _is_text_of_dates(cells: pd.Series) -> bool:
    text = cells.astype(str)
    # A year or a row number alone is a date for ISO 8601, but not for us.
    return bool(text.str.contains("-", regex=False).all()) and bool(
        pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True).notna().all()
    )


def _parse_other_dates(text: pd.Series, iso: pd.Series, column: str, source: str) -> pd.Series:
    """Read dates of another form than 2020-12-31, if there is one way only to read them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that day or month come first is checked here
        readings = [
            pd.to_datetime(text, errors="coerce", dayfirst=dayfirst, utc=True)
            for dayfirst in (False, True)
        ]
    whole = [reading for reading in readings if reading.notna().all()]
    if len(whole) == 2 and (whole[0] != whole[1]).any():
        example = text[whole[0] != whole[1]].iloc[0]
        raise InvalidInput(
            f"{source}: {example!r} in column {column!r} can be read in two ways; write dates as "
            "2020-12-31."
        )
    if not whole:
        row = int(iso.isna().to_numpy().argmax())
        raise InvalidInput(
            f"{source}: row {row + 1}, column {column!r} is {text.iloc[row][:40]!r}; expected a "
            "date, such as 2020-12-31."
        )
    return whole[0]
