"""What is sent back: JSON, or the CSV that `kerazoo predict MODEL --format csv` writes."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kerazoo.predict import Prediction
from kerazoo.predict.output import format_predictions, format_records, records_of
from kerazoo.predict.tables import Carried
from kerazoo.serve.models import Model
from kerazoo.serve.problems import Problem, shortened, spelled_here

PREDICT, EXPLAIN = "predict", "explain"
JSON, CSV = "application/json", "text/csv"
_CSV_IN_UTF_8 = f"{CSV}; charset=utf-8"
_MOST_NOTES = 20
_LONGEST_HEADER = 2000
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class Asked:
    """A request whose body has arrived.

    Args:
        name: of the model.
        verb: `"predict"` or `"explain"`.
        body: of the request.
        content_type: what its headers say of it.
        query: of its address.
        deadline: when it has to be answered, by `time.monotonic`.
        accept: what its headers say of the answer.
    """

    name: str
    verb: str
    body: bytes
    content_type: str
    query: str
    deadline: float
    accept: str = ""


@dataclass(frozen=True)
class Answer:
    """What is sent back.

    Args:
        body: JSON, or CSV.
        rows: how many were answered.
        together: how many were computed at once, with those of other requests.
        content_type: of the body.
        headers: further ones.
    """

    body: bytes
    rows: int
    together: int
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def wants_csv(accept: str) -> bool:
    """Tell whether a request asks for CSV rather than JSON.

    Args:
        accept: what its header says.

    Example:
        >>> wants_csv("text/csv"), wants_csv("text/csv;q=0.5, application/json"), wants_csv("*/*")
        (True, False, False)
    """
    if "csv" not in accept.lower():
        return False
    wanted = {}
    for one in accept.lower().split(","):
        name, *parameters = (part.strip() for part in one.split(";"))
        share = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        wanted[name] = float(share) if share.replace(".", "", 1).isdigit() else 0.0
    return wanted.get(CSV, 0.0) > wanted.get(JSON, 0.0)


def pack_predictions(
    found: Sequence[tuple[Prediction, Carried]],
    asked: Asked,
    model: Model,
    *,
    notes: Sequence[str] = (),
    together: int,
) -> Answer:
    """Return predictions as an answer.

    Args:
        found: predictions, each with what goes along with them.
        asked: the request.
        model: that was asked.
        notes: what a person should know.
        together: how many rows were computed at once.
    """
    if wants_csv(asked.accept):
        rows = sum(len(one) for one, _ in found)
        return _as_csv("".join(format_predictions(found, model.card, "csv")), rows, model, notes)
    records: list[dict[str, Any]] = []
    for prediction, carried in found:
        of_one = records_of(prediction, model.card)
        if carried:
            cells = zip(*carried.values(), strict=True)
            of_one = [
                {**dict(zip(carried, row, strict=True)), **one}
                for row, one in zip(cells, of_one, strict=True)
            ]
        records += of_one
    return _as_json(records, model, notes, together)


def pack_records(
    records: Sequence[Mapping[str, Any]], asked: Asked, model: Model, notes: Sequence[str] = ()
) -> Answer:
    """Return records as an answer; arguments as for `pack_predictions`."""
    if wants_csv(asked.accept):
        return _as_csv(format_records(records, "csv"), len(records), model, notes)
    return _as_json(records, model, notes, len(records))


def _as_json(
    records: Sequence[Mapping[str, Any]], model: Model, notes: Sequence[str], together: int
) -> Answer:
    found = {
        "model": model.card.name,
        "version": model.version,
        "predictions": records,
        "notes": _said(notes),
    }
    text = _ENCODER.encode(found)
    return Answer(text.encode("utf-8", "replace"), len(records), together)


def _as_csv(text: str, rows: int, model: Model, notes: Sequence[str]) -> Answer:
    """Return CSV; what JSON says beside the predictions is in headers."""
    headers = {"kerazoo-model": model.card.name, "kerazoo-version": model.version}
    said = _said(notes)
    while said and len(json.dumps(said)) > _LONGEST_HEADER:
        del said[-1]
    if said:
        headers["kerazoo-notes"] = json.dumps(said)  # ASCII, as headers are
    return Answer(text.encode("utf-8", "replace"), rows, rows, _CSV_IN_UTF_8, headers)


def _said(notes: Sequence[str]) -> list[str]:
    return [shortened(spelled_here(note)) for note in notes[:_MOST_NOTES]]


def took_too_long() -> Problem:
    """Return the problem of a request whose time is over."""
    return Problem(
        "took-too-long",
        "the answer takes longer than the server allows. Send fewer rows, or ask later.",
    )


def check_time(asked: Asked) -> None:
    """Give up a request whose time is over: nobody waits for its answer any more."""
    if time.monotonic() > asked.deadline:
        raise took_too_long()
