"""Rows of another table, read as those of the table that a network was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted
from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.columns import match_columns
from kerazoo.datasets.reading.holdout import number_equal
from kerazoo.datasets.reading.inputs import TableReader
from kerazoo.datasets.reading.numbers import find_marks, is_empty
from kerazoo.datasets.reading.table import read_cases
from kerazoo.datasets.reading.target import Target, read_target_like
from kerazoo.datasets.reading.weights import read_weights, weighed
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import InvalidInput


@dataclass(frozen=True)
class Rows:
    """Rows of a table, read.

    Args:
        frame: their cells; its index counts the rows of the file from 0 on.
        source: what messages call the table.
        read: the input columns as `read_columns` gives them.
        x: the same as a network takes them.
        answers: what is predicted.
        weight: how much each row counts; `None` if all count the same.
    """

    frame: pd.DataFrame
    source: str
    read: Mapping[str, np.ndarray]
    x: np.ndarray
    answers: Target
    weight: np.ndarray | None

    def part(self, rows: np.ndarray) -> Part:
        """Return some of the rows as a part."""
        weight = None if self.weight is None else self.weight[rows]
        x = self.x[rows].astype("float32")
        return weighed(Part(x, self.answers.values[rows]), weight)

    def split(self, parts: Sequence[np.ndarray], about: Table) -> Splits:
        """Return the rows of each part, and which rows of the table these are."""
        train, validation, test = map(self.part, parts)
        learned, _, judged = ({"row": self.frame.index.to_numpy()[one] + 1} for one in parts)
        return Splits(train, validation, test, about, test_rows=judged, train_rows=learned)


def read_alike(about: Table, path: Any, labels: str) -> Rows:
    """Read a table of the same columns as another one, the target among them.

    Args:
        about: what the columns of the other one are.
        path: as for `kerazoo.datasets.table_csv.load`.
        labels: as for `kerazoo.datasets.table_csv.load`.

    Raises:
        InvalidInput: if a column is missing, or a cell is not what its column holds.
    """
    wanted = [*about.feature_names, about.target_name]
    column = (about.weighed_by or {}).get("column")
    split_by = [name for use, name in (about.split_by or {}).items() if use != "test"]
    also_used = [*split_by, *([column] if column is not None else [])]
    frame, source, delimiter = read_cases(path, wanted=wanted, needed={*wanted, *also_used})
    names = list(map(str, frame))
    match_columns(names, wanted, source, warn_user, target=about.target_name, also_used=also_used)
    frame = with_target(frame, about.target_name, source)
    marks = find_marks(frame, delimiter)
    weight = None
    if column is not None and column in frame.columns:
        weights = read_weights(frame, column, marks, source)
        frame, weight = frame.loc[weights.index], weights.to_numpy()
    elif column is not None:
        warn_user(f"{source} has no column {column!r}, so that every row counts the same.")
    answers = read_target_like(frame[about.target_name], about, labels, marks=marks, source=source)
    reader = TableReader(about, source, marks)
    read = reader.read(frame)
    return Rows(frame, source, read, reader.encode(read, frame), answers, weight)


def with_target(frame: pd.DataFrame, target: str, source: str) -> pd.DataFrame:
    """Return the rows that have a target; their index stays that of the file."""
    empty = is_empty(frame[target])
    say_without_target(int(empty.sum()), len(frame), target, source)
    return frame[~empty]


def say_without_target(without: int, rows: int, target: str, source: str) -> None:
    """Say how many rows are left out as they have no target; refuse it if all are."""
    if without == rows:
        raise InvalidInput(f"{source}: {target!r} is empty in every row; name another target.")
    if without:
        warn_user(f"{source}: left out: {counted(without, 'row')} of {rows:,} without {target!r}.")


def say_overlap(known: Rows, test: Rows, column: str | None) -> None:
    """Say if a test looks easier than new rows will be: some of it is trained on.

    Args:
        known: the rows that are trained on.
        test: those of the test.
        column: whose values are to be in one part only, such as patients; `None` for none.
    """
    both = [*np.concatenate([known.x, test.x]).T, np.concatenate([_plain(known), _plain(test)])]
    numbers = number_equal(both)
    same = int(np.isin(numbers[len(known.x) :], numbers[: len(known.x)]).sum())
    if same:
        warn_user(
            f"{test.source}: {counted(same, 'row')} of {len(test.x):,} {agree(same, 'is', 'are')} "
            f"in {known.source}, too, with the same target: the test looks easier than new rows "
            "are."
        )
    if column is not None and column in test.frame.columns:
        shared = set(test.frame[column].map(str)) & set(known.frame[column].map(str))
        if shared:
            values = counted(len(shared), "value")
            warn_user(
                f"{test.source}: {values} of {column!r} {agree(len(shared), 'is', 'are')} in "
                f"{known.source}, too, such as {sorted(shared)[0]!r}."
            )


def _plain(rows: Rows) -> np.ndarray:
    answers = rows.answers
    return answers.values[:, 0] if answers.indices is None else answers.indices
