"""What is learned of a table before it is split: all rows are read once, and none is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.dates import read_days
from kerazoo.datasets.reading.inputs import TableReader, read_columns
from kerazoo.datasets.reading.large.equal import scatter
from kerazoo.datasets.reading.numbers import (
    Marks,
    has_numbers,
    is_empty,
    read_numbers,
    refuse_wrong,
)
from kerazoo.datasets.reading.parquet_files import ParquetFiles
from kerazoo.datasets.reading.roles import SAME, Role, choose_words, words_of
from kerazoo.datasets.reading.target import MOST_CLASSES, are_classes
from kerazoo.datasets.reading.weights import weights_of
from kerazoo.errors import InvalidInput

_MOST_WORDS = 2**20  # of one column, that are counted
_FEW = 100  # rows that say what a column is which others say nothing of


@dataclass(frozen=True)
class Asked:
    """The columns of a table that are no inputs, and what the target is said to hold."""

    target: str
    predict: str
    group: str | None
    time: str | None
    weights: str | None

    @property
    def columns(self) -> list[str]:
        """All that are named."""
        return [self.target, *filter(None, [self.group, self.time, self.weights])]


class Surprise(Exception):
    """Rows say of a column what its sample did not: what columns are is to be told anew."""

    def __init__(self, rows: pd.DataFrame) -> None:
        super().__init__()
        self.rows = rows


@dataclass
class Survey:
    """What is known of a table after all of it was read: of each row that counts some numbers.

    Args:
        kept: `(rows of the file,)`, whether it counts: it has a target, and a weight above 0.
        target: a number, or the code of its class, in the order of `classes`.
        classes: how many rows each class has, by first appearance; none if a number is predicted.
        equal: the same for equal rows, or for those of one group.
        alike: the same for equal rows.
        words: of each column of words, how often each is there.
        empty: of each input column, how many cells are.
        order: the time of each row, if rows are held out by it.
        weight: of each row, if it has one.
        without_target: rows that have none.
    """

    kept: np.ndarray
    target: np.ndarray
    classes: Counter[str]
    equal: np.ndarray
    alike: np.ndarray
    words: Mapping[str, Counter[str]]
    empty: Mapping[str, int]
    order: np.ndarray | None
    weight: np.ndarray | None
    without_target: int


@dataclass
class Columns:
    """How the input columns of a table are read, as a sample of its rows tells.

    Args:
        title: what messages call the table.
        kinds: what each input column is.
        marks: how the table writes numbers.
        written: how columns are written that could be read in another way, too.
        words: some words of each category.
    """

    title: str
    kinds: Mapping[str, str]
    marks: Marks
    written: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of_sample(
        cls, sample: pd.DataFrame, kinds: Mapping[str, str], marks: Marks, title: str
    ) -> Columns:
        """Read a sample, and say what was converted in it."""
        found = read_columns(sample, kinds, {}, title, marks=marks)
        written = {name: one.written for name, one in found.items() if one.written}
        words = {
            n: choose_words(found[n].values) for n, kind in kinds.items() if kind == "category"
        }
        return cls(title, kinds, marks, written, words)

    def reader(self, names: Sequence[str] | None = None) -> TableReader:
        """Return what reads some of them in one frame after the other."""
        chosen = tuple(self.kinds if names is None else names)
        about = Table(
            chosen,
            {name: self.words[name] for name in chosen if name in self.words},
            kinds={name: self.kinds[name] for name in chosen},
            written=dict(self.written),
        )
        return TableReader(about, self.title, self.marks, _say_nothing)


def survey(
    source: ParquetFiles,
    asked: Asked,
    columns: Columns,
    *,
    left_out: Mapping[str, Role],
    sample: pd.DataFrame,
) -> Survey:
    """Read all rows of a table once.

    Args:
        source: the table.
        asked: which columns are no inputs.
        columns: how the others are read.
        left_out: columns that seem to say nothing, by name, which is seen to.
        sample: some rows.

    Raises:
        Surprise: if one of these says something after all.
        InvalidInput: if a cell is not what its column holds.
    """
    is_class = _seems_class(sample[asked.target], asked.predict, columns.marks)
    while True:
        try:
            return _Surveyor(source, asked, columns, left_out, sample, is_class=is_class).run()
        except _NoClasses:
            is_class = False


class _NoClasses(Exception):
    """A target of whole numbers has more of them than classes would be."""


class _Surveyor:
    def __init__(
        self,
        source: ParquetFiles,
        asked: Asked,
        columns: Columns,
        left_out: Mapping[str, Role],
        sample: pd.DataFrame,
        *,
        is_class: bool,
    ) -> None:
        self.source, self.asked, self.columns = source, asked, columns
        self.left_out, self.is_class = left_out, is_class
        self.usual = {
            name: words_of(sample[name].iloc[:1])[0]
            for name, role in left_out.items()
            if role.reason == SAME
        }
        rows = source.rows
        self.kept = np.zeros(rows, bool)
        self.target = np.empty(rows, "int32" if is_class else "float64")
        self.alike = np.empty(rows, "uint64")
        self.group = None if asked.group is None else np.empty(rows, "uint64")
        self.order = None if asked.time is None else np.empty(rows)
        self.weight = None if asked.weights is None else np.empty(rows)
        self.codes: dict[str, int] = {}
        self.classes: Counter[str] = Counter()
        self.words = {
            name: Counter[str]() for name, kind in columns.kinds.items() if kind == "category"
        }
        self.empty = dict.fromkeys(columns.kinds, 0)
        self.without_target = self.count = 0

    def run(self) -> Survey:
        wanted = {*self.columns.kinds, *self.left_out, *self.asked.columns}
        reader = self.columns.reader()
        for whole in self.source.frames(wanted):
            frame = self._counting(whole)
            if len(frame):
                self._see_left_out(frame)
                self._take(frame, reader)
        target, alike = self.target[: self.count], self.alike[: self.count]
        if self.is_class and self.asked.predict == "auto" and self._are_numbers():
            raise _NoClasses
        return Survey(
            kept=self.kept,
            target=target,
            classes=self.classes,
            equal=alike if self.group is None else self.group[: self.count],
            alike=alike,
            words=self.words,
            empty=self.empty,
            order=None if self.order is None else self.order[: self.count],
            weight=None if self.weight is None else self.weight[: self.count],
            without_target=self.without_target,
        )

    def _see_left_out(self, frame: pd.DataFrame) -> None:
        """Refuse to leave out a column as it says nothing, if it does."""
        for name, role in self.left_out.items():
            cells = frame[name]
            odd = ~is_empty(cells).to_numpy()
            if role.reason == SAME:
                odd = ~odd | (words_of(cells) != self.usual[name])
            if odd.any():
                raise Surprise(frame[odd].iloc[:_FEW])

    def _counting(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows that have a target, and a weight above 0."""
        there = ~is_empty(frame[self.asked.target]).to_numpy()
        self.without_target += int((~there).sum())
        frame = frame[there]
        if self.asked.weights is not None and self.weight is not None and len(frame):
            marks, title = self.columns.marks, self.columns.title
            weight = weights_of(frame, self.asked.weights, marks, title).to_numpy()
            frame, weight = frame[weight > 0], weight[weight > 0]
            self.weight[self.count : self.count + len(frame)] = weight
        self.kept[frame.index.to_numpy()] = True
        return frame

    def _take(self, frame: pd.DataFrame, reader: TableReader) -> None:
        here = slice(self.count, self.count + len(frame))
        self.target[here] = target = self._read_target(frame[self.asked.target])
        # Equal is what a network is given: float32 of a number.
        alike = scatter(target if self.is_class else target.astype("float32"), -1)
        for index, (name, values) in enumerate(reader.read(frame).items()):
            alike += scatter(values, index)
            self._count(name, values)
        self.alike[here] = alike
        if self.group is not None:
            self.group[here] = scatter(words_of(frame[self.asked.group]), 0)
        if self.order is not None and self.asked.time is not None:
            self.order[here] = self._read_times(frame[self.asked.time])
        self.count += len(frame)

    def _count(self, name: str, values: np.ndarray) -> None:
        self.empty[name] += int(pd.isna(values).sum())
        if name not in self.words:
            return
        counts = self.words[name]
        found = pd.Series(values).value_counts()
        counts.update(dict(zip(map(str, found.index), found.tolist(), strict=True)))
        if len(counts) > _MOST_WORDS:
            raise InvalidInput(
                f"{self.columns.title}: {name!r} has more than {_MOST_WORDS:,} different words; "
                f"leave it out (--drop {name})."
            )

    def _read_target(self, cells: pd.Series) -> np.ndarray:
        name, title = self.asked.target, self.columns.title
        if not self.is_class:
            numbers = read_numbers(cells, name, self.columns.marks)
            advice = "If it holds classes, say --predict classes."
            refuse_wrong(numbers, cells, name, title, advice)
            return numbers.values
        words = words_of(cells)
        codes, different = pd.factorize(words)
        known = [self.codes.setdefault(word, len(self.codes)) for word in different]
        self.classes.update(dict(zip(different, np.bincount(codes).tolist(), strict=True)))
        if len(self.codes) > MOST_CLASSES:
            if self.asked.predict == "auto" and has_numbers(cells):
                raise _NoClasses
            raise InvalidInput(
                f"{title}: {name!r} has more than {MOST_CLASSES} classes. Name another target, or "
                "take rare ones together."
            )
        return np.array(known, "int32")[codes]

    def _are_numbers(self) -> bool:
        """Tell whether all classes are numbers, and more than classes would be."""
        try:
            values = np.array([*map(float, self.codes)])
        except ValueError:
            return False
        # A few rows of each are enough: what counts is how many different ones there are.
        return not are_classes(np.repeat(values, max(1, self.count // len(values))))

    def _read_times(self, cells: pd.Series) -> np.ndarray:
        name, title = str(cells.name), self.columns.title
        if is_empty(cells).any():
            raise InvalidInput(
                f"{title}: {name!r} is empty in some rows; fill these in, as rows are held out by "
                "their time."
            )
        return read_days(cells, name, title, order=self.columns.written.get(name, ""))[0]


def _seems_class(cells: pd.Series, predict: str, marks: Marks) -> bool:
    """Tell what a target holds by some rows, as `read_target` tells it by all."""
    if predict != "auto":
        return predict == "classes"
    cells = cells[~is_empty(cells)]
    if pd.api.types.is_bool_dtype(cells) or not has_numbers(cells):
        return True
    return are_classes(read_numbers(cells, str(cells.name), marks).values)


def _say_nothing(message: str) -> None:
    """Be told what the sample has said already."""
