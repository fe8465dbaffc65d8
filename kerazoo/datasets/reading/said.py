"""What a user is told of a table: what its columns were found to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted
from kerazoo.datasets.reading.numbers import is_empty
from kerazoo.datasets.reading.roles import Role, words_of

_FEW_ROWS = 50
_SHOWN = 8


def describe_left_out(roles: Sequence[Role]) -> str:
    """Return which columns are left out, and why."""
    return "left out: " + ", ".join(f"{r.column!r} ({r.reason})" for r in roles if not r.kind)


def say_roles(
    frame: pd.DataFrame, roles: Sequence[Role], used: Mapping[str, str], source: str
) -> None:
    """Say in a few lines what each column was taken for."""
    nouns = {"number": ("number", "numbers"), "category": ("category", "categories")}
    nouns["date"] = ("date", "dates")
    warn_user(f"{source}: {counted(len(frame), 'row')}, {counted(len(used), 'input column')}.")
    for kind, (one, several) in nouns.items():
        names = [name for name, other in used.items() if other == kind]
        if names:
            shown = ", ".join(_describe(frame[name], kind) for name in names[:_SHOWN])
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            warn_user(f"{agree(len(names), one, several)}: {shown}{more}.")
    if any(not role.kind for role in roles):
        warn_user(f"{describe_left_out(roles)}.")
    if len(frame) < _FEW_ROWS:
        warn_user(f"{counted(len(frame), 'row')} are few: the test says little.")


def _describe(cells: pd.Series, kind: str) -> str:
    empty = int(is_empty(cells).sum())
    inside = []
    if kind == "category":
        inside.append(counted(words_of(cells[~is_empty(cells)]).nunique(), "word"))
    if empty:
        inside.append(f"{empty} empty")
    return f"{str(cells.name)!r}" + (f" ({', '.join(inside)})" if inside else "")
