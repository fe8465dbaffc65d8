"""What a server answers, as OpenAPI 3.1, made from the cards of its models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerazoo import __version__
from kerazoo.datasets.about import Images, Ratings, Series, Texts
from kerazoo.saved.card import Card, Column
from kerazoo.serve.fields import ABOUT, INPUTS, OF_TABLES, OPTIONS, Field
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Model, Served
from kerazoo.serve.problems import CONTENT_TYPE, KINDS
from kerazoo.serve.replies import CSV, EXPLAIN, JSON, PREDICT

_LARGEST = 3.4e38  # of a float32
_ANY_MODEL = (400, 401, 408, 413, 415, 421, 422, 500, 503)
_ANY_PAGE = (401, 421)
_TEXT = {"schema": {"type": "string"}}


def describe(
    models: Mapping[str, Served], limits: Limits, token: str | None = None
) -> dict[str, Any]:
    """Return the description of a server.

    Args:
        models: that it answers with.
        limits: what a request may take.
        token: whether one has to be shown.
    """
    paths: dict[str, Any] = {
        "/healthz": _page("Whether the server is there.", JSON),
        "/metrics": _page("What was done, for Prometheus.", "text/plain"),
        "/v1/models": _page("The models, and what each takes.", JSON),
    }
    for name, served in models.items():
        model = served.current
        paths[f"/v1/models/{name}"] = _page(f"What {name} takes and gives.", JSON)
        paths[f"/v1/models/{name}:{PREDICT}"] = _question(name, model, limits, PREDICT)
        if can_explain(model):
            paths[f"/v1/models/{name}:{EXPLAIN}"] = _question(name, model, limits, EXPLAIN)
    found: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "kerazoo: " + ", ".join(models),
            "version": __version__,
            "description": "Saved models that answer raw rows, images, series and texts.",
        },
        "paths": paths,
        "components": {"schemas": {"Problem": _problem()}},
    }
    if token is not None:
        scheme = {"type": "http", "scheme": "bearer"}
        found["components"]["securitySchemes"] = {"token": scheme}
        found["security"] = [{"token": []}]
    return found


def describe_model(name: str, model: Model) -> dict[str, Any]:
    """Return what a model is called, takes and gives, for programs.

    Args:
        name: in addresses.
        model: the model.
    """
    card = model.card
    found: dict[str, Any] = {
        "name": name,
        "network": card.name,
        "version": model.version,
        "kind": model.kind,
        "takes": list(INPUTS[model.kind]),
        "predicts": card.target_name or None,
        "verbs": [PREDICT, EXPLAIN] if can_explain(model) else [PREDICT],
    }
    if card.columns:
        found["columns"] = [_about_column(column) for column in card.columns]
    if card.class_names:
        found["classes"] = list(card.class_names)
    if model.kind in ("images", "array"):
        found["shape"] = list(card.inputs[0].shape)
    if isinstance(card.about, Series):
        date = [card.about.date] if card.about.date else []
        found["columns"] = [{"name": one} for one in (*date, *card.about.columns)]
    return found


def can_explain(model: Model) -> bool:
    """Tell whether a model can say why it answers so."""
    card = model.card
    if model.kind == "table":
        return card.profile is not None
    return model.kind in ("texts", "series") or (
        isinstance(card.about, Images) and bool(card.class_names)
    )


def example_of(model: Model) -> dict[str, Any]:
    """Return a body that the model answers; no row of its training is in it."""
    card = model.card
    if model.kind == "table":
        return {"records": [{column.name: example_cell(column) for column in card.columns}]}
    if isinstance(card.about, Ratings):
        user, item = card.about.feature_names
        return {"records": [{user: card.about.users[0], item: card.about.items[0]}]}
    if isinstance(card.about, Texts):
        return {"texts": [" ".join(card.about.words[:8])]}
    if isinstance(card.about, Series) and model.kind == "series":
        rows = range(card.about.lag + 5)
        columns: dict[str, list[Any]] = {name: [0.1] * len(rows) for name in card.about.columns}
        if card.about.date:
            columns[card.about.date] = [f"2024-01-{day + 1:02}" for day in rows]
        return {"columns": columns} if len(rows) <= 31 else {}
    return {"rows": [_zeros(card.inputs[0].shape)]}


def example_cell(column: Column) -> Any:
    """Return a value in the middle of what a column held in training, or its first word."""
    if column.categories:
        return column.categories[0]
    if column.kind == "date":
        return "2024-01-31"
    return float(f"{(column.minimum + column.maximum) / 2:.3g}")


def _zeros(shape: tuple[int | None, ...]) -> Any:
    return [_zeros(shape[1:]) for _ in range(shape[0] or 1)] if shape else 0


def _question(name: str, model: Model, limits: Limits, verb: str) -> dict[str, Any]:
    card = model.card
    what = "Answer" if verb == PREDICT else "Say what each part of an input counts for its answer"
    content: dict[str, Any] = {
        JSON: {"schema": _body(model, limits, verb), "example": example_of(model)}
    }
    if model.kind == "images":
        content["image/*"] = {"schema": {"type": "string", "format": "binary"}}
    if "texts" in INPUTS[model.kind]:
        content["text/plain"] = {"schema": {"type": "string"}, "example": "A text a line."}
    if model.kind in OF_TABLES:
        content[CSV] = _TEXT
    target = f" {card.target_name}" if card.target_name else ""
    return {
        "post": {
            "summary": f"{what}{target}: {name}.",
            "operationId": f"{verb}_{name}".replace("-", "_").replace(".", "_"),
            "requestBody": {"required": True, "content": content},
            "responses": {
                "200": {
                    "description": "The answers, in the order of the input.",
                    "content": {
                        JSON: {"schema": _answer(card)},
                        CSV: _TEXT,
                    },
                },
                **_problems(_ANY_MODEL),
            },
        }
    }


def _page(summary: str, content_type: str) -> dict[str, Any]:
    ok = {"description": summary, "content": {content_type: {}}}
    return {"get": {"summary": summary, "responses": {"200": ok, **_problems(_ANY_PAGE)}}}


def _problems(statuses: tuple[int, ...]) -> dict[str, Any]:
    return {
        str(status): {
            "description": " ".join(title for code, title in KINDS.values() if code == status),
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "enum": [f"/problems/{kind}" for kind in KINDS]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {
                "type": "string",
                "description": "What was passed, what was expected, how to fix it.",
            },
        },
    }


def _answer(card: Card) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["model", "version", "predictions", "notes"],
        "properties": {
            "model": {"type": "string"},
            "version": {"type": "string", "description": "Of the network that answered."},
            "predictions": {"type": "array", "items": {"type": "object"}},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
    }


def _body(model: Model, limits: Limits, verb: str) -> dict[str, Any]:
    most = limits.rows if verb == PREDICT else limits.explained
    inputs = INPUTS[model.kind]
    properties = {name: _input(name, model, most) for name in inputs}
    properties |= {name: _option(one) for name, one in OPTIONS[model.kind].items()}
    if model.card.calibration is None and model.kind != "series":
        properties.pop("coverage", None)
        properties.pop("sets", None)
    if model.card.typical is None:
        properties.pop("distance", None)
    if model.card.anomaly_threshold is None:
        properties.pop("anomaly", None)
    one_of: list[dict[str, Any]] = [{"required": [name]} for name in inputs]
    if model.kind == "ratings" and verb == PREDICT:
        properties |= {name: {"type": ["string", "integer"], "minLength": 1} for name in ABOUT}
        properties |= {name: _option(one) for name, one in OPTIONS["recommend"].items()}
        one_of.append({"anyOf": [{"required": [name]} for name in ABOUT]})
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "oneOf": one_of,
        **({"dependentRequired": {"sets": ["coverage"]}} if "sets" in properties else {}),
    }


def _input(name: str, model: Model, most: int) -> dict[str, Any]:
    card = model.card
    if name in ("records", "columns"):
        cells = _cells(model)
        if name == "columns":
            cells = {
                column: {"type": "array", "minItems": 1, "maxItems": most, "items": cell}
                for column, cell in cells.items()
            }
        table = {"type": "object", "properties": cells, "required": list(cells)}
        return table if name == "columns" else _list(table, most)
    if name == "texts":
        return _list({"type": "string"}, most)
    if name == "images":
        file = {
            "type": "string",
            "contentEncoding": "base64",
            "description": "An image file: PNG, JPEG, BMP, GIF, WebP or TIFF.",
        }
        return _list(file, most)
    if model.kind in ("table", "ratings"):
        found = list(_cells(model).values())
        row = {"type": "array", "prefixItems": found, "minItems": len(found), "items": False}
        return _list(row, most)
    return _list(_nested(card.inputs[0].shape, card), most)


def _nested(shape: tuple[int | None, ...], card: Card) -> dict[str, Any]:
    if not shape:
        limits = card.valid_range or (-_LARGEST, _LARGEST)
        kind = "number" if card.inputs[0].dtype.startswith("float") else "integer"
        return {"type": kind, "minimum": limits[0], "maximum": limits[1]}
    length = {} if shape[0] is None else {"minItems": shape[0], "maxItems": shape[0]}
    return {"type": "array", "items": _nested(shape[1:], card), **length}


def _list(items: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": most, "items": items}


def _cells(model: Model) -> dict[str, dict[str, Any]]:
    about = model.card.about
    if isinstance(about, Ratings):
        return {name: {"type": ["string", "integer"]} for name in about.feature_names}
    if isinstance(about, Series):
        dates = {about.date: {"type": "string", "format": "date"}} if about.date else {}
        return {**dates, **{name: {"type": "number"} for name in about.columns}}
    return {column.name: _cell(column) for column in model.card.columns}


def _cell(column: Column) -> dict[str, Any]:
    if column.kind:  # cells may be empty, and words be others
        kind = {"number": "number", "category": "string", "date": "string"}[column.kind]
        return {"type": [kind, "null"], "examples": [example_cell(column)]}
    if column.categories:
        return {"enum": list(column.categories)}
    return {
        "type": "number",
        "minimum": -_LARGEST,
        "maximum": _LARGEST,
        "description": f"In training it was {column.minimum:g} to {column.maximum:g}.",
    }


def _about_column(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = {"name": column.name}
    if column.categories:
        return {**found, "words": list(column.categories)}
    if column.kind == "date":
        return {**found, "holds": "dates"}
    return {**found, "minimum": column.minimum, "maximum": column.maximum}


def _option(one: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"type": one.type, "description": one.help}
    if one.choices:
        found["enum"] = list(one.choices)
    if one.type == "names":
        return {**found, "type": "array", "items": {"type": ["string", "integer"]}}
    if one.type == "array":
        share = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
        return {**found, "items": share, "maxItems": 20}
    is_share = one.type == "number"
    if one.minimum is not None:
        found["exclusiveMinimum" if is_share else "minimum"] = one.minimum
    if one.maximum is not None:
        found["exclusiveMaximum" if is_share else "maximum"] = one.maximum
    return found
