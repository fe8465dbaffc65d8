"""What separates the columns of a table of text."""

from __future__ import annotations

_NAMES = {",": "commas", "\t": "tabs", ";": "semicolons"}


def find_delimiter(header: str) -> str:
    """Return what separates the names in a header, a comma if nothing does.

    Spreadsheets write semicolons wherever a comma is the decimal mark.

    Example:
        >>> find_delimiter("day;sold"), find_delimiter("day,sold"), find_delimiter("day")
        (';', ',', ',')
    """
    return next((mark for mark in (",", "\t", ";") if mark in header), ",")


def describe_delimiter(delimiter: str) -> str:
    """Return its name, in the plural.

    Example:
        >>> describe_delimiter(";")
        'semicolons'
    """
    return _NAMES[delimiter]
