"""Tables as arrays, a piece at a time where a network's columns allow it, so that any size will do.

What a file is, `datasets/reading/text_tables.py` says, and what a cell means,
`datasets/reading/inputs.py`: as for training. Most files hold nothing but plain numbers and known
words. These are read here, without all that: 150,000 rows of twelve columns in a second by the csv
module; pandas reads a million but takes half a second to import, so that it is asked from the
second block on. A block with anything else in it is left to the reader of all tables.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from kerazoo.datasets.reading.columns import plain_numbers
from kerazoo.datasets.reading.text_tables import (
    STANDARD_INPUT,
    TextTable,
    decoded,
    is_parquet,
    open_source,
    open_text_table,
    read_records,
)
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.predict.columns import match_card
from kerazoo.predict.rows import check_array
from kerazoo.saved.card import Card

if TYPE_CHECKING:
    from kerazoo.datasets.reading.inputs import TableReader

_RECORDS = 8192
_HALF = 0.5

Carried = Mapping[str, Sequence[str]]
"""Cells of an input, by column, that go along with the answers to its rows."""


def read_table(
    source: str,
    card: Card,
    note: Callable[[str], object],
    *,
    keep: Sequence[str] = (),
    bad: list[str] | None = None,
    report: Callable[[float], object] = lambda share: None,
) -> Iterator[tuple[np.ndarray, Carried]]:
    """Read a table with a header, and give its rows in pieces as a network takes them.

    Args:
        source: a Parquet file, a file of text as it is trained on, or `"-"` for such on standard
            input.
        card: what the network takes; columns may come in any order.
        note: told of a column that is not looked at, and of what was assumed or converted.
        keep: columns whose cells are given, too.
        bad: takes what is wrong with rows, which are given as infinity; by default they are
            refused.
        report: told which share has been read.

    Yields:
        Arrays of some thousand rows each, and the cells that are kept.

    Raises:
        InvalidInput: if there is no header, no row, a wrong column, or a cell that is not what the
            network takes; the message names its row and column.
    """
    if not card.columns:
        with open_source(source) as (_, name):
            match_card((), card, name, note)  # says what it takes
    if is_parquet(source) or card.takes_missing:
        from kerazoo.predict.frames import read_whole  # imports pandas

        first = 1
        for rows, kept in read_whole(source, card, note, keep, bad):
            yield rows if bad is not None else check_array(rows, card, source, first), kept
            first += len(rows)
        return
    wanted = [column.name for column in card.columns]
    with open_source(source) as (stream, name):
        table = open_text_table(stream, name, note, wanted=wanted, needed={*wanted, *keep})
        pieces = _Pieces(table, card, note, keep, bad)
        size = os.stat(source).st_size if stream.seekable() and source != STANDARD_INPUT else 0
        for piece in pieces.read():
            yield piece
            if size:  # of a pipe nobody knows how much is left
                report(stream.tell() / size)


class _Pieces:
    """The rows of one file of text, some at a time.

    Args:
        table: the file.
        card: what the network takes.
        note: told what is not looked at, and what was converted.
        keep: columns whose cells are given, too.
        bad: as for `read_table`.
    """

    def __init__(
        self,
        table: TextTable,
        card: Card,
        note: Callable[[str], object],
        keep: Sequence[str],
        bad: list[str] | None,
    ) -> None:
        self._table = table
        self._card = card
        self._note = note
        self._bad = bad
        self._indices = match_card(table.names, card, table.source, note)
        self._kept = {name: _index_of(name, table) for name in keep}
        self._words = [column.categories for column in card.columns]
        self._rows_read = 0
        self._points = False
        self._reader: TableReader | None = None  # of files that are not plain

    def read(self) -> Iterator[tuple[np.ndarray, Carried]]:
        """Give all rows."""
        blocks = self._table.blocks
        for number, block in enumerate(blocks):
            if b'"' in block:
                # A quoted field may go on in the next block: no more cutting from here.
                rest = itertools.chain([block], blocks)
                yield from self._read_lines(line for piece in rest for line in self._lines(piece))
                return
            fast = self._read_fast(block) if number > 0 and self._may_be_fast() else None
            if fast is None:
                yield from self._read_lines(self._lines(block))
            elif len(fast):
                first = self._rows_read + 1
                self._rows_read += len(fast)
                yield check_array(fast, self._card, self._table.source, first), {}

    def _may_be_fast(self) -> bool:
        """Tell whether pandas may read a block: it does not give cells as they were written."""
        return self._may_be_plain() and not self._kept and self._bad is None

    def _may_be_plain(self) -> bool:
        """Tell whether `1.5` is sure to be a number: elsewhere, a point separates thousands."""
        return self._table.delimiter == "," and self._reader is None

    def _lines(self, block: bytes) -> Iterable[str]:
        return io.StringIO(decoded(block, self._table.source), "")

    def _read_lines(self, lines: Iterable[str]) -> Iterator[tuple[np.ndarray, Carried]]:
        wrong: dict[int, str] | None = None if self._bad is None else {}
        records = read_records(self._table, lines, self._rows_read, wrong)
        while chunk := list(itertools.islice(records, _RECORDS)):
            first = self._rows_read
            self._rows_read += len(chunk)
            cells = list(zip(*chunk, strict=True))
            rows = self._read_plain([cells[index] for index in self._indices])
            if rows is None:
                rows = self._read_written([cells[index] for index in self._indices], first, wrong)
            with np.errstate(over="ignore"):
                rows = rows.astype(self._card.inputs[0].dtype)
            if wrong and self._bad is not None:
                rows[[row - first for row in wrong]] = np.inf
                self._bad += [wrong[row] for row in sorted(wrong)]
                wrong.clear()
            else:
                rows = check_array(rows, self._card, self._table.source, first + 1)
            yield rows, {name: cells[index] for name, index in self._kept.items()}

    def _read_plain(self, columns: Sequence[Sequence[str]]) -> np.ndarray | None:
        """Read cells that are plain numbers and known words; `None` if any is not."""
        if not self._may_be_plain():
            return None
        read = []
        for cells, words in zip(columns, self._words, strict=True):
            numbers = plain_numbers(cells, words)
            if numbers is None:
                return None
            if not self._points and not words:
                self._points = sum("." in cell for cell in cells) > _HALF * len(cells)
            read.append(numbers)
        return np.stack(read, axis=1)

    def _read_written(
        self, columns: Sequence[Sequence[str]], first: int, wrong: dict[int, str] | None
    ) -> np.ndarray:
        """Read cells as the reader of all tables does, which also says what is wrong with them."""
        import pandas as pd

        from kerazoo.datasets.about import Table
        from kerazoo.datasets.reading.inputs import TableReader
        from kerazoo.datasets.reading.numbers import Marks

        names = [column.name for column in self._card.columns]
        frame = pd.DataFrame(dict(zip(names, columns, strict=True)), dtype=str)
        frame.index += first
        if self._reader is None:
            assert isinstance(self._card.about, Table)
            self._reader = TableReader(
                self._card.about,
                self._table.source,
                Marks(points=self._points, between_commas=self._table.delimiter == ","),
                self._note,
                is_begun=first > 0,
            )
        rows = self._reader.encode(self._reader.read(frame, wrong), frame, wrong)
        if self._reader.is_plain:  # some cell was wrong, and is left out
            self._reader = None
        return rows

    def _read_fast(self, block: bytes) -> np.ndarray | None:
        """Read a block with pandas; `None` unless it surely means the same as by its lines."""
        import pandas as pd

        width = len(self._table.names)
        kinds = {
            index: "category" if words else "float64"
            for index, words in zip(self._indices, self._words, strict=True)
        }
        try:
            frame = pd.read_csv(
                io.BytesIO(block),
                header=None,
                names=range(width),
                usecols=sorted(kinds),
                dtype=kinds,
                index_col=False,
                na_filter=False,
                sep=",",
                float_precision="round_trip",
                quoting=csv.QUOTE_NONE,
                low_memory=False,
            )
        except ValueError:  # also what the errors of pandas derive from
            return None
        numbers = [
            _codes(frame[index], words) if words else np.asarray(frame[index])
            for index, words in zip(self._indices, self._words, strict=True)
        ]
        # pandas fills short rows up and cuts long ones off; then the commas do not add up.
        is_whole = block.count(b",") == len(frame) * (width - 1) and b"\0" not in block
        if not is_whole or any(column is None for column in numbers):
            return None
        array = np.stack([column for column in numbers if column is not None], axis=1)
        return array if np.isfinite(array).all() else None


def _codes(cells: object, words: Sequence[str]) -> np.ndarray | None:
    """Return the codes of a column of words that pandas has read."""
    found = cells.cat  # type: ignore[attr-defined]
    known = plain_numbers(found.categories.tolist(), words)
    return None if known is None else known[found.codes.to_numpy()]


def _index_of(name: str, table: TextTable) -> int:
    if name not in table.names:
        raise InvalidInput(f"{table.source}: {unknown_name('column to keep', name, table.names)}")
    return table.names.index(name)
