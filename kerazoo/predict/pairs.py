"""Pairs of a user and an item by their names, as the ids that a network of ratings takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._wording import agree, counted, listed
from kerazoo.datasets.about import Ratings
from kerazoo.datasets.reading.ratings import ids_of, names_of
from kerazoo.errors import InvalidInput
from kerazoo.saved.card import Card

if TYPE_CHECKING:
    from kerazoo.predict.tables import Carried

_SHOWN = 3


def encode_pairs(rows: Any, card: Card, source: str, note: Callable[[str], object]) -> np.ndarray:
    """Return pairs of names as ids, `(rows, 2)`; those of unknown names are 0, which is said.

    Args:
        rows: a list of pairs or one pair, an array of two columns, or columns by name.
        card: of a network of ratings.
        source: where they come from, for messages.
        note: told of names that the network does not know.

    Raises:
        InvalidInput: if they are no pairs, or a name is empty.
    """
    about = card.about
    assert isinstance(about, Ratings)
    users, items = _columns(rows, about, source)
    left = {"user": "how the item is rated by others", "item": "how the user rates as a rule"}
    ids = []
    for what, cells, known in (("user", users, about.users), ("item", items, about.items)):
        names = names_of(cells)
        if "" in names:
            raise InvalidInput(
                f"{source}: row {names.index('') + 1} names no {what}; fill it in, or leave the "
                "row out."
            )
        found = ids_of(names, known)
        unknown = list(dict.fromkeys(names[row] for row in np.flatnonzero(found == 0)))
        if unknown:
            were = agree(len(unknown), "was", "were")
            note(
                f"{source}: {counted(len(unknown), what)} {were} not there in training: "
                f"{listed(unknown, _SHOWN)}. The answer is {left[what]}."
            )
        ids.append(found)
    return np.stack(ids, axis=1)


def read_pairs(
    source: str,
    card: Card,
    note: Callable[[str], object],
    keep: Sequence[str] = (),
) -> Iterator[tuple[np.ndarray, Carried]]:
    """Read a table of pairs, and give ids, and the names that go along with the answers.

    Args:
        source: a CSV or Parquet file, or `"-"` for CSV on standard input.
        card: of a network of ratings.
        note: told of names that the network does not know.
        keep: further columns that go along.

    Raises:
        InvalidInput: if a column is missing.
    """
    from kerazoo.datasets.reading.table import read_frame  # imports pandas

    about = card.about
    assert isinstance(about, Ratings)
    frame, source, _ = read_frame(source)
    for column in keep:
        if column not in frame.columns:
            raise InvalidInput(
                f"{source} has no column {column!r} to keep; name one of "
                f"{listed([str(name) for name in frame.columns])}."
            )
    ids = encode_pairs(frame, card, source, note)
    carried = dict.fromkeys((*about.feature_names, *keep))
    yield ids, {name: names_of(frame[name]) for name in carried}


def _columns(rows: Any, about: Ratings, source: str) -> tuple[Sequence[Any], Sequence[Any]]:
    if isinstance(rows, Mapping) or hasattr(rows, "columns"):
        names = list(rows) if isinstance(rows, Mapping) else [str(name) for name in rows.columns]
        missing = [name for name in about.feature_names if name not in names]
        if missing:
            raise InvalidInput(
                f"{source} lacks the column {missing[0]!r}; expected {about.columns[0]!r} and "
                f"{about.columns[1]!r}, as in training."
            )
        users, items = (
            [rows[name]] if isinstance(rows[name], str | int | float) else list(rows[name])
            for name in about.feature_names
        )
        if len(users) != len(items):
            raise InvalidInput(f"{source}: expected as many users as items.")
        return users, items
    pairs = list(rows) if isinstance(rows, list | tuple | np.ndarray) else []
    if len(pairs) == 2 and all(isinstance(one, str | int | np.integer) for one in pairs):
        pairs = [pairs]
    if pairs and isinstance(pairs[0], Mapping):
        pairs = [[row.get(name) for name in about.feature_names] for row in pairs]
    if not pairs or not all(
        isinstance(pair, list | tuple | np.ndarray) and len(pair) == 2 for pair in pairs
    ):
        raise InvalidInput(
            f"{source} holds no pairs; pass rows of a user and an item, such as [('7', '50')], or "
            f"a table with the columns {about.columns[0]!r} and {about.columns[1]!r}."
        )
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
