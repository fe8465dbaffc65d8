"""A card as text: the one text that stands for it, and how that is read without believing it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
import types
import typing
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np

from kerazoo.datasets.reading.images import FITS
from kerazoo.datasets.splits import ABOUTS, MISSING, Images, Series, Table, Words
from kerazoo.errors import DamagedFile
from kerazoo.saved.card import (
    CARD_FILE,
    FORMAT,
    LITERT_FILE,
    MODEL_FILE,
    USUAL_TASKS,
    WORDS_FILE,
    Array,
    Card,
    Column,
    ServedPart,
    Tensor,
    kind_of,
    part_file,
)

LARGEST_CARD = 2**21
LARGEST_FILE = 2**31
LARGEST_ROW = 2**26
_LARGEST_INTEGER = 2**63
_LARGEST_FLOAT = float(np.finfo("float64").max)
_LONGEST_TEXT = 1000
# Odd spaces, and the joiners that Persian, Hindi and emoji need.
_HARMLESS = ("Zs", "Co", "Cn")
_JOINERS = "\u200c\u200d"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ONLY_IN_FORMAT_1 = {
    *("columns", "target_name", "target_unit", "class_names", "series", "picture_fit"),
    "also_judged_on",
}
_DTYPES = ("float32", "float16", "int32", "int64", "uint8", "bool")


def is_name(name: str) -> bool:
    """Tell whether a saved model may have this name.

    Example:
        >>> is_name("wine_binary"), is_name("../wine")
        (True, False)
    """
    return _NAME.fullmatch(name) is not None


def write_card(card: Card) -> bytes:
    """Return the one text that stands for a card.

    Raises:
        ValueError: if the card holds what JSON cannot, or what `read_card` would refuse.
    """
    plain = json.loads(json.dumps(dataclasses.asdict(card), allow_nan=False))
    if card.about is not None:
        plain["about"] = {"kind": kind_of(card.about), **plain["about"]}
    for name in _optional(Card):
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
        _expect(isinstance(plain, dict), "an object", plain)
        _expect(plain.get("format") in (1, FORMAT), f"format {FORMAT}", plain.get("format"))
        _expect(_text(plain) == content, "text as kerazoo writes it", "other text")
        checksum = plain.pop("sha256", None)
        _expect(checksum == _checksum(plain), "its own SHA-256", checksum)
        _check_texts(plain)
        card: Card = _parse(Card, from_format_1(plain) if plain["format"] == 1 else plain, "card")
        _check(card)
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
        _expect(len(plain) <= _LONGEST_TEXT, f"{where} to have up to {_LONGEST_TEXT} signs", plain)
        odd = [sign for sign in plain if not sign.isprintable() and sign not in _JOINERS]
        _expect(
            all(unicodedata.category(sign) in _HARMLESS for sign in odd),
            f"{where} to be free of control characters",
            ascii(plain),
        )


def _text(plain: Any) -> bytes:
    return (json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _checksum(plain: Mapping[str, Any]) -> str:
    return hashlib.sha256(_text(plain)).hexdigest()


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _expect(condition: bool, expected: str, found: object) -> None:
    if not condition:
        # A number of some thousand digits cannot be made a text.
        text = "a huge number" if isinstance(found, int) and abs(found) > 10**60 else str(found)
        raise ValueError(f"expected {expected}, found {text[:60]!r}")


def from_format_1(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return a card of the first format, which had a field for each family, as one of today.

    Raises:
        ValueError: if a field is missing or not of its type.
    """
    old = dict(plain)
    missing = sorted(_ONLY_IN_FORMAT_1 - old.keys() - {"series", "picture_fit", "also_judged_on"})
    _expect(not missing, "the fields of format 1", missing)
    newer = sorted(old.keys() & {"about", "task", "ranges", "experiments", "dataset"})
    _expect(not newer, "no field of a later format", newer)
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
    _expect(isinstance(value, dict), f"{where} to be an object", value)
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
            _expect(isinstance(value, list), f"{where} to be a list", value)
            parsed = tuple(_parse(arguments[0], item, where) for item in value)
        case origin if origin is Mapping:
            _expect(isinstance(value, dict), f"{where} to be an object", value)
            parsed = {key: _parse(arguments[1], value[key], f"{where}.{key}") for key in value}
        case cls if dataclasses.is_dataclass(cls):
            parsed = _parse_dataclass(cls, value, where)
        case scalar if scalar is float:
            _expect(type(value) in (int, float), f"{where} to be a number", value)
            _expect(abs(value) <= _LARGEST_FLOAT, f"{where} to be a number of 64 bits", value)
            parsed = float(value)
        case scalar:
            _expect(type(value) is scalar, f"{where} to be of type {scalar.__name__}", value)
            if scalar is int:
                _expect(abs(value) <= _LARGEST_INTEGER, f"{where} to be of 64 bits", value)
            parsed = value
    return parsed


