"""The body of a request as a question: which fields there are, and what they may hold."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.serve.fields import (
    ABOUT,
    INPUTS,
    OF_TABLES,
    OPTIONS,
    called,
    check_options,
    options_as_text,
)
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Model
from kerazoo.serve.problems import Problem
from kerazoo.serve.replies import CSV, JSON
from kerazoo.serve.strict_json import read_json

TEXT, FORM = "text/plain", "multipart/form-data"
RECOMMEND = "recommend"
"""The input of a question that names a user or an item, and asks for the other one."""


@dataclass(frozen=True)
class Question:
    """What a model is asked.

    Args:
        input: which of `INPUTS` there is, or `"csv"`, or `RECOMMEND`.
        value: what it holds; for images the bytes of files, for CSV those of the body.
        options: the other fields.
    """

    input: str
    value: Any
    options: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many rows are asked for, about."""
        if self.input == "columns":
            return max((len(cells) for cells in self.value.values()), default=0)
        return len(self.value)


def read_question(
    body: bytes, content_type: str, query: str, model: Model, limits: Limits
) -> Question:
    """Return what a request asks.

    Args:
        body: of the request.
        content_type: what its headers say of it.
        query: options of a body that is no JSON, such as `fit=crop`.
        model: what is asked.
        limits: how much may be.

    Raises:
        Problem: if the type of the body is another, or it is too much.
        InvalidInput: if it is not what the model takes.
    """
    kind = content_type.partition(";")[0].strip().lower()
    is_image = kind.startswith("image/") and model.kind == "images"
    is_text = kind == TEXT and "texts" in INPUTS[model.kind]
    if kind == JSON:
        if query:
            raise Problem("malformed", "put what is in the query of the address into the body.")
        try:
            found = read_json(body)
        except InvalidInput as error:
            raise Problem("malformed", str(error)) from error
        question = _from_json(found, model, may_hold_objects=body.count(b"{") > 1)
    elif is_image or (kind == FORM and model.kind == "images"):
        files, fields = ([body], {}) if is_image else _read_form(body, content_type, limits)
        question = Question("images", files, options_as_text({**_read_query(query), **fields}))
    elif is_text:
        question = Question("texts", _read_lines(body), options_as_text(_read_query(query)))
    elif kind == CSV and model.kind in OF_TABLES:
        question = Question("csv", body, options_as_text(_read_query(query)))
    else:
        raise Problem("wrong-type", _why_not_type(content_type, model))
    of_kind = RECOMMEND if question.input == RECOMMEND else model.kind
    check_options(question.options, OPTIONS[of_kind])
    _check_size(question, limits)
    return question


def _from_json(found: Any, model: Model, *, may_hold_objects: bool) -> Question:
    inputs = INPUTS[model.kind]
    if not isinstance(found, dict):
        raise InvalidInput(
            f"the body is {called(found)}; expected an object with {_any_of(inputs)}."
        )
    if model.kind == "ratings" and not found.keys().isdisjoint(ABOUT):
        return _recommend(found)
    known = {*inputs, *OPTIONS[model.kind]}
    for name in found:
        if name not in known:
            raise InvalidInput(str(unknown_name("field", name[:40], known)))
    there = [name for name in inputs if name in found]
    if len(there) != 1:
        have = f"both {there[0]!r} and {there[1]!r}" if there else "none of them"
        raise InvalidInput(f"the body has {have}; expected one of {_any_of(inputs)}.")
    value = found.pop(there[0])
    if there[0] == "rows" and may_hold_objects:
        _refuse_objects(value)
    return Question(there[0], _READ[there[0]](value), found)


def _recommend(found: dict[str, Any]) -> Question:
    value = {name: found.pop(name) for name in ABOUT if name in found}
    for name, one in value.items():
        if isinstance(one, bool) or not isinstance(one, str | int) or str(one).strip() == "":
            raise InvalidInput(f"{name!r} is {called(one)}; expected its name, or its number.")
    rated = found.get("rated", [])
    is_list = isinstance(rated, list) and all(
        isinstance(one, str | int) and not isinstance(one, bool) for one in rated
    )
    if not is_list:
        raise InvalidInput(f"'rated' is {called(rated)}; expected a list of names or numbers.")
    return Question(RECOMMEND, value, found)


