"""Ratings: users and items as ids, and a part of each row's own.

What is shared by `movielens_100k.py` and `ratings_csv.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from kerazoo._wording import LONGEST_NAME, clean_name, counted, is_printable
from kerazoo.datasets.about import Ratings
from kerazoo.datasets.splits import RatedPart, Splits
from kerazoo.errors import InvalidInput

_MOST_TEXT = 2**20  # bytes of names that the card of a saved network has room for
_BYTES_OF_NAME = 8  # in a card, beside the name itself


def split_of(rows: Sequence[np.ndarray], about: Ratings) -> Splits:
    """Return the training, validation and test part as a data set.

    Args:
        rows: of each part `(rows, 3)`: the ids of a user and an item, and the rating.
        about: whose ids they are.

    Example:
        >>> rows = [np.array([[1, 2, 5]]), np.array([[1, 1, 3]]), np.array([[2, 2, 4]])]
        >>> splits = split_of(rows, Ratings(("Ann", "Bob"), ("tea", "rice"), (1, 5)))
        >>> splits.train.x.tolist(), splits.test.y.tolist(), splits.test.rated.tolist()
        ([[1, 2]], [[4.0]], [[1, 2], [1, 1]])
    """
    ids = [np.ascontiguousarray(part[:, :2]).astype("int32") for part in rows]
    train, validation, test = (
        RatedPart(
            ids[index],
            part[:, 2:3].astype("float32"),
            # Nothing of the test part: what is in it is asked, not known.
            np.concatenate([ids[other] for other in (0, 1) if other != index]),
            about,
        )
        for index, part in enumerate(rows)
    )
    return Splits(train, validation, test, about)


def ids_of(names: Iterable[str], known: Sequence[str]) -> np.ndarray:
    """Return the id of each name, from 1 on; 0 for one that is not known.

    Example:
        >>> ids_of(["b", "c", "a"], ["a", "b"]).tolist()
        [2, 0, 1]
    """
    ids = {name: index for index, name in enumerate(known, start=1)}
    return np.array([ids.get(name, 0) for name in names], "int32")


def names_of(cells: Iterable[Any]) -> list[str]:
    """Return the name of a user or an item as text: 7 and 7.0 are "7", and what is empty is "".

    Example:
        >>> names_of([7, 7.0, " Ann ", None])
        ['7', '7', 'Ann', '']
    """
    return ["" if _is_empty(cell) else _name(cell) for cell in cells]


def _is_empty(cell: Any) -> bool:
    if isinstance(cell, float | np.floating):
        return bool(np.isnan(cell))
    return cell is None or type(cell).__name__ in ("NAType", "NaTType")  # of pandas


def _name(cell: Any) -> str:
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return str(int(cell))
    return clean_name(str(cell))


def hold_out(rows: int, fractions: tuple[float, ...], seed: int) -> list[np.ndarray]:
    """Return the rows that are left, and random ones of each share, each in their order.

    Example:
        >>> [len(part) for part in hold_out(10, (0.2, 0.1), seed=0)]
        [7, 2, 1]
    """
    order = np.random.default_rng(seed).permutation(rows)
    cuts = np.cumsum([round(rows * share) for share in fractions])
    *held_out, kept = np.split(order, cuts)
    return [np.sort(kept), *(np.sort(part) for part in held_out)]


def check_names(names: Sequence[str], what: str, source: str) -> None:
    """Refuse names that a card cannot hold.

    Args:
        names: of users or items.
        what: `"user"` or `"item"`.
        source: the table, for messages.

    Raises:
        InvalidInput: if one cannot be printed or is too long, or they are too many.
    """
    for name in names:
        if not is_printable(name) or len(name) > LONGEST_NAME:
            raise InvalidInput(
                f"{source}: the {what} {name[:40]!r} has signs that cannot be printed, or more "
                f"than {LONGEST_NAME}; rename it."
            )
    size = sum(len(name.encode()) + _BYTES_OF_NAME for name in names)
    if size > _MOST_TEXT // 2:
        raise InvalidInput(
            f"{source} has {counted(len(names), what)}, more than a saved network can name. Leave "
            f"out those with few ratings, or give them shorter names."
        )
