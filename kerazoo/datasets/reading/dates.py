"""Dates of a series: found, and read where they can be read in one way only.

`calendar.py` goes on from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kerazoo.errors import InvalidInput

_MOSTLY = 0.8  # share of dates from which on a column is meant to hold dates
_SAMPLE = 100
_LONGEST = 100  # signs of a date; looking for one in longer text takes the square of its length
_SAYS_DATE = re.compile(
    r"date|day|time|month|year|when|period|stamp|ymd|datum|fecha|날짜|일자|일시|시각|시간|기준일|年|日",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_TIME = (
    r"(?:(?:t|\s+|:)(?P<before>오전|오후)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2}(?:[.,]\d+)?))?\s*(?P<half>am|pm)?"
    r"\s*(?P<offset>z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?)?"
)
_WEEKDAY = (
    r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?\s+(?=[\da-z])|\s*\((?:[a-z]{2,9}|[가-힣])\)"
)
_ANY_ORDER = r"(?P<a>\d{1,2})([-/.])(?P<b>\d{1,2})\2(?P<c>\d{4}|\d{2})"
# How dates are written: a pattern, and which group is the year, the month and the day.
_LAYOUTS = (
    (r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})" + _TIME, "ymd"),
    (r"(?P<y>\d{4})[-/](?P<m>\d{1,2})", "ym"),
    (r"(?P<y>\d{4})[-\s]?q(?P<q>[1-4])", "yq"),
    (r"q(?P<q>[1-4])[-\s]?(?P<y>\d{4})", "yq"),
    (_ANY_ORDER + _TIME, "cba"),
    (_ANY_ORDER + _TIME, "cab"),
    (_ANY_ORDER + _TIME, "abc"),
    (rf"(?P<d>\d{{1,2}})[-\s/.]*{_MONTH}[-\s/,]*(?P<y>\d{{4}}|\d{{2}})" + _TIME, "ymd"),
    (rf"{_MONTH}\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})" + _TIME, "ymd"),
    (rf"(?P<y>\d{{4}})[-\s/]{_MONTH}[-\s/](?P<d>\d{{1,2}})" + _TIME, "ymd"),
    (rf"{_MONTH}[-\s]*(?P<y>\d{{4}})", "ym"),
)
ORDERS = {"day first": "cba", "month first": "cab", "year first": "abc"}
"""How three numbers may be meant as a date, and which of them is the year, month and day."""

_NUMBERS = ("y", "m", "d", "a", "b", "c", "q", "hour", "minute", "second")
_COMPACT = ((r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})" + _TIME, "ymd"),)
_YEAR = ((r"(?P<y>\d{4})", "y"),)


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

    A number is no date, but for one such as 20230720 whose column's name or regular step says so.

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


def looks_like_dates(frame: pd.DataFrame, others: Sequence[str] = ()) -> str:
    """Return a column that may be meant as dates, `""` if none is."""
    columns = [str(column) for column in frame.columns if column not in others]
    for column in columns:
        if _read_likely(frame[column], column)[0] > 0:
            return column
        if _clean(frame[column].iloc[:_SAMPLE]).str.match(rf"^\d*\W*{_MONTH}\W*\d+$").all():
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
) -> _Reading:
    """Return the only way to read all of the cells."""
    text = _clean(cells)
    readings = _most_complete([*_read(text, (*_LAYOUTS, *_COMPACT)), *_read(text, _YEAR)])
    readings = [one for one in readings if order and one.order == order] or readings
    if not readings:
        nothing = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us]")
        readings = [_Reading(nothing, pd.Series(np.nan, index=cells.index), False)]
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


@dataclass(frozen=True)
class _Reading:
    """One way to read a column: NaT where a cell cannot be read so; offsets in minutes.

    The order is one of `ORDERS`, or `""` if the cells can be read in no other one anyway.
    """

    local: pd.Series
    offset: pd.Series
    short_years: bool
    order: str = ""


def _is_time(cells: pd.Series) -> bool:
    return _holds_times(cells) and not bool(cells.isna().any())


def _holds_times(cells: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(cells) or isinstance(cells.dtype, pd.PeriodDtype)


def _read_likely(cells: pd.Series, column: str) -> tuple[float, list[_Reading]]:
    """Return the share of cells that are dates, of those that are not empty, and the readings."""
    if pd.api.types.is_bool_dtype(cells) or pd.api.types.is_float_dtype(cells):
        return 0.0, []
    some = _clean(_some(cells)).tolist()
    if not any(_may_be(some, pattern) for pattern, _ in (*_LAYOUTS, *_COMPACT)):
        return 0.0, []
    text = _clean(cells)
    filled = int((text != "").sum())
    readings = _most_complete(_read(text, _LAYOUTS))
    if not readings:
        readings = [
            reading
            for reading in _most_complete(_read(text, _COMPACT))
            if _SAYS_DATE.search(column) or _has_regular_step(reading.local)
        ]
    if not readings or filled == 0:
        return 0.0, []
    found = int(readings[0].local.notna().sum())
    # An empty cell is no date either, but no sign that others are not.
    return (1.0 if found == len(text) else min(found / filled, 0.999)), readings


def _has_regular_step(local: pd.Series) -> bool:
    if local.isna().any() or len(local) < 3:
        return False
    steps = np.diff(local.to_numpy())
    _, counts = np.unique(steps, return_counts=True)
    one_way = (steps > np.timedelta64(0)).all() or (steps < np.timedelta64(0)).all()
    return bool(one_way) and bool(counts.max() >= 0.6 * len(steps))


def _clean(cells: pd.Series) -> pd.Series:
    """Return cells as texts in lower case, East Asian dates with hyphens."""
    text = cells.astype(object).where(cells.notna(), "").astype(str).str.strip().str.lower()
    is_long = text.str.len() > _LONGEST
    if is_long.any():
        text = text.mask(is_long, "long text")
    if text.str.contains(r"[a-z(]", regex=True).any():
        text = text.str.replace(_WEEKDAY, "", regex=True)
    if text.str.contains(". ", regex=False).any():  # which is looked for much faster
        text = text.str.replace(r"^(\d{4})\.\s+(\d{1,2})\.\s+(\d{1,2})\.?", r"\1.\2.\3", regex=True)
    if text.str.isascii().all():
        return text
    text = text.str.replace(r"^'?(\d{2})\s*[년年]", r"20\1-", regex=True)
    text = text.str.replace(r"(\d)\s*[년年]\s*([1-4])\s*분기", r"\1-q\2", regex=True)
    text = text.str.replace(r"(\d)-?\s*[년年월月]\s*", r"\1-", regex=True)
    text = text.str.replace(r"(?<=\d-)\s+(?=\d)", "", regex=True)
    text = text.str.replace(r"(\d)\s*[일日]", r"\1", regex=True)
    return text.str.replace(r"^(\d{4}-\d{1,2})-$", r"\1", regex=True)


def _read(text: pd.Series, layouts: Sequence[tuple[str, str]]) -> Iterator[_Reading]:
    some = _some(text).tolist()
    taken_apart: dict[str, pd.DataFrame] = {}
    for pattern, order in layouts:
        if not _may_be(some, pattern):  # a column is mostly written in one way
            continue
        if pattern not in taken_apart:
            taken_apart[pattern] = _take_apart(text, f"^{pattern}$")
        found = taken_apart[pattern]
        if order != "abc" or (found["width"] == 2).any():
            yield _to_reading(found, order)


def _some(cells: pd.Series) -> pd.Series:
    return cells.iloc[np.linspace(0, len(cells) - 1, min(len(cells), _SAMPLE)).astype(int)]


def _may_be(some: Sequence[str], pattern: str) -> bool:
    matches = re.compile(pattern).fullmatch
    return any(matches(cell) for cell in some)


def _take_apart(text: pd.Series, pattern: str) -> pd.DataFrame:
    """Return the parts of each cell that a pattern names, numbers as such, and how long `c` is."""
    found = _take_apart_alike(text, pattern)
    if found is not None:
        return found
    found = text.str.extract(pattern, expand=True)
    if "c" in found:
        found["width"] = found["c"].str.len()
    for name in found.columns.intersection([*_NUMBERS]):
        digits = found[name].str.replace(",", ".", regex=False)
        found[name] = pd.to_numeric(digits, errors="coerce")
    return found


def _take_apart_alike(text: pd.Series, pattern: str) -> pd.DataFrame | None:
    """Do the same for cells that differ in digits only, as most files write them; 50 times faster.

    Returns:
        The parts; `None` if the cells are of several forms, or the pattern looks at single digits.
    """
    if "[1-4]" in pattern or not text.str.isascii().all():
        return None
    cells = text.to_numpy(dtype="S")
    width = cells.dtype.itemsize
    signs = cells.view(np.uint8).reshape(len(cells), width)
    are_digits = (signs >= ord("0")) & (signs <= ord("9"))
    of_first = are_digits[0]
    same = (are_digits == of_first).all() and (signs[:, ~of_first] == signs[0, ~of_first]).all()
    match = re.match(pattern, cells[0].decode())
    if not same or match is None:
        return None
    found: dict[str, object] = {}
    for name, part in match.groupdict().items():
        start, end = match.span(name)
        if part is None:
            found[name] = np.nan
        elif name in _NUMBERS:
            found[name] = _digits(signs[:, start:end], of_first[start:end])
        elif name == "offset":
            found[name] = [cell[start:end].decode() for cell in cells]
        else:
            found[name] = part  # letters, which are the same everywhere
    if match.groupdict().get("c"):
        found["width"] = len(match["c"])
    return pd.DataFrame(found, index=text.index)


def _digits(signs: np.ndarray, are_digits: np.ndarray) -> np.ndarray:
    """Return numbers of digits as wide in every row, perhaps with a sign before the decimals."""
    point = len(are_digits) if are_digits.all() else int(are_digits.argmin())
    places = [place for place in range(len(are_digits)) if place != point]
    powers = 10.0 ** (point - 1 - np.arange(len(places)))
    return (signs[:, places] - ord("0")) @ powers


def _to_reading(found: pd.DataFrame, order: str) -> _Reading:
    """Return dates from the parts of a pattern."""

    def number(name: str, default: float) -> pd.Series:
        return found[name].fillna(default) if name in found else pd.Series(default, found.index)

    if order in ("cba", "cab", "abc"):
        year, month, day = (number(name, np.nan) for name in order)
        if order == "abc":  # 23-07-20: only with two digits everywhere
            year = year.where(found["width"] == 2)
    else:
        year, day = number("y", np.nan), number("d", 1.0 if "d" not in order else np.nan)
        month = number("m", 1.0 if order == "y" else np.nan)
        if "name" in found:
            month = found["name"].map({name: i for i, name in enumerate(_MONTHS, start=1)})
        if "q" in found:
            month = number("q", np.nan) * 3 - 2
    short = bool((year < 100).any())
    year = year.where(~(year < 100), year + np.where(year < 70, 2000, 1900))
    local = _to_days(year, month, day)
    hour, minute, second = number("hour", 0), number("minute", 0), number("second", 0)
    halves = [found[name] for name in ("half", "before") if name in found]
    for half in halves:
        is_half, is_late = half.notna(), half.isin(["pm", "오후"])
        local = local.where(~is_half | hour.between(1, 12))
        hour = hour.where(~is_half, hour % 12 + 12 * is_late)
    seconds = 3600 * hour + 60 * minute + second
    local = local.where((seconds <= 86400) & (minute < 60) & (second < 61))
    passed = (1e6 * seconds.fillna(0).to_numpy("float64")).round().astype("timedelta64[us]")
    local = local + pd.Series(passed, local.index)
    said = next((name for name, one in ORDERS.items() if one == order), "")
    return _Reading(local, _offset_minutes(found), short, said)


def _to_days(year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    """Return dates, NaT where there is no such day; much faster than `pandas.to_datetime`."""
    good = year.between(1, 9999) & month.between(1, 12) & day.between(1, 31)
    years, months, days = (part.where(good, 1).to_numpy("int64") for part in (year, month, day))
    first = (12 * (years - 1970) + months - 1).astype("datetime64[M]")
    dates = first.astype("datetime64[D]") + (days - 1)
    good &= dates.astype("datetime64[M]") == first
    return pd.Series(dates.astype("datetime64[us]"), year.index).where(good)


def _offset_minutes(found: pd.DataFrame) -> pd.Series:
    if "offset" not in found or found["offset"].isna().all():
        return pd.Series(np.nan, index=found.index)
    minutes = {}
    for text in found["offset"].dropna().unique():  # a few
        sign, hours, rest = re.match(r"([+-]?)(\d*):?(\d*)", text).groups()  # type: ignore[union-attr]
        number = 60 * int(hours or 0) + int(rest or 0)
        minutes[text] = -number if sign == "-" else number
    return found["offset"].map(minutes).astype("float64")


def _most_complete(readings: Sequence[_Reading] | Iterator[_Reading]) -> list[_Reading]:
    """Return the readings of the most cells, one of each that come to the same."""
    readings = list(readings)
    counts = [int(reading.local.notna().sum()) for reading in readings]
    if not counts or max(counts) == 0:
        return []
    best: list[_Reading] = []
    for reading, count in zip(readings, counts, strict=True):
        if count < max(counts):
            continue
        same = [n for n, one in enumerate(best) if reading.local.equals(one.local)]
        if same:
            best[same[0]] = replace(reading, order="")  # both orders come to the same
        else:
            best.append(reading)
    return best


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


def _in_one_zone(dates: _Reading, column: str) -> Dates:
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
