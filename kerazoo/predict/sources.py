"""Files, folders and standard input as batches of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kerazoo._files import standard_input
from kerazoo._notes import warn_user
from kerazoo.datasets.reading.images import SUFFIXES, Fit
from kerazoo.datasets.splits import Texts
from kerazoo.errors import InvalidInput
from kerazoo.predict.images import list_images, read_image
from kerazoo.predict.rows import check_array
from kerazoo.predict.tables import Carried, read_csv
from kerazoo.predict.texts import read_text_rows
from kerazoo.saved.card import Card

STANDARD_INPUT = "-"
_CHUNK_BYTES = 2**25
_IMAGES = 64
_TABLES = (".csv", ".tsv", ".txt", "")
_PARQUET = (".parquet", ".pq")
_PACKED = (".gz", ".bz2", ".xz")
_SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers", ".parquet", ".feather")

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
        source: a CSV (also `.csv.gz`) or `.npy` file, an image file, a folder of images, also in
            folders inside it, or `"-"` for CSV on standard input. For a network that takes texts a
            text file or standard input, a text a line; a table with a column of them; or a folder
            of `.txt` files, a text each.
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
    is_table = source == STANDARD_INPUT or (_ending(path) in _TABLES and not path.is_dir())
    is_table = is_table or (card.takes_missing and _ending(path) in _PARQUET)
    if keep and not is_table:
        raise InvalidInput(f"{source} is no table; only columns of one can be kept. Leave it out.")
    if card.takes_missing and is_table:
        from kerazoo.predict.frames import read_table  # imports pandas

        shown = "standard input" if source == STANDARD_INPUT else source
        for rows, kept in read_table(source, card, shown, note, keep, bad):
            yield Batch(rows, kept)
    elif source == STANDARD_INPUT:
        for rows, kept in read_csv(standard_input(), card, "standard input", note, keep, bad):
            yield Batch(rows, kept)
    elif path.is_dir():
        yield from _read_images(list_images(path, note), card, report, fit)
    elif not path.exists():
        raise InvalidInput(
            f"there is no file {source!r}. Check the path, or pass - for standard input."
        )
    elif path.suffix.lower() in SUFFIXES:
        yield from _read_images([path], card, report, fit)
    elif path.suffix.lower() == ".npy":
        yield from _read_npy(path, card, report)
    elif is_table:
        yield from _read_csv_file(path, card, report=report, note=note, keep=keep, bad=bad)
    elif path.suffix.lower() in _SPREADSHEETS:
        raise InvalidInput(
            f"{source} is no text but a file of another program; expected CSV. Save it as CSV "
            "(UTF-8) there, or read it with pandas and pass the DataFrame in Python."
        )
    else:
        raise InvalidInput(
            f"{source} is of an unknown kind; expected .csv or .tsv (also with .gz, .bz2 or .xz), "
            f".npy, {', '.join(SUFFIXES)}, a folder of images, or '-' for CSV on standard input."
        )


def _ending(path: Path) -> str:
    """Return how the name of a file ends, but for .gz: what is packed is told by the bytes."""
    ending = path.suffix.lower()
    return path.with_suffix("").suffix.lower() if ending in _PACKED else ending


def _read_csv_file(
    path: Path,
    card: Card,
    *,
    report: Progress,
    note: Note,
    keep: Sequence[str],
    bad: list[str] | None,
) -> Iterator[Batch]:
    size = path.stat().st_size
    with open(path, "rb") as stream:
        for rows, kept in read_csv(stream, card, str(path), note, keep, bad):
            yield Batch(rows, kept)
            if stream.seekable() and size:  # of a pipe nobody knows how much is left
                report(stream.tell() / size)


def _read_npy(path: Path, card: Card, report: Progress) -> Iterator[Batch]:
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
        yield Batch(check_array(piece, card, str(path), first_row=start + 1))
        report((start + len(piece)) / len(array))


def _read_images(
    paths: list[Path], card: Card, report: Progress, fit: Fit | None
) -> Iterator[Batch]:
    for start in range(0, len(paths), _IMAGES):
        chosen = paths[start : start + _IMAGES]
        images = np.stack([read_image(path, card, fit) for path in chosen])
        yield Batch(
            check_array(images, card, str(chosen[0].parent), first_row=start + 1),
            {"file": tuple(map(str, chosen))},
        )
        report((start + len(chosen)) / len(paths))


def _ignore(what: object) -> None:
    """Be told, and do nothing about it."""
