"""Your own ratings: a table with a row for each rating, who gave it, and to what.

Users and items are texts, as they stand: 7 and 07 are two. Random ratings are held out; whoever and
whatever is only among these is unknown to the network, as it would be to you.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted, listed
from kerazoo.datasets.about import Ratings
from kerazoo.datasets.reading.asked import check_fractions, check_named
from kerazoo.datasets.reading.other_data import say_all_are_judged
from kerazoo.datasets.reading.ratings import (
    check_names,
    hold_out,
    ids_of,
    names_of,
    split_of,
)
from kerazoo.datasets.reading.table import read_frame
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput, WrongUsage

FILES: tuple[DataFile, ...] = ()
VALIDATION_FRACTION, TEST_FRACTION = 0.1, 0.1
_LEAST = 10
_ROLES = ("user", "item", "rating")
_NAMES = {
    "user": "user customer reviewer member reader viewer rater person",
    "item": "item movie film product book isbn asin song track artist game anime restaurant recipe",
    "rating": "rating score stars rate",
    "title": "title itemtitle itemname movietitle moviename booktitle productname producttitle",
}
_WHEN = {"timestamp", "time", "date", "datetime", "ratedat", "unixtime"}
_FAR = 2.0  # ranges of all other ratings


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    path: Any,
    user: str = "",
    item: str = "",
    rating: str = "",
    title: str = "",
    scale: Sequence[float] | str = (),
    validation_fraction: float = VALIDATION_FRACTION,
    test_fraction: float = TEST_FRACTION,
    seed: int = 0,
) -> Splits:
    r"""Load a table of ratings as pairs of ids.

    Args:
        data_dir: a folder that a relative `path` is in.
        path: a CSV or Parquet file, or a table that another library holds.
        user: the column of users; by default the one whose name says so.
        item: the column of items.
        rating: the column of ratings, of numbers.
        title: the column of what items are called, if there is one.
        scale: the lowest and the highest rating that there can be, such as `(1, 5)` or `"1-5"`; by
            default those that there are.
        validation_fraction: share of the ratings that is held out for validation.
        test_fraction: share of the ratings that is held out for the test.
        seed: decides which.

    Raises:
        WrongUsage: if no name says which column is which.
        InvalidInput: if a rating is no number or not on the scale, or there are too few.

    Example:
        >>> table = {"user": list("abc") * 6, "item": [n // 3 for n in range(18)],
        ...          "rating": [1, 2, 3, 4, 5, 1] * 3}
        >>> splits = load(path=table, scale=(1, 5))
        >>> splits.about.users, len(splits.train.x)
        (('a', 'b', 'c'), 14)
    """
    check_fractions(validation_fraction, test_fraction)
    if isinstance(path, str | os.PathLike) and path != "-":
        path = os.path.join(data_dir or "", path)
    frame, source, delimiter = read_frame(path)
    columns = _columns(frame, {"user": user, "item": item, "rating": rating}, source)
    table = _read(frame, columns, source, delimiter)
    limits = _scale(table["rating"], scale, source)
    kept, *held_out = hold_out(len(table), (test_fraction, validation_fraction), seed)
    test, validation = (table.iloc[rows] for rows in held_out)
    trained = table.iloc[kept]
    users, items = (tuple(trained[role].unique().tolist()) for role in ("user", "item"))
    if min(len(users), len(items)) < 2:
        raise InvalidInput(
            f"{source} has ratings of {counted(len(users), 'user')} and "
            f"{counted(len(items), 'item')} to learn from; expected two or more of each."
        )
    about = Ratings(
        users,
        items,
        scale=limits,
        titles=_titles(frame, title, columns["item"], items, source),
        columns=tuple(columns[role] for role in _ROLES),
    )
    check_names(users, "user", source)
    check_names((*items, *about.titles), "item", source)
    return split_of([_rows(part, about) for part in (trained, validation, test)], about)


def load_like(about: Ratings, path: Any, *, trained_on: str = "", seed: int = 0) -> Splits:
    """Load ratings for a network that was trained on such ratings, and judge it on them.

    Args:
        about: what the network's card says.
        path: as for `load`.
        trained_on: the hash of the data that it was trained on. All rows of other data are the
            test part; by default, rows are held out as in training.
        seed: as for `load`.

    Raises:
        InvalidInput: if a column is missing, or a rating is not on the scale.
    """
    frame, source, delimiter = read_frame(path)
    check_named(frame, about.columns, source)
    columns = dict(zip(_ROLES, about.columns, strict=True))
    table = _read(frame, columns, source, delimiter)
    _scale(table["rating"], about.scale, source)
    shares = (TEST_FRACTION, VALIDATION_FRACTION)
    kept, test, validation = hold_out(len(table), shares, seed)
    parts = [_rows(table.iloc[rows], about) for rows in (kept, validation, test)]
    same = split_of(parts, about)
    if not trained_on or same.hash() == trained_on:
        return same
    say_all_are_judged(source, len(table), "rating")
    nothing, everything = (_rows(part, about) for part in (table.iloc[:0], table))
    return split_of([nothing, nothing, everything], about)


def tiny() -> Splits:
    """Return a few made-up ratings: who is at odds with whom is what there is to learn.

    Example:
        >>> tiny().about.users[:2]
        ('u0', 'u1')
    """
    random = np.random.default_rng(0)
    users, items = np.divmod(random.permutation(20 * 15)[:240], 15)
    are_alike = (users % 2) == (items % 2)
    table = pd.DataFrame(
        {
            "user": [f"u{user}" for user in users],
            "item": [f"i{item}" for item in items],
            "rating": np.where(are_alike, 4, 2) + random.integers(0, 2, 240),
        }
    )
    order = np.lexsort((items, users))
    return load(path=table.iloc[order].reset_index(drop=True), scale=(2, 5))


def find_columns(names: Sequence[str]) -> dict[str, str]:
    """Return the columns whose names say what they hold: users, items, ratings, titles.

    A role that no name, or more than one, stands for is left out.

    Example:
        >>> find_columns(["userId", "movieId", "rating", "timestamp"])
        {'user': 'userId', 'item': 'movieId', 'rating': 'rating'}
    """
    found = {}
    for role, words in _NAMES.items():
        known = {word + ending for word in words.split() for ending in ("", "id")}
        fitting = [name for name in names if _plain(name) in known]
        if len(fitting) == 1:
            found[role] = fitting[0]
    return found


def are_ratings(names: Sequence[str]) -> bool:
    """Tell whether the columns of a table can be nothing else: a rating, by whom, to what, when.

    Example:
        >>> are_ratings(["user_id", "item_id", "rating"]), are_ratings(["user", "age", "rating"])
        (True, False)
    """
    found = find_columns(names)
    rest = {_plain(name) for name in names if name not in found.values()}
    return all(role in found for role in _ROLES) and rest <= _WHEN


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _columns(frame: pd.DataFrame, told: Mapping[str, str], source: str) -> dict[str, str]:
    check_named(frame, [name for name in told.values() if name], source)
    found = find_columns([str(name) for name in frame.columns])
    chosen = {role: told[role] or found.get(role, "") for role in _ROLES}
    missing = [role for role in _ROLES if not chosen[role]]
    if missing:
        flags = " and ".join(f"--{role} COLUMN" for role in missing)
        raise WrongUsage(
            f"{source}: say which column holds the {missing[0]}s: add {flags}, one of "
            f"{listed([str(name) for name in frame.columns])}."
        )
    if len(set(chosen.values())) < len(_ROLES):
        raise WrongUsage(
            f"{source}: {', '.join(f'{role} {name!r}' for role, name in chosen.items())}; name "
            "three different columns."
        )
    return chosen


def _read(
    frame: pd.DataFrame, columns: Mapping[str, str], source: str, delimiter: str
) -> pd.DataFrame:
    """Return users and items as texts and ratings as numbers, one for a pair."""
    users, items = (names_of(frame[columns[role]]) for role in ("user", "item"))
    cells = names_of(frame[columns["rating"]])
    table = pd.DataFrame({"user": users, "item": items, "cell": cells})
    unrated = table["cell"] == ""
    if unrated.any():
        warn_user(f"{source}: left out: {counted(int(unrated.sum()), 'row')} without a rating.")
        table = table[~unrated]
    for role in ("user", "item"):
        lacking = table.index[table[role] == ""]
        if len(lacking):
            raise InvalidInput(
                f"{source}: row {lacking[0] + 1} has a rating and no {role}; fill in "
                f"{columns[role]!r}, or leave the row out."
            )
    table["rating"] = _numbers(table["cell"], columns["rating"], source, delimiter)
    repeated = table.duplicated(["user", "item"], keep="last")
    if repeated.any():
        of_them = agree(int(repeated.sum()), "1 rating is", f"{int(repeated.sum()):,} ratings are")
        warn_user(
            f"{source}: {of_them} of a user who rates the same item again further down; the last "
            "one counts."
        )
    table = table[~repeated]
    if len(table) < _LEAST:
        raise InvalidInput(
            f"{source} has {counted(len(table), 'rating')}; expected {_LEAST} or more to learn "
            "from and to be judged by."
        )
    return table


def _numbers(cells: pd.Series, column: str, source: str, delimiter: str) -> list[float]:
    numbers = []
    for row, cell in cells.items():
        number = float("nan")
        with contextlib.suppress(ValueError):
            # Where columns are separated by semicolons, a comma stands before the decimals.
            number = float(cell if delimiter == "," else cell.replace(",", "."))
        if not np.isfinite(number) or "_" in cell:
            raise InvalidInput(
                f"{source}: row {int(str(row)) + 1}: {column!r} is {cell[:40]!r}; expected a "
                "number."
            )
        numbers.append(number)
    return numbers


def _scale(ratings: pd.Series, asked: Sequence[float] | str, source: str) -> tuple[float, float]:
    if not asked:
        low, high = _seen_scale(ratings, source)
        said = f"ratings go from {low:g} to {high:g}; add scale (--scale) if there can be others"
        warn_user(f"{source}: {said}.")
        return low, high
    low, high = _parse_scale(asked) if isinstance(asked, str) else map(float, asked)
    if not low < high:
        raise InvalidInput(f"scale is {asked!r}; expected a lowest and a highest rating, as 1-5.")
    outside = ratings[(ratings < low) | (ratings > high)]
    if len(outside):
        raise InvalidInput(
            f"{source}: {counted(len(outside), 'rating')} outside the scale {low:g} to {high:g}, "
            f"the first in row {int(str(outside.index[0])) + 1}: {outside.iloc[0]:g}. Leave out "
            "what is no rating, or give another scale."
        )
    return low, high


def _seen_scale(ratings: pd.Series, source: str) -> tuple[float, float]:
    """Return the lowest and highest rating; a number far from all others is no rating."""
    levels = np.unique(ratings)
    if len(levels) < 2:
        raise InvalidInput(
            f"{source}: all ratings are {levels[0]:g}, and there is nothing to learn; expected two "
            "different ones or more."
        )
    for others, odd in ((levels[1:], levels[0]), (levels[:-1], levels[-1])):
        gap = np.abs(others - odd).min()
        if len(others) > 1 and gap > _FAR * (others[-1] - others[0]):
            raise InvalidInput(
                f"{source}: ratings go from {others[0]:g} to {others[-1]:g}, but for "
                f"{int((ratings == odd).sum())} of {odd:g}. If that stands for no rating, leave "
                "these rows out; or give the scale: scale (--scale)."
            )
    return float(levels[0]), float(levels[-1])


def _parse_scale(text: str) -> tuple[float, float]:
    found = re.fullmatch(r"\s*(-?[\d.]+)\s*(?:-|:|to|,)\s*(-?[\d.]+)\s*", text)
    try:
        low, high = (float(number) for number in found.groups()) if found else (0.0, 0.0)
    except ValueError:
        low, high = 0.0, 0.0
    if not low < high:
        raise InvalidInput(f"scale is {text!r}; expected a lowest and a highest rating, as 1-5.")
    return low, high


def _titles(
    frame: pd.DataFrame, title: str, column: str, items: Sequence[str], source: str
) -> tuple[str, ...]:
    check_named(frame, [title] if title else [], source)
    chosen = title or find_columns([str(name) for name in frame.columns]).get("title", "")
    if not chosen:
        return ()
    titles = dict(zip(names_of(frame[column]), names_of(frame[chosen]), strict=True))
    return tuple(titles.get(item) or item for item in items)


def _rows(table: pd.DataFrame, about: Ratings) -> np.ndarray:
    users, items = ids_of(table["user"], about.users), ids_of(table["item"], about.items)
    return np.stack([users, items, table["rating"].to_numpy("float64")], axis=1)
