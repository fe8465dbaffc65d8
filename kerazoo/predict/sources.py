"""Files, folders and standard input as batches of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kerazoo._notes import warn_user
from kerazoo.datasets.about import Ratings, Texts
from kerazoo.datasets.reading.images import SUFFIXES, Fit
from kerazoo.datasets.reading.text_tables import STANDARD_INPUT
from kerazoo.errors import InvalidInput
from kerazoo.predict.images import list_images, read_image
from kerazoo.predict.pairs import encode_pairs, read_pairs
from kerazoo.predict.rows import check_array
from kerazoo.predict.tables import Carried, read_table
from kerazoo.predict.texts import read_text_rows
from kerazoo.saved.card import Card

_CHUNK_BYTES = 2**25
_IMAGES = 64

Progress = Callable[[float], object]
"""Told now and then which share of an input has been read."""

Note = Callable[[str], object]
"""Told what a person should know."""


@dataclass(frozen=True)
class Batch:
    """Some rows of an input.

    Args:
        rows: in the network's own shape and type.
        carried: what goes along with the answers, by column: the `file` that each row comes from,
            if it is a file of its own, or cells of a table.
    """

    rows: np.ndarray
    carried: Carried = field(default_factory=dict)


def read_source(
    source: str,
    card: Card,
    report: Progress | None = None,
    note: Note | None = None,
    *,
    keep: Sequence[str] = (),
    fit: Fit | None = None,
    bad: list[str] | None = None,
) -> Iterator[Batch]:
    """Read raw input in batches, so that its size does not matter.

    Args:
        source: a table, as it is trained on: a CSV file, also packed, or a Parquet file, or `"-"`
            for CSV on standard input; a `.npy` file, an image file, or a folder of images, also in
            folders inside it. For a network that takes texts a text file or standard input, a text
            a line; a table with a column of them; or a folder of `.txt` files, a text each.
        card: what the network takes.
        report: told which share has been read.
        note: told about a column or files that are not looked at; by default a warning says so.
        keep: columns of a table that are carried to the answers.
        fit: what is done to images of another size; they are refused by default.
        bad: takes what is wrong with rows of a table, which are given as infinity; by default they
            are refused.

    Raises:
        InvalidInput: if there is no such file, or it is not what the network takes.
    """
    report, note = report or _ignore, note or warn_user
    if not isinstance(card.about, Texts) or source.lower().endswith(".npy"):
        return _read_rows(source, card, report, note, keep=keep, fit=fit, bad=bad)
    if keep:
        raise InvalidInput("a network that takes texts keeps no columns; leave them out.")
    return (Batch(*found) for found in read_text_rows(source, card, note, bad))


def _read_rows(
    source: str,
    card: Card,
    report: Progress,
    note: Note,
    *,
    keep: Sequence[str],
    fit: Fit | None,
    bad: list[str] | None,
) -> Iterator[Batch]:
    path = Path(source)
    ending = path.suffix.lower()
    is_image, is_array = ending in SUFFIXES, ending == ".npy"
    if source == STANDARD_INPUT or not (is_image or is_array or path.is_dir()):
        if isinstance(card.about, Ratings):
            tables = read_pairs(source, card, note, keep)
        else:
            tables = read_table(source, card, note, keep=keep, bad=bad, report=report)
        for rows, kept in tables:
            yield Batch(rows, kept)
        return
    if keep:
        raise InvalidInput(f"{source} is no table; only columns of one can be kept. Leave it out.")
    if path.is_dir():
        yield from _read_images(list_images(path, note), card, report, note, fit)
    elif not path.exists():
        raise InvalidInput(
            f"there is no file {source!r}. Check the path, or pass - for standard input."
        )
    elif is_image:
        yield from _read_images([path], card, report, note, fit)
    else:
        yield from _read_npy(path, card, report, note)


def _read_npy(path: Path, card: Card, report: Progress, note: Note) -> Iterator[Batch]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise InvalidInput(
            f"{path} is not a whole .npy file of numbers: {str(error).rstrip('.')}. Write it "
            "again with numpy.save."
        ) from error
    if array.ndim <= len(card.inputs[0].shape):
        array = array[np.newaxis]
    if len(array) == 0:
        raise InvalidInput(f"{path} has no rows; expected at least one.")
    step = max(1, _CHUNK_BYTES * len(array) // max(array.nbytes, 1))
    for start in range(0, len(array), step):
        piece = np.asarray(array[start : start + step])
        if isinstance(card.about, Ratings):  # names of users and items, as everywhere
            yield Batch(encode_pairs(piece, card, str(path), note))
        else:
            yield Batch(check_array(piece, card, str(path), first_row=start + 1))
        report((start + len(piece)) / len(array))


def _read_images(
    paths: list[Path], card: Card, report: Progress, note: Note, fit: Fit | None
) -> Iterator[Batch]:
    for start in range(0, len(paths), _IMAGES):
        chosen = paths[start : start + _IMAGES]
        images = np.stack([read_image(path, card, fit, note) for path in chosen])
        yield Batch(
            check_array(images, card, str(chosen[0].parent), first_row=start + 1),
            {"file": tuple(map(str, chosen))},
        )
        report((start + len(chosen)) / len(paths))


def _ignore(what: object) -> None:
    """Be told, and do nothing about it."""
