"""What each column of a table is: a number, words of a category, a date, or nothing to learn from.

`infer_roles` looks at a table once, before a training. `read_column` reads cells as what their
column was found to be, in training and for every prediction afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kerazoo._wording import counted
from kerazoo.datasets.reading.columns import refusal
from kerazoo.datasets.reading.dates import are_dates, are_in_two_ways, read_days
from kerazoo.datasets.reading.names import one_line
from kerazoo.datasets.reading.numbers import (
    Marks,
    has_numbers,
    is_empty,
    read_numbers,
    refuse_wrong,
)

MOST_WORDS = 100
"""Words of one category that a network knows; rarer ones are taken together."""

SAME, EMPTY = "the same in every row", "empty"
"""Why a column is left out that later rows may still say something else of."""

_RARE = 2  # times that a word has to be there, in a column of many words
_MANY = 20
_NEARLY_ALL = 0.9
_LONG_TEXT = 40
_HALF = 0.5
_NAMED_ID = re.compile(
    r"^$|^Unnamed: 0$|^id[_\s.-]|번호$|[a-z]ID$|(?:^|[_\s.-])(?:id|uuid|guid|key|no|nr|index)$"
)
_NAMED = 5
_SOME = 1000


@dataclass(frozen=True)
class Role:
    """What a column is.

    Args:
        column: its name.
        kind: `"number"`, `"category"`, `"date"`, or `""` for one that is left out.
        reason: why it is left out.
    """

    column: str
    kind: str
    reason: str = ""


def infer_roles(
    frame: pd.DataFrame,
    *,
    drop: Collection[str] = (),
    categorical: Collection[str] = (),
    numeric: Collection[str] = (),
    date: Collection[str] = (),
    marks: Marks,
    source: str,
) -> list[Role]:
    """Tell what each column is.

    Args:
        frame: input columns as they stand.
        drop: columns that are left out in any case.
        categorical: columns that hold words, also if these look like numbers.
        numeric: columns of numbers.
        date: columns of dates.
        marks: how the table writes numbers.
        source: the table, for messages.

    Raises:
        InvalidInput: if a column is mostly numbers, but not all of it can be read as such.
    """
    told = dict.fromkeys(categorical, "category") | dict.fromkeys(numeric, "number")
    told |= dict.fromkeys(date, "date")
    roles = []
    for column in map(str, frame):
        if column in drop:
            roles.append(Role(column, "", "as asked"))
        elif column in told:
            roles.append(Role(column, told[column]))
        else:
            roles.append(_infer(frame[column], column, marks=marks, source=source))
    return roles


def _infer(cells: pd.Series, column: str, *, marks: Marks, source: str) -> Role:
    filled = cells[~is_empty(cells)]
    if filled.empty:
        return Role(column, "", EMPTY)
    if len(filled) == len(cells) and _is_constant(filled.iloc[:_SOME]) and _is_constant(filled):
        return Role(column, "", SAME)
    if not pd.api.types.is_bool_dtype(cells) and are_dates(filled, column):
        return Role(column, "date")
    if has_numbers(filled) and not _has_codes(filled):
        numbers = read_numbers(filled, column, marks)
        refuse_wrong(
            numbers,
            filled,
            column,
            source,
            f"Correct it, or leave the column out (--drop {column}).",
        )
        counts = _counts_rows(numbers.values, column, filled.index.to_numpy())
        return Role(column, "", "numbers each row") if counts else Role(column, "number")
    if are_in_two_ways(filled, column):
        return Role(column, "", "dates in more than one way: write them as 2024-12-31")
    reason = _no_category(pd.Series(words_of(filled), dtype=object))
    return Role(column, "" if reason else "category", reason)


def _is_constant(cells: pd.Series) -> bool:
    return len(set(words_of(cells))) == 1


def _has_codes(cells: pd.Series) -> bool:
    """Tell whether a column of texts holds codes such as 01234, which are no numbers."""
    if pd.api.types.is_numeric_dtype(cells):
        return False
    return bool(cells.astype(str).str.fullmatch(r"\s*0\d+\s*").any())


def _no_category(words: pd.Series) -> str:
    """Return why texts are not the words of a category; `""` if they are."""
    nearly_all_differ = words.nunique() > _NEARLY_ALL * len(words) and len(words) >= _MANY
    is_text = words.str.len().mean() > _LONG_TEXT
    if nearly_all_differ and words.str.contains(r"\s\S+\s").mean() > _HALF:
        is_text = True
    if is_text:
        return "free text"
    return "different in nearly every row" if nearly_all_differ else ""


def _counts_rows(values: np.ndarray, column: str, rows: np.ndarray) -> bool:
    """Tell whether a column only says which row it is, also if only some rows are looked at."""
    if len(values) < _MANY or (values != np.floor(values)).any():
        return False
    steps = np.diff(values)
    if (steps == 1).all() or (steps == np.diff(rows)).all():
        return True
    unique = len(np.unique(values)) > _NEARLY_ALL * len(values)
    return bool(_NAMED_ID.search(column)) and unique


def choose_words(words: np.ndarray) -> tuple[str, ...]:
    """Return the words of a category that a network will know.

    Args:
        words: those of the training rows, `None` where a cell is empty.
    """
    return choose_counted(pd.Series(words, dtype=object).value_counts())


def choose_counted(counts: pd.Series) -> tuple[str, ...]:
    """Return the same, given how often each word is there."""
    counts = counts.sort_index()
    if len(counts) > _MANY and (counts >= _RARE).any():
        counts = counts[counts >= _RARE]
    return tuple(sorted(counts.nlargest(MOST_WORDS).index))


@dataclass(frozen=True)
class Reading:
    """A column that was read.

    Args:
        values: of numbers, a float64 for each cell, NaN if it is empty; of dates, days since
            1970-01-01; of a category, its words as objects, `None` if empty.
        written: how its numbers or dates are written, if that could be read in another way too.
        kind: of numbers, what commas, points and spaces in them were taken for; `""` if all are as
            Python writes them.
        sign: of numbers, a percent or currency sign that was taken off every cell.
        notes: what a person should know.
        conversion: which of the notes says how separators were read.
    """

    values: np.ndarray
    written: str = ""
    kind: str = ""
    sign: str = ""
    notes: tuple[str, ...] = ()
    conversion: str = ""

    def differs(self, later: Reading, cells: pd.Series) -> bool:
        """Tell whether rows after these write numbers in another way.

        Args:
            later: how those were read.
            cells: what they hold.
        """
        other = self.sign != later.sign or bool(self.kind and later.kind not in ("", self.kind))
        if not later.kind and self.written == "decimal comma":
            other = other or bool(cells.astype(str).str.contains(".", regex=False).any())
        return other and bool(pd.notna(later.values).any())


def read_column(
    cells: pd.Series,
    kind: str,
    *,
    marks: Marks,
    source: str,
    written: str = "",
    before: str = "",
    bad: dict[int, str] | None = None,
) -> Reading:
    """Read the cells of a column as what it is.

    Args:
        cells: texts, or what another library has read; rows are counted by their index, from 0 on.
        kind: `"number"`, `"category"` or `"date"`.
        marks: how the table writes numbers.
        source: the table, for messages.
        written: how such a column was written before, which decides where it can be read so.
        before: what separators were taken for in the rows before these.
        bad: takes, by the index of a cell, what is wrong with it; by default it is refused.

    Raises:
        InvalidInput: if a cell is no number or date.
    """
    column = str(cells.name)
    empty = is_empty(cells).to_numpy()
    if kind == "category":
        words = words_of(cells)
        words[empty] = None
        return Reading(words)
    values = np.full(len(cells), np.nan)
    filled = cells[~empty]
    if filled.empty:
        return Reading(values)
    if kind == "date":
        values[~empty], found = read_days(filled, column, source, order=written, bad=bad)
        return Reading(values, found)
    if pd.api.types.is_bool_dtype(filled):
        filled = filled.astype("int64")
    numbers = read_numbers(filled, column, marks, before, written=written)
    if bad is None or numbers.ways > 1:
        refuse_wrong(numbers, filled, column, source)
    for index in np.flatnonzero(numbers.wrong):
        row = int(filled.index[int(index)])
        assert bad is not None
        cell = str(filled.iloc[int(index)])
        bad.setdefault(row, refusal(cell, column, (), source=source, row=row + 1))
    values[~empty] = numbers.values
    return Reading(
        values,
        numbers.written,
        kind=numbers.kind if numbers.conversion else "",
        sign=numbers.sign,
        notes=numbers.notes,
        conversion=numbers.conversion,
    )


def encode_words(found: np.ndarray, words: Sequence[str]) -> np.ndarray:
    """Return codes of words: NaN where there is none, and for others the number of known ones.

    Example:
        >>> encode_words(np.array(["b", None, "c"], object), ("a", "b")).tolist()
        [1.0, nan, 2.0]
    """
    codes = {word: float(code) for code, word in enumerate(words)}
    values = pd.Series(found, dtype=object).map(codes).fillna(float(len(words)))
    return np.where(pd.isna(found), np.nan, values.to_numpy("float64"))


def say_other_words(
    other: np.ndarray, known: int, column: str, note: Callable[[str], object]
) -> None:
    """Tell which words a network does not know, if there are any, and how many it knows."""
    if len(other):
        note(describe_other_words(len(other), pd.unique(other).tolist(), known, column))


def describe_other_words(cells: int, different: Sequence[str], known: int, column: str) -> str:
    """Say the same of so many cells with some different words."""
    shown = ", ".join(repr(word[:30]) for word in different[:_NAMED])
    more = ", ..." if len(different) > _NAMED else ""
    return (
        f"{column}: {counted(cells, 'cell')} taken as another word than the {known} known "
        f"ones: {shown}{more}."
    )


def words_of(cells: pd.Series) -> np.ndarray:
    """Return the words of cells, of each different cell once."""
    is_text = isinstance(cells.dtype, pd.StringDtype)
    texts = cells if is_text else cells.astype(object).map(str)
    codes, different = pd.factorize(texts, use_na_sentinel=False)
    words = np.array([word_of(cell) for cell in different], dtype=object)
    return words[codes]


def word_of(cell: Any) -> str:
    """Return the word of a cell, however a column was read.

    Example:
        >>> {word_of(cell) for cell in (1, 1.0, " 1.0 ")}, {word_of("TRUE"), word_of(True)}
        ({'1'}, {'True'})
    """
    text = one_line(str(cell))
    if text.lower() in ("true", "false"):
        return text.capitalize()
    return re.sub(r"^([-+]?\d+)\.0+$", r"\1", text)
