"""A table of text, whatever program has written it: its columns, and its rows in blocks.

Everything that a file leaves open is decided here, once for all who read tables: what it is packed
with, its encoding, its line ends, where its header is, what separates its columns. Whoever wants
all of it takes `csv_files.py`; whoever goes through it block by block takes the blocks. Pandas is
not imported.
"""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from kerazoo._files import standard_input
from kerazoo._wording import agree, clean_name, counted, is_printable
from kerazoo.datasets.reading.blocks import LONGEST_LINE, Lines, cut_into_lines
from kerazoo.datasets.reading.delimiters import (
    describe_delimiter,
    find_delimiter,
    names_delimiter,
)
from kerazoo.datasets.reading.encodings import Utf8Stream, remedy
from kerazoo.datasets.reading.packed import Unpacked
from kerazoo.datasets.reading.shard_paths import PARQUET, is_folder_of_parquet
from kerazoo.errors import InvalidInput

STANDARD_INPUT = "-"
_SHOWN = 40  # signs of a name
_LIKE_DATA = re.compile(r"[\W\d]*\d[\W\d]*(?:[TZe][\W\d]*)*")  # a number, or a date
_SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".feather")
_NO_TEXT = (
    b"PK\3\4",
    b"\xd0\xcf\x11\xe0",
    b"PAR1",
    b"\x89HDF",
)  # new and old spreadsheets, Parquet, HDF5


@dataclass(frozen=True)
class TextTable:
    """A table of which the header has been read.

    Args:
        names: of its columns, in their order.
        delimiter: what separates them.
        source: what messages call it.
        blocks: its rows as UTF-8, each block a number of whole lines, which end in a line feed.
        has_empty_end: whether each row ends in a delimiter, and the header does not.
    """

    names: tuple[str, ...]
    delimiter: str
    source: str
    blocks: Iterator[bytes]
    has_empty_end: bool = False


def is_parquet(path: str) -> bool:
    """Tell whether a file is Parquet, by its name, or a folder holds such files.

    Example:
        >>> is_parquet("rows.parquet"), is_parquet("rows.csv")
        (True, False)
    """
    return path.lower().endswith(PARQUET) or is_folder_of_parquet(path)


@contextmanager
def open_source(source: str) -> Iterator[tuple[BinaryIO, str]]:
    """Open a table that may be text.

    Args:
        source: its path, or `"-"` for standard input.

    Yields:
        Its bytes, and what messages call it.

    Raises:
        InvalidInput: if there is no such file, or its name says that it is no text.
    """
    if source == STANDARD_INPUT:
        yield standard_input(), "standard input"
        return
    if not os.path.exists(source) or os.path.isdir(source):
        raise InvalidInput(
            f"there is no file {source!r}. Check the path, or pass - for standard input."
        )
    if source.lower().endswith(_SPREADSHEETS):
        raise _no_text(source)
    with open(source, "rb") as stream:
        yield stream, source


def open_text_table(
    stream: BinaryIO,
    source: str,
    note: Callable[[str], object],
    *,
    wanted: Collection[str] = (),
    needed: Collection[str] | None = None,
) -> TextTable:
    """Read a table up to its header.

    Args:
        stream: its bytes, also packed with gzip, bzip2 or xz.
        source: what messages call it.
        note: told what was assumed: another encoding, another delimiter, lines left out.
        wanted: columns that it should have: a line that begins with # and names one is the header.
        needed: the only columns that are looked at; by default all are, so that no two may have
            one name.

    Raises:
        InvalidInput: if it is no table of text with a line of names, and rows.
    """
    unpacked = Unpacked(stream, source)
    if unpacked.peek().startswith(_NO_TEXT):
        raise _no_text(source)
    text = Utf8Stream(unpacked, source, note, is_table=True)
    lines = Lines(cut_into_lines(text, source))
    header = _find_header(lines, wanted, source, note)
    delimiter = find_delimiter(header)
    try:
        names = [clean_name(name) for name in next(csv.reader([header], delimiter=delimiter))]
    except csv.Error as error:
        raise _unreadable(source, f"the header: {error}") from error
    _check_names(names, source, needed)
    if delimiter != ",":
        note(f"{source}: columns are separated by {describe_delimiter(delimiter)}; read so.")
    first = _without_blank(lines)
    if not first:
        raise InvalidInput(f"{source} has a header and no rows; expected at least one row.")
    has_empty_end = _has_empty_end(decoded(first, source), delimiter, len(names))
    if has_empty_end:
        note(
            f"{source}: each row ends in a separator, the header does not; the empty cell at the "
            "end is left out."
        )
    return TextTable(tuple(names), delimiter, source, lines.rest(), has_empty_end)


