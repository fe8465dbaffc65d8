"""How the dates of a series go on: every second day, business hours, the 15th of a month, ..."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kerazoo._wording import counted
from kerazoo.datasets.reading.dates import show_date

_SATURDAY = 5
_ENOUGH = 10  # rows that show whether there are weekends
_LOOKED_AT = 500  # the last dates of a long series say how it goes on
_DAY = pd.Timedelta(days=1)
_UNITS = {
    "day": _DAY,
    "hour": pd.Timedelta(hours=1),
    "minute": pd.Timedelta(minutes=1),
    "second": pd.Timedelta(seconds=1),
    "nanosecond": pd.Timedelta(1, "ns"),
}

Next = Callable[[pd.Timestamp], pd.Timestamp]


def describe_gaps(dates: pd.DatetimeIndex, instants: pd.DatetimeIndex | None = None) -> str:
    """Say where dates are missing; `""` if none are.

    Args:
        dates: sorted local times.
        instants: the same in UTC, in which no hour is missing when summer time begins.

    Example:
        >>> describe_gaps(pd.DatetimeIndex(["2024-01-05", "2024-01-08", "2024-01-10"]))
        '1 gap in the dates; the longest, 2 steps, is from 2024-01-08 to 2024-01-10'
    """
    if len(dates) < 2:
        return ""
    steps = _steps(dates)
    if instants is not None and instants is not dates:
        in_utc = _steps(instants)
        steps = min(steps, in_utc, key=lambda one: int((one > 1.5).sum()))
    count, longest = int((steps > 1.5).sum()), int(steps.argmax())
    if count == 0:
        return ""
    return (
        f"{counted(count, 'gap')} in the dates; the longest, {steps[longest]:.3g} "
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
        >>> months = pd.DatetimeIndex(["2024-01-15", "2024-02-15", "2024-04-15", "2024-05-15"])
        >>> continue_dates(months, 1)[0].date().isoformat()
        '2024-06-15'
    """
    following = _find_calendar(dates)
    found: list[pd.Timestamp] = []
    now, tried = dates[-1], 0
    while len(found) < steps:
        now, tried = following(now), tried + 1
        if not weekdays or now.day_of_week in weekdays:
            found.append(now)
        elif tried > 1000 * (len(found) + 1):  # such as every Sunday, if there are no Sundays
            following = _add(_DAY)
    return pd.DatetimeIndex(found)


