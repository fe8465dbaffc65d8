"""Columns of a table that a network takes: which is which by name, and what a cell may hold."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kerazoo._wording import agree
from kerazoo.errors import InvalidInput

_SHOWN = 5


def match_columns(
    names: Sequence[str],
    wanted: Sequence[str],
    source: str,
    note: Callable[[str], object],
    *,
    target: str = "",
    also_used: Sequence[str] = (),
) -> list[int]:
    """Return the index of each column that a network needs among the columns of a table.

    Args:
        names: the names of the table's columns, in any order; further ones are not looked at.
        wanted: the names of those that are needed.
        source: the table, for messages.
        note: told which columns are not looked at.
        target: the column that is predicted, if that is known.
        also_used: columns that serve another purpose, such as naming groups.

    Raises:
        InvalidInput: if a column is missing or there twice.

    Example:
        >>> match_columns(["b", "c", "a"], ["a", "b"], "t.csv", print)
        t.csv: column 'c' not looked at: the network has no such input.
        [2, 0]
    """
    indices = {name: index for index, name in enumerate(names)}
    missing = [name for name in wanted if name not in indices]
    known = {*wanted, *also_used, target}
    extra = [name for name in indices if name not in known]
    if missing:
        raise InvalidInput(
            f"{source}: {_missing(missing, extra)} The network needs {_list(wanted, most=100)}."
        )
    twice = [name for name, count in Counter(names).items() if count > 1 and name in wanted]
    if twice:
        raise InvalidInput(f"{source}: two columns are called {twice[0][:40]!r}; rename one.")
    if target in indices and target not in wanted:
        note(f"{source}: column {target!r}, which is predicted, is not looked at.")
    if extra:
        which = agree(len(extra), "column", "columns")
        note(f"{source}: {which} {_list(extra)} not looked at: the network has no such input.")
    return [indices[name] for name in wanted]


def plain_numbers(cells: Sequence[Any], words: Sequence[str] = ()) -> np.ndarray | None:
    """Return the numbers of a column where each cell is plainly one.

    That is what Python's `float` takes, in ASCII and without underscores, if it is finite; in a
    column of words, one of these or its code. Whatever else cells hold is left to those who know
    how numbers are written.

    Args:
        cells: texts or numbers.
        words: those that stand for the codes 0, 1, ...; none for numbers.

    Example:
        >>> plain_numbers(["1.5", " 2e3 "]).tolist(), plain_numbers(["1,5"])
        ([1.5, 2000.0], None)
        >>> plain_numbers(["red", "1"], ("white", "red")).tolist()
        [1.0, 1.0]
    """
    if words:
        codes = {word: float(code) for code, word in enumerate(words)}
        cells = [codes.get(cell.strip(), cell) if isinstance(cell, str) else cell for cell in cells]
    try:
        numbers = np.array(list(map(float, cells)), dtype="float64")
        texts = "".join([cell for cell in cells if isinstance(cell, str)])
    except (TypeError, ValueError, OverflowError):
        return None
    if "_" in texts or not texts.isascii():
        return None
    with np.errstate(over="ignore"):
        is_finite = np.isfinite(numbers.astype("float32")).all()
    if not is_finite:
        return None
    are_codes = (numbers >= 0) & (numbers < len(words)) & (numbers == np.floor(numbers))
    return None if words and not are_codes.all() else numbers


def refusal(
    cell: Any, column: str, words: Sequence[str], *, source: str, row: int, example: str = ""
) -> str:
    """Say what is wrong with a cell.

    Args:
        cell: what it holds.
        column: the name of its column.
        words: those that stand for the codes 0, 1, ...; none for numbers.
        source: the table.
        row: its row, from 1 on.
        example: numbers that would do.

    Example:
        >>> refusal("rde", "color", ("red", "white"), source="t.csv", row=3)[:53]
        "t.csv: row 3, column 'color' is 'rde'; expected 'red'"
    """
    where = f"{source}: row {row}, column {column!r}"
    expected = _expected(words, example)
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return f"{where} is empty; expected {expected}."
    near = difflib.get_close_matches(cell.strip(), words, n=1) if isinstance(cell, str) else []
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"{where} is {str(cell)[:40]!r}; expected {expected}.{hint}"


def _expected(words: Sequence[str], example: str) -> str:
    if words:
        return " or ".join(f"{word!r} ({code})" for code, word in enumerate(words))
    return "a finite number" + (f", such as {example}" if example else "")


def _missing(missing: Sequence[str], extra: Sequence[str]) -> str:
    spellings = {name.lower(): name for name in extra[:1000]}
    near = difflib.get_close_matches(missing[0].lower(), spellings, n=1, cutoff=0.5)
    hint = f" Is {spellings[near[0]][:40]!r} meant to be it?" if near else ""
    noun, verb = agree(len(missing), "column", "columns"), agree(len(missing), "is", "are")
    return f"the {noun} {_list(missing)} {verb} missing.{hint}"


def _list(names: Sequence[str], most: int = _SHOWN) -> str:
    shown = [repr(name[:40]) for name in names[:most]]
    last = f"{len(names) - most} more" if len(names) > most else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last
