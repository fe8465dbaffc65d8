"""Builder arguments from a card: plain, small, and known to the builder."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from kerazoo.errors import DamagedFile, unknown_name

_LARGEST_NUMBER = 2**20
_LONGEST = 64


def check_arguments(arguments: Mapping[str, Any], builder: Callable[..., Any], source: str) -> None:
    """Check builder arguments before the builder sees them.

    An object is refused: Keras takes one for the name of a class to look up.

    Args:
        arguments: what `card.json` says.
        builder: what they are for.
        source: where they come from, for messages.

    Raises:
        DamagedFile: if a value is not a number, a short text, a truth value, or a short list of
            such, or a number is huge.
        UnknownName: if the builder does not take an argument.

    Example:
        >>> import kerazoo
        >>> check_arguments({"hidden_units": [8, 4]}, kerazoo.build_boston, "card.json")
        >>> check_arguments({"hidden_units": 10**12}, kerazoo.build_boston, "card.json")
        Traceback (most recent call last):
        kerazoo.errors.DamagedFile: card.json: builder argument hidden_units=1000000000000 ...
    """
    known = inspect.signature(builder).parameters
    for name, value in arguments.items():
        if name not in known:
            raise unknown_name("builder argument", name, known)
        if not _is_small(value, depth=2):
            raise DamagedFile(
                f"{source}: builder argument {name}={str(value)[:60]} is not accepted; expected "
                f"numbers up to {_LARGEST_NUMBER}, short texts, or lists of up to {_LONGEST} such."
            )


def _is_small(value: Any, depth: int) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return abs(value) <= _LARGEST_NUMBER
    if isinstance(value, str):
        return len(value) <= _LONGEST
    if isinstance(value, list) and depth > 0:
        return len(value) <= _LONGEST and all(_is_small(item, depth - 1) for item in value)
    return False
