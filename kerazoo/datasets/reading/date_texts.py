"""How dates are written: texts taken apart into years, months, days, hours and zones.

`dates.py` decides which way to read a column is the right one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

SAMPLE = 100
_LONGEST = 100  # signs of a date; looking for one in longer text takes the square of its length
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
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
LAYOUTS = (
    (r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})" + _TIME, "ymd"),
    (r"(?P<y>\d{4})[-/](?P<m>\d{1,2})", "ym"),
    (r"(?P<y>\d{4})[-\s]?q(?P<q>[1-4])", "yq"),
    (r"q(?P<q>[1-4])[-\s]?(?P<y>\d{4})", "yq"),
    (_ANY_ORDER + _TIME, "cba"),
    (_ANY_ORDER + _TIME, "cab"),
    (_ANY_ORDER + _TIME, "abc"),
    (rf"(?P<d>\d{{1,2}})[-\s/.]*{MONTH}[-\s/,]*(?P<y>\d{{4}}|\d{{2}})" + _TIME, "ymd"),
    (rf"{MONTH}\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})" + _TIME, "ymd"),
    (rf"(?P<y>\d{{4}})[-\s/]{MONTH}[-\s/](?P<d>\d{{1,2}})" + _TIME, "ymd"),
    (rf"{MONTH}[-\s]*(?P<y>\d{{4}})", "ym"),
)
ORDERS = {"day first": "cba", "month first": "cab", "year first": "abc"}
"""How three numbers may be meant as a date, and which of them is the year, month and day."""

_NUMBERS = ("y", "m", "d", "a", "b", "c", "q", "hour", "minute", "second")
COMPACT = ((r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})" + _TIME, "ymd"),)
YEAR = ((r"(?P<y>\d{4})", "y"),)


@dataclass(frozen=True)
class Reading:
    """One way to read a column: NaT where a cell cannot be read so; offsets in minutes.

    The order is one of `ORDERS`, or `""` if the cells can be read in no other one anyway.
    """

    local: pd.Series
    offset: pd.Series
    short_years: bool
    order: str = ""


def clean(cells: pd.Series) -> pd.Series:
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
    return text.str.replace(r"^(\d{4}(?:-\d{1,2})?)-$", r"\1", regex=True)


def read_texts(text: pd.Series, layouts: Sequence[tuple[str, str]]) -> Iterator[Reading]:
    """Read cells in each of some layouts that some of them have."""
    some = some_of(text).tolist()
    taken_apart: dict[str, pd.DataFrame] = {}
    for pattern, order in layouts:
        if not may_be(some, pattern):  # a column is mostly written in one way
            continue
        if pattern not in taken_apart:
            taken_apart[pattern] = _take_apart(text, f"^{pattern}$")
        found = taken_apart[pattern]
        if order != "abc" or (found["width"] == 2).any():
            yield _to_reading(found, order)


def some_of(cells: pd.Series) -> pd.Series:
    """Return some cells of a column, from its beginning to its end."""
    return cells.iloc[np.linspace(0, len(cells) - 1, min(len(cells), SAMPLE)).astype(int)]


def may_be(some: Sequence[str], pattern: str) -> bool:
    """Tell whether some text is written in a layout, whose pattern it is."""
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


def _to_reading(found: pd.DataFrame, order: str) -> Reading:
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
    return Reading(local, _offset_minutes(found), short, said)


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


def most_complete(readings: Sequence[Reading] | Iterator[Reading]) -> list[Reading]:
    """Return the readings of the most cells, one of each that come to the same."""
    readings = list(readings)
    counts = [int(reading.local.notna().sum()) for reading in readings]
    if not counts or max(counts) == 0:
        return []
    best: list[Reading] = []
    for reading, count in zip(readings, counts, strict=True):
        if count < max(counts):
            continue
        same = [n for n, one in enumerate(best) if reading.local.equals(one.local)]
        if same:
            best[same[0]] = replace(reading, order="")  # both orders come to the same
        else:
            best.append(reading)
    return best
