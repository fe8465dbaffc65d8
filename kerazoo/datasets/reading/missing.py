"""Cells of a series without a value: refused, filled in, or only suspected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kerazoo._wording import agree, counted, listed
from kerazoo.errors import InvalidInput

_FEW = 3
_LONG_RUN = 10


def fill(
    values: np.ndarray,
    columns: Sequence[str],
    missing: str,
    source: str,
    *,
    needed: Sequence[str] = (),
    marks: Sequence[str] = (),
) -> tuple[np.ndarray, list[str]]:
    """Take the value before each empty cell, if told so.

    Args:
        values: `(time, columns)`, NaN where a cell is empty.
        columns: their names.
        missing: `"refuse"` or `"forward"`.
        source: what an error is about.
        needed: columns that have to go on to the end.
        marks: texts that were taken as empty cells.

    Returns:
        The values without rows at the end that are empty altogether, and what was done, in words.

    Raises:
        InvalidInput: if a cell is empty and no value is before it, or is to be filled in.
    """
    gaps = np.isnan(values)
    if not gaps.any():
        return values, []
    if missing == "refuse":
        row, index = np.argwhere(gaps)[0]
        count = int(gaps.sum())
        marked = f" (or {' or '.join(sorted(map(repr, set(marks))))})" if marks else ""
        raise InvalidInput(
            f"{source}: {counted(count, 'cell is', 'cells are')} empty{marked}, the first in "
            f"row {row + 1} (in order of time) of column {columns[index]!r}. Pass "
            "missing='forward' (--missing forward) to take the value before it."
        )
    notes = []
    end = int(np.flatnonzero(~gaps.all(axis=1))[-1]) + 1 if not gaps.all() else 0
    if end < len(values):
        empty = len(values) - end
        are, were = agree(empty, "is", "are"), agree(empty, "was", "were")
        notes.append(f"{counted(empty, 'row')} at the end {are} empty and {were} left out")
    values, gaps = values[:end], gaps[:end]
    for index, column in enumerate(columns):
        blank = _blank_at_end(gaps[:, index])
        if blank and column in needed:
            raise InvalidInput(
                f"{source}: {counted(blank, 'cell')} at the end of column {column!r} "
                f"{agree(blank, 'is', 'are')} empty: it is not known "
                "how it went on there. Leave those rows out (a forecast takes them as future=)."
            )
    if len(gaps) == 0 or gaps[0].any():
        index = int(gaps[0].argmax()) if len(gaps) else 0
        raise InvalidInput(
            f"{source}: column {columns[index]!r} begins with an empty cell; there is no value "
            "before it to take. Leave those rows out."
        )
    counts = [
        f"{int(gaps[:, index].sum())} of {column!r}"
        + (f" ({blank} at the end)" if (blank := _blank_at_end(gaps[:, index])) else "")
        for index, column in enumerate(columns)
        if gaps[:, index].any()
    ]
    if counts:
        notes.append(f"empty cells were filled with the value before them: {listed(counts)}")
    return pd.DataFrame(values).ffill().to_numpy(), notes


def describe_suspicious(values: np.ndarray, columns: Sequence[str]) -> list[str]:
    """Say which values may stand for "not measured": far from all others, or the same to the end.

    Example:
        >>> column = np.array([[20.5], [21.0], [-200], [22.5], [-200], [23.0], [-200], [21.5]])
        >>> describe_suspicious(column, ("temperature",))[0][:58]
        "'temperature' is -200 in 3 rows, far from all other values"
    """
    notes = []
    for name, column in zip(columns, values.T, strict=True):
        distinct, counts = np.unique(column, return_counts=True)
        if len(distinct) < _FEW:
            continue
        for end, inner in ((0, distinct[1:]), (-1, distinct[:-1])):
            apart = abs(distinct[end] - inner[end])
            if counts[end] >= _FEW and apart > np.ptp(inner) and len(inner) > _FEW:
                notes.append(
                    f"{name!r} is {distinct[end]:g} in {counts[end]} rows, far from all other "
                    f"values ({inner[0]:g} to {inner[-1]:g}); if that means that nothing was "
                    "measured, empty those cells and choose missing='forward' (--missing forward)"
                )
        runs = np.diff(np.flatnonzero(np.r_[True, np.diff(column) != 0, True]))
        if runs[-1] >= _LONG_RUN and runs[-1] > 2 * runs[:-1].max():
            notes.append(
                f"{name!r} is {column[-1]:g} in all of the last {runs[-1]} rows; if nothing was "
                "measured there, leave them out"
            )
    return notes


def _blank_at_end(gaps: np.ndarray) -> int:
    """Return how many cells at the end are empty."""
    filled = np.flatnonzero(~gaps)
    return len(gaps) - 1 - int(filled[-1]) if len(filled) else len(gaps)
