"""Names and words of a user's table, as a saved network's card can hold them."""

from __future__ import annotations

import unicodedata

_LONGEST = 200
# Odd spaces, private and unassigned signs, and the joiners that Persian, Hindi and emoji need.
_HARMLESS = {"Zs", "Co", "Cn"}
_JOINERS = "\u200c\u200d"


def one_line(text: str) -> str:
    r"""Return a text as one line that can be shown, cut where it is too long for a name.

    Example:
        >>> one_line(" net\nweight "), len(one_line("x" * 5000))
        ('net weight', 200)
    """
    text = text[: 2 * _LONGEST].strip() if len(text) > 2 * _LONGEST else text.strip()
    if not text.isprintable():
        text = " ".join("".join(map(_shown, text)).split())
    return text[:_LONGEST]


def _shown(sign: str) -> str:
    """Return a sign, or a space for one that steers a terminal or breaks a line."""
    is_harmless = sign.isprintable() or sign in _JOINERS
    return sign if is_harmless or unicodedata.category(sign) in _HARMLESS else " "
