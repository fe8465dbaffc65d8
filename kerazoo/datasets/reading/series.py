"""A series in time from a CSV file or a DataFrame: dates in order, finite numbers, no surprises."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from kerazoo.datasets.reading.dates import find_dates, parse_dates, show_date
from kerazoo.datasets.splits import MISSING
from kerazoo.errors import InvalidInput, unknown_name

Missing = Literal["refuse", "forward"]

_EMPTY = {"", "na", "n/a", "nan", "nat", "null", "none"}


@dataclass(frozen=True)
class SeriesTable:
    """Rows in the order of time.

    Args:
        names: a name per column.
        values: `(time, columns)`.
        dates: when each row was, if that is known.
        date: the name of the column that says so; `""` if there is none.
    """

    names: tuple[str, ...]
    values: np.ndarray
    dates: pd.DatetimeIndex | None
    date: str = ""

    @property
    def days(self) -> np.ndarray | None:
        """The day of the week of every row, Monday 0."""
        return None if self.dates is None else self.dates.day_of_week.to_numpy()


def read_series(
    source: Any,
    columns: Sequence[str] | None = None,
    *,
    date: str | None = None,
    missing: Missing = "refuse",
    needed: Sequence[str] = (),
) -> SeriesTable:
    """Read a series from a CSV file, a DataFrame or a dict of columns.

    Args:
        source: the path of a CSV file with a header, a pandas DataFrame (its index may be the
            dates), a dict of columns, or `"-"` for a CSV file on standard input.
        columns: those to read; by default all that hold a number.
        date: the column of dates; by default the first one that holds nothing but dates, written
            2020-12-31. Without any, rows are in the order of time as they stand.
        missing: what to do about an empty cell: `"refuse"` it, or take the value before it
            (`"forward"`).
        needed: columns that are read in any case.

    Raises:
        UnknownName: if there is no such column.
        InvalidInput: if a cell is not a finite number or a date, or a date is there twice.
    """
    if missing not in MISSING:
        raise unknown_name("way to treat missing values", missing, MISSING)
    frame, name = _to_frame(source)
    _check_columns(frame, [*(columns or ()), *needed, *([date] if date else [])], name)
    date = date or find_dates(frame, [*(columns or ()), *needed])
    dates = parse_dates(frame[date], date, name) if date else None
    chosen = columns or [
        column
        for column in map(str, frame)
        if column in needed or (column != date and _has_number(frame[column]))
    ]
    if not chosen:
        raise InvalidInput(
            f"{name} has no column of numbers; expected at least one, with '.' before decimals."
        )
    values = np.stack([_parse_numbers(frame[column], column, name) for column in chosen], axis=1)
    if dates is not None:
        order = np.argsort(dates.to_numpy(), kind="stable")
        dates, values = dates[order], values[order]
        _check_duplicates(dates, order, name)
        if (order != np.arange(len(order))).any():
            warnings.warn(f"{name}: rows were sorted by {date!r}.", stacklevel=2)
    values = _fill(values, chosen, missing, name)
    return SeriesTable(tuple(chosen), values, dates, date)


def _to_frame(source: Any) -> tuple[pd.DataFrame, str]:
    if isinstance(source, str | os.PathLike):
        return _read_csv(os.fspath(source))
    frame = source.copy() if isinstance(source, pd.DataFrame) else pd.DataFrame(source)
    if isinstance(frame.index, pd.DatetimeIndex):
        frame = frame.reset_index(names=str(frame.index.name or "date"))
    frame.columns = frame.columns.map(str)
    if frame.empty or not frame.columns.is_unique:
        raise InvalidInput(
            "the series has no rows, no columns, or two columns of one name; expected a table "
            "with a name per column and at least a window of rows."
        )
    return frame, "the series"


def _read_csv(source: str) -> tuple[pd.DataFrame, str]:
    """Read a CSV file as text."""
    path = "standard input" if source == "-" else source
    if source != "-" and not os.path.isfile(source):
        raise InvalidInput(f"there is no file {source!r}. Check the path.")
    stream = sys.stdin.buffer if source == "-" else source
    try:
        cells = pd.read_csv(
            stream, header=None, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
    except (ValueError, UnicodeError) as error:  # also what the errors of pandas derive from
        reason = " ".join(str(error).split())
        raise InvalidInput(f"{path} cannot be read as a CSV file: {reason}") from error
    names = [str(name).strip() for name in cells.iloc[0]]
    if len(names) == 1 and ";" in names[0]:
        raise InvalidInput(
            f"{path}: columns are separated by ';'; expected ','. Write it with commas."
        )
    if len(set(names)) != len(names):
        raise InvalidInput(f"{path}: two columns have the same name; rename one.")
    if len(cells) < 2:
        raise InvalidInput(f"{path} has a header and no rows; expected a row per day.")
    frame = cells.iloc[1:].fillna("").reset_index(drop=True)
    frame.columns = pd.Index(names)
    return frame, path


def _check_columns(frame: pd.DataFrame, wanted: Sequence[str], source: str) -> None:
    for column in wanted:
        if column not in frame.columns:
            error = unknown_name("column", column, frame.columns)
            raise type(error)(f"{source}: {error}")


def _has_number(cells: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(cells) or pd.api.types.is_datetime64_any_dtype(cells):
        return False
    return bool(pd.to_numeric(cells, errors="coerce").notna().any())


def _parse_numbers(cells: pd.Series, column: str, source: str) -> np.ndarray:
    """Return a column as numbers, NaN where a cell is empty."""
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy("float64", na_value=np.nan)
    empty = cells.isna().to_numpy() | cells.astype(str).str.strip().str.lower().isin(_EMPTY)
    with np.errstate(over="ignore"):
        wrong = ~np.isfinite(numbers.astype("float32")) & ~empty
    if wrong.any():
        row = int(wrong.argmax())
        raise InvalidInput(
            f"{source}: row {row + 1}, column {column!r} is {str(cells.iloc[row])[:40]!r}; "
            "expected a finite number."
        )
    return numbers


def _check_duplicates(dates: pd.DatetimeIndex, order: np.ndarray, source: str) -> None:
    twice = dates.duplicated()
    if twice.any():
        second = int(twice.argmax())
        raise InvalidInput(
            f"{source}: {show_date(dates[second])} is there twice, in rows {order[second - 1] + 1} "
            f"and {order[second] + 1}; {int(twice.sum())} rows repeat a date. Keep one row of each."
        )


def _fill(values: np.ndarray, columns: Sequence[str], missing: Missing, source: str) -> np.ndarray:
    gaps = np.argwhere(np.isnan(values))
    if len(gaps) == 0:
        return values
    row, index = gaps[0]
    if missing == "refuse":
        raise InvalidInput(
            f"{source}: {len(gaps)} cells are empty, the first in row {row + 1} (in order of time) "
            f"of column {columns[index]!r}. Pass missing='forward' to take the value before it."
        )
    filled = pd.DataFrame(values).ffill().to_numpy()
    if np.isnan(filled).any():
        index = int(np.isnan(filled[0]).argmax())
        raise InvalidInput(
            f"{source}: column {columns[index]!r} begins with an empty cell; there is no value "
            "before it to take. Leave those rows out."
        )
    return filled
