"""Your own table without anything to predict: a row for each case, of which some may be odd.

Columns are taken as those of `table_csv`; rows are held out at random, equal ones together.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import agree
from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.asked import check_fractions, check_named, check_room, check_told
from kerazoo.datasets.reading.columns import match_columns
from kerazoo.datasets.reading.digits import say_lost_digits
from kerazoo.datasets.reading.holdout import number_equal, share_out
from kerazoo.datasets.reading.inputs import TableReader, read_columns, to_numbers
from kerazoo.datasets.reading.numbers import find_marks
from kerazoo.datasets.reading.other_data import say_all_are_judged
from kerazoo.datasets.reading.roles import choose_words, infer_roles
from kerazoo.datasets.reading.said import describe_left_out, say_roles
from kerazoo.datasets.reading.table import read_cases
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import InvalidInput, KerazooError

FILES: tuple[DataFile, ...] = ()
ANSWER = "reconstruction_error"
"""What a network answers a row with."""

_FRACTIONS = (0.15, 0.2)
_SHOWN = 8
_TINY_ROWS = 120


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    path: Any,
    drop: Sequence[str] = (),
    categorical: Sequence[str] = (),
    numeric: Sequence[str] = (),
    date: Sequence[str] = (),
    validation_fraction: float = _FRACTIONS[0],
    test_fraction: float = _FRACTIONS[1],
    seed: int = 0,
) -> Splits:
    """Load a table without a target.

    Args:
        data_dir: not used: the path says where the table is.
        path: a CSV or Parquet file, `"-"` for CSV on standard input, a DataFrame, or a dict of
            columns.
        drop: columns that are left out.
        categorical: columns that hold words, also if these look like numbers.
        numeric: columns of numbers.
        date: columns of dates.
        validation_fraction: share of the rows held out for validation.
        test_fraction: share of the rows held out for the test.
        seed: decides which.

    Raises:
        InvalidInput: if the file is no table, has no column to learn from, or a cell is not what
            its column holds.
        UnknownName: if there is no such column.

    Example:
        >>> import warnings
        >>> frame = {"size": [n * 7 % 101 for n in range(100)], "color": ["red", "blue"] * 50}
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     splits = load(path=frame)
        >>> splits.train.x.shape, splits.train.y, splits.about.kinds
        ((65, 2), None, {'size': 'number', 'color': 'category'})
    """
    told = {"drop": drop, "categorical": categorical, "numeric": numeric, "date": date}
    frame, source, delimiter = read_cases(path)
    check_named(frame, [name for names in told.values() for name in names], source)
    check_told(told, "", {})
    check_fractions(validation_fraction, test_fraction)
    marks = find_marks(frame, delimiter)
    roles = infer_roles(frame, **told, marks=marks, source=source)
    used = {role.column: role.kind for role in roles if role.kind}
    if not used:
        raise InvalidInput(
            f"{source} has no column to learn from; {describe_left_out(roles)}. Give a table with "
            "others, or say what they are (--categorical, --numeric, --date)."
        )
    readings = read_columns(frame, used, {}, source, marks=marks)
    read = {name: one.values for name, one in readings.items()}
    say_roles(read, roles, source)
    parts = _share_out(read, (validation_fraction, test_fraction), seed, source)
    of_training = {name: cells[parts[0]] for name, cells in read.items()}
    blank = [name for name, cells in of_training.items() if pd.isna(cells).all()]
    if blank:
        raise InvalidInput(
            f"{source}: {', '.join(map(repr, blank[:_SHOWN]))} {agree(len(blank), 'is', 'are')} "
            "empty in the rows that are trained on; leave out with drop (--drop)."
        )
    words = {n: choose_words(of_training[n]) for n, kind in used.items() if kind == "category"}
    check_room({name: words.get(name, ()) for name in used}, source)
    written = {name: one.written for name, one in readings.items() if one.written}
    about = Table(tuple(used), words, target_name=ANSWER, kinds=used, written=written or None)
    x = to_numbers(read, about, source)
    say_lost_digits(x[parts[0]], lambda index: f"{source}: {about.feature_names[index]!r}")
    return _split(x, about, parts)


def load_like(about: Table, path: Any, *, trained_on: str = "", seed: int = 0) -> Splits:
    """Load a table for a network that was trained on such a table.

    Args:
        about: what the network's card says.
        path: as for `load`.
        trained_on: the hash of the data that a network was trained on, which is to be judged: all
            rows of other data are the test part. By default, rows are split in any case.
        seed: as for `load`.

    Raises:
        InvalidInput: if a column is missing, or a cell is not what its column holds.
    """
    wanted = about.feature_names
    frame, source, delimiter = read_cases(path, wanted=wanted, needed=wanted)
    match_columns(list(map(str, frame)), wanted, source, warn_user)
    reader = TableReader(about, source, find_marks(frame, delimiter))
    read = reader.read(frame)
    x = reader.encode(read, frame)
    try:
        same = _split(x, about, _share_out(read, _FRACTIONS, seed, source))
        if not trained_on or same.hash() == trained_on:
            return same
    except KerazooError:  # too few for three parts: it is other data
        if not trained_on:
            raise
    say_all_are_judged(source, len(x), "row")
    none = np.arange(0)
    return _split(x, about, (none, none, np.arange(len(x))))


def tiny() -> Splits:
    """Return a short table, made for the moment.

    Example:
        >>> tiny().about.kinds["color"]
        'category'
    """
    rows = np.arange(_TINY_ROWS)
    frame = {"size": rows * 7 % 101, "color": [("red", "blue")[row % 2] for row in rows]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what each column is
        return load(path=frame)


def _share_out(
    read: dict[str, np.ndarray], fractions: tuple[float, float], seed: int, source: str
) -> tuple[np.ndarray, ...]:
    numbers = number_equal(list(read.values()))
    # In a table of a few columns of words, most rows have an equal one.
    few = len(np.unique(numbers)) < len(numbers) / 2
    equal = np.arange(len(numbers)) if few else numbers
    return share_out(
        equal=equal, classes=None, order=None, fractions=fractions, seed=seed, source=source
    )


def _split(x: np.ndarray, about: Table, parts: Sequence[np.ndarray]) -> Splits:
    train, validation, test = (Part(x[rows].astype("float32")) for rows in parts)
    return Splits(train, validation, test, about)
