"""Splits: a data set as three parts, of which `fit` sees only two."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, cast

import numpy as np

from kerazoo._wording import LONGEST_NAME, counted, is_printable
from kerazoo.errors import InvalidInput


class Part(NamedTuple):
    """Inputs and targets of one part; it unpacks as the `(x, y)` that `fit_model` takes."""

    x: np.ndarray
    y: np.ndarray | None = None

    def __repr__(self) -> str:
        """Show shapes: all the numbers would fill a notebook."""
        arrays = {name: array for name, array in self._asdict().items() if array is not None}
        shown = (f"{name}={np.shape(a)} of {np.asarray(a).dtype}" for name, a in arrays.items())
        return f"Part({', '.join(shown)})"

    @property
    def weight(self) -> np.ndarray | None:
        """How much each row counts; `None` if all count the same."""
        return None


class WeightedPart(Part):
    """A part whose rows do not all count the same: it unpacks as `(x, y, weight)`.

    Weights have a mean of 1, so that a loss keeps its size.

    Example:
        >>> part = WeightedPart(np.zeros((2, 3)), np.zeros(2), np.array([0.5, 1.5]))
        >>> len(part), part.weight.tolist()
        (3, [0.5, 1.5])
    """

    def __new__(cls, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> WeightedPart:
        """Make a tuple of three: that is what Keras takes."""
        return tuple.__new__(cls, (x, y, weight))

    def __repr__(self) -> str:
        """Show that there are weights."""
        return f"Weighted{super().__repr__()}"

    @property
    def weight(self) -> np.ndarray:
        """How much each row counts."""
        return cast(np.ndarray, tuple(self)[-1])


class RatedPart(Part):
    """A part of ratings that knows what else its users have rated: no news to them.

    Args:
        x: ids, as for `Part`.
        y: ratings.
        rated: ids of pairs in the other parts, `(rows, 2)`.
        about: whose ids they are.
    """

    rated: np.ndarray
    about: Ratings

    def __new__(
        cls, x: np.ndarray, y: np.ndarray | None, rated: np.ndarray, about: Ratings
    ) -> RatedPart:
        part = super().__new__(cls, x, y)
        part.rated, part.about = rated, about
        return part


COLUMN_KINDS = ("number", "category", "date")
WRITTEN = {
    "number": ("decimal comma", "thousands"),
    "date": ("day first", "month first", "year first"),
}
MISSING = ("refuse", "forward")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Table:
    """Rows of columns, and one column that is predicted.

    Args:
        feature_names: a name per input column.
        categories: for columns that are words in the raw file, the words in the order of their
            codes 0, 1, ...
        class_names: a name per class; empty for a number.
        target_name: the column that is predicted.
        target_unit: unit of a number that is predicted, such as `"$1000"`.
        kinds: of a table of the user's own, `"number"`, `"category"` or `"date"` for each input
            column. A cell may then be empty, and a category of n words has the code n for any
            other word; a date is a number of days since 1970-01-01.
        split_by: what decided which rows are held out, of such a table: `{"group": column}` keeps
            rows of one group together, `{"time": column}` holds out the latest ones, and
            `{"test": hash}` is that of a test part which came from a table of its own.
        written: of such a table, how columns of numbers and dates are written that could be read in
            another way too: one of `WRITTEN`.
        weighed_by: of such a table, what decides how much a row counts: `{"column": column}` holds
            weights, `{"classes": "balanced"}` makes rows of rare classes count more.
    """

    feature_names: tuple[str, ...]
    categories: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    class_names: tuple[str, ...] = ()
    target_name: str = "target"
    target_unit: str = ""
    kinds: Mapping[str, str] | None = None
    split_by: Mapping[str, str] | None = None
    written: Mapping[str, str] | None = None
    weighed_by: Mapping[str, str] | None = None

    @property
    def codes(self) -> tuple[int, ...]:
        """What each column is, as the builders of tabular networks take it.

        Example:
            >>> about = Table(("a", "b"), {"b": ("x", "y")}, kinds={"a": "date", "b": "category"})
            >>> about.codes
            (-1, 2)
        """
        kinds = self.kinds or {}
        return tuple(
            -1 if kinds.get(name) == "date" else len(self.categories.get(name, ()))
            for name in self.feature_names
        )


@dataclass(frozen=True)
class Images:
    """Images, and perhaps a class for each.

    Args:
        class_names: a name per class; empty if there are no labels.
        target_name: what is predicted.
        fit: how images of other sizes were brought to one size: `"crop"` for cropped around the
            center and resized; `""` if they all had it.
    """

    class_names: tuple[str, ...] = ()
    target_name: str = "class"
    fit: str = ""
    feature_names: ClassVar[tuple[str, ...]] = ()
    target_unit: ClassVar[str] = ""


@dataclass(frozen=True)
class Series:
    """How windows are cut from a table of days, and what must be known to go on from its end.

    A window's columns are those of the table, and after them one per entry of `weekdays`: 1 where
    the *next* row's day is that day of the week. So the last row of a window tells the day that is
    predicted, which a calendar knows beforehand.

    Args:
        columns: the columns of the table that are inputs.
        target: which of them is predicted.
        lag: rows in a window.
        horizon: how many rows after the window are predicted at once.
        date: the column of dates; `""` if there is none.
        weekdays: days of the week that have a column of their own, Monday 0 to Sunday 6.
        missing: what was done about empty cells: `"refuse"`, or `"forward"`.
        by: the column that names the series, where there are several.
        known: columns that are known beforehand, such as prices: windows also hold, after all
            others, their values in the *next* row.
        hours: hours of the day that have a column of their own, as days of the week have.
        months: the same of months, January 1.
        holidays: the country whose holidays have a column, such as `"KR"`.
        scales: of several series, by name, mean and standard deviation of each column in the rows
            trained on: windows hold `(value - mean) / deviation`.

    Example:
        >>> Series(("return", "volume"), "volume", lag=5, weekdays=(0, 1)).feature_names
        ('return', 'volume', 'next_is_monday', 'next_is_tuesday')
    """

    columns: tuple[str, ...]
    target: str
    lag: int
    horizon: int = 1
    date: str = ""
    weekdays: tuple[int, ...] = ()
    missing: str = "refuse"
    by: str | None = None
    known: tuple[str, ...] | None = None
    hours: tuple[int, ...] | None = None
    months: tuple[int, ...] | None = None
    holidays: str | None = None
    scales: Mapping[str, tuple[tuple[float, ...], ...]] | None = None
    class_names: ClassVar[tuple[str, ...]] = ()
    target_unit: ClassVar[str] = ""

    @property
    def feature_names(self) -> tuple[str, ...]:
        """A name per column of a window."""
        calendar = [
            *(f"next_is_{WEEKDAYS[day]}" for day in self.weekdays),
            *(f"next_hour_is_{hour}" for hour in self.hours or ()),
            *(f"next_month_is_{month}" for month in self.months or ()),
            *(["next_is_holiday"] if self.holidays is not None else []),
        ]
        return (*self.columns, *calendar, *(f"next_{name}" for name in self.known or ()))

    @property
    def needs_dates(self) -> bool:
        """Whether windows have columns that only a calendar can fill."""
        return bool(self.weekdays or self.hours or self.months or self.holidays)

    @property
    def target_name(self) -> str:
        """The column that is predicted."""
        return self.target

    @property
    def target_index(self) -> int:
        """The index of the target among the columns."""
        return self.columns.index(self.target)

    @property
    def known_indices(self) -> tuple[int, ...]:
        """The indices of what is known beforehand, among the columns."""
        return tuple(self.columns.index(name) for name in self.known or ())


@dataclass(frozen=True)
class Words:
    """Running text.

    Args:
        words: the word of each id, the most frequent first.
    """

    words: tuple[str, ...]
    class_names: ClassVar[tuple[str, ...]] = ()
    feature_names: ClassVar[tuple[str, ...]] = ()
    target_name: ClassVar[str] = "word"
    target_unit: ClassVar[str] = ""


KEEPS = ("last", "first", "once")


@dataclass(frozen=True)
class Texts:
    """Texts, such as reviews, as rows of ids of words, and a class for each.

    Args:
        words: the word of each id from 3 on, the most frequent first. 0 fills up short rows, 1
            begins a text, 2 is any other word. Rows of other words mean something else.
        class_names: a name per class.
        length: ids in a row.
        keep: what a row holds of a text: its `"last"` words or its `"first"` ones, after what
            fills it up; or each word that it holds `"once"`, before that.
        text_name: the column of texts, in a table.
        target_name: the column that is predicted.
    """

    words: tuple[str, ...]
    class_names: tuple[str, ...]
    length: int
    keep: str = "last"
    text_name: str = "text"
    target_name: str = "class"
    feature_names: ClassVar[tuple[str, ...]] = ()
    target_unit: ClassVar[str] = ""


@dataclass(frozen=True)
class Ratings:
    """What some users thought of some items: a row is two ids, from 1 on, and a rating.

    The id of a user is the index of its name plus 1, and so for items; 0 stands for anybody and
    anything that was not there in training.

    Args:
        users: the name of each user, in the order of the ids.
        items: the name of each item.
        scale: the lowest and the highest rating.
        titles: what each item is called, if that is known and may be kept.
        columns: what users, items and ratings are called in a table.

    Example:
        >>> about = Ratings(("Ann", "Bob"), ("tea", "rice"), (1, 5))
        >>> about.feature_names, about.target_name
        (('user', 'item'), 'rating')
    """

    users: tuple[str, ...]
    items: tuple[str, ...]
    scale: tuple[float, ...]
    titles: tuple[str, ...] = ()
    columns: tuple[str, ...] = ("user", "item", "rating")
    class_names: ClassVar[tuple[str, ...]] = ()
    target_unit: ClassVar[str] = ""

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The columns of users and items."""
        return self.columns[:2]

    @property
    def target_name(self) -> str:
        """The column of ratings."""
        return self.columns[2]


