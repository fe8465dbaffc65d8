"""Your own table: a file with a row for each case, and one column that is predicted.

Numbers, words, dates and empty cells are taken as they come; what each column was found to be is
said. Rows are held out at random, with equal shares of each class; equal rows stay together, so
that no test row was trained on.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.reading.asked import check_fractions, check_named, check_room, check_told
from kerazoo.datasets.reading.columns import match_columns
from kerazoo.datasets.reading.dates import read_days
from kerazoo.datasets.reading.digits import say_lost_digits
from kerazoo.datasets.reading.holdout import number_equal, share_out
from kerazoo.datasets.reading.inputs import TableReader, read_columns, to_numbers
from kerazoo.datasets.reading.numbers import find_marks, is_empty
from kerazoo.datasets.reading.roles import Role, choose_words, infer_roles, words_of
from kerazoo.datasets.reading.said import describe_left_out, say_doubts, say_roles
from kerazoo.datasets.reading.table import read_cases
from kerazoo.datasets.reading.target import Target, read_target, read_target_like
from kerazoo.datasets.sources import DataFile, read
from kerazoo.datasets.splits import Part, Splits, Table
from kerazoo.errors import InvalidInput, KerazooError

FILES: tuple[DataFile, ...] = ()
VALIDATION_FRACTION, TEST_FRACTION = 0.15, 0.2
_TINY_ROWS = 240

Labels = Literal["index", "one_hot"]


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    path: Any,
    target: str,
    predict: Literal["auto", "classes", "number"] = "auto",
    labels: Labels = "index",
    drop: Sequence[str] = (),
    categorical: Sequence[str] = (),
    numeric: Sequence[str] = (),
    date: Sequence[str] = (),
    group: str | None = None,
    time: str | None = None,
    validation_fraction: float = VALIDATION_FRACTION,
    test_fraction: float = TEST_FRACTION,
    seed: int = 0,
) -> Splits:
    """Load a table.

    Rows without a target are left out. Columns are left out that say nothing about a new row:
    those that are the same everywhere, that number the rows, and free text. A warning says what
    each column is taken for.

    Args:
        data_dir: not used: the path says where the table is.
        path: a CSV or Parquet file, `"-"` for CSV on standard input, a DataFrame, or a dict of
            columns.
        target: the column that is predicted.
        predict: whether it holds classes or a number; `"auto"` tells by its values.
        labels: how classes are given: by their index, or as a 1 among 0s.
        drop: columns that are left out.
        categorical: columns that hold words, also if these look like numbers.
        numeric: columns of numbers.
        date: columns of dates.
        group: a column whose equal values stay in one part, such as a patient; it is no input.
        time: a column of dates; the latest rows are held out. It is an input as well.
        validation_fraction: share of the rows held out for validation.
        test_fraction: share of the rows held out for the test.
        seed: decides which.

    Raises:
        InvalidInput: if the file is no table, the target cannot be learned, or a cell is not what
            its column holds.
        UnknownName: if there is no such column.

    Example:
        >>> import numpy as np, warnings
        >>> size = np.arange(100) * 7 % 101
        >>> frame = {"size": size, "color": ["red", "blue"] * 50, "price": size * 2.5}
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     splits = load(path=frame, target="price")
        >>> splits.train.x.shape, splits.about.kinds
        ((65, 2), {'size': 'number', 'color': 'category'})
    """
    told = {"drop": drop, "categorical": categorical, "numeric": numeric, "date": date}
    named = [target, *chain(*told.values()), *filter(None, [group, time])]
    frame, source, delimiter = read_cases(path, wanted=named)
    check_named(frame, named, source)
    check_told(told, target, group=group, time=time)
    check_room({str(name): () for name in frame.columns.difference(list(drop))}, source)
    check_fractions(validation_fraction, test_fraction)
    frame = _with_target(frame, target, source)
    marks = find_marks(frame, delimiter)
    answers = read_target(frame[target], predict, labels, marks=marks, source=source)
    inputs = frame.drop(columns=[target, *([group] if group else [])])
    roles = infer_roles(
        inputs,
        drop=drop,
        categorical=categorical,
        numeric=numeric,
        date=[*date, *([time] if time and time not in drop else [])],
        marks=marks,
        source=source,
    )
    order = _times(frame, time, source) if time else None
    kinds = {role.column: role.kind for role in roles if role.kind}
    readings = read_columns(inputs, kinds, {}, source, marks=marks)
    read = {name: one.values for name, one in readings.items()}
    while True:
        used = {role.column: role.kind for role in roles if role.kind}
        if not used:
            raise InvalidInput(
                f"{source} has no column to learn from; {describe_left_out(roles)}. Give a table "
                "with others, or say what they are (--categorical, --numeric, --date)."
            )
        parts = share_out(
            equal=_units([read[name] for name in used], answers, frame[group] if group else None),
            classes=answers.indices,
            order=order,
            fractions=(validation_fraction, test_fraction),
            seed=seed,
            source=source,
        )
        blank = {name for name in used if pd.isna(read[name][parts[0]]).all()}
        if not blank:
            break
        # Without these columns, other rows may be equal, which decides what is held out.
        reason = "empty in the rows that are trained on"
        roles = [Role(r.column, "", reason) if r.column in blank else r for r in roles]
    say_roles(read, roles, source)
    words = {
        column: choose_words(read[column][parts[0]])
        for column, kind in used.items()
        if kind == "category"
    }
    check_room({column: words.get(column, ()) for column in used}, source)
    split_by = {"group": group or "", "time": time or ""}
    about = Table(
        feature_names=tuple(used),
        categories=words,
        class_names=answers.class_names,
        target_name=target,
        kinds=used,
        split_by={name: column for name, column in split_by.items() if column} or None,
        written={name: readings[name].written for name in used if readings[name].written} or None,
    )
    x = to_numbers(read, about, source)
    say_lost_digits(x[parts[0]], lambda index: f"{source}: {about.feature_names[index]!r}")
    target_of = answers.values[:, 0] if answers.indices is None else answers.indices
    say_doubts(x[parts[0]], about.feature_names, target_of[parts[0]], source)
    return _split(x, answers, about, parts)


def load_like(
    about: Table, path: Any, *, labels: Labels = "index", trained_on: str = "", seed: int = 0
) -> Splits:
    """Load a table for a network that was trained on such columns, and judge it on it.

    Args:
        about: what the network's card says: of a table of the user's, or of a data set of the zoo.
        path: as for `load`.
        labels: as for `load`.
        trained_on: the hash of the data that it was trained on. All rows of other data are the
            test part; by default, rows are held out as in training.
        seed: as for `load`.

    Raises:
        InvalidInput: if a column is missing, or a cell is not what its column holds.
    """
    wanted = [*about.feature_names, about.target_name]
    split_by = tuple((about.split_by or {}).values())
    frame, source, delimiter = read_cases(path, wanted=wanted, needed={*wanted, *split_by})
    match_columns(
        list(map(str, frame)),
        wanted,
        source,
        warn_user,
        target=about.target_name,
        also_used=split_by,
    )
    frame = _with_target(frame, about.target_name, source)
    marks = find_marks(frame, delimiter)
    answers = read_target_like(frame[about.target_name], about, labels, marks=marks, source=source)
    reader = TableReader(about, source, marks)
    read = reader.read(frame)
    x = reader.encode(read, frame)
    if about.kinds:  # how a data set of the zoo is split, this does not know
        try:
            parts = _parts_like(frame, read, answers, about, source=source, seed=seed)
            same = _split(x, answers, about, parts)
            if not trained_on or same.hash() == trained_on:
                return same
        except KerazooError:
            if not trained_on:
                raise
    warn_user(
        f"{source} is not the data that the network was trained on, so that all of its "
        f"{counted(len(frame), 'row')} are judged. Rows of the training among them would make the "
        "figures too good."
    )
    none = np.arange(0)
    return _split(x, answers, about, (none, none, np.arange(len(frame))))


def _parts_like(
    frame: pd.DataFrame,
    read: Mapping[str, np.ndarray],
    answers: Target,
    about: Table,
    *,
    source: str,
    seed: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows of each part, if the data is that of the training."""
    split_by = about.split_by or {}
    check_named(frame, [*split_by.values()], source)
    group, time = split_by.get("group"), split_by.get("time")
    written = (about.written or {}).get(time or "", "")
    return share_out(
        equal=_units(list(read.values()), answers, frame[group] if group else None),
        classes=answers.indices,
        order=_times(frame, time, source, written) if time else None,
        fractions=(VALIDATION_FRACTION, TEST_FRACTION),
        seed=seed,
        source=source,
    )