def describe_step(dates: pd.DatetimeIndex) -> str:
    """Return how far apart rows usually are, in words.

    Example:
        >>> describe_step(pd.date_range("2024-01-01", periods=9, freq="2D"))
        'a row every 2 days'
    """
    if len(dates) < 2:
        return "one row"
    months = _month_steps(dates)
    if months is not None:
        number, unit = int(_mode(months)), "month"
    else:
        step = _usual_step(dates)
        number, unit = next(
            (step // size, name) for name, size in _UNITS.items() if step % size == 0 * size
        )
    return f"a row every {unit}" if number == 1 else f"a row every {number} {unit}s"


def natural_season(dates: pd.DatetimeIndex) -> int:
    """Return after how many rows a day, a week or a year is over; 0 if that cannot be told.

    Example:
        >>> natural_season(pd.bdate_range("2024-01-01", periods=30))
        5
    """
    if len(dates) < _ENOUGH:
        return 0
    months = _month_steps(dates)
    if months is not None:
        return 12 // int(_mode(months)) if 12 % int(_mode(months)) == 0 else 0
    step = _usual_step(dates)
    if step == _DAY:
        weekdays = np.bincount(dates.day_of_week, minlength=7)
        return int((weekdays >= np.median(weekdays) / 3).sum())
    if step == 7 * _DAY:
        return 52
    return int(_DAY // step) if step < _DAY and _DAY % step == pd.Timedelta(0) else 0


def _find_calendar(dates: pd.DatetimeIndex) -> Next:
    """Return what follows a date: of several rules the one that most of the dates obey."""
    dates = dates[-_LOOKED_AT:].unique()
    if len(dates) < 2:
        return _add(_DAY)
    candidates = [_add(_usual_step(dates))]
    months = int(_mode(np.diff(dates.year * 12 + dates.month)))
    if months > 0:
        candidates.append(_add_months(months, _anchor(dates)))
        candidates += [_add(pd.offsets.BMonthBegin(months)), _add(pd.offsets.BMonthEnd(months))]
    if len(dates) >= _ENOUGH:
        span = dates[-1] - dates[0]  # a time of the day must have come round to be one
        candidates += [_next_slot(dates, by_week=False)] * (span >= 3 * _DAY)
        candidates += [_next_slot(dates, by_week=True)] * (span >= 10 * _DAY)
        candidates.append(_next_of_month(dates))
    obeyed = [
        sum(following(now) == then for now, then in itertools.pairwise(dates))
        for following in candidates
    ]
    return candidates[int(np.argmax(obeyed))]  # the first, simplest, of equals


def _add(step: Any) -> Next:
    return lambda now: now + step


def _add_months(number: int, day: int) -> Next:
    """Go on by months, to a day of the month, or to its end where it has no such day."""

    def following(now: pd.Timestamp) -> pd.Timestamp:
        first = now.replace(day=1) + pd.DateOffset(months=number)
        return first.replace(day=min(day, first.days_in_month))

    return following


def _next_slot(dates: pd.DatetimeIndex, *, by_week: bool) -> Next:
    """Go on to the next time of the day, or of the week, at which there usually is a row."""
    period = 7 * _DAY if by_week else _DAY
    begin = _beginning(dates, by_week)
    slots, counts = np.unique((dates - begin).to_numpy(), return_counts=True)
    slots = slots[counts >= np.median(counts) / 3]  # not the one Saturday of a year

    def following(now: pd.Timestamp) -> pd.Timestamp:
        begin = _beginning(pd.DatetimeIndex([now]), by_week)[0]
        after = slots[slots > (now - begin).to_timedelta64()]
        return begin + pd.Timedelta(after[0]) if len(after) else begin + period + slots[0]

    return following


def _beginning(dates: pd.DatetimeIndex, by_week: bool) -> pd.DatetimeIndex:
    days = dates.normalize()
    return days - pd.to_timedelta(days.day_of_week, unit="D") if by_week else days


def _next_of_month(dates: pd.DatetimeIndex) -> Next:
    """Go on to the next of a few days of the month, such as the 1st and the 15th."""
    days = sorted(set(dates.day))
    if len(days) > 4:
        return _add(_usual_step(dates))

    def following(now: pd.Timestamp) -> pd.Timestamp:
        after = [day for day in days if now.day < day <= now.days_in_month]
        if after:
            return now.replace(day=after[0])
        return now.replace(day=1) + pd.DateOffset(months=1) + (days[0] - 1) * _DAY

    return following


def _steps(dates: pd.DatetimeIndex) -> np.ndarray:
    """Return the distance between dates, in usual steps."""
    months = _month_steps(dates)
    if months is not None:
        return months / _mode(months)
    days = dates.normalize()
    if (days == dates).all() and (dates.day_of_week < _SATURDAY).all():
        whole = days.to_numpy().astype("datetime64[D]")
        steps = np.busday_count(whole[:-1], whole[1:]).astype(float)
    else:
        steps = np.diff(dates.to_numpy()).astype("timedelta64[ns]").astype(float)
    steps /= _mode(steps)
    if len(dates) >= _ENOUGH:  # a night between business hours is no gap
        following = _find_calendar(dates)
        for index in np.flatnonzero(steps > 1.5).tolist():
            steps[index] = _count(following, dates[index], dates[index + 1]) or steps[index]
    return steps


def _count(following: Next, now: pd.Timestamp, then: pd.Timestamp) -> int:
    """Return how many steps lead from one date to another, 0 if none or very many do."""
    for step in range(1, _LOOKED_AT):
        now = following(now)
        if now >= then:
            return step if now == then else 0
    return 0


def _month_steps(dates: pd.DatetimeIndex) -> np.ndarray | None:
    """Return the months between dates, if all are of one day of the month, or its end."""
    if (dates - dates.normalize()).nunique() != 1:
        return None
    steps = np.diff(dates.year * 12 + dates.month)
    last = np.minimum(_anchor(dates), dates.days_in_month)
    return steps if len(steps) and (steps > 0).all() and (dates.day == last).all() else None


def _anchor(dates: pd.DatetimeIndex) -> int:
    """Return the day of the month: 31 if all dates are the last of theirs."""
    return 31 if dates.is_month_end.all() else int(dates.day.max())


def _usual_step(dates: pd.DatetimeIndex) -> pd.Timedelta:
    return pd.Timedelta(_mode(np.diff(dates.to_numpy())))


def _mode(steps: np.ndarray) -> Any:
    lengths, counts = np.unique(steps, return_counts=True)
    return lengths[counts.argmax()]
