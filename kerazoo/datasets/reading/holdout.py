"""Which rows of a table are trained on, and which are held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from kerazoo.datasets.reading.roles import Role
from kerazoo.datasets.reading.said import describe_left_out
from kerazoo.errors import InvalidInput


def share_out(
    *,
    equal: np.ndarray,
    classes: np.ndarray | None,
    order: np.ndarray | None,
    fractions: Sequence[float],
    seed: int,
    source: str,
) -> tuple[np.ndarray, ...]:
    """Return the rows of the training, validation and test part, each in the order of the table.

    Args:
        equal: a number per row; rows with one number stay together.
        classes: a class per row, which has an equal share in every part; `None` for none.
        order: a time per row: the latest rows are the test, those before them the validation part.
        fractions: shares of the validation and the test part; of the first alone, if the test has
            a table of its own.
        seed: decides which rows are held out, if not their time.
        source: the table, for messages.

    Raises:
        InvalidInput: if a part would be empty.

    Example:
        >>> rows = np.arange(10)
        >>> parts = share_out(equal=rows, classes=None, order=rows, fractions=(0.2, 0.2), seed=0,
        ...                   source="table")
        >>> [part.tolist() for part in parts]
        [[0, 1, 2, 3, 4, 5], [6, 7], [8, 9]]
    """
    if order is not None:
        ranks = np.argsort(order, kind="stable")
        parts = _cut(ranks, fractions)
        # What happened at one time is not divided.
        later = [order[part].min() if len(part) else np.inf for part in parts[1:]]
        where = np.searchsorted(later, order, side="right")
    else:
        generator = np.random.default_rng(seed)
        first, unit = _units(equal)
        kinds = np.zeros(len(first), np.int8) if classes is None else classes[first]
        of_unit = np.zeros(len(first), np.int8)
        for kind in np.unique(kinds):
            units = generator.permutation(np.flatnonzero(kinds == kind))
            for number, part in enumerate(_cut(units, fractions)):
                of_unit[part] = number
        where = of_unit[unit]
    found = tuple(np.flatnonzero(where == number) for number in range(len(fractions) + 1))
    if not all(len(part) for part in found):
        which = "a training and a validation part"
        if len(found) > 2:
            which = "a training, a validation and a test part"
        raise InvalidInput(
            f"{source} has too few rows that may be apart for {which}. Pass more rows, or leave "
            "out what keeps them together."
        )
    return found


def _units(equal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first row of each number, in the order of the numbers, and which each row has."""
    highest = np.maximum.accumulate(equal)
    is_new = np.diff(highest, prepend=-1)
    if is_new.max() == 1 and equal.min() >= 0:  # they count by first appearance
        return np.flatnonzero(is_new), equal
    _, first, unit = np.unique(equal, return_index=True, return_inverse=True)
    return first, unit


def number_equal(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return a number per row, by first appearance: the same for rows with equal cells.

    What counts is what was read: a table is split alike from whichever file it comes.

    Example:
        >>> number_equal([np.array([3, 3, 1, 3]), np.array(["a", "b", "a", "a"], object)]).tolist()
        [0, 1, 2, 0]
    """
    numbers = np.zeros(len(columns[0]), "int64")
    for column in columns:
        codes, different = pd.factorize(column, use_na_sentinel=False)
        numbers = pd.factorize(numbers * len(different) + codes)[0]
    return numbers


def _cut(units: np.ndarray, fractions: Sequence[float]) -> list[np.ndarray]:
    """Divide units into parts; a class that has one for each gives one to each."""
    count = len(units)
    held_out = [round(count * share) for share in fractions]
    if count >= len(held_out) + 1:
        held_out = [max(1, number) for number in held_out]
    kept = count - sum(held_out)
    return np.split(units, kept + np.cumsum([0, *held_out[:-1]]))


def settle(
    roles: Sequence[Role],
    read: Mapping[str, np.ndarray],
    share: Callable[[Sequence[str]], tuple[np.ndarray, ...]],
    source: str,
) -> tuple[list[Role], tuple[np.ndarray, ...]]:
    """Return what each column is, and the rows of each part: each decides something of the other.

    Args:
        roles: of all columns, as far as their cells alone tell.
        read: what is in the columns.
        share: given the columns that are used, returns the rows of each part.
        source: the table, for messages.

    Raises:
        InvalidInput: if no column is left.
    """
    found = list(roles)
    while True:
        used = [role.column for role in found if role.kind]
        if not used:
            raise InvalidInput(
                f"{source} has no column to learn from; {describe_left_out(found)}. Give a table "
                "with others, or say what they are (--categorical, --numeric, --date)."
            )
        parts = share(used)
        blank = {name for name in used if pd.isna(read[name][parts[0]]).all()}
        if not blank:
            return found, parts
        # Without these columns, other rows may be equal, which decides what is held out.
        reason = "empty in the rows that are trained on"
        found = [Role(r.column, "", reason) if r.column in blank else r for r in found]