def _parse_about(value: Any, where: str) -> Any:
    plain = _expect_object(value, where)
    kind = plain.pop("kind", None)
    _expect(kind in ABOUTS, f"{where}.kind to be one of {', '.join(ABOUTS)}", kind)
    return _parse_dataclass(ABOUTS[kind], plain, where)


def _parse_dataclass(cls: Any, value: Any, where: str) -> Any:
    _expect(isinstance(value, dict), f"{where} to be an object", value)
    known = {field.name for field in dataclasses.fields(cls)}
    hints = {name: hint for name, hint in typing.get_type_hints(cls).items() if name in known}
    odd = sorted((hints.keys() ^ value.keys()) - (_optional(cls) - value.keys()))
    _expect(not odd, f"{where} to have exactly its fields", odd)
    return cls(**{name: _parse(hints[name], value[name], f"{where}.{name}") for name in value})


def _optional(cls: Any) -> set[str]:
    """Return the fields that are left out where they are `None`, as cards of old have none."""
    return {field.name for field in dataclasses.fields(cls) if field.default is None}


def _check(card: Card) -> None:
    """Raise `ValueError` if a card of the right form says what cannot be."""
    _expect(is_name(card.name), "a name of letters, digits, '.', '-', '_'", card.name)
    _expect(card.variant in (None, "documented", "tuned"), "a variant", card.variant)
    for digest in (card.architecture, card.recipe, card.data):
        _expect(digest is None or bool(_SHA256.fullmatch(digest)), "a SHA-256", digest)
    parts = card.parts or {}
    known = (
        {MODEL_FILE}
        | ({LITERT_FILE, WORDS_FILE} & card.files.keys())
        | {part_file(name) for name in parts}
    )
    _expect(card.files.keys() == known, f"the files {sorted(known)}", [*card.files])
    for file in card.files.values():
        _expect(0 < file.size <= LARGEST_FILE, f"a size up to {LARGEST_FILE}", file.size)
        _expect(bool(_SHA256.fullmatch(file.sha256)), "a SHA-256", file.sha256)
    _expect(card.has_litert == (card.litert_difference is not None), "a difference", "none")
    _check_tensors(card)
    for name, part in parts.items():
        _expect(is_name(name) and name != "model", "the name of a part", name)
        _check_tensors(part)
    columns = card.about.feature_names if isinstance(card.about, Table) else ()
    _expect(len(card.ranges) == len(columns), "a range per column", len(card.ranges))
    _expect(all(len(one) == 2 for one in card.ranges), "two ends of each range", card.ranges)
    if card.columns:
        _expect(len(card.inputs) == 1, "one input for a table", len(card.inputs))
        _expect(card.inputs[0].shape == (len(card.columns),), "an input per column", card.inputs)
    names = [column.name for column in card.columns]
    _expect(len(set(names)) == len(names), "columns of different names", names)
    match card.about:
        case Series() as series:
            _check_series(card, series)
        case Images() as images:
            _expect(images.fit in ("", *FITS), f"a fit of {', '.join(FITS)}", images.fit)
        case Words():
            _expect(WORDS_FILE in card.files, f"a file {WORDS_FILE}", [*card.files])
    for one in (card.task, card.dataset):
        _expect(one is None or is_name(one), "the name of a task or a data set", one)
    if card.valid_range is not None:
        _expect(len(card.valid_range) == 2, "a smallest and a largest value", card.valid_range)
        low, high = card.valid_range
        _expect(low < high, "a smallest value below the largest", card.valid_range)
    if card.residuals is not None:
        _expect(isinstance(card.about, Series), "residuals of a series only", "others")
    for low, high in card.ranges:
        _expect(low <= high, "a smallest value up to the largest", (low, high))
    _check_classes(card)


