"""The fields of a question: which there are for a kind of model, and what they may hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kerazoo.datasets.reading.images import FITS
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.saved.calibration import SETS
from kerazoo.serve.limits import Limits


@dataclass(frozen=True)
class Field:
    """A field of a body that is no input.

    Args:
        type: what JSON Schema calls its type.
        help: what it does.
        minimum: the smallest number.
        maximum: the largest.
        choices: the only texts.
    """

    type: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


INPUTS: Mapping[str, tuple[str, ...]] = {
    "table": ("rows", "records", "columns"),
    "ratings": ("rows", "records", "columns"),
    "images": ("images", "rows"),
    "texts": ("texts",),
    "language": ("texts",),
    "series": ("records", "columns"),
    "array": ("rows",),
}
"""The fields that may hold the input of a kind of model; one of them does."""

OF_TABLES = ("table", "ratings", "series", "texts")
"""The kinds of models that take CSV, too: a row for each case, with a header."""

ABOUT = ("user", "item")
"""The fields that a network of ratings is asked about, in place of pairs; one, or both."""

_CERTAINTY = {
    "coverage": Field(
        "number", "The share of rows whose truth is to be in a set or an interval.", 0, 1
    ),
    "sets": Field("string", "How sets of classes are made.", choices=SETS),
}
_DISTANCE = {
    "distance": Field("boolean", "Say how far each row is from the training rows of the model.")
}
_ANOMALY = {
    "anomaly": Field(
        "boolean",
        "Say how far each is from its reconstruction, and whether it is odd: of autoencoders.",
    )
}
OPTIONS: Mapping[str, Mapping[str, Field]] = {
    "table": {**_CERTAINTY, **_DISTANCE, **_ANOMALY},
    "ratings": {},
    "recommend": {
        "top": Field("integer", "Items or users that are named.", 1, 1000),
        "rated": Field("names", "What this user has rated, or who has rated this item."),
    },
    "images": {
        "fit": Field("string", "What is done to images of another size.", choices=FITS),
        **_CERTAINTY,
        **_DISTANCE,
        **_ANOMALY,
    },
    "texts": {**_CERTAINTY, **_DISTANCE},
    "language": {
        "words": Field("integer", "Words that are added.", 0, 200),
        "topn": Field("integer", "Likely next words that are named.", 1, 100),
        "temperature": Field("number", "Below 1, likely words are drawn more often.", 0, 100),
        "seed": Field("integer", "The same seed, the same words.", 0, 2**31),
    },
    "series": {
        "steps": Field("integer", "Rows that are forecast.", 1, Limits.steps),
        "coverage": Field("number", "The share of paths that the interval holds.", 0, 1),
        "quantiles": Field("array", "Shares, whose quantiles are given as well."),
    },
    "array": {},
}
"""The other fields that a kind of model takes."""


def options_as_text(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return options that came as text, with the types that they have in JSON.

    Raises:
        InvalidInput: if one should be a number, and is none.

    Example:
        >>> options_as_text({"coverage": "0.9", "fit": "crop"})
        {'coverage': 0.9, 'fit': 'crop'}
    """
    every = {name: one for options in OPTIONS.values() for name, one in options.items()}
    found: dict[str, Any] = {}
    for name, text in fields.items():
        kind = every[name].type if name in every else "string"
        try:
            found[name] = _OF_TEXT[kind](text)
        except ValueError as error:
            raise InvalidInput(f"{name!r} is {text[:40]!r}; expected {_ARTICLES[kind]}.") from error
    return found


def check_options(options: Mapping[str, Any], known: Mapping[str, Field]) -> None:
    """Refuse options that are unknown, or not what they should be.

    Raises:
        InvalidInput: if one is.
    """
    for name, value in options.items():
        if name not in known:
            raise InvalidInput(str(unknown_name("field", name[:40], known)))
        one = known[name]
        if not _is_of(value, one.type):
            raise InvalidInput(f"{name!r} is {called(value)}; expected {_ARTICLES[one.type]}.")
        if one.choices and value not in one.choices:
            raise InvalidInput(
                f"{name!r} is {value[:40]!r}; expected one of {', '.join(one.choices)}."
            )
        if one.minimum is not None and not one.minimum <= value <= (one.maximum or math.inf):
            raise InvalidInput(
                f"{name!r} is {value:g}; expected {one.minimum:g} to {one.maximum:g}."
            )


_ARTICLES = {
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "string": "a text",
    "array": "a list of numbers",
    "names": "a list of names",
}


_OF_TEXT: Mapping[str, Callable[[str], Any]] = {
    "number": float,
    "integer": int,
    "boolean": lambda text: {"true": True, "false": False}.get(text, text),
    "string": str,
    "array": lambda text: [float(one) for one in text.split(",") if one],
    "names": lambda text: text.split(","),
}


def _is_of(value: Any, kind: str) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "names":
        return isinstance(value, list)
    if kind == "array":
        return isinstance(value, list) and all(_is_of(one, "number") for one in value)
    if kind == "integer":
        return isinstance(value, int) and is_number
    return {"number": is_number, "boolean": isinstance(value, bool)}.get(
        kind, isinstance(value, str)
    )


def called(value: Any) -> str:
    """Return what JSON calls a value.

    Example:
        >>> called([1]), called(None), called("a")
        ('a list of something else', 'null', "the text 'a'")
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, int | float):
        return f"the number {str(value)[:40]}"
    return "an object" if isinstance(value, dict) else "a list of something else"