def read_records(
    table: TextTable, lines: Iterable[str], first: int = 0, bad: dict[int, str] | None = None
) -> Iterator[list[str]]:
    """Split lines of a table into its rows, with a cell for each name; blank lines are left out.

    Args:
        table: which they are of.
        lines: its rows, or some of them.
        first: the number of the first row, from 0 on.
        bad: takes, by row from 0 on, which have too few or too many cells; by default they are
            refused.

    Raises:
        InvalidInput: if they are no rows of it.
    """
    width = len(table.names)
    reader = csv.reader(lines, strict=True, delimiter=table.delimiter)
    row = first - 1
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            reason = f"row {row + 2}: {error}"
            if str(error) == "unexpected end of data":
                reason = f"a quote that opens in row {row + 2} is never closed"
            raise _unreadable(table.source, reason) from error
        if record is None:
            return
        if len(record) <= 1 and not "".join(record).strip():
            continue
        row += 1
        if table.has_empty_end and len(record) == width + 1 and not record[-1].strip():
            del record[-1]
        if len(record) != width:
            wrong = (
                f"{table.source}: row {row + 1} has {counted(len(record), 'cell')}, the header "
                f"{width}; expected as many."
            )
            if bad is None:
                raise InvalidInput(wrong)
            bad[row] = wrong
            record = [*record, *[""] * width][:width]
        yield record


def decoded(block: bytes, source: str) -> str:
    """Return a block of a table as text.

    Raises:
        InvalidInput: if it is not UTF-8.
    """
    try:
        return block.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{source} is not UTF-8 text: {error.reason}. {remedy(block)}"
        ) from error


def _without_blank(lines: Lines) -> bytes:
    """Go to the first line that is not blank, and return it."""
    while (line := lines.peek()) and not line.strip():
        lines.skip(line)
    return line


def _find_header(
    lines: Lines, wanted: Collection[str], source: str, note: Callable[[str], object]
) -> str:
    """Return the header, after lines that begin with # and hold the name of no column."""
    first = lines.peek()
    if names_delimiter(first.decode(errors="replace")):
        lines.skip(first)
    comments = 0
    shortest = min(map(len, wanted), default=LONGEST_LINE)
    while (line := _without_blank(lines)).startswith(b"#"):
        if len(line) > shortest and _names_one(decoded(line, source), wanted):
            break
        lines.skip(line)
        comments += 1
    if not line:
        raise _unreadable(source, "it is empty")
    if comments:
        lines_that = f"{counted(comments, 'line')} before the header that"
        note(f"{source}: left out: {lines_that} {agree(comments, 'begins', 'begin')} with #.")
    header = b""
    while line := lines.peek():
        lines.skip(line)
        header += line
        if header.count(b'"') % 2 == 0:  # no name goes on in the next line
            return decoded(header, source).rstrip("\n")
        if len(header) > LONGEST_LINE:
            break
    raise _unreadable(source, "a quote that opens in the header is never closed")


def _names_one(line: str, wanted: Collection[str]) -> bool:
    """Tell whether a line holds the name of a column that is looked for."""
    cells = re.split("[,;|\t]", line)
    return not {clean_name(cell.strip(' \n"')) for cell in cells}.isdisjoint(wanted)


def _has_empty_end(line: str, delimiter: str, width: int) -> bool:
    try:
        cells = next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return False
    return len(cells) == width + 1 and not cells[-1].strip()


def _check_names(names: Sequence[str], source: str, needed: Collection[str] | None) -> None:
    """Refuse a header that is none, or names that cannot be told apart or shown."""
    named = [name for name in names if name]
    if all(map(_LIKE_DATA.fullmatch, named)):
        first = ", ".join(name[:_SHOWN] for name in named[:3]) or "nothing"
        raise InvalidInput(
            f"{source} begins with {first}; expected a line of names of the columns."
        )
    if len(named) < len(names) / 2:
        raise InvalidInput(
            f"{source} has names for {len(named)} of {counted(len(names), 'column')} in its first "
            "line; expected a line of names. Leave out what is above it."
        )
    used = named if needed is None else [name for name in named if name in needed]
    twice = [name for name, count in Counter(used).items() if count > 1]
    if twice:
        raise InvalidInput(f"{source}: two columns are called {twice[0][:_SHOWN]!r}; rename one.")
    odd = next((name for name in used if not is_printable(name)), None)
    if odd is not None:
        raise InvalidInput(
            f"{source}: the column {odd[:_SHOWN]!r} has signs in its name that cannot be printed; "
            "rename it."
        )


def _unreadable(source: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{source} cannot be read as a CSV file: {reason}. Expected a line of names, and a line "
        "for each row."
    )


def _no_text(source: str) -> InvalidInput:
    if source.lower().endswith(".zip"):
        return InvalidInput(f"{source} is a zip archive. Unpack it, and pass the table inside.")
    return InvalidInput(
        f"{source} is no text but a file of another program; expected CSV. Save it as CSV (UTF-8) "
        "there, or read it with pandas and pass the DataFrame in Python."
    )
