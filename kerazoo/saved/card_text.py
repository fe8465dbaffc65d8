"""A card as text: the one text that stands for it, and how that is read without believing it."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from typing import Any

import numpy as np

from kerazoo._wording import LONGEST_NAME, is_printable
from kerazoo.datasets.about import ABOUTS, Table
from kerazoo.errors import DamagedFile
from kerazoo.saved.card import (
    CARD_FILE,
    FORMAT,
    USUAL_TASKS,
    WORDS_FILE,
    Card,
    Column,
    kind_of,
)
from kerazoo.saved.card_checks import check_card, expect
from kerazoo.saved.trust_checks import check_trust

LARGEST_CARD = 2**21
_LARGEST_INTEGER = 2**63
_LARGEST_FLOAT = float(np.finfo("float64").max)
_ONLY_IN_FORMAT_1 = {
    *("columns", "target_name", "target_unit", "class_names", "series", "picture_fit"),
    "also_judged_on",
}
_LATER_THAN_FORMAT_1 = {
    *("about", "task", "ranges", "experiments", "dataset"),
    *("anomaly_threshold", "source", "origins", "calibration", "profile", "typical"),
}


def write_card(card: Card) -> bytes:
    """Return the one text that stands for a card.

    Raises:
        ValueError: if the card holds what JSON cannot, or what `read_card` would refuse.
    """
    plain = json.loads(json.dumps(dataclasses.asdict(card), allow_nan=False))
    if card.about is not None:
        kind: Any = type(card.about)
        left_out = {name for name in _fields(kind)[1] if plain["about"][name] is None}
        about = {name: value for name, value in plain["about"].items() if name not in left_out}
        plain["about"] = {"kind": kind_of(card.about), **about}
    for name in _fields(Card)[1]:
        if plain[name] is None:
            del plain[name]
    content = _text({"sha256": _checksum(plain), **plain})
    read_card(content, CARD_FILE)
    return content


def read_card(content: bytes, source: str) -> Card:
    """Read a card, believing nothing.

    Every byte counts: the text must be exactly what `write_card` would have written, so that no
    change to it, not even to a space, goes unnoticed.

    Args:
        content: the content of `card.json`.
        source: where it comes from, for messages.

    Raises:
        DamagedFile: if the content is not a valid card of this format.
    """
    try:
        plain = json.loads(content, parse_constant=_refuse_constant)
        expect(isinstance(plain, dict), "an object", plain)
        expect(plain.get("format") in (1, FORMAT), f"format {FORMAT}", plain.get("format"))
        expect(_text(plain) == content, "text as kerazoo writes it", "other text")
        checksum = plain.pop("sha256", None)
        expect(checksum == _checksum(plain), "its own SHA-256", checksum)
        _check_texts(plain)
        card: Card = _parse(Card, from_format_1(plain) if plain["format"] == 1 else plain, "card")
        check_card(card)
        check_trust(card)
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else error
        raise DamagedFile(
            f"{source} is not a kerazoo card: {reason}. Save or download the model again."
        ) from error
    return card


def _check_texts(plain: Any, where: str = "card") -> None:
    """Refuse names that could steer a terminal, break a table apart, or are no names at all."""
    if isinstance(plain, dict):
        for key, value in plain.items():
            _check_texts(key, f"a key of {where}")
            if not (key == "base64" and isinstance(value, str)):
                _check_texts(value, f"{where}.{key}")
    elif isinstance(plain, list):
        for item in plain:
            _check_texts(item, where)
    elif isinstance(plain, str):
        expect(len(plain) <= LONGEST_NAME, f"{where} to have up to {LONGEST_NAME} signs", plain)
        expect(is_printable(plain), f"{where} to be free of control characters", ascii(plain))


def _text(plain: Any) -> bytes:
    return (json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _checksum(plain: Mapping[str, Any]) -> str:
    return hashlib.sha256(_text(plain)).hexdigest()


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def from_format_1(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return a card of the first format, which had a field for each family, as one of today.

    Raises:
        ValueError: if a field is missing or not of its type.
    """
    old = dict(plain)
    missing = sorted(_ONLY_IN_FORMAT_1 - old.keys() - {"series", "picture_fit", "also_judged_on"})
    expect(not missing, "the fields of format 1", missing)
    newer = sorted(old.keys() & _LATER_THAN_FORMAT_1)
    expect(not newer, "no field of a later format", newer)
    columns = _parse(tuple[Column, ...], old.pop("columns"), "card.columns")
    names = {key: old.pop(key) for key in ("class_names", "target_name")}
    unit, series, fit = (
        old.pop("target_unit"),
        old.pop("series", None),
        old.pop("picture_fit", None),
    )
    experiments = old.pop("also_judged_on", None)
    about: dict[str, Any] | None = None
    if series is not None:
        about = {"kind": "series", **_expect_object(series, "card.series")}
    elif columns:
        about = {
            "kind": "table",
            "feature_names": [column.name for column in columns],
            "categories": {c.name: list(c.categories) for c in columns if c.categories},
            **names,
            "target_unit": unit,
        }
    elif WORDS_FILE in _expect_object(old.get("files"), "card.files"):
        about = {"kind": "words", "words": []}
    elif names["target_name"]:
        about = {"kind": "images", **names, "fit": fit or ""}
    task = None if about is None else USUAL_TASKS[about["kind"]]
    if task == "images" and old.get("parts"):
        task = "generation"
    new = {
        **old,
        "format": FORMAT,
        "task": task,
        "about": about,
        "ranges": [[column.minimum, column.maximum] for column in columns],
    }
    return new if experiments is None else {**new, "experiments": experiments}


