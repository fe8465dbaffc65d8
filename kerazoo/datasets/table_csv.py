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
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted
from kerazoo.datasets.reading.digits import say_lost_digits
from kerazoo.datasets.reading.holdout import share_out
from kerazoo.datasets.reading.numbers import Marks, find_marks, is_empty
from kerazoo.datasets.reading.roles import Role, choose_words, infer_roles, read_column
from kerazoo.datasets.reading.table import read_frame
from kerazoo.datasets.reading.target import Target, read_target, read_target_like
from kerazoo.datasets.sources import DataFile, read
from kerazoo.datasets.splits import Part, Splits, Table
from kerazoo.errors import InvalidInput, KerazooError, unknown_name

FILES: tuple[DataFile, ...] = ()
VALIDATION_FRACTION, TEST_FRACTION = 0.15, 0.2
_FEW_ROWS = 50
_SHOWN = 8
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
        >>> size = np.arange(100)
        >>> frame = {"size": size, "color": ["red", "blue"] * 50, "price": size * 2.5}
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")
        ...     splits = load(path=frame, target="price")
        >>> splits.train.x.shape, splits.about.kinds
        ((65, 2), {'size': 'number', 'color': 'category'})
    """
    frame, source, delimiter = read_frame(path)
    named = [target, *drop, *categorical, *numeric, *date, *filter(None, [group, time])]
    for column in named:
        if column not in frame.columns:
            error = unknown_name("column", column, frame.columns)
            raise type(error)(f"{source}: {error}")
    _check_fractions(validation_fraction, test_fraction)
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
    used = {role.column: role.kind for role in roles if role.kind}
    if not used:
        raise InvalidInput(f"{source} has no column to learn from; {_left_out(roles)}. Add one.")
    _say_roles(frame, roles, used, source)
    order = _times(frame, time, source) if time else None
    parts = share_out(
        equal=_equal_rows(frame[[*used, target]], frame[group] if group else None),
        classes=answers.indices,
        order=order,
        fractions=(validation_fraction, test_fraction),
        seed=seed,
        source=source,
    )
    words = {
        column: choose_words(inputs[column].iloc[parts[0]])
        for column, kind in used.items()
        if kind == "category"
    }
    split_by = {"group": group or "", "time": time or ""}
    about = Table(
        feature_names=tuple(used),
        categories=words,
        class_names=answers.class_names,
        target_name=target,
        kinds=used,
        split_by={name: column for name, column in split_by.items() if column} or None,
    )
    x = encode(inputs, about, source, marks)
    return _split(x, answers, about, parts, source)


def load_like(
    about: Table, path: Any, *, labels: Labels = "index", whole: bool = False, seed: int = 0
) -> Splits:
    """Load a table for a network that was trained on such a table, and judge it on it.

    Args:
        about: what the network's card says.
        path: as for `load`.
        labels: as for `load`.
        whole: whether all rows are the test part, as of other data than it was trained on; by
            default rows are held out as in training.
        seed: as for `load`.

    Raises:
        InvalidInput: if a column is missing, or a cell is not what its column holds.
    """
    frame, source, delimiter = read_frame(path)
    split_by = about.split_by or {}
    needed = [*about.feature_names, about.target_name, *(() if whole else split_by.values())]
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        which = ", ".join(map(repr, missing[:_SHOWN]))
        noun = agree(len(missing), "column", "columns")
        raise InvalidInput(
            f"{source} lacks the {noun} {which}, which the network was trained with; add it."
        )
    frame = _with_target(frame, about.target_name, source)
    marks = find_marks(frame, delimiter)
    answers = read_target_like(frame[about.target_name], about, labels, marks=marks, source=source)
    if whole:
        none = np.arange(0)
        parts = (none, none, np.arange(len(frame)))
    else:
        group = split_by.get("group")
        time = split_by.get("time")
        used = [*about.feature_names, about.target_name]
        parts = share_out(
            equal=_equal_rows(frame[used], frame[group] if group else None),
            classes=answers.indices,
            order=_times(frame, time, source) if time else None,
            fractions=(VALIDATION_FRACTION, TEST_FRACTION),
            seed=seed,
            source=source,
        )
    return _split(encode(frame, about, source, marks), answers, about, parts, source, quiet=True)


def encode(
    frame: pd.DataFrame,
    about: Table,
    source: str,
    marks: Marks,
    note: Any = warn_user,
    bad: dict[int, str] | None = None,
) -> np.ndarray:
    """Return the input columns of a table as a network takes them, `(rows, columns)`.

    Args:
        frame: has all of them, in any order.
        about: what they are.
        source: the table, for messages.
        marks: how the table writes numbers.
        note: told what was converted, and which words are not known.
        bad: takes, by row from 0 on, what is wrong with it; by default it is refused.

    Raises:
        InvalidInput: if a cell is not what its column holds.
    """
    columns = [
        read_column(
            frame[name],
            (about.kinds or {})[name],
            about.categories.get(name, ()),
            marks=marks,
            source=source,
            note=note,
            bad=bad,
        )
        for name in about.feature_names
    ]
    return np.stack(columns, axis=1)


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


def _split(
    x: np.ndarray,
    answers: Target,
    about: Table,
    parts: Sequence[np.ndarray],
    source: str,
    *,
    quiet: bool = False,
) -> Splits:
    if not quiet:
        names = about.feature_names
        say_lost_digits(x[parts[0]], lambda index: f"{source}: {names[index]!r}")
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
            f"{source}: left out: {counted(int(empty.sum()), 'row')} of {len(frame)} without a "
            f"{target!r}."
        )
    return frame[~empty]


def _check_fractions(validation: float, test: float) -> None:
    if not (0 < validation < 1 and 0 < test < 1 and validation + test < 1):
        raise KerazooError(
            f"validation_fraction {validation} and test_fraction {test} leave nothing to train on; "
            "pass shares above 0 that add up to less than 1."
        )


def _times(frame: pd.DataFrame, column: str, source: str) -> np.ndarray:
    if is_empty(frame[column]).any():
        raise InvalidInput(
            f"{source}: {column!r} is empty in some rows; rows are held out by time. Fill it in."
        )
    return read_column(frame[column], "date", marks=Marks(), source=source, note=warn_user)


def _equal_rows(frame: pd.DataFrame, group: pd.Series | None) -> np.ndarray:
    """Return a number per row; rows with one number stay in one part.

    Equal rows do, unless most rows have an equal one, as in a table of a few columns of words.
    """
    if group is not None:
        return pd.factorize(group.astype(str))[0]
    numbers: np.ndarray = frame.astype(str).groupby(list(frame.columns)).ngroup().to_numpy()
    repeated = len(numbers) - len(np.unique(numbers))
    return numbers if repeated <= len(numbers) / 2 else np.arange(len(numbers))


def _left_out(roles: Sequence[Role]) -> str:
    return "left out: " + ", ".join(f"{r.column!r} ({r.reason})" for r in roles if not r.kind)


def _say_roles(
    frame: pd.DataFrame, roles: Sequence[Role], used: Mapping[str, str], source: str
) -> None:
    """Say in a few lines what each column was taken for."""
    nouns = {"number": ("number", "numbers"), "category": ("category", "categories")}
    nouns["date"] = ("date", "dates")
    warn_user(f"{source}: {counted(len(frame), 'row')}, {counted(len(used), 'input column')}.")
    for kind, (one, several) in nouns.items():
        names = [name for name, other in used.items() if other == kind]
        if names:
            shown = ", ".join(_describe(frame[name], kind) for name in names[:_SHOWN])
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            warn_user(f"{agree(len(names), one, several)}: {shown}{more}.")
    if any(not role.kind for role in roles):
        warn_user(f"{_left_out(roles)}.")
    if len(frame) < _FEW_ROWS:
        warn_user(f"{counted(len(frame), 'row')} are few: the test says little.")


def _describe(cells: pd.Series, kind: str) -> str:
    empty = int(is_empty(cells).sum())
    inside = []
    if kind == "category":
        inside.append(counted(len(set(cells.astype(str).str.strip())) - bool(empty), "word"))
    if empty:
        inside.append(f"{empty} empty")
    return f"{str(cells.name)!r}" + (f" ({', '.join(inside)})" if inside else "")
