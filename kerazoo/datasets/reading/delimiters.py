"""What separates the columns of a table of text."""

from __future__ import annotations

import re

_NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "vertical bars"}


def find_delimiter(header: str) -> str:
    """Return what separates the names in a header, a comma if nothing does.

    It is what stands there most often, outside of quotes. Spreadsheets write semicolons wherever a
    comma is the decimal mark.

    Example:
        >>> find_delimiter("day;sold, net;cost"), find_delimiter("day,sold"), find_delimiter("day")
        (';', ',', ',')
    """
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_NAMES, key=bare.count)  # of equals, the first


def names_delimiter(line: str) -> bool:
    """Tell whether a line says how a spreadsheet is to read the file, and nothing else.

    Example:
        >>> names_delimiter("sep=;"), names_delimiter("sep;sold")
        (True, False)
    """
    return re.fullmatch(r'"?sep=.?"?\s*', line, re.IGNORECASE) is not None


def describe_delimiter(delimiter: str) -> str:
    """Return its name, in the plural.

    Example:
        >>> describe_delimiter(";")
        'semicolons'
    """
    return _NAMES[delimiter]
