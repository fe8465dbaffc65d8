"""What a user is told of a table: what its columns were found to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted
from kerazoo.datasets.reading.roles import Role

_FEW_ROWS = 50
_FEWEST_ROWS = 20  # in which nothing decides a target by chance
_NEARLY_ALL = 0.9
_SHOWN = 8


def describe_left_out(roles: Sequence[Role]) -> str:
    """Return which columns are left out, and why."""
    left_out = [f"{role.column!r} ({role.reason})" for role in roles if not role.kind]
    more = f" and {len(left_out) - _SHOWN} more" if len(left_out) > _SHOWN else ""
    return f"left out: {', '.join(left_out[:_SHOWN])}{more}"


def say_roles(read: Mapping[str, np.ndarray], roles: Sequence[Role], source: str) -> None:
    """Say in a few lines what each column was taken for.

    Args:
        read: what is in each column that is used, as `read_column` reads it.
        roles: of all columns.
        source: the table.
    """
    about = {role.column: _describe(role.column, read[role.column]) for role in roles if role.kind}
    say_described(about, roles, len(next(iter(read.values()))), source)


def say_described(about: Mapping[str, str], roles: Sequence[Role], rows: int, source: str) -> None:
    """Say the same, given the words for each column that is used: `describe_column` has them."""
    nouns = {"number": ("number", "numbers"), "category": ("category", "categories")}
    nouns["date"] = ("date", "dates")
    used = [role for role in roles if role.kind]
    warn_user(f"{source}: {counted(rows, 'row')}, {counted(len(used), 'input column')}.")
    for kind, (one, several) in nouns.items():
        names = [role.column for role in used if role.kind == kind]
        if names:
            shown = ", ".join(about[name] for name in names[:_SHOWN])
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            warn_user(f"{agree(len(names), one, several)}: {shown}{more}.")
    if len(used) < len(roles):
        warn_user(f"{describe_left_out(roles)}.")
    if rows < _FEW_ROWS:
        warn_user(f"{counted(rows, 'row')} are few: the test says little.")


def _describe(name: str, values: np.ndarray) -> str:
    empty = pd.isna(values)
    words = len(pd.unique(values[~empty])) if values.dtype == object else None
    return describe_column(name, words, int(empty.sum()))


def describe_column(name: str, words: int | None, empty: int) -> str:
    """Say how many words a column has, if it is one of words, and how many empty cells."""
    inside = [] if words is None else [counted(words, "word")]
    if empty:
        inside.append(f"{empty} empty")
    return f"{name!r}" + (f" ({', '.join(inside)})" if inside else "")


def say_equal_rows(numbers: np.ndarray, source: str) -> None:
    """Say how many rows repeat others, target included.

    Args:
        numbers: one per row, the same for equal rows.
        source: the table, for messages.
    """
    repeated = len(numbers) - len(np.unique(numbers))
    if repeated:
        # Where most rows repeat others, as a few words do, they cannot be kept together.
        kept = "; equal rows stay in one part" if repeated <= len(numbers) / 2 else ""
        repeat = agree(repeated, "repeats another one", "repeat others")
        warn_user(f"{source}: {counted(repeated, 'row')} of {len(numbers):,} {repeat}{kept}.")


def say_doubts(x: np.ndarray, names: Sequence[str], y: np.ndarray, source: str) -> None:
    """Say if a table looks easier than what a network will be asked later.

    That is so where one column decides the target: it may be the target in another form, or may
    not be known yet when an answer is needed.

    Args:
        x: the input columns, `(rows, columns)`, words by their codes.
        names: a name per column.
        y: a number per row: the target, or the index of its class.
        source: the table, for messages.
    """
    if len(x) < _FEWEST_ROWS:
        return
    deciding = [name for name, column in zip(names, x.T, strict=True) if _decides(column, y)]
    if deciding:
        which = ", ".join(map(repr, deciding[:_SHOWN]))
        noun = agree(len(deciding), "column", "columns")
        warn_user(
            f"{source}: the {noun} {which} alone {agree(len(deciding), 'decides', 'decide')} the "
            "target. If it would not be known beforehand, leave it out (--drop)."
        )


def _decides(column: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether a target only rises, or only falls, with a column, and is known by it."""
    filled = ~np.isnan(column)
    if filled.mean() < _NEARLY_ALL:
        return False
    values, target = column[filled], y[filled]
    order = np.lexsort((target, values))
    values, target = values[order], target[order]
    same = np.diff(values) == 0
    steps = np.diff(target)
    if (steps[same] != 0).any():
        return False  # one value, two targets
    if same.mean() > _NEARLY_ALL:  # a few values, such as codes: each has one target
        return True
    return bool((steps >= 0).all() or (steps <= 0).all())
