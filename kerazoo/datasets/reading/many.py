"""Several series in one file: a row for each date and series, and a column that says which.

Each series is scaled by mean and standard deviation of its own training rows before windows are
cut, and a forecast is scaled back: so a network of any kind learns from shops that sell ten a day
and from those that sell a thousand, and every series weighs the same in its loss. Differences alone
would bring them to one level, not to one size.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.dates import find_years
from kerazoo.datasets.reading.series import (
    Missing,
    SeriesTable,
    check_missing,
    how_it_was_read,
    in_order,
    read_columns,
    refusing_unknown_columns,
)
from kerazoo.datasets.reading.table import read_frame
from kerazoo.datasets.reading.windows import cut_splits, say_too_few
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import InvalidInput, UnknownName, unknown_name

Scale = tuple[tuple[float, ...], ...]
"""Mean and standard deviation of each column."""

_MOST_SERIES = 2000  # whose scales a card holds
_DIGITS = 1e-6  # a spread that is less of the level is rounding
_FEWEST_WINDOWS = 5  # to learn from, and to take a scale from
_FEW = 3


def read_many(
    source: Any,
    by: str,
    columns: Sequence[str] | None = None,
    *,
    date: str | None = None,
    missing: Missing = "refuse",
    needed: Sequence[str] = (),
    known: Sequence[str] = (),
) -> dict[str, SeriesTable]:
    """Read all series of a table, each in the order of time.

    Args:
        source: as for `read_series`.
        by: the column that names the series of each row.
        columns: as for `read_series`.
        date: as for `read_series`.
        missing: as for `read_series`.
        needed: as for `read_series`.
        known: as for `read_series`.

    Returns:
        The series by name, in the order in which they appear.

    Raises:
        UnknownName: if there is no such column.
        InvalidInput: as for `read_series`; if the column has empty cells, or is something else.

    Example:
        >>> table = {"day": ["2024-01-01", "2024-01-02"] * 2, "shop": list("aabb")}
        >>> read_many({**table, "sold": [1, 2, 7, 5]}, "shop")["a"].values.tolist()
        [[1.0], [2.0]]
    """
    check_missing(missing)
    frame, name, delimiter = read_frame(source, date, what="the series")
    if by not in frame.columns:
        error = unknown_name("column", by, frame.columns)
        raise UnknownName(f"{name}: {error}")
    if by == date or by in needed:
        raise InvalidInput(
            f"{name}: column {by!r} cannot name the series and be the date or the target, too; "
            "choose another one."
        )
    labels = frame[by].map(str).str.strip()
    empty = frame[by].isna() | (labels == "")
    if empty.any():
        raise InvalidInput(
            f"{name}: row {int(empty.to_numpy().argmax()) + 1} of column {by!r} is empty; expected "
            "the name of a series in each row."
        )
    names = list(dict.fromkeys(labels))
    if len(names) > _MOST_SERIES:
        raise InvalidInput(
            f"{name}: column {by!r} names {counted(len(names), 'series', 'series')}; expected at "
            f"most {_MOST_SERIES}. Does it number the rows? Choose another one."
        )
    others = frame.drop(columns=by)
    date = date or find_years(others[labels == names[0]]) or None
    wanted = None if columns is None else [column for column in columns if column != by]
    read = read_columns(others, name, wanted, date=date, needed=needed, delimiter=delimiter)
    tables, notes = {}, {}
    for label in names:
        rows = np.flatnonzero(labels == label)
        tables[label], notes[label] = in_order(
            read, rows, f"{name}, {by} {label!r}", missing=missing, needed=needed, known=known
        )
    for note in read.notes:
        warn_user(f"{name}: {note}.")
    _say_notes(name, by, notes)
    return tables


def read_many_like(source: Any, series: Series) -> dict[str, SeriesTable]:
    """Read the series that a network was trained on, or others, from any table of that kind.

    Args:
        source: as for `read_series`.
        series: what the network's card says of them.

    Raises:
        InvalidInput: as for `read_many`, and if a column is missing.
    """
    with refusing_unknown_columns():
        return read_many(source, series.by or "", series.columns, **how_it_was_read(series))


def split_many(
    tables: Mapping[str, SeriesTable],
    series: Series,
    held_out: Callable[[SeriesTable], tuple[int, int]],
    source: str,
) -> Splits:
    """Cut windows of each series, none of which crosses into another one, and split them by time.

    Args:
        tables: the series by name.
        series: how windows are cut; of series that it has no scales for, they are taken from their
            training rows.
        held_out: given a series, its first row in validation, and in the test.
        source: what messages call the data.

    Raises:
        InvalidInput: if no series is long enough.
    """
    parts, left_out, scales = [], [], {}
    for label, table in tables.items():
        validation, test = held_out(table)
        if reason := _reason_to_leave_out(table, series, validation, test):
            left_out.append(f"{label!r} ({reason})")
            continue
        scales[label] = (series.scales or {}).get(label) or scale_of(table.values[:validation])
        part = cut_splits(
            to_own_units(table.values, scales[label]).astype("float32"),
            table.days,
            series,
            validation=validation,
            test=test,
            dates=None if table.dates is None else table.dates.to_numpy(),
        )
        center, spread = scales[label][series.target_index]
        line = dataclasses.replace(part.timelines[0], name=label, center=center, spread=spread)
        parts.append(dataclasses.replace(part, timelines=(line,)))
    if not parts:
        raise InvalidInput(
            f"{source}: no series is long enough: {left_out[0]}. Pass more rows of each, or a "
            "smaller lag."
        )
    if left_out:
        more = f" and {len(left_out) - _FEW} more" if len(left_out) > _FEW else ""
        warn_user(f"{source}: series left out: {', '.join(left_out[:_FEW])}{more}.")
    # A network that goes on training keeps those of the series that it knew, and gets new ones.
    series = dataclasses.replace(series, scales={**(series.scales or {}), **scales})

    def joined(which: str) -> Part:
        pieces: list[Part] = [getattr(part, which) for part in parts]
        return Part(*(np.concatenate(arrays) for arrays in zip(*pieces, strict=True)))

    timelines = tuple(part.timelines[0] for part in parts)
    return Splits(joined("train"), joined("validation"), joined("test"), series, timelines)


def scale_of(values: np.ndarray) -> Scale:
    """Return mean and standard deviation of each column; 1 for the spread of a constant one.

    Example:
        >>> scale_of(np.array([[1.0, 7.0], [3.0, 7.0]]))
        ((2.0, 1.0), (7.0, 1.0))
    """
    centers, spreads = values.mean(axis=0), values.std(axis=0)
    flat = spreads <= _DIGITS * np.abs(centers)
    return tuple(zip(centers.tolist(), np.where(flat, 1.0, spreads).tolist(), strict=True))


def to_own_units(values: np.ndarray, scale: Scale) -> np.ndarray:
    """Return columns in standard deviations from the mean of the series.

    Args:
        values: `(time, columns)`.
        scale: of these columns.
    """
    centers, spreads = np.asarray(scale).T
    return np.asarray((values - centers) / spreads)


def _reason_to_leave_out(table: SeriesTable, series: Series, validation: int, test: int) -> str:
    rows = len(table.values)
    windows = validation - series.lag - series.horizon + 1
    if windows < _FEWEST_WINDOWS or say_too_few(rows, series, validation, test):
        return f"{counted(rows, 'row')}"
    target = table.values[:validation, table.names.index(series.target)]
    if (target.astype("float32") == np.float32(target[0])).all():
        return f"{series.target!r} is {target[0]:g} in all rows trained on"
    return ""


def _say_notes(name: str, by: str, notes: Mapping[str, list[str]]) -> None:
    """Say what was done to the series: once if it was the same, and of a few otherwise."""
    owners: dict[str, list[str]] = {}
    for label, of_one in notes.items():
        for note in of_one:
            owners.setdefault(note, []).append(label)
    for note, labels in list(owners.items())[:_FEW]:
        where = f" {labels[0]!r}" if len(labels) == 1 else f" ({len(labels)} of {len(notes)})"
        warn_user(f"{name}, {by}{where}: {note}.")
    if len(owners) > _FEW:
        warn_user(f"{name}: {len(owners) - _FEW} more notes of this kind are not shown.")
