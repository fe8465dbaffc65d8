"""Your own table: a file with a row for each case, and one column that is predicted.

Numbers, words, dates and empty cells are taken as they come; what each column was found to be is
said. Rows are held out at random, with equal shares of each class; equal rows stay together, so
that no test row was trained on.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
import warnings
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.alike import Rows, read_alike, say_overlap, with_target
from kerazoo.datasets.reading.asked import (
    check_columns_of,
    check_fractions,
    check_named,
    check_room,
    check_told,
)
from kerazoo.datasets.reading.dates import read_days
from kerazoo.datasets.reading.digits import say_lost_digits
from kerazoo.datasets.reading.holdout import number_equal, settle, share_out
from kerazoo.datasets.reading.inputs import describe_table, read_columns, to_numbers
from kerazoo.datasets.reading.large.load import Wishes, load_in_batches
from kerazoo.datasets.reading.large.survey import Asked
from kerazoo.datasets.reading.numbers import find_marks, is_empty
from kerazoo.datasets.reading.other_data import say_all_are_judged
from kerazoo.datasets.reading.roles import choose_words, infer_roles, words_of
from kerazoo.datasets.reading.said import say_doubts, say_equal_rows, say_roles
from kerazoo.datasets.reading.size import needs_batches
from kerazoo.datasets.reading.table import read_cases
from kerazoo.datasets.reading.target import Target, read_target
from kerazoo.datasets.reading.weights import balance_classes, read_weights
from kerazoo.datasets.sources import DataFile, read
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput, KerazooError

FILES: tuple[DataFile, ...] = ()
VALIDATION_FRACTION, TEST_FRACTION = 0.15, 0.2
_TINY_ROWS = 240

Labels = Literal["index", "one_hot"]


def load_table(
    path: Any,
    *,
    target: str,
    predict: Literal["auto", "classes", "number"] = "auto",
    labels: Labels = "index",
    drop: Sequence[str] = (),
    categorical: Sequence[str] = (),
    numeric: Sequence[str] = (),
    date: Sequence[str] = (),
    group: str | None = None,
    time: str | None = None,
    test: Any = None,
    weights: str | None = None,
    balance: bool = False,
    validation_fraction: float = VALIDATION_FRACTION,
    test_fraction: float = TEST_FRACTION,
    seed: int = 0,
    data_dir: str | os.PathLike[str] | None = None,
) -> Splits:
    """Load a table of your own, as `kerazoo train --data` does.

    Rows without a target are left out. Columns are left out that say nothing about a new row:
    those that are the same everywhere, that number the rows, and free text. A warning says what
    each column is taken for.

    Args:
        path: a CSV or Parquet file, a folder of Parquet files, `"-"` for CSV on standard input, a
            DataFrame, or a dict of columns. Parquet larger than memory becomes arrays on the disk.
        target: the column that is predicted.
        predict: whether it holds classes or a number; `"auto"` tells by its values.
        labels: how classes are given: by their index, or as a 1 among 0s.
        drop: columns that are left out.
        categorical: columns that hold words, also if these look like numbers.
        numeric: columns of numbers.
        date: columns of dates.
        group: a column whose equal values stay in one part, such as a patient; it is no input.
        time: a column of dates; the latest rows are held out. It is an input as well.
        test: a table of test rows with the same columns; by default some of `path` are held out.
        weights: a column of how much each row counts, from 0 on, in training, validation and test;
            it is no input.
        balance: whether rows count so that all classes do the same in training and validation.
        validation_fraction: share of the rows held out for validation.
        test_fraction: share of the rows held out for the test, if `test` has none.
        seed: decides which.
        data_dir: not used: the path says where the table is.

    Returns:
        The parts, encoded as a network takes them: a word by its code, a date as days since
        1970-01-01, NaN for an empty cell. With `weights` or `balance` a part unpacks as
        `(x, y, weight)`.

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
        ...     splits = load_table(frame, target="price")
        >>> splits.train.x.shape, splits.about.kinds
        ((65, 2), {'size': 'number', 'color': 'category'})
    """
    told = {"drop": drop, "categorical": categorical, "numeric": numeric, "date": date}
    special = {"group": group, "time": time, "weights": weights}
    named = [target, *chain(*told.values()), *filter(None, special.values())]
    check_columns_of(path, drop)
    if isinstance(path, str | os.PathLike) and needs_batches(os.fspath(path)):
        check_told(told, target, special)
        check_fractions(validation_fraction, test_fraction)
        splits = load_in_batches(
            os.fspath(path),
            Asked(target, predict, group, time, weights),
            Wishes(told, labels, balance, (validation_fraction, test_fraction), seed),
            has_test=test is not None,
        )
        if test is not None:  # rows that are in both are not looked for
            splits = _judged_on(splits, read_alike(_table_of(splits), test, labels))
        return balance_classes(splits) if balance else splits
    frame, source, delimiter = read_cases(path, wanted=named)
    check_named(frame, named, source)
    check_told(told, target, special)
    check_room({str(name): () for name in frame.columns.difference(list(drop))}, source)
    check_fractions(validation_fraction, test_fraction)
    frame = with_target(frame, target, source)
    marks = find_marks(frame, delimiter)
    weight = None
    if weights is not None:
        weight = read_weights(frame, weights, marks, source)
        frame = frame.loc[weight.index]
    answers = read_target(frame[target], predict, labels, marks=marks, source=source)
    inputs = frame.drop(columns=[target, *filter(None, [group, weights])])
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
    shares = [validation_fraction, *([] if test is not None else [test_fraction])]

    def share(used: Sequence[str]) -> tuple[np.ndarray, ...]:
        return share_out(
            equal=_units([read[name] for name in used], answers, frame[group] if group else None),
            classes=answers.indices,
            order=order,
            fractions=shares,
            seed=seed,
            source=source,
        )

    roles, parts = settle(roles, read, share, source)
    used = {role.column: role.kind for role in roles if role.kind}
    say_roles(read, roles, source)
    say_equal_rows(_numbered([read[name] for name in used], answers), source)
    words = {
        column: choose_words(read[column][parts[0]])
        for column, kind in used.items()
        if kind == "category"
    }
    check_room({column: words.get(column, ()) for column in used}, source)
    about = describe_table(
        used,
        words=words,
        class_names=answers.class_names,
        target=target,
        group=group,
        time=time,
        written={name: one.written for name, one in readings.items()},
        weights=weights,
        balance=balance,
    )
    x = to_numbers(read, about, source)
    say_lost_digits(x[parts[0]], lambda index: f"{source}: {about.feature_names[index]!r}")
    target_of = answers.values[:, 0] if answers.indices is None else answers.indices
    say_doubts(x[parts[0]], about.feature_names, target_of[parts[0]], source)
    rows = Rows(frame, source, read, x, answers, None if weight is None else weight.to_numpy())
    splits = rows.split([*parts, np.arange(0)][:3], about)
    if test is not None:
        splits = _with_test(splits, rows, test, labels)
    return balance_classes(splits) if balance else splits


load = load_table  # what `load_dataset` calls


def load_like(
    about: Table, path: Any, *, labels: Labels = "index", trained_on: str = "", seed: int = 0
) -> Splits:
    """Load a table for a network that was trained on such columns, and judge it on it.

    Args:
        about: what the network's card says: of a table of the user's, or of a data set of the zoo.
        path: as for `load_table`.
        labels: as for `load_table`.
        trained_on: the hash of the data that it was trained on. All rows of other data are the
            test part; by default, rows are held out as in training.
        seed: as for `load_table`.

    Raises:
        InvalidInput: if a column is missing, or a cell is not what its column holds.
    """
    if not trained_on:  # its rows are held out anew
        split_by = {name: how for name, how in (about.split_by or {}).items() if name != "test"}
        about = dataclasses.replace(about, split_by=split_by or None)
    rows = read_alike(about, path, labels)
    none = np.arange(0)
    whole = rows.split((none, none, np.arange(len(rows.x))), about)
    tested_on = (about.split_by or {}).get("test")
    if tested_on is not None:
        if whole.hash() != tested_on:
            say_all_are_judged(
                rows.source, len(rows.x), "row", than="the test rows that the network was judged on"
            )
        return whole
    # Which rows of a data set of the zoo were held out, this does not know.
    if about.kinds or not trained_on:
        try:
            same = rows.split(_parts_like(rows, about, seed), about)
            if (about.weighed_by or {}).get("classes"):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of weights in training
                    same = balance_classes(same)
            if not trained_on or same.hash() == trained_on:
                return same
        except KerazooError:
            if not trained_on:
                raise
    say_all_are_judged(rows.source, len(rows.x), "row")
    return whole


def _with_test(splits: Splits, known: Rows, path: Any, labels: Labels) -> Splits:
    """Return the same rows to learn from, and those of another table as the test part."""
    about = _table_of(splits)
    test = read_alike(about, path, labels)
    say_overlap(known, test, (about.split_by or {}).get("group"))
    return _judged_on(splits, test)


def _table_of(splits: Splits) -> Table:
    assert isinstance(splits.about, Table)
    return splits.about


def _judged_on(splits: Splits, test: Rows) -> Splits:
    """Return the same rows to learn from, and those that were read as the test part."""
    about = _table_of(splits)
    split_by = about.split_by or {}
    warn_user(f"{test.source}: {counted(len(test.x), 'row')}, the test.")
    none = np.arange(0)
    judged = test.split((none, none, np.arange(len(test.x))), about)
    about = dataclasses.replace(about, split_by={**split_by, "test": judged.hash()})
    return dataclasses.replace(splits, test=judged.test, about=about, test_rows=judged.test_rows)


def _parts_like(rows: Rows, about: Table, seed: int) -> tuple[np.ndarray, ...]:
    """Return the rows of each part, if the data is that of the training."""
    split_by, frame, source = about.split_by or {}, rows.frame, rows.source
    check_named(frame, [*split_by.values()], source)
    group, time = split_by.get("group"), split_by.get("time")
    written = (about.written or {}).get(time or "", "")
    return share_out(
        equal=_units(list(rows.read.values()), rows.answers, frame[group] if group else None),
        classes=rows.answers.indices,
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
        return load_table(path, target="quality", predict=predict, labels=labels)


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
    numbers = _numbered(columns, answers)
    repeated = len(numbers) - len(np.unique(numbers))
    # In a table of a few columns of words, most rows have an equal one.
    return numbers if repeated <= len(numbers) / 2 else np.arange(len(numbers))


def _numbered(columns: Sequence[np.ndarray], answers: Target) -> np.ndarray:
    """Return a number per row, the same for rows with equal cells and targets."""
    target = answers.values[:, 0] if answers.indices is None else answers.indices
    return number_equal([*columns, target])
