"""What a page must know of a network, as plain data: a card without its history."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from kerazoo.datasets.about import Images, Pairs, Ratings, Series, Table, Texts, Words
from kerazoo.errors import KerazooError
from kerazoo.registry import describe_network, list_models
from kerazoo.report.korean import SUMMARIES
from kerazoo.runtimes.fixed_batch import fix_batch
from kerazoo.runtimes.inner_tensors import Kind, give_inner, inner_of
from kerazoo.runtimes.litert import LitertNetwork
from kerazoo.saved.array import Array
from kerazoo.saved.card import LITERT_FILE, WORDS_FILE, Card, part_file, scale_of
from kerazoo.saved.reading import Saved

_MANY_ROWS = 64
"""Rows at once where a page asks for thousands: to explain a row, or to look at every word."""

_CART_POLE = ("cart_position", "cart_velocity", "pole_angle", "pole_velocity")

_PAGES = {
    Table: "rows",
    Series: "series",
    Words: "words",
    Ratings: "ratings",
    Pairs: "pairs",
}
# What a page shows of what is computed on the way.
_INNER: dict[str, Kind] = {"images": "maps", "pairs": "attention"}
_TOLERANCE = 1e-3  # of the largest output, as for a saved model that is loaded


def read_network(saved: Saved, part: str | None = None) -> bytes:
    """Return a network, or a part of it, as a file that LiteRT.js can run.

    Args:
        saved: the model.
        part: such as `"decoder"`.

    Raises:
        KerazooError: if there is no LiteRT file to make it of, or it answers otherwise.
    """
    card = saved.card if part is None else saved.card.of_part(part)
    file = LITERT_FILE if part is None else part_file(part)
    if file not in saved.card.files:
        raise KerazooError(
            f"{saved.folder} has no {file}, which a browser needs. Save the model again; networks "
            "of several inputs or outputs cannot be shown."
        )
    inputs, outputs = (side[0].decode() for side in (card.probe.inputs, card.probe.outputs))
    rows = _rows_at_once(card)
    example = np.resize(inputs, (rows, *inputs.shape[1:]))  # repeated as often as it takes
    content = fix_batch(saved.read(file), example, str(saved.folder / file))
    difference = np.abs(LitertNetwork(content, file)(inputs).astype("float64") - outputs).max()
    if not difference <= _TOLERANCE * scale_of(outputs):
        raise KerazooError(
            f"{saved.folder / file} answers otherwise with a fixed number of rows: off by "
            f"{difference:.2g}. Use it in Python."
        )
    kind = _INNER.get(page_of(card))
    if part is not None or kind is None:
        return content
    return give_inner(content, kind, str(saved.folder / file))


def page_card(name: str, saved: Saved, contents: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what a page must know of a network.

    Args:
        name: what the page calls it.
        saved: the model.
        contents: what `read_network` made of each file, by its name.

    Example:
        >>> from kerazoo.saved.reading import open_saved
        >>> page_card("boston", open_saved("boston"), {})["columns"][0]["name"]
        'CRIM'
    """
    card = saved.card
    return {
        **describe(name, card),
        "network": _network(card, LITERT_FILE, contents.get(LITERT_FILE)),
        "parts": {
            name: _network(card.of_part(name), part_file(name), contents.get(part_file(name)))
            for name in card.parts or {}
        },
        "classes": list(card.class_names),
        "target": card.target_name,
        "unit": card.about.target_unit if card.about is not None else "",
        "columns": [dataclasses.asdict(column) for column in card.columns],
        "takesMissing": card.takes_missing,
        "sample": _plain(card.profile.sample if card.profile is not None else None),
        "calibration": _plain(card.calibration),
        "series": _series(card),
        "residuals": _plain(card.residuals),
        "text": _text(card),
        "wordsSha256": card.files[WORDS_FILE].sha256 if WORDS_FILE in card.files else None,
        "ratings": _plain(card.about) if isinstance(card.about, Ratings) else None,
        "pairs": _plain(card.about) if isinstance(card.about, Pairs) else None,
    }


def describe(name: str, card: Card) -> dict[str, Any]:
    """Return what a list of networks says of one: its name, what its page shows, and a sentence."""
    known = card.name in list_models()
    summary = describe_network(card.name) if known else ""
    return {
        "name": name,
        "page": page_of(card),
        "task": card.task,
        "summary": summary,
        "summaryKorean": SUMMARIES.get(summary, ""),
        "parameters": card.parameters,
    }


def page_of(card: Card) -> str:
    """Return which kind of page shows a network.

    Example:
        >>> from kerazoo.saved.reading import open_saved
        >>> page_of(open_saved("vae").card), page_of(open_saved("word2vec").card)
        ('latent', 'words')
    """
    about, task = card.about, card.task
    if task == "control":
        names = tuple(column.name for column in card.columns)
        return "cartpole" if names == _CART_POLE else "plain"
    if isinstance(about, Texts):
        return "texts" if card.class_names else "language"
    if isinstance(about, Images):
        return _page_of_images(card)
    if isinstance(about, Table) and not _answers_a_number_or_classes(card):
        return "plain"
    return _PAGES.get(type(about), "plain")


def _page_of_images(card: Card) -> str:
    shape = card.inputs[0].shape
    if card.class_names and len(shape) == 3 and shape[-1] in (1, 3):
        return "images"
    return "latent" if {"decoder", "generator"} & (card.parts or {}).keys() else "plain"


def _answers_a_number_or_classes(card: Card) -> bool:
    """Tell whether a row has one answer; a network may also draw the row again."""
    numbers, classes = np.prod(card.probe.outputs[0].shape[1:], dtype=int), len(card.class_names)
    return bool(numbers == 1 and classes in (0, 2)) or bool(classes and numbers == classes)


def _rows_at_once(card: Card) -> int:
    asks_for_many = card.columns or isinstance(card.about, Words | Ratings)
    return _MANY_ROWS if asks_for_many else 1


def _network(card: Card, file: str, content: bytes | None) -> dict[str, Any]:
    outputs = card.probe.outputs[0].decode()
    return {
        "file": file,
        "sha256": None if content is None else hash_of(content),
        "rows": _rows_at_once(card),
        # Of the probe, since a card leaves open a length that may be any.
        "input": {"dtype": card.inputs[0].dtype, "shape": card.probe.inputs[0].shape[1:]},
        "output": {"dtype": card.outputs[0].dtype, "shape": outputs.shape[1:]},
        "probe": {"inputs": _plain(card.probe.inputs[0]), "outputs": _plain(Array.of(outputs))},
        "tolerance": _TOLERANCE * scale_of(outputs),
        "inner": [] if content is None else [dataclasses.asdict(one) for one in inner_of(content)],
    }


def _series(card: Card) -> dict[str, Any] | None:
    about = card.about
    if not isinstance(about, Series):
        return None
    return {
        "features": list(about.feature_names),
        "columns": len(about.columns),  # the first features; the others come from a calendar
        "target": about.target_index,
        "lag": about.lag,
        "horizon": about.horizon,
        "isScaled": about.scales is not None,
    }


def _text(card: Card) -> dict[str, Any] | None:
    """Return how a text becomes a row of ids; the words have a file of their own."""
    if not isinstance(card.about, Texts):
        return None
    return {"length": card.about.length, "keep": card.about.keep}


def _plain(value: Any) -> Any:
    return None if value is None else dataclasses.asdict(value)


def hash_of(content: bytes) -> str:
    """Return the SHA-256 of a file, as cards write it."""
    return hashlib.sha256(content).hexdigest()