def _read_rows(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidInput(
            f"'rows' is {called(value)}; expected a list of rows, each a list of cells."
        )
    return value


def _refuse_objects(value: Any) -> None:
    if isinstance(value, list) and _holds_objects(value):
        raise InvalidInput(
            "'rows' has an object in it; expected a list of rows, each a list of cells. Send "
            "objects as 'records'."
        )


def _holds_objects(value: list[Any]) -> bool:
    """Tell whether an object is in nested lists, which are no deeper than the body may be."""
    return any(
        isinstance(one, dict) or (isinstance(one, list) and _holds_objects(one)) for one in value
    )


def _read_records(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise InvalidInput(
            f"'records' is {called(value)}; expected a list of objects, one for each row, with a "
            "cell for each column."
        )
    for number, row in enumerate(value, start=1):
        _check_cells(row.values(), f"record {number}")
    return value


def _read_columns(value: Any) -> dict[str, list[Any]]:
    are_lists = isinstance(value, dict) and all(isinstance(one, list) for one in value.values())
    if not are_lists:
        raise InvalidInput(
            f"'columns' is {called(value)}; expected an object with a list of cells for each "
            "column."
        )
    for name, cells in value.items():
        _check_cells(cells, f"column {name[:40]!r}")
    return value


def _check_cells(cells: Any, where: str) -> None:
    for cell in cells:
        if isinstance(cell, dict | list):
            raise InvalidInput(
                f"{where} has {called(cell)} in a cell; expected a number or a text in each."
            )


def _read_texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidInput(f"'texts' is {called(value)}; expected a list of texts.")
    return value


def _read_images(value: Any) -> list[bytes]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidInput(
            f"'images' is {called(value)}; expected a list of image files, each as a text in "
            "base64."
        )
    files = []
    for number, one in enumerate(value, start=1):
        try:
            # As a page has it that made an address of it: data:image/png;base64,...
            encoded = one.partition("base64,")[2] if one.startswith("data:") else one
            files.append(base64.b64decode(encoded, validate=True))
        except (binascii.Error, ValueError) as error:
            raise InvalidInput(
                f"image {number} is not base64: {error}. Send the bytes of a file so."
            ) from error
    return files


_READ = {
    "rows": _read_rows,
    "records": _read_records,
    "columns": _read_columns,
    "texts": _read_texts,
    "images": _read_images,
}


def _read_lines(body: bytes) -> list[str]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(
            "malformed", f"the body is not UTF-8 at byte {error.start + 1}; send it so."
        ) from error
    return text.rstrip("\r\n").split("\n") if text.strip() else []


def _read_form(
    body: bytes, content_type: str, limits: Limits
) -> tuple[list[bytes], dict[str, str]]:
    """Return the files of a form, and its other fields."""
    from kerazoo.serve.forms import read_form

    parts = read_form(body, content_type, most=limits.rows + len(OPTIONS["images"]))
    files = [content for _, is_file, content in parts if is_file]
    fields = {name: text.decode("utf-8", "replace") for name, is_file, text in parts if not is_file}
    return files, fields


def _read_query(query: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=10))
    except ValueError as error:
        raise Problem(
            "malformed", "the query of the address has more than 10 fields; leave some out."
        ) from error


def _check_size(question: Question, limits: Limits) -> None:
    if question.input in ("csv", RECOMMEND):  # rows of a table are counted when it is read
        return
    rows = len(question)
    if rows > limits.rows:
        raise Problem(
            "too-large",
            f"the request asks for {counted(rows, 'row')}; the server takes {limits.rows:,} "
            "at once. Send several requests.",
        )
    if question.input == "records":
        names: set[str] = set()
        for row in question.value:
            names.update(row)
            if len(names) * rows > limits.cells:
                raise Problem(
                    "too-large",
                    f"the records have {counted(len(names), 'name')} and more, in "
                    f"{counted(rows, 'row')}. "
                    "Send the columns that the model takes, and no others.",
                )


def _why_not_type(content_type: str, model: Model) -> str:
    takes = [JSON]
    if model.kind == "images":
        takes += ["image/png or another image file", FORM]
    if "texts" in INPUTS[model.kind]:
        takes.append(TEXT)
    if model.kind in OF_TABLES:
        takes.append(CSV)
    was = f"is {content_type[:60]!r}" if content_type else "is missing"
    return f"Content-Type {was}; {model.card.name!r} takes {', '.join(takes)}. Set the header."


def _any_of(inputs: tuple[str, ...]) -> str:
    return " or ".join(repr(name) for name in inputs)