def _expect_object(value: Any, where: str) -> dict[str, Any]:
    expect(isinstance(value, dict), f"{where} to be an object", value)
    return dict(value)


def _parse(kind: Any, value: Any, where: str) -> Any:
    """Return JSON data as the type that an annotation of the dataclasses above asks for."""
    arguments = typing.get_args(kind)
    match typing.get_origin(kind) or kind:
        case typing.Any:
            parsed = value
        case types.UnionType:
            if value is None:
                parsed = None
            elif Table in arguments:
                parsed = _parse_about(value, where)
            else:
                parsed = _parse(arguments[0], value, where)
        case origin if origin is tuple:
            expect(isinstance(value, list), f"{where} to be a list", value)
            parsed = tuple(_parse(arguments[0], item, where) for item in value)
        case origin if origin is Mapping:
            expect(isinstance(value, dict), f"{where} to be an object", value)
            parsed = {key: _parse(arguments[1], value[key], f"{where}.{key}") for key in value}
        case cls if dataclasses.is_dataclass(cls):
            parsed = _parse_dataclass(cls, value, where)
        case scalar if scalar is float:
            expect(type(value) in (int, float), f"{where} to be a number", value)
            expect(abs(value) <= _LARGEST_FLOAT, f"{where} to be a number of 64 bits", value)
            parsed = float(value)
        case scalar:
            expect(type(value) is scalar, f"{where} to be of type {scalar.__name__}", value)
            if scalar is int:
                expect(abs(value) <= _LARGEST_INTEGER, f"{where} to be of 64 bits", value)
            parsed = value
    return parsed


def _parse_about(value: Any, where: str) -> Any:
    plain = _expect_object(value, where)
    kind = plain.pop("kind", None)
    expect(kind in ABOUTS, f"{where}.kind to be one of {', '.join(ABOUTS)}", kind)
    return _parse_dataclass(ABOUTS[kind], plain, where)


def _parse_dataclass(cls: Any, value: Any, where: str) -> Any:
    expect(isinstance(value, dict), f"{where} to be an object", value)
    hints, optional = _fields(cls)
    odd = sorted((hints.keys() ^ value.keys()) - (optional - value.keys()))
    expect(not odd, f"{where} to have exactly its fields", odd)
    return cls(**{name: _parse(hints[name], value[name], f"{where}.{name}") for name in value})


@functools.cache
def _fields(cls: Any) -> tuple[dict[str, Any], set[str]]:
    """Return the types of fields, and which are left out where they are `None`, as in old cards."""
    fields = dataclasses.fields(cls)
    types_of = typing.get_type_hints(cls)
    optional = {field.name for field in fields if field.default is None}
    return {field.name: types_of[field.name] for field in fields}, optional
