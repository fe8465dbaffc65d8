"""A series in time from a CSV file or a DataFrame: dates in order, finite numbers, no surprises."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted, listed
from kerazoo.datasets.about import MISSING, Series
from kerazoo.datasets.reading.dates import (
    Dates,
    find_dates,
    looks_like_dates,
    parse_dates,
    show_date,
)
from kerazoo.datasets.reading.missing import describe_suspicious, fill
from kerazoo.datasets.reading.numbers import find_marks, has_numbers, read_numbers, refuse_wrong
from kerazoo.datasets.reading.table import read_frame
from kerazoo.errors import InvalidInput, UnknownName, unknown_name

_HALF = 0.5

Missing = Literal["refuse", "forward"]


@dataclass(frozen=True)
class SeriesTable:
    """Rows in the order of time.

    Args:
        names: a name per column.
        values: `(time, columns)`.
        dates: when each row was, if that is known.
        date: the name of the column that says so; `""` if there is none.
        instants: the dates in UTC, if they have a zone.
        unused: columns that were not read.
        ahead: rows after the last value of the target, which hold what is known beforehand, NaN
            elsewhere.
        ahead_dates: when these are.
    """

    names: tuple[str, ...]
    values: np.ndarray
    dates: pd.DatetimeIndex | None
    date: str = ""
    instants: pd.DatetimeIndex | None = None
    unused: tuple[str, ...] = ()
    ahead: np.ndarray | None = None
    ahead_dates: pd.DatetimeIndex | None = None

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
    with_dates: bool = True,
    known: Sequence[str] = (),
) -> SeriesTable:
    """Read a series from a CSV file, a DataFrame or a dict of columns.

    Dates and numbers are read where all of a column can be read in one way only. What is left
    out, converted, sorted or filled in is said in a warning.

    Args:
        source: the path of a CSV file with a header, a pandas DataFrame (its index may be the
            dates), a dict of columns, or `"-"` for a CSV file on standard input.
        columns: those to read; by default all that hold a number.
        date: the column of dates; by default the first one that holds nothing but dates. Without
            any, rows are in the order of time as they stand.
        missing: what to do about an empty cell: `"refuse"` it, or take the value before it
            (`"forward"`).
        needed: columns that are read in any case, and have to go on to the end.
        with_dates: whether to say so if there are no dates.
        known: columns that are known beforehand: rows at the end that lack the first column of
            `needed` are what is ahead.

    Raises:
        UnknownName: if there is no such column.
        InvalidInput: if a cell is not a finite number or a date, or a date is there twice.
    """
    check_missing(missing)
    frame, name, delimiter = read_frame(source, date, what="the series")
    read = read_columns(
        frame,
        name,
        columns,
        date=date,
        needed=needed,
        with_dates=with_dates,
        delimiter=delimiter,
    )
    table, notes = in_order(
        read, np.arange(len(frame)), name, missing=missing, needed=needed, known=known
    )
    for note in [*read.notes, *notes]:
        warn_user(f"{name}: {note}.")
    return table


def check_missing(missing: str) -> None:
    """Refuse what is no way to treat empty cells.

    Raises:
        UnknownName: if it is none.
    """
    if missing not in MISSING:
        raise unknown_name("way to treat missing values", missing, MISSING)


@dataclass(frozen=True)
class ReadColumns:
    """The columns of a table as numbers and dates, its rows as they stand.

    Args:
        names: a name per column.
        values: `(rows, columns)`, NaN where a cell is empty.
        dates: when each row was, if that is known.
        date: the name of the column that says so.
        notes: what a person should know.
        marks: texts that were taken as empty cells.
        unused: columns that were not read.
    """

    names: tuple[str, ...]
    values: np.ndarray
    dates: Dates | None
    date: str
    notes: list[str]
    marks: list[str]
    unused: tuple[str, ...]


def read_columns(
    frame: pd.DataFrame,
    name: str,
    columns: Sequence[str] | None = None,
    *,
    date: str | None = None,
    needed: Sequence[str] = (),
    with_dates: bool = True,
    delimiter: str = ",",
) -> ReadColumns:
    """Read dates and numbers where all of a column can be read in one way only.

    Args:
        frame: the table.
        name: what messages call it.
        columns: as for `read_series`.
        date: as for `read_series`.
        needed: as for `read_series`.
        with_dates: as for `read_series`.
        delimiter: what separates the columns of its file.

    Raises:
        UnknownName: if there is no such column.
        InvalidInput: if a cell is not a finite number or a date.
    """
    _check_columns(frame, [*(columns or ()), *needed, *([date] if date else [])], name)
    others = [*(columns or ()), *needed]
    date = date or find_dates(frame, others, name)
    notes = []
    if not date and with_dates:
        notes.append(_describe_order(frame, others))
    dates = parse_dates(frame[date], date, name) if date else None
    chosen, unused = _choose_columns(frame, columns, needed, date)
    if not chosen:
        raise InvalidInput(
            f"{name} has no column of numbers; expected at least one, with '.' before decimals."
        )
    number_marks = find_marks(frame, delimiter)
    read: list[tuple[str, np.ndarray]] = []
    marks: list[str] = []
    for column in chosen:
        numbers = read_numbers(frame[column], column, number_marks)
        if numbers.ways > 1 and column not in others:
            unused[column] = f"{str(frame[column].iloc[0])!r} can be read in two ways"
            continue
        if numbers.wrong.mean() > _HALF and column not in others:
            row = int(numbers.wrong.argmax())
            unused[column] = f"{str(frame[column].iloc[row])[:40]!r} is no number"
            continue
        refuse_wrong(numbers, frame[column], column, name)
        notes += numbers.notes
        marks += numbers.marks
        read.append((column, numbers.values))
    if not read:
        refuse_wrong(numbers, frame[column], column, name)
    if unused and columns is None:
        reasons = [f"{column!r} ({why})" for column, why in unused.items()]
        notes.append(f"not used: {listed(reasons)}")
    if dates is not None and dates.note:
        notes.append(dates.note)
    return ReadColumns(
        names=tuple(column for column, _ in read),
        values=np.stack([column for _, column in read], axis=1),
        dates=dates,
        date=date,
        notes=notes,
        marks=marks,
        unused=tuple(unused),
    )


def in_order(
    read: ReadColumns,
    rows: np.ndarray,
    name: str,
    *,
    missing: Missing,
    needed: Sequence[str],
    known: Sequence[str] = (),
) -> tuple[SeriesTable, list[str]]:
    """Return some rows of a table in the order of time, without gaps, and what was done to them.

    Args:
        read: the whole table.
        rows: indices of the rows of one series.
        name: what messages call it.
        missing: as for `read_series`.
        needed: as for `read_series`.
        known: as for `read_series`.

    Raises:
        InvalidInput: if a date is there twice, or a cell is empty that must not be.
    """
    notes, values = [], read.values[rows]
    local = instants = None
    if read.dates is not None:
        of_rows = read.dates.instants[rows]
        order = np.argsort(of_rows.to_numpy(), kind="stable")
        local, instants = read.dates.local[rows][order], of_rows[order]
        values = values[order]
        _check_duplicates(instants, local, rows[order], name)
        if (order != np.arange(len(order))).any():
            notes.append(f"rows were sorted by {read.date!r}")
    ahead = ahead_dates = None
    if known and (end := _end_of(values[:, read.names.index(needed[0])])) < len(values):
        ahead, values = values[end:], values[:end]
        _check_known(ahead, read.names, known, name)
        if local is not None and instants is not None:
            ahead_dates, local, instants = local[end:], local[:end], instants[:end]
        has = agree(len(ahead), "has", "have")
        notes.append(f"{counted(len(ahead), 'row')} at the end {has} no {needed[0]!r} yet")
    values, more = fill(values, read.names, missing, name, needed=needed, marks=read.marks)
    if local is not None and instants is not None:
        local, instants = local[: len(values)], instants[: len(values)]
    notes += [*more, *describe_suspicious(values, read.names)]
    table = SeriesTable(
        read.names, values, local, read.date, instants, read.unused, ahead, ahead_dates
    )
    return table, notes


def _end_of(target: np.ndarray) -> int:
    """Return how many rows there are up to the last value."""
    filled = np.flatnonzero(~np.isnan(target))
    return int(filled[-1]) + 1 if len(filled) else 0


def _check_known(
    ahead: np.ndarray, names: Sequence[str], known: Sequence[str], source: str
) -> None:
    for column in known:
        gaps = np.isnan(ahead[:, names.index(column)])
        if gaps.any():
            raise InvalidInput(
                f"{source}: column {column!r} is to be known beforehand, and is empty in row "
                f"{int(gaps.argmax()) + 1} of {len(ahead)} after the last value. Fill it in, or "
                "leave those rows out."
            )


def read_series_like(source: Any, series: Series) -> SeriesTable:
    """Read the columns that a network was trained on, from any table of that kind.

    Args:
        source: as for `read_series`.
        series: what the network's card says of them.

    Raises:
        InvalidInput: as for `read_series`, and if a column is missing: nobody has named a wrong
            one, so that it is a fault of the table.
    """
    with refusing_unknown_columns():
        return read_series(source, series.columns, **how_it_was_read(series))


def how_it_was_read(series: Series) -> dict[str, Any]:
    """Return the options of a reader that a network's card tells."""
    return {
        "date": series.date or None,
        "missing": series.missing,
        "needed": (series.target,),
        "known": series.known or (),
    }


