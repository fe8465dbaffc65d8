"""Columns: which is which by name, and what a cell of each may hold."""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from kerazoo._wording import agree, counted
from kerazoo.datasets.splits import Series
from kerazoo.errors import InvalidInput
from kerazoo.saved.card import Card, Column

_SHOWN = 5


def match_columns(
    names: Sequence[str], card: Card, source: str, note: Callable[[str], object]
) -> list[int]:
    """Return the index of each input of a network among the columns of a table.

    Args:
        names: the names of the table's columns, in any order; further ones are not looked at.
        card: what the network takes.
        source: the table, for messages.
        note: told which columns are not looked at.

    Raises:
        InvalidInput: if a column is missing or there twice.
    """
    wanted = [column.name for column in card.columns]
    if isinstance(card.about, Series):
        raise InvalidInput(
            f"{source}: {card.name!r} takes windows of {counted(card.about.lag, 'row')}, as an "
            "array; for a table of rows in the order of time use kerazoo.forecast or kerazoo "
            "predict --steps."
        )
    if not wanted:
        raise InvalidInput(
            f"{source}: {card.name!r} takes no table; pass images, or an array (.npy)."
        )
    indices = {name: index for index, name in enumerate(names)}
    missing = [name for name in wanted if name not in indices]
    extra = [name for name in indices if name not in wanted and name != card.target_name]
    if missing:
        raise InvalidInput(f"{source}: {_missing(missing, extra)} {_takes(card)}")
    twice = [name for name, count in Counter(names).items() if count > 1 and name in wanted]
    if twice:
        raise InvalidInput(
            f"{source}: the column {_list(twice)} is there more than once. Rename or drop one."
        )
    if card.target_name in indices:
        note(f"{source}: column {card.target_name!r}, which is predicted, is not looked at.")
    if extra:
        which = agree(len(extra), "column", "columns")
        note(f"{source}: {which} {_list(extra)} not looked at: the network has no such input.")
    return [indices[name] for name in wanted]


def parse_cells(cells: Iterable[Any], column: Column, source: str, first_row: int) -> np.ndarray:
    """Return the numbers of one column.

    A number is what Python's `float` takes, without underscores; in a column of words, a word or
    its code.

    Args:
        cells: texts or numbers.
        column: what they are.
        source: the table, for messages.
        first_row: number of the first cell's row, counted from 1.

    Raises:
        InvalidInput: naming the row, the column and the cell, if one is not a finite number.
    """
    codes = {word: float(code) for code, word in enumerate(column.categories)}
    known = set(codes.values())
    numbers = []
    for row, cell in enumerate(cells, start=first_row):
        number = codes.get(cell.strip() if isinstance(cell, str) else "")
        if number is None:
            number = _number(cell)
            if number is None or not (number in known if known else math.isfinite(number)):
                raise InvalidInput(refusal(cell, column, source, row))
        numbers.append(number)
    return np.array(numbers, dtype="float64")


def _number(cell: Any) -> float | None:
    if isinstance(cell, str) and "_" in cell:
        return None
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None


def refusal(cell: Any, column: Column, source: str, row: int) -> str:
    """Say what is wrong with a cell."""
    where = f"{source}: row {row}, column {column.name!r}"
    shown = repr(str(cell)[:40])
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return f"{where} is empty; expected {_expected(column)}."
    if isinstance(cell, str) and column.categories:
        near = difflib.get_close_matches(cell.strip(), column.categories, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return f"{where} is {shown}; expected {_expected(column)}.{hint}"
    return f"{where} is {shown}; expected {_expected(column)}."


def _expected(column: Column) -> str:
    if column.categories:
        codes = range(len(column.categories))
        words = (f"{word!r} ({code})" for word, code in zip(column.categories, codes, strict=True))
        return " or ".join(words)
    return f"a finite number, such as {column.minimum:g} to {column.maximum:g}"


def _missing(missing: Sequence[str], extra: Sequence[str]) -> str:
    spellings = {name.lower(): name for name in extra[:1000]}
    near = difflib.get_close_matches(missing[0].lower(), spellings, n=1, cutoff=0.5)
    hint = f" Is {spellings[near[0]]!r} meant to be it?" if near else ""
    return f"{_columns_are(missing)} missing.{hint}"


def _columns_are(names: Sequence[str]) -> str:
    noun, verb = agree(len(names), "column", "columns"), agree(len(names), "is", "are")
    return f"the {noun} {_list(names)} {verb}"


def _takes(card: Card) -> str:
    names = [column.name for column in card.columns]
    return f"{card.name!r} takes {_list(names, most=100)}."


def _list(names: Sequence[str], most: int = _SHOWN) -> str:
    shown = [repr(name[:40]) for name in names[:most]]
    last = f"{len(names) - most} more" if len(names) > most else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last