def tiny(
    predict: Literal["auto", "classes", "number"] = "auto", labels: Labels = "index"
) -> Splits:
    """Return a short table, written for the moment: wines that come with the package.

    Args:
        predict: as for `load`; the target is the quality.
        labels: as for `load`.

    Example:
        >>> tiny().about.kinds["color"]
        'category'
    """
    from kerazoo.datasets import wine

    rows = read(wine.FILES[0]).splitlines(keepends=True)
    step = len(rows) // _TINY_ROWS
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what each column is
        path = Path(folder, "wines.csv")
        path.write_bytes(b"".join([rows[0], *rows[1::step]]))
        return load(path=path, target="quality", predict=predict, labels=labels)


def _split(x: np.ndarray, answers: Target, about: Table, parts: Sequence[np.ndarray]) -> Splits:
    x = x.astype("float32")
    train, validation, test = (Part(x[rows], answers.values[rows]) for rows in parts)
    return Splits(train, validation, test, about)


def _with_target(frame: pd.DataFrame, target: str, source: str) -> pd.DataFrame:
    """Return the rows that have a target; their index stays that of the file."""
    empty = is_empty(frame[target])
    if empty.all():
        raise InvalidInput(f"{source}: {target!r} is empty in every row; name another target.")
    if empty.any():
        warn_user(
            f"{source}: left out: {counted(int(empty.sum()), 'row')} of {len(frame):,} without "
            f"{target!r}."
        )
    return frame[~empty]


def _times(frame: pd.DataFrame, column: str, source: str, written: str = "") -> np.ndarray:
    if is_empty(frame[column]).any():
        raise InvalidInput(
            f"{source}: {column!r} is empty in some rows; fill these in, as rows are held out by "
            "their time."
        )
    return read_days(frame[column], column, source, order=written)[0]


def _units(columns: Sequence[np.ndarray], answers: Target, group: pd.Series | None) -> np.ndarray:
    """Return a number per row; rows with one number stay in one part."""
    if group is not None:
        return number_equal([words_of(group)])
    target = answers.values[:, 0] if answers.indices is None else answers.indices
    numbers = number_equal([*columns, target])
    repeated = len(numbers) - len(np.unique(numbers))
    # In a table of a few columns of words, most rows have an equal one.
    return numbers if repeated <= len(numbers) / 2 else np.arange(len(numbers))
