"""The parts of a table as arrays on a disk: read once more, encoded, and dealt out to the parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._scratch import ScratchArray, check_scratch_room, scratch_folder
from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.digits import say_lost_digits
from kerazoo.datasets.reading.inputs import TableReader, to_numbers
from kerazoo.datasets.reading.parquet_files import ParquetFiles
from kerazoo.datasets.reading.shuffled import BUCKET_BYTES, shuffled
from kerazoo.datasets.splits import Part, WeightedPart

_BYTES = 4  # of a number
_CLASS = np.dtype("int32")


@dataclass(frozen=True)
class Rows:
    """The rows of a table that count, but for their columns.

    Args:
        numbers: which rows of the file they are, from 0 on.
        part: of each, 0 for training, 1 for validation, 2 for the test.
        target: a number, or the index of a class.
        weight: how much each counts; `None` if all count the same.
    """

    numbers: np.ndarray
    part: np.ndarray
    target: np.ndarray
    weight: np.ndarray | None


@dataclass
class _Writer:
    """The arrays of one part."""

    columns: int
    classes: int
    labels: str
    has_weight: bool

    def __post_init__(self) -> None:
        of_target = (self.classes,) if self.labels == "one_hot" and self.classes else (1,)
        is_index = bool(self.classes) and self.labels != "one_hot"
        self._x = ScratchArray((self.columns,), "float32")
        self._y = ScratchArray(() if is_index else of_target, "int32" if is_index else "float32")
        self._weight = ScratchArray((), "float32") if self.has_weight else None

    def append(self, matrix: np.ndarray) -> None:
        """Write rows: columns, the target, and the weight if there is one."""
        target = matrix[:, self.columns]
        if self.classes:
            target = target.astype(_CLASS)
        if self.classes and self.labels == "one_hot":
            target = np.eye(self.classes, dtype="float32")[target]
        self._x.append(matrix[:, : self.columns])
        self._y.append(target if self.classes else target[:, None])
        if self._weight is not None:
            self._weight.append(matrix[:, -1])

    def part(self) -> Part:
        """Return the part."""
        x, y = self._x.mapped(), self._y.mapped()
        if self._weight is None or not len(x):
            return Part(x, y)
        return WeightedPart(x, y, self._weight.mapped())


def write_parts(
    source: ParquetFiles,
    reader: TableReader,
    about: Table,
    rows: Rows,
    *,
    labels: str,
    seed: int,
) -> tuple[Part, Part, Part]:
    """Write the parts of a table to the disk, and return them without reading them.

    The training part is put in a random order if it is more than the engine reads at once: a block
    of rows has to be like all of them.

    Args:
        source: the table.
        reader: reads its columns.
        about: what they are.
        rows: the rest of its rows.
        labels: how classes are given, as for `kerazoo.datasets.table_csv.load`.
        seed: decides the order.

    Raises:
        KerazooError: if the disk has no room for them.
        OSError: if it is full before all is written.
    """
    columns, classes = len(about.feature_names), len(about.class_names)
    width = columns + 1 + (rows.weight is not None)
    trained_on = int((rows.part == 0).sum())
    is_shuffled = trained_on * width * _BYTES > BUCKET_BYTES
    of_target = classes if labels == "one_hot" and classes else 1
    needed = len(rows.part) * (width - 1 + of_target) * _BYTES
    check_scratch_room(needed + (2 * BUCKET_BYTES if is_shuffled else 0))
    warn_user(
        f"{source.title}: its arrays take {_size(needed)} on the disk of {scratch_folder()} until "
        "the training has ended.",
        at_once=True,
    )
    writers = [
        _Writer(columns, classes, labels, rows.weight is not None)
        for _ in ("train", "validation", "test")
    ]
    spans = _Spans(about, source.title)
    matrices = _training_rows(source, reader, about, rows, writers[1:], spans.take)
    if is_shuffled:
        matrices = shuffled(matrices, (trained_on, width), seed)
    for matrix in matrices:
        writers[0].append(matrix)
    spans.say()
    train, validation, test = (writer.part() for writer in writers)
    return train, validation, test


def _training_rows(
    source: ParquetFiles,
    reader: TableReader,
    about: Table,
    rows: Rows,
    held_out: list[_Writer],
    see: Callable[[np.ndarray], None],
) -> Iterator[np.ndarray]:
    """Yield the rows to train on, and write those that are held out."""
    for frame in source.frames({*about.feature_names}):
        start, stop = np.searchsorted(rows.numbers, (frame.index[0], frame.index[-1] + 1))
        if start == stop:
            continue
        here = slice(int(start), int(stop))
        chosen = frame.iloc[rows.numbers[here] - frame.index[0]]
        x = to_numbers(reader.read(chosen), about, source.title, _say_nothing)
        part = rows.part[here]
        see(x[part == 0])
        further = [rows.target[here]] + ([] if rows.weight is None else [rows.weight[here]])
        matrix = np.column_stack([x.astype("float32"), *(one.astype("float32") for one in further)])
        for number, writer in enumerate(held_out, start=1):
            writer.append(matrix[part == number])
        yield matrix[part == 0]


class _Spans:
    """The smallest and the largest training value of each column, before it is rounded."""

    def __init__(self, about: Table, title: str) -> None:
        self._names, self._title = about.feature_names, title
        self._low = np.full(len(self._names), np.inf)
        self._high = np.full(len(self._names), -np.inf)

    def take(self, x: np.ndarray) -> None:
        """Be told some rows."""
        if len(x):
            self._low = np.fmin(self._low, np.fmin.reduce(x, axis=0))
            self._high = np.fmax(self._high, np.fmax.reduce(x, axis=0))

    def say(self) -> None:
        """Warn of columns that float32 blurs."""
        say_lost_digits(
            np.stack([self._low, self._high]),
            lambda index: f"{self._title}: {self._names[index]!r}",
        )


def count_words(
    source: ParquetFiles, reader: TableReader, names: set[str], rows: Rows
) -> tuple[dict[str, pd.Series], set[str]]:
    """Return how often each word is there in the training rows, and which columns hold nothing.

    Args:
        source: the table.
        reader: reads the columns that are asked about.
        names: of these.
        rows: the rest of its rows.
    """
    counts: dict[str, pd.Series] = {}
    filled: set[str] = set()
    for frame in source.frames(names) if names else ():
        start, stop = np.searchsorted(rows.numbers, (frame.index[0], frame.index[-1] + 1))
        chosen = rows.numbers[start:stop][rows.part[start:stop] == 0]
        if not len(chosen):
            continue
        for name, values in reader.read(frame.iloc[chosen - frame.index[0]]).items():
            if not pd.isna(values).all():
                filled.add(name)
            if values.dtype == object:
                found = pd.Series(values).value_counts()
                counts[name] = (
                    found if name not in counts else counts[name].add(found, fill_value=0)
                )
    return counts, names - filled


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _say_nothing(message: str) -> None:
    """Be told what is said of all rows together."""
