"""CSV files of any length as arrays, a piece at a time.

What a file means is defined by the `csv` module and `float`, which also find the cell that is
wrong. They read 150,000 rows of twelve columns in a second; pandas reads a million but takes half a
second to import, so that it is asked from the second block on. A block that it does not accept
whole is read again by the definition.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

import numpy as np

from kerazoo._wording import clean_name, counted
from kerazoo.datasets.reading.delimiters import (
    describe_delimiter,
    find_delimiter,
    names_delimiter,
)
from kerazoo.datasets.reading.encodings import Utf8Stream, remedy
from kerazoo.datasets.reading.packed import Unpacked
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.predict.columns import match_columns, parse_cells
from kerazoo.predict.rows import check_array
from kerazoo.predict.separators import Chosen, Separators
from kerazoo.saved.card import Card, Column

_FIRST_BLOCK = 2**20
_BLOCK = 2**23
_LONGEST_LINE = 2**26
_RECORDS = 8192
_ZIP = b"PK\3\4"

Carried = Mapping[str, Sequence[str]]
"""Cells of an input, by column, that go along with the answers to its rows."""


def read_csv(
    stream: BinaryIO,
    card: Card,
    source: str,
    note: Callable[[str], object],
    keep: Sequence[str] = (),
    bad: list[str] | None = None,
) -> Iterator[tuple[np.ndarray, Carried]]:
    """Read a table with a header, and give its rows in pieces as a network takes them.

    Args:
        stream: text, fields separated by commas; in UTF-8, or what can be one encoding only; also
            packed with gzip.
        card: what the network takes; columns may come in any order.
        source: the file, for messages.
        note: told of a column that is not looked at, and of another encoding or separator.
        keep: columns whose cells are given, too.
        bad: takes what is wrong with rows, which are given as infinity; by default they are
            refused.

    Yields:
        Arrays of some thousand rows each, and the cells that are kept.

    Raises:
        InvalidInput: if there is no header, no row, a wrong column, or a cell that is not what the
            network takes; the message names its row and column.
    """
    blocks = _blocks(Utf8Stream(Unpacked(stream, source), source, note), source)
    first = next(blocks, b"").removeprefix(b"\xef\xbb\xbf")
    if first.startswith(_ZIP):
        raise InvalidInput(
            f"{source} is no text but packed, as a spreadsheet is; expected CSV. Save it as CSV."
        )
    buffer = io.StringIO(_decode(first, source), "")
    _skip_comments(buffer, card, source, note)
    names, delimiter = _header(buffer, card, source)
    if delimiter != ",":
        note(f"{source}: columns are separated by {describe_delimiter(delimiter)}; read so.")
    table = _Table(names, delimiter, card, source=source, note=note, keep=keep, bad=bad)
    row = 1
    for numbers, kept in table.read(itertools.chain([buffer.read().encode()], blocks)):
        yield (check_array(numbers, card, source, row) if bad is None else numbers), kept
        row += len(numbers)
    if row == 1:
        raise InvalidInput(f"{source} has a header and no rows; expected at least one.")


class _Table:
    """How the rows of one file are read.

    Args:
        names: its header.
        delimiter: what is between two cells.
        card: what the network takes.
        source: the file, for messages.
        note: told if each row ends in a separator, and what is not looked at.
        keep: columns whose cells are given, too.
        bad: as for `read_csv`.
    """

    def __init__(
        self,
        names: Sequence[str],
        delimiter: str,
        card: Card,
        *,
        source: str,
        note: Callable[[str], object],
        keep: Sequence[str],
        bad: list[str] | None = None,
    ) -> None:
        self._width = len(names)
        self._delimiter = delimiter
        self._note = note
        self._has_empty_end: bool | None = None  # not known before the first row
        self._indices = match_columns(names, card, source, note)
        self._kept = {name: _index_of(name, names, source) for name in keep}
        self._card = card
        self._columns = card.columns
        self._bad = bad
        self._source = source
        self._rows_read = 0
        self._separators = Separators(source, note, delimiter)

    def read(self, blocks: Iterator[bytes]) -> Iterator[tuple[np.ndarray, Carried]]:
        for number, block in enumerate(blocks):
            if b'"' in block:
                # A quoted field may go on in the next block: no more cutting from here.
                rest = itertools.chain([block], blocks)
                yield from self._read_lines(line for piece in rest for line in self._lines(piece))
                return
            # The definition alone gives cells as they were written.
            may_be_fast = number > 0 and not self._kept and self._bad is None
            may_be_fast &= self._delimiter == ","
            fast = self._read_fast(block) if may_be_fast else None
            if fast is None:
                yield from self._read_lines(self._lines(block))
            elif len(fast):
                self._rows_read += len(fast)
                yield fast, {}

    def _lines(self, block: bytes) -> Iterable[str]:
        return io.StringIO(_decode(block, self._source), "")

    def _read_lines(self, lines: Iterable[str]) -> Iterator[tuple[np.ndarray, Carried]]:
        records = self._records(lines)
        while chunk := list(itertools.islice(records, _RECORDS)):
            first = self._rows_read + 1
            self._rows_read += len(chunk)
            numbers = self._parse(chunk, first) if self._bad is None else self._try(chunk, first)
            kept = {
                name: [record[index] if index < len(record) else "" for record in chunk]
                for name, index in self._kept.items()
            }
            yield numbers, kept

    def _parse(self, chunk: Sequence[list[str]], first: int) -> np.ndarray:
        for row, record in enumerate(chunk, first):
            if len(record) != self._width:
                raise InvalidInput(
                    f"{self._source}: row {row} has {counted(len(record), 'cell')}, the header "
                    f"{self._width}; expected as many."
                )
        cells = list(zip(*chunk, strict=True))
        chosen: Chosen = [(column, cells[index]) for index, column in self._chosen()]
        if self._separators.may_be_in(chosen):
            chosen = self._separators.without(chosen)
        numbers = [parse_cells(texts, column, self._source, first) for column, texts in chosen]
        return np.stack(numbers, axis=1)

    def _try(self, chunk: Sequence[list[str]], first: int) -> np.ndarray:
        """Read rows one by one if they cannot be read together; bad ones become infinite."""
        try:
            return check_array(self._parse(chunk, first), self._card, self._source, first)
        except InvalidInput as error:
            if len(chunk) > 1:
                rows = [self._try([record], row) for row, record in enumerate(chunk, first)]
                return np.concatenate(rows)
            assert self._bad is not None
            self._bad.append(str(error))
            return np.full((1, len(self._columns)), np.inf, self._card.inputs[0].dtype)

    def _records(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Give the records of a text, leaving out blank lines."""
        reader = csv.reader(lines, strict=True, delimiter=self._delimiter)
        row = self._rows_read
        while True:
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise InvalidInput(
                    f"{self._source}: row {row + 1}: {error}; expected CSV."
                ) from error
            if len(record) <= 1 and not "".join(record).strip():
                continue
            row += 1
            if self._has_empty_end is None:
                self._has_empty_end = len(record) == self._width + 1 and not record[-1].strip()
                if self._has_empty_end:
                    self._note(
                        f"{self._source}: each row ends in a separator, the header does not; the "
                        "empty cell at the end is left out."
                    )
            if self._has_empty_end and len(record) == self._width + 1 and not record[-1].strip():
                del record[-1]
            yield record

    def _read_fast(self, block: bytes) -> np.ndarray | None:
        """Read a block with pandas; `None` unless it surely means the same as by the definition."""
        import pandas as pd

        kinds = {index: "category" if c.categories else "float64" for index, c in self._chosen()}
        try:
            frame = pd.read_csv(
                io.BytesIO(block),
                header=None,
                names=range(self._width),
                usecols=sorted(kinds),
                dtype=kinds,
                index_col=False,
                na_filter=False,
                sep=self._delimiter,
                float_precision="round_trip",
                quoting=csv.QUOTE_NONE,
                low_memory=False,
            )
            numbers = [self._numbers(frame[index], column) for index, column in self._chosen()]
        except ValueError:  # also what pandas and InvalidInput derive theirs from
            return None
        # pandas fills short rows up and cuts long ones off; then the commas do not add up.
        whole = (
            block.count(self._delimiter.encode()) == len(frame) * (self._width - 1)
            and b"\0" not in block
        )
        array = np.stack(numbers, axis=1)
        return array if whole and np.isfinite(array).all() else None

    def _numbers(self, series: object, column: Column) -> np.ndarray:
        if not column.categories:
            return np.asarray(series)
        words = series.cat  # type: ignore[attr-defined]
        known = parse_cells(words.categories.tolist(), column, self._source, 1)
        return known[words.codes.to_numpy()]

    def _chosen(self) -> Iterator[tuple[int, Column]]:
        return zip(self._indices, self._columns, strict=True)


