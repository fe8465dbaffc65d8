"""Your own series in time: a CSV file with a row per day, hour or month, and one column to predict.

The file is split by time, never at random: the first rows are trained on, the last are the test.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kerazoo._notes import warn_user
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.calendar import describe_gaps
from kerazoo.datasets.reading.digits import say_lost_digits
from kerazoo.datasets.reading.many import read_many, read_many_like, split_many
from kerazoo.datasets.reading.series import (
    Missing,
    SeriesTable,
    read_series,
    read_series_like,
)
from kerazoo.datasets.reading.windows import check_lag_and_horizon, split_windows
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput, KerazooError, unknown_name

FILES: tuple[DataFile, ...] = ()
_TINY_ROWS = 400
CALENDAR = ("hour", "month")


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
    target: str | None = None,
    date: str | None = None,
    features: Sequence[str] | None = None,
    lag: int = 5,
    horizon: int = 1,
    weekday: bool = False,
    missing: Missing = "refuse",
    validation_fraction: float = 0.2,
    test_fraction: float = 0.2,
    series: str | None = None,
    known: str | Sequence[str] = (),
    calendar: str | Sequence[str] = (),
    holidays: str | None = None,
) -> Splits:
    r"""Load windows of raw values, split by time.

    Rows are sorted by date; a warning says so, and another where dates are missing: the rows are
    taken as if they followed one another.

    Args:
        data_dir: a folder that a relative `path` is in.
        path: a CSV file with a header.
        target: the column to predict; its own past is always an input.
        date: the column of dates; by default the first one that holds nothing but dates. Without
            any, rows are in the order of time as they stand.
        features: further columns to learn from; by default all that hold numbers.
        lag: rows in a window.
        horizon: rows predicted at once.
        weekday: whether windows have further columns, which tell the day of the week of the day
            after each row.
        missing: `"refuse"` empty cells, or take the value before them (`"forward"`).
        validation_fraction: share of the rows before the test, the last ones, held out for
            validation.
        test_fraction: share of all rows, the last ones, held out for the test.
        series: the column that names the series of each row, if the file holds several. Each is
            split by time for itself, and its windows are in standard deviations from its own mean.
        known: columns that are known beforehand, such as prices, promotions and holidays, as a list
            or with commas between: a window has their values in the next row, too. Rows at the end
            that lack the target are left out.
        calendar: further columns of the kind of `weekday`: `"hour"`, `"month"` or both, or
            `"none"`.
        holidays: a country, such as `"KR"`: windows have a column that tells whether the day after
            each row is a public holiday there. It needs the package `holidays`.

    Raises:
        UnknownName: if there is no such column.
        KerazooError: if lag, horizon or a fraction is out of range, or nothing says what to load.
        InvalidInput: if a cell is not what it should be, a date is there twice, a column is
            constant, or rows are too few.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "sales.csv"
        >>> rows = [f"2024-{m:02}-{d:02},{(3 * d + m) % 7}" for m in range(1, 13) for d in (1, 15)]
        >>> _ = path.write_text("day,sold\n" + "\n".join(rows))
        >>> splits = load(path=path, target="sold", lag=3)
        >>> splits.train.x.shape, splits.validation.x.shape, splits.test.x.shape
        ((12, 3, 1), (4, 3, 1), (5, 3, 1))
    """
    if path is None or target is None:
        raise KerazooError(
            "time_series_csv needs path=, a CSV file, and target=, the column to predict."
        )
    check_lag_and_horizon(lag, horizon)
    for fraction in (validation_fraction, test_fraction):
        if not 0.0 < fraction < 1.0:
            raise KerazooError(f"a fraction of {fraction} cannot be held out; usually 0.1 to 0.3.")
    known = split_names(known)
    if target in known:
        raise InvalidInput(f"the target, {target!r}, cannot be known beforehand; leave it out.")
    columns = None if features is None else list(dict.fromkeys([*features, *known, target]))
    how: dict[str, Any] = {
        "date": date,
        "missing": missing,
        "needed": (target, *known),
        "known": known,
    }
    file = Path(data_dir or "", path)

    def held_out(table: SeriesTable) -> tuple[int, int]:
        return _first_held_out(table, validation_fraction, test_fraction)

    if series is not None:
        tables = read_many(file, series, columns, **how)
        if len(tables) == 1:
            raise InvalidInput(
                f"{path}: column {series!r} is {next(iter(tables))!r} everywhere, so there is one "
                "series. Leave --series (series=) out."
            )
    else:
        tables = {"": read_series(file, columns, **how)}
    first = next(iter(tables.values()))
    about = Series(
        first.names,
        target,
        lag,
        horizon,
        date=first.date,
        weekdays=_weekdays(tables.values(), held_out) if weekday else (),
        missing=missing,
        by=series,
        known=known or None,
        holidays=holidays,
    )
    found = _hours_and_months(split_names(calendar), tables.values(), held_out)
    about = replace(about, hours=found.get("hour"), months=found.get("month"))
    if about.needs_dates:
        _check_dates(tables.values(), str(path))
    if series is not None:
        return split_many(tables, about, held_out, str(path))
    validation, test = held_out(first)
    return _split(path, first, about, validation=validation, test=test)


def load_like(
    series: Series,
    path: str | os.PathLike[str],
    *,
    validation_fraction: float = 0.2,
    test_fraction: float = 0.2,
) -> Splits:
    """Load windows of another file, or of the same one, cut as for a network that is trained.

    Args:
        series: how its windows were cut, as its card says.
        path: the CSV file.
        validation_fraction: as for `load`.
        test_fraction: as for `load`.

    Raises:
        InvalidInput: as for `load`, and if the file lacks a column.
    """
    if series.by is not None:
        tables = read_many_like(path, series)
    else:
        tables = {"": read_series_like(path, series)}
    table = next(iter(tables.values()))
    if series.needs_dates:
        _check_dates(tables.values(), str(path))
    if series.by is not None:
        return split_many(
            tables,
            series,
            lambda one: _first_held_out(one, validation_fraction, test_fraction),
            str(path),
        )
    validation, test = _first_held_out(table, validation_fraction, test_fraction)
    return _split(path, table, series, validation=validation, test=test)


def _first_held_out(
    table: SeriesTable, validation_fraction: float, test_fraction: float
) -> tuple[int, int]:
    """Return the first row of the validation part, and that of the test part."""
    test = int(len(table.values) * (1.0 - test_fraction))
    return int(test * (1.0 - validation_fraction)), test


def _split(
    path: str | os.PathLike[str], table: SeriesTable, series: Series, *, validation: int, test: int
) -> Splits:
    if table.dates is not None and (gaps := describe_gaps(table.dates, table.instants)):
        warn_user(f"{path}: {gaps}.")
    say_lost_digits(table.values[:validation], lambda index: f"{path}: {table.names[index]}")
    values = table.values.astype("float32")
    dates = None if table.dates is None else table.dates.to_numpy()
    return split_windows(values, table.days, series, validation=validation, test=test, dates=dates)


def tiny(lag: int = 5, horizon: int = 1, weekday: bool = False) -> Splits:
    """Return a short file, written for the moment: trading days that come with the package.

    Args:
        lag: as for `load`.
        horizon: as for `load`.
        weekday: as for `load`.

    Example:
        >>> tiny(lag=7).train.x.shape
        (249, 7, 3)
    """
    from kerazoo.datasets.nyse import sample

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of holidays
        path = Path(folder, "nyse.csv")
        path.write_text("".join(",".join(cells) + "\n" for cells in sample(_TINY_ROWS)))
        return load(path=path, target="log_volume", lag=lag, horizon=horizon, weekday=weekday)


def split_names(names: str | Sequence[str]) -> tuple[str, ...]:
    """Return names that are given as a list, or in one text with commas between.

    Example:
        >>> split_names("price, holiday")
        ('price', 'holiday')
    """
    if isinstance(names, str):
        names = [name.strip() for name in names.split(",")]
    return tuple(dict.fromkeys(name for name in names if name))


def _check_dates(tables: Iterable[SeriesTable], source: str) -> None:
    if any(table.dates is None for table in tables):
        raise InvalidInput(
            f"{source} has no dates, and days, hours and holidays need them; pass date= (--date) "
            "to say which column they are in."
        )


def _hours_and_months(
    wanted: Sequence[str],
    tables: Iterable[SeriesTable],
    held_out: Callable[[SeriesTable], tuple[int, int]],
) -> dict[str, tuple[int, ...]]:
    """Return the hours and months in which there are rows to train on, as far as they are wanted.

    Raises:
        UnknownName: if something else is wanted.
        InvalidInput: if there are no dates, or all rows are of one hour or month.
    """
    found: dict[str, tuple[int, ...]] = {}
    for name in () if tuple(wanted) == ("none",) else wanted:
        if name not in CALENDAR:
            raise unknown_name("column of a calendar", name, (*CALENDAR, "none"))
        there: set[int] = set()
        for table in tables:
            _check_dates([table], "the series")
            assert table.dates is not None
            there |= {int(one) for one in getattr(table.dates[: held_out(table)[0]], name)}
        if len(there) < 2:
            raise InvalidInput(f"every row trained on is of the same {name}; leave it out.")
        found[name] = tuple(sorted(there))
    return found


def _weekdays(
    tables: Iterable[SeriesTable], held_out: Callable[[SeriesTable], tuple[int, int]]
) -> tuple[int, ...]:
    """Return the days of the week on which there are rows to train on."""
    found: set[int] = set()
    for table in tables:
        if table.days is None:
            raise InvalidInput(
                "weekday=True needs a column of dates; pass date= to say which it is."
            )
        found |= {int(day) for day in table.days[: held_out(table)[0]]}
    if len(found) < 2:
        raise InvalidInput(
            "every row trained on is of the same day of the week; leave weekday out."
        )
    return tuple(sorted(found))
