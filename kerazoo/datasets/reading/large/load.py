"""A table that does not fit into memory, as the same parts that it would have there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from kerazoo._machine import free_memory
from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.alike import say_without_target
from kerazoo.datasets.reading.asked import check_named, check_room
from kerazoo.datasets.reading.holdout import share_out
from kerazoo.datasets.reading.inputs import describe_table
from kerazoo.datasets.reading.large.arrays import Rows, count_words, write_parts
from kerazoo.datasets.reading.large.equal import number_alike
from kerazoo.datasets.reading.large.survey import Asked, Columns, Surprise, Survey, survey
from kerazoo.datasets.reading.numbers import Marks, find_marks, is_empty
from kerazoo.datasets.reading.parquet_files import ParquetFiles, open_parquet
from kerazoo.datasets.reading.roles import (
    EMPTY,
    SAME,
    Role,
    choose_counted,
    describe_other_words,
    infer_roles,
)
from kerazoo.datasets.reading.said import (
    describe_column,
    describe_left_out,
    say_described,
    say_doubts,
    say_equal_rows,
)
from kerazoo.datasets.reading.target import say_number, settle_classes
from kerazoo.datasets.reading.weights import say_weights, weighed
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import InvalidInput

SAMPLE_ROWS, _SAMPLE_CELLS = 2**17, 2**22
_FEWEST = 1000
_BYTES_OF_ROW = 60  # that stay in memory, at most at once


@dataclass(frozen=True)
class Wishes:
    """What else a user asks of a table.

    Args:
        told: columns by what they are told to be, or to be left out.
        labels: how classes are given.
        balance: whether classes count the same.
        fractions: shares of the validation and the test part.
        seed: decides which rows are held out.
    """

    told: Mapping[str, Sequence[str]]
    labels: str
    balance: bool
    fractions: tuple[float, float]
    seed: int


def load_in_batches(path: str, asked: Asked, wishes: Wishes, *, has_test: bool) -> Splits:
    """Load a table that does not fit into memory, as `kerazoo.datasets.table_csv.load` would.

    What each column is, a sample of its rows tells, and all rows are seen to agree. Everything else
    is of all rows: classes, words, which rows are equal, and how they are held out.

    Args:
        path: a Parquet file, or a folder of such.
        asked: the columns that are no inputs.
        wishes: what else is asked of it.
        has_test: whether the test is another table, so that no row is held out for it.

    Raises:
        InvalidInput: as for a table in memory.
        KerazooError: if the disk has no room for its arrays.
    """
    source = open_parquet(path)
    sample = source.sample(
        int(np.clip(_SAMPLE_CELLS // max(1, len(source.names)), _FEWEST, SAMPLE_ROWS))
    )
    check_named(sample, [*asked.columns, *chain(*wishes.told.values())], path)
    check_room({name: () for name in source.names if name not in wishes.told["drop"]}, path)
    _check_rows(source)
    warn_user(
        f"{path} has {counted(source.rows, 'row')}, and is read in batches: it takes more memory "
        f"than is free. {counted(len(sample), 'row')} of it tell what each column is.",
        at_once=True,
    )
    loading = _Loading(
        source, asked, wishes, (wishes.fractions[:1] if has_test else wishes.fractions)
    )
    while True:
        try:
            return loading.run(sample)
        except Surprise as found:
            sample = pd.concat([sample, found.rows]).sort_index()
            sample = sample[~sample.index.duplicated()]


def _check_rows(source: ParquetFiles) -> None:
    needed, free = source.rows * _BYTES_OF_ROW, free_memory()
    if needed > max(free, 2**28):
        raise InvalidInput(
            f"{source.title} has {counted(source.rows, 'row')}, of which some numbers each stay in "
            f"memory: about {needed / 1e9:.1f} GB; {free / 1e9:.1f} GB are free. Give a part of "
            "its rows."
        )


@dataclass(frozen=True)
class _Loading:
    source: ParquetFiles
    asked: Asked
    wishes: Wishes
    fractions: Sequence[float]

    def run(self, sample: pd.DataFrame) -> Splits:
        """Load the table, given some of its rows.

        Raises:
            Surprise: if others say of a column what these do not.
        """
        there = ~is_empty(sample[self.asked.target])
        sample = sample[there] if there.any() else sample
        title, marks = self.source.title, find_marks(sample)
        roles = self._roles(sample, marks)
        while True:
            kinds = {role.column: role.kind for role in roles if role.kind}
            if not kinds:
                raise InvalidInput(
                    f"{title} has no column to learn from; {describe_left_out(roles)}. Give a "
                    "table with others, or say what they are (--categorical, --numeric, --date)."
                )
            columns = Columns.of_sample(sample, kinds, marks, title)
            left_out = {one.column: one for one in roles if one.reason in (SAME, EMPTY)}
            found = survey(self.source, self.asked, columns, left_out=left_out, sample=sample)
            rows, class_names, alike = self._share(found)
            held_out = int((rows.part > 0).sum())  # all that is filled may be there
            doubtful = {n for n, empty in found.empty.items() if len(alike) - empty <= held_out}
            asked_of = {*found.words, *doubtful}
            reader = columns.reader([name for name in kinds if name in asked_of])
            counts, blank = count_words(self.source, reader, asked_of, rows)
            if not blank:
                break
            # Without these columns, other rows may be equal, which decides what is held out.
            reason = "empty in the rows that are trained on"
            roles = [Role(r.column, "", reason) if r.column in blank else r for r in roles]
        self._say(found, roles, alike)
        words = {name: choose_counted(counts[name]) for name in found.words}
        check_room({name: words.get(name, ()) for name in kinds}, title)
        about = describe_table(
            kinds,
            words=words,
            class_names=class_names,
            target=self.asked.target,
            group=self.asked.group,
            time=self.asked.time,
            written=columns.written,
            weights=self.asked.weights,
            balance=self.wishes.balance,
        )
        self._say_other_words(found, about)
        return self._write(columns, about, rows)

    def _roles(self, sample: pd.DataFrame, marks: Marks) -> list[Role]:
        asked, told = self.asked, self.wishes.told
        inputs = sample.drop(columns=[asked.target, *filter(None, [asked.group, asked.weights])])
        date = [
            *told["date"],
            *([asked.time] if asked.time and asked.time not in told["drop"] else []),
        ]
        return infer_roles(
            inputs,
            drop=told["drop"],
            categorical=told["categorical"],
            numeric=told["numeric"],
            date=date,
            marks=marks,
            source=self.source.title,
        )

    def _share(self, found: Survey) -> tuple[Rows, tuple[str, ...], np.ndarray]:
        """Return the rows of each part, the classes, and a number per row: equal ones have one."""
        title = self.source.title
        say_without_target(found.without_target, self.source.rows, self.asked.target, title)
        if found.weight is not None and self.asked.weights is not None:
            say_weights(found.weight, self.asked.weights, title)
        class_names, target = self._classes(found)
        alike = number_alike(found.alike)
        equal = alike
        if self.asked.group is not None:
            equal = number_alike(found.equal)
        elif len(alike) - (alike.max() + 1) > len(alike) / 2:
            # In a table of a few columns of words, most rows have an equal one.
            equal = np.arange(len(alike))
        parts = share_out(
            equal=equal,
            classes=target if class_names else None,
            order=found.order,
            fractions=self.fractions,
            seed=self.wishes.seed,
            source=title,
        )
        part = np.empty(len(target), np.int8)
        for number, members in enumerate(parts):
            part[members] = number
        return Rows(np.flatnonzero(found.kept), part, target, found.weight), class_names, alike

    def _classes(self, found: Survey) -> tuple[tuple[str, ...], np.ndarray]:
        """Return the classes, if there are any, and what is predicted of each row; and say it."""
        name, title = self.asked.target, self.source.title
        if not found.classes:
            say_number(found.target, name, title)
            return (), found.target
        class_names = settle_classes(found.classes, name, title)
        index = {word: number for number, word in enumerate(class_names)}
        return class_names, np.array([index[word] for word in found.classes], "int32")[found.target]

    def _say(self, found: Survey, roles: Sequence[Role], alike: np.ndarray) -> None:
        about = {
            name: describe_column(
                name, len(found.words[name]) if name in found.words else None, empty
            )
            for name, empty in found.empty.items()
        }
        say_described(about, roles, len(alike), self.source.title)
        say_equal_rows(alike, self.source.title)

    def _say_other_words(self, found: Survey, about: Table) -> None:
        for name, words in about.categories.items():
            others = {word: n for word, n in found.words[name].items() if word not in {*words}}
            if others:
                where = f"{self.source.title}: {name!r}"
                warn_user(describe_other_words(sum(others.values()), [*others], len(words), where))

    def _write(self, columns: Columns, about: Table, rows: Rows) -> Splits:
        parts = write_parts(
            self.source,
            columns.reader(),
            about,
            rows,
            labels=self.wishes.labels,
            seed=self.wishes.seed,
        )
        train, validation, test = map(_of_mean_one, parts)
        self._say_doubts(train, about)
        return Splits(
            train, validation, test, about, test_rows={"row": rows.numbers[rows.part == 2] + 1}
        )

    def _say_doubts(self, train: Part, about: Table) -> None:
        count = len(train.x)
        some = np.unique(np.linspace(0, count - 1, min(count, SAMPLE_ROWS)).astype(int))
        y = np.asarray(train.y)[some]
        target = y.argmax(axis=1) if y.ndim > 1 and y.shape[1] > 1 else y.ravel()
        say_doubts(train.x[some], about.feature_names, target, self.source.title)


def _of_mean_one(part: Part) -> Part:
    """Return a part whose weights, if it has any, have a mean of 1, as those in memory have."""
    return weighed(Part(part.x, part.y), part.weight)
