"""Builder arguments from a card: plain, small, and known to the builder."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from kerazoo.datasets.about import About, Table
from kerazoo.errors import DamagedFile, unknown_name

_LARGEST_NUMBER = 2**20
_LONGEST = 64


def check_arguments(
    arguments: Mapping[str, Any],
    builder: Callable[..., Any],
    source: str,
    about: About | None = None,
) -> None:
    """Check builder arguments before the builder sees them.

    An object is refused: Keras takes one for the name of a class to look up.

    Args:
        arguments: what `card.json` says.
        builder: what they are for.
        source: where they come from, for messages.
        about: what the network was trained on: the `columns` of a network of the zoo are those of
            its table; for another builder they may be anything.

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
    in_zoo = getattr(builder, "__module__", "").startswith("kerazoo.")
    table = about if isinstance(about, Table) and in_zoo else None
    for name, value in arguments.items():
        if name not in known:
            raise unknown_name("builder argument", name, known)
        if _names_a_file(value):
            raise DamagedFile(
                f"{source}: builder argument {name}={str(value)[:60]!r} is not accepted: it names "
                "a file or an address, and no card chooses what is opened. Build without it."
            )
        if name == "columns" and table is not None:
            _check_columns(value, table, source)
        elif not _is_small(value, depth=2):
            raise DamagedFile(
                f"{source}: builder argument {name}={str(value)[:60]} is not accepted; expected "
                f"numbers up to {_LARGEST_NUMBER}, short texts, or lists of up to {_LONGEST} such."
            )


def _check_columns(columns: Any, about: Table, source: str) -> None:
    """Refuse columns other than those of the table; a card has room for as many as it names."""
    codes = list(about.codes)
    as_numbers = [0] * len(codes)  # words of a table that comes with the package are codes only
    same = columns == codes or (columns == as_numbers and not about.kinds)
    if not same or any(type(one) is not int for one in columns):
        raise DamagedFile(
            f"{source}: builder argument columns={str(columns)[:60]} does not agree with the "
            f"columns of the table, {str(codes)[:60]}. Save or download the model again."
        )


def check_without_weights(
    arguments: Mapping[str, Any], without: Mapping[str, Any], source: str
) -> None:
    """Refuse builder arguments that would fetch or open what a card chooses.

    Args:
        arguments: what `card.json` says.
        without: what `registry.without_weights` says: the arguments that name weights, files or
            addresses, with the values that name none.
        source: where they come from, for messages.

    Raises:
        DamagedFile: if a value is another one.

    Example:
        >>> check_without_weights({"weights": "/dev/stdin"}, {"weights": None}, "card.json")
        Traceback (most recent call last):
        kerazoo.errors.DamagedFile: card.json: builder argument weights='/dev/stdin' is not ...
    """
    for name, value in without.items():
        found = arguments.get(name, value)
        if type(found) is not type(value) or found != value:
            raise DamagedFile(
                f"{source}: builder argument {name}={str(found)[:60]!r} is not accepted; expected "
                f"{value!r}, as no card chooses what is fetched or opened. Save or download the "
                "model again."
            )


def _names_a_file(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_names_a_file, value))
    return isinstance(value, str) and any(mark in value for mark in "/\\~:")


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
