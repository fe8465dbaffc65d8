"""Words of messages: one row is missing, two rows are; and names as a person reads them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


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


def listed(names: Sequence[str], most: int = 10) -> str:
    """Return names in a row, and how many more there are than a person reads.

    Example:
        >>> listed(["a", "b", "c"]), listed(["a", "b", "c", "d"], most=2)
        ('a, b, c', 'a, b and 2 more')
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


LONGEST_NAME = 1000
# Spaces of another width, and signs that this Python does not know yet or that a font defines.
_HARMLESS = ("Zs", "Co", "Cn")
_JOINERS = "\u200c\u200d"
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))


def is_printable(text: str) -> bool:
    r"""Tell whether a text is free of what could steer a terminal or break a table apart.

    Example:
        >>> is_printable("판매량"), is_printable("so\tld")
        (True, False)
    """
    odd = (sign for sign in text if not sign.isprintable() and sign not in _JOINERS)
    return all(unicodedata.category(sign) in _HARMLESS for sign in odd)


def clean_name(text: str) -> str:
    r"""Return a name as a person reads it: composed letters, one blank between two words.

    Macs write 가 and é as several signs each; spreadsheets break lines in a header.

    Example:
        >>> clean_name(" Sales\n(kg) ")
        'Sales (kg)'
    """
    return " ".join(unicodedata.normalize("NFC", text).translate(_INVISIBLE).split())


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes: Korean letters take two.

    Example:
        >>> columns_of("epoch"), columns_of("\uc5d0\ud3ec\ud06c")
        (5, 6)
    """
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