def _blocks(stream: Utf8Stream, source: str) -> Iterator[bytes]:
    """Cut a stream into blocks that end where a line ends."""
    size = _FIRST_BLOCK
    while block := stream.read(size):
        line = stream.readline(_LONGEST_LINE) if not block.endswith(b"\n") else b""
        if len(line) == _LONGEST_LINE:
            raise InvalidInput(
                f"{source} has a line of more than {_LONGEST_LINE} bytes; is it a CSV file at "
                "all? Expected a line per row."
            )
        yield block + line
        size = _BLOCK


def _decode(block: bytes, source: str) -> str:
    try:
        return block.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{source} is not UTF-8 text: {error.reason}. {remedy(block)}"
        ) from error


def _skip_comments(
    buffer: io.StringIO, card: Card, source: str, note: Callable[[str], object]
) -> None:
    """Go to the header, after lines that begin with # and hold the name of no column."""
    wanted = {column.name for column in card.columns}
    skipped, start = 0, buffer.tell()
    if names_delimiter(buffer.readline()):
        start = buffer.tell()
    buffer.seek(start)
    while (line := buffer.readline()).startswith("#"):
        if wanted & {clean_name(name) for name in re.split("[,;\t|]", line)}:
            break
        skipped, start = skipped + 1, buffer.tell()
    buffer.seek(start)
    if skipped:
        which = (
            "the first line, which begins"
            if skipped == 1
            else (f"the first {skipped} lines, which begin")
        )
        note(f"{source}: left out: {which} with #.")


def _header(buffer: io.StringIO, card: Card, source: str) -> tuple[list[str], str]:
    """Return the names of the columns, and what separates them."""
    start = buffer.tell()
    delimiter = find_delimiter(buffer.readline())
    buffer.seek(start)
    try:
        reader = csv.reader(buffer, strict=True, delimiter=delimiter)
        names = [clean_name(name) for name in next(reader, [])]
    except csv.Error as error:
        raise InvalidInput(
            f"{source}: the header cannot be read: {error}. Expected names of columns, separated "
            "by commas."
        ) from error
    if not any(names):
        raise InvalidInput(f"{source} is empty; expected a header with the names of the columns.")
    if all(_is_number(name) for name in names):
        raise InvalidInput(f"{source} starts with numbers; expected the names of the columns.")
    return names, delimiter


def _index_of(name: str, names: Sequence[str], source: str) -> int:
    if name not in names:
        raise InvalidInput(f"{source}: {unknown_name('column to keep', name, names)}")
    return names.index(name)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