@contextlib.contextmanager
def refusing_unknown_columns() -> Iterator[None]:
    """Make a fault of the table of a column that it lacks: nobody has named a wrong one."""
    try:
        yield
    except UnknownName as error:
        raise InvalidInput(str(error)) from error


def _describe_order(frame: pd.DataFrame, others: Sequence[str]) -> str:
    text = "no column of dates: rows in the order of the file"
    if likely := looks_like_dates(frame, others):
        text += f"; if {likely!r} holds them, name it with --date or date= and write 2020-12-31"
    return text


def _choose_columns(
    frame: pd.DataFrame, columns: Sequence[str] | None, needed: Sequence[str], date: str
) -> tuple[list[str], dict[str, str]]:
    """Return the columns to read, and why each of the others is not."""
    if columns:
        return list(columns), {}
    chosen, unused = [], {}
    for column in map(str, frame):
        if column in needed or (column and column != date and has_numbers(frame[column])):
            chosen.append(column)
        elif column != date and (column or frame[column].ne("").any()):
            unused[column] = "no numbers" if column else "it has no name"
    return chosen, unused


def _check_columns(frame: pd.DataFrame, wanted: Sequence[str], source: str) -> None:
    for column in wanted:
        if column not in frame.columns:
            error = unknown_name("column", column, frame.columns)
            raise type(error)(f"{source}: {error}")


def _check_duplicates(
    instants: pd.DatetimeIndex, local: pd.DatetimeIndex, order: np.ndarray, source: str
) -> None:
    twice = instants.duplicated()
    if twice.any():
        second, repeats = int(twice.argmax()), int(twice.sum())
        raise InvalidInput(
            f"{source}: {show_date(local[second])} is there twice, in rows {order[second - 1] + 1} "
            f"and {order[second] + 1}; {counted(repeats, 'row repeats', 'rows repeat')} a date. "
            "Keep one row of each."
        )
