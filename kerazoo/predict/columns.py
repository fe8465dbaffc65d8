"""The columns of a table that a network takes, as its card says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kerazoo._wording import counted
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.columns import match_columns
from kerazoo.errors import InvalidInput
from kerazoo.saved.card import Card


def match_card(
    names: Sequence[str], card: Card, source: str, note: Callable[[str], object]
) -> list[int]:
    """Return the index of each input of a network among the columns of a table.

    Args:
        names: the names of the table's columns, in any order.
        card: what the network takes.
        source: the table, for messages.
        note: told which columns are not looked at.

    Raises:
        InvalidInput: if the network takes no table; if a column is missing or there twice.
    """
    if isinstance(card.about, Series):
        raise InvalidInput(
            f"{source}: {card.name!r} takes windows of {counted(card.about.lag, 'row')}, as an "
            "array; for a table of rows in the order of time use kerazoo.forecast or kerazoo "
            "predict --steps."
        )
    if not card.columns:
        raise InvalidInput(
            f"{source}: {card.name!r} takes no table; pass images, or an array (.npy)."
        )
    wanted = [column.name for column in card.columns]
    return match_columns(names, wanted, source, note, target=card.target_name)