About = Table | Images | Series | Words | Texts | Ratings
"""What a data set is about. A saved model's card keeps it, under the name in `ABOUTS`."""

_KINDS = (Table, Images, Series, Words, Texts, Ratings)
ABOUTS: Mapping[str, type] = {kind.__name__.lower(): kind for kind in _KINDS}


@dataclass(frozen=True)
class Timeline:
    """The rows of a series in the order of time, which windows are cut from.

    Args:
        values: `(time, columns)`: the columns of a window.
        validation: the first row that is predicted in validation.
        test: the first row that is predicted in the test.
        dates: when each row was, as `datetime64`; `None` if that is not known.
        name: which series this is, of several.
        center: what to add to the target, multiplied by `spread`, to have it in its own units.
        spread: what to multiply it by.
    """

    values: np.ndarray
    validation: int
    test: int
    dates: np.ndarray | None = None
    name: str = ""
    center: float = 0.0
    spread: float = 1.0


@dataclass(frozen=True)
class Splits:
    """A data set, split.

    Args:
        train: what is fitted, also by scalers.
        validation: what choices are made on.
        test: touched once, at the end.
        about: what the rows are: a `Table`, `Images`, a `Series`, `Words`, `Texts` or `Ratings`.
        timelines: of a series, the rows that the windows were cut from, so that a backtest can cut
            them elsewhere.
        test_rows: of a user's data, what tells which row or file each test row is: columns by name,
            such as `{"row": numbers}`.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("boston")
        >>> splits.train.x.shape, splits.validation.x.shape, splits.test.x.shape
        ((303, 13), (101, 13), (102, 13))
        >>> splits.about.target_unit
        '$1000'
    """

    train: Part
    validation: Part
    test: Part
    about: About
    timelines: tuple[Timeline, ...] = ()
    test_rows: Mapping[str, Sequence[Any] | np.ndarray] | None = None

    def __post_init__(self) -> None:
        for name in (*self.feature_names, *self.class_names, self.target_name):
            if not is_printable(name) or len(name) > LONGEST_NAME:
                raise InvalidInput(
                    f"the name {name[:40]!r} has signs that cannot be printed, or more than "
                    f"{LONGEST_NAME}: no network that learns it could be saved. Rename it."
                )

    def __repr__(self) -> str:
        """Show each part, and what kind of data it is."""
        parts = (f"{part}={getattr(self, part)}" for part in ("train", "validation", "test"))
        return f"Splits({', '.join(parts)}, about={type(self.about).__name__})"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """A name per input column; empty for images and words."""
        return self.about.feature_names

    @property
    def class_names(self) -> tuple[str, ...]:
        """A name per class; empty if no class is predicted."""
        return self.about.class_names

    @property
    def target_name(self) -> str:
        """What is predicted."""
        return self.about.target_name

    @property
    def target_unit(self) -> str:
        """The unit of a number that is predicted, such as `"$1000"`."""
        return self.about.target_unit

    def hash(self) -> str:
        """Return the SHA-256 of every array, its shape and its type."""
        return self._hash

    @cached_property
    def _hash(self) -> str:
        digest = hashlib.sha256()
        for part in (self.train, self.validation, self.test):
            for array in part:
                if array is not None:
                    digest.update(f"{array.shape} {array.dtype}".encode())
                    # As bytes without a copy: an array mapped from a file may not fit in memory.
                    digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        return digest.hexdigest()


def hold_out_last(x: np.ndarray, y: np.ndarray, fraction: float) -> tuple[Part, Part]:
    """Split off the last rows, as `validation_split` of `keras.Model.fit` does.

    Args:
        x: inputs.
        y: targets.
        fraction: share of the rows that is held out, 0 < fraction < 1.

    Returns:
        What is left, and what was held out.

    Raises:
        InvalidInput: if one of them would be empty.
    """
    kept = int(len(x) * (1.0 - fraction)) if 0 < fraction < 1 else 0
    if not 0 < kept < len(x):
        raise InvalidInput(
            f"validation_fraction is {fraction}; expected a share above 0 and below 1 that leaves "
            f"some of {counted(len(x), 'row')} on both sides, such as 0.25."
        )
    return Part(x[:kept], y[:kept]), Part(x[kept:], y[kept:])
