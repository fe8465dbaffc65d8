"""What networks that classify texts check of their arguments."""

from __future__ import annotations

from collections.abc import Sequence

from kerazoo.datasets.reading.texts import FIRST_WORD
from kerazoo.errors import InvalidInput


def table_size(input_shape: Sequence[int], vocabulary_size: int, classes: int) -> int:
    """Return how many ids there are: those of the words, and three that stand for no word.

    Args:
        input_shape: ids in a row.
        vocabulary_size: words that have an id.
        classes: what is told apart.

    Raises:
        InvalidInput: if one is out of range.

    Example:
        >>> table_size((500,), 10000, 2)
        10003
    """
    if len(input_shape) != 1 or input_shape[0] < 1:
        raise InvalidInput(
            f"input_shape is {tuple(input_shape)}; pass how many ids are in a row, such as (500,)."
        )
    for name, value, least, usual in (
        ("vocabulary_size", vocabulary_size, 2, "10000"),
        ("classes", classes, 2, "2"),
    ):
        if value < least:
            raise InvalidInput(f"{name} is {value}; pass at least {least}, usually {usual}.")
    return vocabulary_size + FIRST_WORD
