"""Tables cut into pieces that different machines can read, each by itself.

A piece of a CSV file is a range of bytes that ends where a line ends, and is read with the header
before it; a piece of a Parquet file is some of its row groups. Nothing is read to cut: a cut is
moved to the next line end, and whether that was the end of a row is told later, by the number of
quotes in the pieces. A piece that needs the rest of its file to be understood is refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.delimiters import find_delimiter, names_delimiter
from kerazoo.datasets.reading.text_tables import is_parquet
from kerazoo.errors import InvalidInput
from kerazoo.saved.card import Card

PIECE_BYTES = 2**24
"""Of a piece, about: half a second of work, beside which handing it out takes nothing."""

_LONGEST_HEADER = 2**20
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK\3\4", b"PAR1")
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16
# What may be a number that is not written as Python writes it: 1,5 in quotes, 12%, 1 234.
_UNUSUAL = re.compile(
    rb"\"[^\"\n]*\d,\d|%|\$|\xe2\x82\xac|\xc2\xa3|\xe2\x82\xa9|\xc2\xa5|\xec\x9b\x90"
    rb"|\d[ ']\d|\xc2\xa0|\xe2\x80\xaf"
)
_ISO_DATE = r"\s*(?:\d{4}-\d\d-\d\d(?:[T ][\d:.+Z-]*)?)?\s*"


@dataclass(frozen=True)
class Piece:
    """Some rows of a file.

    Args:
        path: the file, under a name that holds on all machines.
        start: the first byte, or the first row group.
        end: the byte or row group after the last one.
        header: bytes of the header of a CSV file; 0 for Parquet.
        state: size and time of change of the file.
    """

    path: str
    start: int
    end: int
    header: int
    state: tuple[int, int]

    @property
    def name(self) -> str:
        """What messages call it: the rows in it are counted from 1 on."""
        if is_parquet(self.path):
            return f"{self.path}, from row group {self.start}"
        return self.path if self.start == self.header else f"{self.path}, from byte {self.start:,}"


def cut(paths: Sequence[str], piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """Cut CSV and Parquet files into pieces, in their order.

    Args:
        paths: the files.
        piece_bytes: what a piece has at least, but for the last one of a file.

    Raises:
        InvalidInput: if a file cannot be cut.
    """
    for path in map(os.path.abspath, paths):
        if not os.path.isfile(path):
            raise InvalidInput(f"there is no file {path!r}; --ray takes CSV and Parquet files.")
        status = os.stat(path)
        state = status.st_size, status.st_mtime_ns
        pieces = _cut_parquet if is_parquet(path) else _cut_csv
        yield from (Piece(path, *where, state) for where in pieces(path, piece_bytes))


def _cut_csv(path: str, piece_bytes: int) -> Iterator[tuple[int, int, int]]:
    with open(path, "rb") as file:
        header = file.readline(_LONGEST_HEADER)
        _check_header(header, path)
        size, start = os.fstat(file.fileno()).st_size, len(header)
        while start < size:
            file.seek(min(start + piece_bytes, size))
            file.readline()
            end = file.tell()
            yield start, end, len(header)
            start = end


def _check_header(header: bytes, path: str) -> None:
    """Refuse what a line of names does not begin: whoever reads a piece sees that line alone."""
    text = header.decode("utf-8-sig", errors="replace")
    if header.startswith((*_PACKED, *_WIDE)):
        raise _whole(path, "it is packed, or no UTF-8")
    if not header.endswith(b"\n"):
        raise _whole(path, "its first line has no end")
    if not text.strip() or text.startswith("#") or names_delimiter(text) or text.count('"') % 2:
        raise _whole(path, "it does not begin with one line of names")
    if find_delimiter(text) != ",":
        raise _whole(path, "its columns are not separated by commas")


def _cut_parquet(path: str, piece_bytes: int) -> Iterator[tuple[int, int, int]]:
    import pyarrow.lib  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    try:
        found = pyarrow.parquet.read_metadata(path)
    except (pyarrow.lib.ArrowException, OSError) as error:
        raise InvalidInput(f"{path} cannot be read as Parquet: {error}. Write it again.") from error
    start, held = 0, 0
    for number in range(found.num_row_groups):
        held += found.row_group(number).total_byte_size
        if held >= piece_bytes or number == found.num_row_groups - 1:
            yield start, number + 1, 0
            start, held = number + 1, 0


def extract(piece: Piece, card: Card, folder: str) -> Path:
    """Write a piece into a file of its own.

    Args:
        piece: which.
        card: of the network that is to answer its rows.
        folder: where.

    Raises:
        InvalidInput: if the file is not there, or not as it was cut, or a piece of it cannot be
            understood without the rest.
    """
    try:
        status = os.stat(piece.path)
    except OSError as error:
        raise InvalidInput(
            f"a machine of the cluster does not see {piece.path}; put it where all machines have "
            "it under this name."
        ) from error
    if (status.st_size, status.st_mtime_ns) != piece.state:
        raise InvalidInput(
            f"{piece.path} has changed since the command began, or is another file on a machine "
            "of the cluster. Run the command again."
        )
    if is_parquet(piece.path):
        return _extract_parquet(piece, card, folder)
    target = Path(folder, "rows.csv")
    with open(piece.path, "rb") as file:
        header = file.read(piece.header)
        file.seek(piece.start)
        rows = file.read(piece.end - piece.start)
    target.write_bytes(header + rows)
    if rows.count(b'"') % 2:
        raise _whole(piece.path, f"a cell in quotes goes on in the next line, {piece.name}")
    try:
        rows.decode()
    except UnicodeDecodeError as error:
        raise _whole(piece.path, f"it is no UTF-8, {piece.name}") from error
    _check_alone(piece, rows, card, target)
    return target


def _check_alone(piece: Piece, rows: bytes, card: Card, target: Path) -> None:
    """Refuse rows whose numbers or dates could mean something else, seen with all others.

    Where all numbers are as Python writes them and all dates as ISO does, there is nothing to see.
    """
    if not isinstance(card.about, Table):
        return
    dates = [name for name, kind in (card.about.kinds or {}).items() if kind == "date"]
    if not dates and not _UNUSUAL.search(rows):
        return
    from kerazoo.datasets.reading.inputs import TableReader
    from kerazoo.datasets.reading.numbers import Marks
    from kerazoo.datasets.reading.table import read_cases

    wanted = [column.name for column in card.columns]
    frame, _, _ = read_cases(str(target), wanted=wanted, bad={}, needed=wanted, note=_ignore)
    for name in dates:
        if name in frame and not frame[name].astype(str).str.fullmatch(_ISO_DATE).all():
            raise _whole(piece.path, f"dates in column {name!r} are not like 2026-01-31")
    if set(wanted) - set(frame.columns):
        return  # whoever answers says so
    reader = TableReader(card.about, piece.name, Marks(), _ignore)
    reader.read(frame, {})
    if not reader.is_plain:
        raise _whole(piece.path, f"numbers are not like 1234.5, {piece.name}")


def _extract_parquet(piece: Piece, card: Card, folder: str) -> Path:
    import pyarrow
    import pyarrow.parquet

    target = Path(folder, "rows.parquet")
    with pyarrow.parquet.ParquetFile(piece.path) as file:
        table = file.read_row_groups(range(piece.start, piece.end))
    for column in card.columns:
        kind = None if column.name not in table.column_names else table.schema.field(column.name)
        if kind is None or _are_words(column, card):
            continue
        text = pyarrow.types.is_dictionary(kind.type) or not _is_plain(kind.type)
        if text:
            raise _whole(piece.path, f"column {column.name!r} holds texts, not numbers or dates")
    pyarrow.parquet.write_table(table, target)
    return target


def _are_words(column: Any, card: Card) -> bool:
    kinds = card.about.kinds if isinstance(card.about, Table) else None
    return bool(column.categories) or (kinds or {}).get(column.name) == "category"


def _is_plain(kind: Any) -> bool:
    from pyarrow import types

    return bool(
        types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_decimal(kind)
        or types.is_temporal(kind)
        or types.is_null(kind)
    )


def _whole(path: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{path} can only be understood as a whole: {reason}. Leave out --ray, or write it as "
        "Parquet, with numbers and dates as such."
    )


def _ignore(message: str) -> None:
    """Be told what whoever answers says again."""
