"""What each column of a table is: a number, words of a category, a date, or nothing to learn from.

`infer_roles` looks at a table once, before a training. `read_column` reads cells as what their
column was found to be, in training and for every prediction afterwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kerazoo._wording import counted
from kerazoo.datasets.reading.dates import are_dates, parse_dates
from kerazoo.datasets.reading.numbers import (
    Marks,
    has_numbers,
    is_empty,
    read_numbers,
    refuse_wrong,
)
from kerazoo.errors import InvalidInput

MOST_WORDS = 100
"""Words of one category that a network knows; rarer ones are taken together."""

_RARE = 2  # times that a word has to be there, in a column of many words
_MANY = 20
_NEARLY_ALL = 0.9
_LONG_TEXT = 40
_HALF = 0.5
_NAMED_ID = re.compile(r"(?:^|[_\s.-])(?:id|uuid|guid|key|no|nr|index)$|^id[_\s.-]|번호$|[a-z]ID$")
_NAMED = 5


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
    words = filled.map(word_of)
    if filled.empty:
        return Role(column, "", "empty")
    if words.nunique() == 1 and len(filled) == len(cells):
        return Role(column, "", "the same in every row")
    if not pd.api.types.is_bool_dtype(cells) and are_dates(filled, column):
        return Role(column, "date")
    # A code such as 01234 is no number.
    if has_numbers(filled) and not words.str.fullmatch(r"0\d+").any():
        numbers = read_numbers(filled, column, marks)
        refuse_wrong(
            numbers,
            filled,
            column,
            source,
            f"Correct it, or leave the column out (--drop {column}).",
        )
        counts = _counts_rows(numbers.values, column)
        return Role(column, "", "numbers each row") if counts else Role(column, "number")
    reason = _no_category(words)
    return Role(column, "" if reason else "category", reason)


def _no_category(words: pd.Series) -> str:
    """Return why texts are not the words of a category; `""` if they are."""
    nearly_all_differ = words.nunique() > _NEARLY_ALL * len(words) and len(words) >= _MANY
    is_text = words.str.len().mean() > _LONG_TEXT
    if nearly_all_differ and words.str.contains(r"\s\S+\s").mean() > _HALF:
        is_text = True
    if is_text:
        return "free text"
    return "different in nearly every row" if nearly_all_differ else ""


def _counts_rows(values: np.ndarray, column: str) -> bool:
    """Tell whether a column only says which row it is."""
    if len(values) < _MANY or (values != np.floor(values)).any():
        return False
    steps = np.diff(values)
    if len(np.unique(values)) == len(values) and (steps == 1).all():
        return True
    unique = len(np.unique(values)) > _NEARLY_ALL * len(values)
    return bool(_NAMED_ID.search(column)) and unique


def choose_words(cells: pd.Series) -> tuple[str, ...]:
    """Return the words of a category that a network will know, from the training rows."""
    counts = Counter(cells[~is_empty(cells)].map(word_of))
    if len(counts) > _MANY:
        counts = Counter({word: count for word, count in counts.items() if count >= _RARE})
    return tuple(sorted(word for word, _ in counts.most_common(MOST_WORDS)))


def read_column(
    cells: pd.Series,
    kind: str,
    words: Sequence[str] = (),
    *,
    marks: Marks,
    source: str,
    note: Callable[[str], object],
    bad: dict[int, str] | None = None,
) -> np.ndarray:
    """Read the cells of a column as what it is.

    Args:
        cells: texts, or what another library has read.
        kind: `"number"`, `"category"` or `"date"`.
        words: of a category, in the order of their codes.
        marks: how the table writes numbers.
        source: the table, for messages.
        note: told of words that are none of these, and of what was converted.
        bad: takes, by row from 0 on, what is wrong with it; by default it is refused.

    Returns:
        A float64 for each cell: NaN if it is empty; the code of a word, and the number of words for
        any other; days since 1970-01-01.

    Raises:
        InvalidInput: if a cell is no number or date.
    """
    column = str(cells.name)
    empty = is_empty(cells).to_numpy()
    if kind == "category":
        return _read_words(cells, empty, words, source, note)
    values = np.full(len(cells), np.nan)
    filled = cells[~empty]
    if filled.empty:
        return values
    if kind == "date":
        dates = _read_dates(filled, column, source, bad)
        values[~empty] = dates
        return values
    numbers = read_numbers(filled, column, marks)
    if bad is None:
        refuse_wrong(numbers, filled, column, source)
    elif numbers.wrong.any():
        for index in np.flatnonzero(numbers.wrong):
            row = np.flatnonzero(~empty)[index]
            bad[int(row)] = (
                f"{source}: row {row + 1}, column {column!r} is {str(filled.iloc[index])[:40]!r}; "
                "expected a finite number."
            )
    for one in numbers.notes:
        note(f"{source}: {one}.")
    values[~empty] = numbers.values
    return values


def _read_dates(
    filled: pd.Series, column: str, source: str, bad: dict[int, str] | None
) -> np.ndarray:
    try:
        local = parse_dates(filled.reset_index(drop=True), column, source).local
    except InvalidInput as error:
        if bad is None:
            raise
        for row in filled.index:
            bad[int(row)] = str(error)
        return np.full(len(filled), np.nan)
    since = local.to_numpy().astype("datetime64[ns]") - np.datetime64(0, "ns")
    days: np.ndarray = since / np.timedelta64(1, "D")
    return days


def _read_words(
    cells: pd.Series,
    empty: np.ndarray,
    words: Sequence[str],
    source: str,
    note: Callable[[str], object],
) -> np.ndarray:
    codes = {word: float(code) for code, word in enumerate(words)}
    found = cells.map(word_of)
    values = found.map(codes).fillna(float(len(words))).to_numpy("float64", copy=True)
    values[empty] = np.nan
    other = found[values == len(words)]
    if len(other):
        shown = ", ".join(repr(word[:30]) for word in other.unique()[:_NAMED])
        more = ", ..." if other.nunique() > _NAMED else ""
        note(
            f"{source}: {counted(len(other), 'cell')} of {str(cells.name)!r} taken as another word "
            f"than the {len(words)} known ones: {shown}{more}."
        )
    return values


def word_of(cell: Any) -> str:
    """Return the word of a cell: 1, 1.0 and "1.0" are one word, however a column was read."""
    text = str(cell).strip()
    return re.sub(r"^([-+]?\d+)\.0+$", r"\1", text)
