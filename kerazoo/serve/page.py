"""The page of a server: for each model its inputs as fields, and the answer below."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path

from kerazoo.datasets.about import Ratings
from kerazoo.datasets.reading.images import FITS, SUFFIXES
from kerazoo.saved.card import Column
from kerazoo.serve.models import Model, Served
from kerazoo.serve.openapi import can_explain, example_cell, example_of

_FOLDER = Path(__file__).parent / "page"
_MOST_WORDS = 200  # that a list offers; more are written into a field


@functools.cache
def asset(name: str) -> bytes:
    """Return a file that the page uses: `"page.css"` or `"page.js"`."""
    return (_FOLDER / name).read_bytes()


def render(models: Mapping[str, Served]) -> bytes:
    """Return the page.

    Args:
        models: by name.
    """
    sections = "\n".join(_section(name, served.current) for name, served in models.items())
    title = ", ".join(models)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body>
<main>
<h1>Ask a model</h1>
{sections}
</main>
<footer><a href="/openapi.json">OpenAPI</a> <a href="/v1/models">Models</a>
<a href="/metrics">Metrics</a></footer>
</body>
</html>
""".encode()


def _section(name: str, model: Model) -> str:
    card = model.card
    what = f" predicts <b>{escape(card.target_name)}</b>" if card.target_name else " answers"
    button = '<button name="verb" value="explain">Explain</button>' if can_explain(model) else ""
    return f"""<section aria-labelledby="of-{name}">
<h2 id="of-{name}">{escape(name)}</h2>
<p>{escape(card.name)}{what}. Version <code>{model.version}</code>.</p>
<form data-model="{name}" data-kind="{model.kind}">
<div class="fields">
{_fields(name, model)}
</div>
<p class="buttons"><button name="verb" value="predict">Predict</button> {button}</p>
</form>
<div class="answer" role="status" aria-live="polite"></div>
</section>"""


def _fields(name: str, model: Model) -> str:
    about = model.card.about
    if model.kind == "table":
        return "\n".join(_cell(name, number, c) for number, c in enumerate(model.card.columns))
    if isinstance(about, Ratings):
        return "\n".join(
            f'<label>{escape(column)} <input data-column="{escape(column)}" '
            f'value="{escape(first)}" required></label>'
            for column, first in zip(
                about.feature_names, (about.users[0], about.items[0]), strict=True
            )
        )
    if model.kind == "images":
        fits = "".join(f"<option>{fit}</option>" for fit in FITS)
        return (
            f'<label>Image <input type="file" name="image" accept="{",".join(SUFFIXES)}" required>'
            '</label><label>Another size <select name="fit"><option value="">as in training'
            f'</option>{fits}</select></label><img class="shown" alt="the chosen image" hidden>'
        )
    if model.kind in ("texts", "language"):
        return (
            '<label class="wide">Text <textarea name="text" rows="5" required></textarea></label>'
        )
    example = escape(json.dumps(example_of(model), ensure_ascii=False))
    return (
        '<label class="wide">JSON <textarea name="json" rows="8" spellcheck="false" required>'
        f"{example}</textarea></label>"
    )


def _cell(name: str, number: int, column: Column) -> str:
    label, value = escape(column.name), escape(str(example_cell(column)))
    field, hint = f'data-column="{label}"', ""
    if column.categories and len(column.categories) <= _MOST_WORDS:
        options = "".join(f"<option>{escape(word)}</option>" for word in column.categories)
        empty = '<option value="">(empty)</option>' if column.kind else ""
        return f"<label>{label} <select {field}>{options}{empty}</select></label>"
    if column.kind == "date":
        return f'<label>{label} <input {field} type="date" value="{value}"></label>'
    if column.categories:
        return f'<label>{label} <input {field} value="{value}"></label>'
    hint = f"{column.minimum:g} to {column.maximum:g} in training"
    needed = "" if column.kind else "required"
    described = f"hint-{name}-{number}"
    return (
        f'<label>{label} <input {field} type="number" step="any" value="{value}" {needed} '
        f'aria-describedby="{described}"><small id="{described}">{hint}</small></label>'
    )
