"""Words of messages that follow a number: one row is missing, two rows are."""

from __future__ import annotations


def counted(count: int, noun: str, nouns: str | None = None) -> str:
    """Return a number and what was counted, in the singular or the plural.

    Args:
        count: how many.
        noun: what one of them is called.
        nouns: what several are called, where that is not the noun and an "s".

    Example:
        >>> counted(1, "row"), counted(0, "row"), counted(1200, "class", "classes")
        ('1 row', '0 rows', '1,200 classes')
    """
    return f"{count:,} {agree(count, noun, nouns or noun + 's')}"


def agree(count: int, one: str, several: str) -> str:
    """Return the word that goes with a number.

    Example:
        >>> agree(1, "is", "are"), agree(2, "is", "are")
        ('is', 'are')
    """
    return one if count == 1 else several
