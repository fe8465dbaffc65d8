"""A CSV file as a whole, as cells of text."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection

import pandas as pd

from kerazoo._notes import warn_user
from kerazoo.datasets.reading.text_tables import (
    TextTable,
    decoded,
    open_source,
    open_text_table,
    read_records,
)


def read_csv_file(
    source: str,
    wanted: Collection[str] = (),
    bad: dict[int, str] | None = None,
    *,
    needed: Collection[str] | None = None,
    note: Callable[[str], object] = warn_user,
) -> tuple[pd.DataFrame, str, str]:
    """Read a CSV file as text.

    Args:
        source: its path, or `"-"` for standard input.
        wanted: as for `open_text_table`.
        bad: takes, by row from 0 on, which have too few or too many cells; by default they are
            refused.
        needed: as for `open_text_table`.
        note: told what was assumed.

    Returns:
        The cells, what to call the file, and what separates its columns.

    Raises:
        InvalidInput: if it is no table of text with a line of names.
    """
    with open_source(source) as (stream, path):
        table = open_text_table(stream, path, note, wanted=wanted, needed=needed)
        text = "".join(decoded(block, path) for block in table.blocks)
    frame = _split(text, table)
    if frame is None:
        # The csv module is five times slower, and tells which row is wrong.
        records = read_records(table, io.StringIO(text, ""), bad=bad)
        frame = pd.DataFrame(list(records), columns=range(len(table.names)), dtype=str)
    frame.columns = pd.Index(table.names)
    return frame.loc[:, ~frame.columns.duplicated()], path, table.delimiter


def _split(text: str, table: TextTable) -> pd.DataFrame | None:
    """Return the cells of a text; `None` unless each row surely has one for each name."""
    width = len(table.names) + table.has_empty_end
    header = table.delimiter.join(map(str, range(width)))  # decides how many there are
    try:
        cells = pd.read_csv(
            io.StringIO(f"{header}\n{text}"),
            header=None,
            dtype=str,
            keep_default_na=False,
            sep=table.delimiter,
        ).fillna("")
    except ValueError:  # also what the errors of pandas derive from
        return None
    cells = cells.iloc[1:].reset_index(drop=True)
    is_filled = cells.iloc[:, -1] != ""
    # pandas fills short rows up with empty cells.
    is_whole = bool(is_filled.all()) or _is_whole(text, table.delimiter, cells)
    if table.has_empty_end:
        return cells.iloc[:, :-1] if is_whole and not is_filled.any() else None
    return cells if is_whole else None


def _is_whole(text: str, delimiter: str, cells: pd.DataFrame) -> bool:
    """Tell whether no row of a text was filled up, if it is easily told."""
    rows, columns = cells.shape
    return '"' not in text and text.count(delimiter) == rows * (columns - 1)
