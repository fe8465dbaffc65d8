"""What the rows of a data set are: columns, images, windows of a series, text, pairs, ratings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

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
        weighed_by: `{"classes": "balanced"}` if images of rare classes count more, as for `Table`.
    """

    class_names: tuple[str, ...] = ()
    target_name: str = "class"
    fit: str = ""
    weighed_by: Mapping[str, str] | None = None
    feature_names: ClassVar[tuple[str, ...]] = ()
    target_unit: ClassVar[str] = ""


@dataclass(frozen=True)
class Masks:
    """Images, and a class for each pixel of them.

    Images of other sizes are stretched to one size, and masks with them.

    Args:
        class_names: a name per class; the first is that of the background.
        target_name: what is predicted.
    """

    class_names: tuple[str, ...]
    target_name: str = "mask"
    fit: ClassVar[str] = "stretch"
    feature_names: ClassVar[tuple[str, ...]] = ()
    target_unit: ClassVar[str] = ""


@dataclass(frozen=True)
class Boxes:
    """Images, and a box and a class for each object in them.

    A box is a row `(class, x, y, width, height)`: its class, its center and its size, as shares of
    the image. Images of other sizes are stretched to one size, which changes no share.

    Args:
        class_names: a name per class of objects.
        target_name: what is predicted.
    """

    class_names: tuple[str, ...]
    target_name: str = "box"
    fit: ClassVar[str] = "stretch"
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
        class_names: a name per class; none if the next word is predicted.
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
class Pairs:
    """Texts, and what each is to become, as rows of ids of characters.

    A row holds the characters of a text, and after them what goes before each character that is
    written: 1 before the first one.

    Args:
        characters: the character of each id from 3 on. 0 is no character: it fills up short texts,
            and ends what is written. 1 begins it, 2 is any other character.
        read: characters of a text, at most.
        written: characters of what it becomes, at most.
        text_name: the column of texts, in a table.
        target_name: the column of what they become.

    Example:
        >>> Pairs(("0", "1"), read=30, written=10).row
        40
    """

    characters: tuple[str, ...]
    read: int
    written: int
    text_name: str = "text"
    target_name: str = "target"
    feature_names: ClassVar[tuple[str, ...]] = ()
    class_names: ClassVar[tuple[str, ...]] = ()
    target_unit: ClassVar[str] = ""

    @property
    def row(self) -> int:
        """Ids in a row."""
        return self.read + self.written


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


About = Table | Images | Masks | Boxes | Series | Words | Texts | Pairs | Ratings
"""What a data set is about. A saved model's card keeps it, under the name in `ABOUTS`."""

_KINDS = (Table, Images, Masks, Boxes, Series, Words, Texts, Pairs, Ratings)
ABOUTS: Mapping[str, type] = {kind.__name__.lower(): kind for kind in _KINDS}
