"""What a user asks of a table, checked before it is learned from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kerazoo._wording import counted
from kerazoo.datasets.reading.size import size_of
from kerazoo.errors import InvalidInput, KerazooError, unknown_name

_MOST_TEXT = 2**20  # bytes of names and words that the card of a saved network has room for
_BYTES_OF_COLUMN, _BYTES_OF_WORD = 200, 20  # in a card, beside the names and words themselves


def check_named(frame: pd.DataFrame, named: Sequence[str], source: str) -> None:
    """Refuse a name that is not that of a column."""
    for column in named:
        if column not in frame.columns:
            error = unknown_name("column", column, frame.columns)
            raise type(error)(f"{source}: {error}")


def check_told(
    told: Mapping[str, Sequence[str]], target: str, special: Mapping[str, str | None]
) -> None:
    """Refuse a column that is told to be two things at once.

    Args:
        told: columns by what they are told to be, or to be left out.
        target: the column that is predicted.
        special: the column that keeps rows together (`group`), the one by which they are held out
            (`time`), and that of their `weights`.
    """
    uses = {**told, **{use: [column] for use, column in special.items()}}
    for use, columns in uses.items():
        if target in columns:
            raise InvalidInput(f"{target!r} is the target; name another column as {use}.")
    weights, group, time = (special.get(use) for use in ("weights", "group", "time"))
    for use, columns in uses.items():
        if weights is not None and use not in ("weights", "drop") and weights in columns:
            raise InvalidInput(f"{weights!r} holds the weights; name another column as {use}.")
    if group and time:
        raise InvalidInput(
            f"rows are held out by group ({group!r}) or by time ({time!r}), not both; choose one."
        )
    kinds = [(column, use) for use in ("categorical", "numeric", "date") for column in told[use]]
    for column, use in kinds:
        others = [other for same, other in kinds if same == column and other != use]
        if others:
            raise InvalidInput(f"{column!r} cannot be both {use} and {others[0]}; choose one.")


def check_room(words: Mapping[str, Sequence[str]], source: str) -> None:
    """Refuse a table before it is trained on, if a card could not hold what is to be said of it.

    Args:
        words: those of each input column; none of a number.
        source: the table, for messages.
    """
    count = sum(map(len, words.values()))
    length = sum(len(f"{name * 4}{''.join(of_it)}".encode()) for name, of_it in words.items())
    if length + _BYTES_OF_COLUMN * len(words) + _BYTES_OF_WORD * count > _MOST_TEXT:
        raise InvalidInput(
            f"{source} has {counted(len(words), 'column')} to learn from"
            + (f" with {counted(count, 'word')}" if count else "")
            + ", more than a saved network can name. Leave some out with drop (--drop)."
        )


def check_columns_of(path: Any, drop: Sequence[str]) -> None:
    """Refuse a file of more columns than a card can hold, before all of it is read."""
    if not isinstance(path, str | os.PathLike):
        return
    size = size_of(os.fspath(path))
    if size is not None:
        count = size.columns - len(drop)
        check_room({str(number): () for number in range(count)}, os.fspath(path))


def check_fractions(validation: float, test: float) -> None:
    """Refuse shares that leave a part empty."""
    if not (0 < validation < 1 and 0 < test < 1 and validation + test < 1):
        raise KerazooError(
            f"validation_fraction {validation} and test_fraction {test} leave nothing to train on; "
            "pass shares above 0 that add up to less than 1."
        )