def _check_classes(card: Card) -> None:
    names = card.class_names
    _expect(len(set(names)) == len(names), "classes of different names", names)
    _expect(all(names), "a name for each class", names)
    # One output is the probability of the second of two classes. Generators of labelled images
    # know classes that they do not answer with.
    if not names or card.task == "generation" or len(card.outputs) != 1:
        return
    shape = card.outputs[0].shape
    outputs = 2 if shape == (1,) else shape[-1] if shape else 0
    _expect(outputs == len(names), f"a name for each of {outputs} classes", len(names))


def _check_series(card: Card, series: Series) -> None:
    _expect(len(card.inputs) == len(card.outputs) == 1, "one input and output", "others")
    columns = series.columns
    _expect(len(set(columns)) == len(columns), "columns of different names", columns)
    _expect(series.target in columns, "a target among the columns", series.target)
    _expect(series.missing in MISSING, f"one of {MISSING}", series.missing)
    days = series.weekdays
    _expect(sorted({*days} & {*range(7)}) == [*days], "days 0 to 6, in order", days)
    window = (series.lag, len(columns) + len(days))
    _expect(card.inputs[0].shape == window, f"an input of {window}", card.inputs[0].shape)
    _expect(card.outputs[0].shape == (series.horizon,), "an output per row ahead", card.outputs)
    if card.residuals is not None:
        _expect(card.residuals.dtype == "float32", "residuals in float32", card.residuals.dtype)
        values = card.residuals.decode()
        _expect(values.ndim == 2 and len(values) > 0, "rows of residuals", values.shape)
        _expect(values.shape[1] == series.horizon, "one per row ahead", values.shape)
        _expect(bool(np.isfinite(values).all()), "finite residuals", "others")


def _check_tensors(card: Card | ServedPart) -> None:
    _expect(bool(card.inputs and card.outputs), "at least one input and output", "none")
    for tensor in (*card.inputs, *card.outputs):
        lengths = [length for length in tensor.shape if length is not None]
        _expect(all(length > 0 for length in lengths), "a shape", tensor.shape)
        _expect(math.prod(lengths) <= LARGEST_ROW, f"a row of up to {LARGEST_ROW}", tensor.shape)
        _expect(tensor.dtype in _DTYPES, f"one of {_DTYPES}", tensor.dtype)
    _check_arrays(card.probe.inputs, card.inputs)
    _check_arrays(card.probe.outputs, card.outputs)


def _check_arrays(arrays: tuple[Array, ...], tensors: tuple[Tensor, ...]) -> None:
    _expect(len(arrays) == len(tensors), f"{len(tensors)} probe arrays", len(arrays))
    for array, tensor in zip(arrays, tensors, strict=True):
        _expect(array.dtype in _DTYPES, f"one of {_DTYPES}", array.dtype)
        _expect(array.dtype == tensor.dtype, tensor.dtype, array.dtype)
        _expect(
            len(array.shape) == 1 + len(tensor.shape)
            and min(array.shape) > 0
            and all(w in (None, n) for n, w in zip(array.shape[1:], tensor.shape, strict=True)),
            f"a probe of rows of shape {tensor.shape}",
            array.shape,
        )
        array.decode()  # raises ValueError if the bytes are not those of such an array
