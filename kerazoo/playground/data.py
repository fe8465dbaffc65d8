"""Rows of numbers for the playground: drawn here, of the course, or of a table of one's own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets import load_dataset
from kerazoo.datasets.about import Table
from kerazoo.datasets.table_csv import VALIDATION_FRACTION, load_table
from kerazoo.errors import InvalidInput, WrongUsage
from kerazoo.playground.drawn import DRAWN
from kerazoo.playground.settings import COURSE

MOST_ROWS = 4000
"""Rows of each part: an epoch is to take milliseconds."""

MOST_INPUTS = 64
"""Inputs of the network, a word of a column being one: its weights are drawn on the page."""

Kind = Literal["binary", "classes", "number"]


class Rows(NamedTuple):
    """Inputs and targets; it unpacks as the `(x, y)` that `fit_model` takes."""

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Column:
    """One column of the table, and how it becomes inputs of the network.

    Args:
        name: of the column.
        words: of a column of words, those that have an input of their own; empty for a number.
        center: mean of the training rows.
        spread: their standard deviation.
        is_date: whether the numbers are days since 1970-01-01.
        low: the smallest number in all rows.
        high: the largest one.
        typical: the median, or the code of the most frequent word.
    """

    name: str
    words: tuple[str, ...]
    center: float
    spread: float
    is_date: bool
    low: float
    high: float
    typical: float

    @property
    def is_number(self) -> bool:
        """Whether it can be an axis."""
        return not self.words and not self.is_date

    @property
    def inputs(self) -> tuple[str, ...]:
        """A name for each input that it becomes."""
        return tuple(f"{self.name}={word}" for word in self.words) or (self.name,)

    def encode(self, values: np.ndarray) -> np.ndarray:
        """Return the inputs, `(rows, inputs)`: an empty cell is the mean, or none of the words."""
        if self.words:
            return np.asarray(values[:, None] == np.arange(len(self.words)), "float32")
        scaled = (values.astype("float64") - self.center) / self.spread
        return np.nan_to_num(scaled, nan=0.0)[:, None].astype("float32")


@dataclass(frozen=True)
class PlayData:
    """What the network learns from, and what it is tested on.

    Args:
        train: inputs of about size 1, and targets: `(rows, 1)` of 0 and 1 for two classes,
            `(rows,)` of indices for more, `(rows, 1)` with mean 0 and deviation 1 for a number.
        test: the same of rows that it never learns from.
        raw: the training rows and the test rows as they were read, `(rows, columns)`.
        columns: what the columns are.
        kind: what is predicted.
        class_names: a name per class.
        target: the name of what is predicted.
        center: mean of the target, for a number.
        spread: its standard deviation.
        rows: how many rows there were before some were left out.

    Example:
        >>> data = load_data("circles")
        >>> data.train.x.shape, data.test.y.shape, data.kind
        ((210, 2), (90, 1), 'binary')
    """

    train: Rows
    test: Rows
    raw: tuple[np.ndarray, np.ndarray]
    columns: tuple[Column, ...]
    kind: Kind
    class_names: tuple[str, ...]
    target: str
    center: float
    spread: float
    rows: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """A name for each input of the network."""
        return tuple(name for column in self.columns for name in column.inputs)

    @property
    def outputs(self) -> int:
        """How many numbers the network answers with."""
        return len(self.class_names) if self.kind == "classes" else 1

    def encode(self, raw: np.ndarray) -> np.ndarray:
        """Return the inputs of the network for rows as they were read."""
        parts = [column.encode(raw[:, at]) for at, column in enumerate(self.columns)]
        return np.concatenate(parts, axis=1)


def load_data(
    source: Any,
    *,
    target: str = "",
    drop: Sequence[str] = (),
    noise: float = 0.1,
    test_share: float = 0.3,
    seed: int = 0,
) -> PlayData:
    """Load what the playground trains on: small, standardized, without empty cells.

    For networks of your own, `kerazoo.load_table` and `kerazoo train --data` do more: they keep
    raw columns as inputs, so that a saved model takes raw rows.

    Args:
        source: `circles`, `xor`, `gaussians`, `spirals` or `curve`, which are drawn;
            `wine_color`, `wine_quality` or `boston`, of the course; or what `load_table` takes.
        target: the column of a table that is predicted.
        drop: columns of a table that are left out.
        noise: how far drawn points are scattered.
        test_share: share of the rows that are held out for the test.
        seed: decides which, and what is drawn.

    Returns:
        At most 4,000 rows of each part; of larger data, as many are drawn at random.

    Raises:
        InvalidInput: if the table cannot be learned, or makes more than 64 inputs.
        WrongUsage: if a table has no target.

    Example:
        >>> load_data("boston").class_names
        ()
    """
    drawn = isinstance(source, str) and source in DRAWN
    if drawn or (isinstance(source, str) and source in COURSE):
        whole, about = _draw(source, noise, seed) if drawn else _load_course(source)
        parts = _hold_out(whole, test_share, seed)
    else:
        if not target:
            raise WrongUsage("a table needs a target: the column that is to be predicted.")
        most = min(VALIDATION_FRACTION, (1 - test_share) / 2)
        splits = load_table(
            os.fspath(source) if isinstance(source, os.PathLike) else source,
            target=target,
            drop=drop,
            validation_fraction=most,
            test_fraction=test_share,
            seed=seed,
        )
        parts = _joined(splits.train, splits.validation), _joined(splits.test)
        about = splits.about
    rows = sum(len(part.x) for part in parts)
    train, test = (_at_most(part, seed) for part in parts)
    return _standardize(train, test, about, rows)


def _draw(name: str, noise: float, seed: int) -> tuple[Rows, Any]:
    x, y = DRAWN[name](np.random.default_rng(seed), noise)
    names = ("x1", "x2") if x.shape[1] == 2 else ("x",)
    classes = () if name == "curve" else ("0", "1")
    about = Table(names, class_names=classes, target_name="class" if classes else "y")
    return Rows(x.astype("float32"), y.astype("float32")), about


def _load_course(name: str) -> tuple[Rows, Any]:
    """Return all rows of a data set as one part: here, the reader decides what is held out."""
    data, _, task = name.partition("_")
    options = {"task": {"color": "binary", "quality": "multiclass"}[task]} if task else {}
    splits = load_dataset(data, **options)
    return _joined(splits.train, splits.validation, splits.test), splits.about


def _joined(*parts: Any) -> Rows:
    x, y = (np.concatenate([np.asarray(one) for one in side]) for side in zip(*parts, strict=True))
    return Rows(x, y.reshape(len(y)))


def _hold_out(part: Rows, share: float, seed: int) -> tuple[Rows, Rows]:
    """Return what is left, and a share of the rows at random."""
    order = np.random.default_rng(seed).permutation(len(part.x))
    count = round(share * len(order))
    return _rows_of(part, order[count:]), _rows_of(part, order[:count])


def _at_most(part: Rows, seed: int) -> Rows:
    """Return rows in a random order, since a table may be sorted; some are left out of many."""
    return _rows_of(part, np.random.default_rng(seed).permutation(len(part.x))[:MOST_ROWS])


def _rows_of(part: Rows, rows: np.ndarray) -> Rows:
    return Rows(part.x[rows], part.y[rows])


def _standardize(train: Rows, test: Rows, about: Any, rows: int) -> PlayData:
    raw = np.asarray(train.x, "float64"), np.asarray(test.x, "float64")
    columns = tuple(
        _describe(name, about, raw[0][:, at], raw[1][:, at])
        for at, name in enumerate(about.feature_names)
    )
    _check_inputs(columns)
    classes = tuple(about.class_names)
    kind: Kind = "number" if not classes else "binary" if len(classes) == 2 else "classes"
    center, spread = 0.0, 1.0
    if kind == "number":
        center, spread = float(np.mean(train.y)), float(np.std(train.y, dtype="float64")) or 1.0
    x = [np.concatenate([c.encode(one[:, at]) for at, c in enumerate(columns)], 1) for one in raw]
    y = [_target(part.y, kind, center, spread) for part in (train, test)]
    return PlayData(
        train=Rows(x[0], y[0]),
        test=Rows(x[1], y[1]),
        raw=raw,
        columns=columns,
        kind=kind,
        class_names=classes,
        target=about.target_name,
        center=center,
        spread=spread,
        rows=rows,
    )


def _target(values: Any, kind: Kind, center: float, spread: float) -> np.ndarray:
    if kind == "classes":
        return np.asarray(values, "int32").reshape(-1)
    scaled = (np.asarray(values, "float64").reshape(-1, 1) - center) / spread
    return scaled.astype("float32")


def _describe(name: str, about: Any, train: np.ndarray, test: np.ndarray) -> Column:
    words = about.categories.get(name, ())
    is_date = (about.kinds or {}).get(name) == "date"
    known = train[~np.isnan(train)]
    every = np.concatenate([known, test[~np.isnan(test)]])
    if words:
        counts = np.bincount(known.astype(int), minlength=len(words))[: len(words)]
        return Column(name, tuple(words), 0.0, 1.0, False, 0.0, 0.0, float(counts.argmax()))
    if not len(known):
        return Column(name, (), 0.0, 1.0, is_date, 0.0, 0.0, 0.0)
    spread = float(known.std()) or 1.0
    low, high, typical = (float(one) for one in (every.min(), every.max(), np.median(known)))
    return Column(name, (), float(known.mean()), spread, is_date, low, high, typical)


def _check_inputs(columns: Sequence[Column]) -> None:
    inputs = sum(len(column.inputs) for column in columns)
    if inputs > MOST_INPUTS:
        widest = max(columns, key=lambda column: len(column.inputs))
        most = f"; {widest.name!r} has {counted(len(widest.words), 'word')}" if widest.words else ""
        raise InvalidInput(
            f"{counted(len(columns), 'column')} make {counted(inputs, 'input')}{most}. "
            f"The playground shows at most {MOST_INPUTS}: leave some out with --drop, or train "
            "on all with kerazoo train --data."
        )
