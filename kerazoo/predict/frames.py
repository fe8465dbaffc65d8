"""Tables as a whole: what another library holds, Parquet files, and a user's own columns.

How a user's own column writes its numbers and dates can only be told from all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.inputs import TableReader
from kerazoo.datasets.reading.names import one_line
from kerazoo.datasets.reading.numbers import Marks
from kerazoo.datasets.reading.table import read_cases
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.predict.columns import match_card
from kerazoo.saved.card import Card

_ROWS = 8192


def read_whole(
    path: str,
    card: Card,
    note: Callable[[str], object],
    keep: Sequence[str] = (),
    bad: list[str] | None = None,
) -> Iterator[tuple[np.ndarray, Mapping[str, Sequence[str]]]]:
    """Read a table, and give its rows in pieces as a network takes them.

    Args:
        path: a CSV or Parquet file, or `"-"`.
        card: what the network takes; columns may come in any order.
        note: told what a person should know.
        keep: columns whose cells are given, too.
        bad: takes what is wrong with rows, which are given as infinity; by default they are
            refused.

    Raises:
        InvalidInput: if it is no table, a column is missing, or a cell is not what its column
            holds.
    """
    wrong: dict[int, str] | None = None if bad is None else {}
    wanted = [column.name for column in card.columns]
    frame, source, delimiter = read_cases(
        path, wanted=wanted, bad=wrong, needed={*wanted, *keep}, note=note
    )
    for column in keep:
        if column not in frame.columns:
            raise InvalidInput(f"{source}: {unknown_name('column to keep', column, frame.columns)}")
    rows = encode_frame(frame, card, source, note, wrong, delimiter=delimiter)
    if bad is not None and wrong:
        rows[sorted(wrong)] = np.inf
        bad += [wrong[row] for row in sorted(wrong)]
    texts = {column: frame[column].astype(object).fillna("").map(str) for column in keep}
    for start in range(0, len(rows), _ROWS):
        piece = slice(start, start + _ROWS)
        yield rows[piece], {column: texts[column].iloc[piece].tolist() for column in keep}


def encode_frame(
    table: Mapping[str, Any] | pd.DataFrame,
    card: Card,
    source: str,
    note: Callable[[str], object],
    bad: dict[int, str] | None = None,
    *,
    delimiter: str = ",",
    first_row: int = 1,
) -> np.ndarray:
    """Return the columns of a table as a network takes them, `(rows, columns)`.

    Args:
        table: columns by name.
        card: what the network takes.
        source: the table, for messages.
        note: told what a person should know.
        bad: takes, by row from 0 on, what is wrong with it; by default it is refused.
        delimiter: what separates the columns of its file.
        first_row: number of the first row, for messages.

    Raises:
        InvalidInput: if a column is missing, or a cell is not what its column holds.
    """
    names = [one_line(str(name)) for name in table]
    columns = list(table.values()) if isinstance(table, Mapping) else [table[n] for n in table]
    chosen = [_cells(columns[index]) for index in match_card(names, card, source, note)]
    assert isinstance(card.about, Table)
    if len({len(cells) for cells in chosen}) != 1:
        raise InvalidInput(f"{source}: expected one value per row in every column of a table.")
    wanted = [column.name for column in card.columns]
    frame = pd.DataFrame(dict(zip(wanted, chosen, strict=True)))
    if frame.empty:
        raise InvalidInput(f"{source} has no rows; pass at least one.")
    frame.index += first_row - 1
    reader = TableReader(card.about, source, Marks(between_commas=delimiter == ","), note)
    encoded = reader.encode(reader.read(frame, bad), frame, bad)
    with np.errstate(over="ignore"):
        return encoded.astype(card.inputs[0].dtype)


def _cells(column: Any) -> pd.Series:
    """Return a column without the index of its table; a single value is one row."""
    if isinstance(column, pd.Series):
        return column.reset_index(drop=True)
    if isinstance(column, str | bytes) or not np.ndim(column):
        return pd.Series([column])
    return pd.Series(list(column))
