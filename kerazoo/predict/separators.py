"""Decimal commas and separators of thousands in a table: read as in training, or refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kerazoo.errors import InvalidInput
from kerazoo.saved.card import Column

if TYPE_CHECKING:
    import pandas as pd

    from kerazoo.datasets.reading.numbers import Marks

Chosen = list[tuple[Column, Sequence[str]]]
"""What columns hold, each with its cells."""


class Separators:
    """Takes separators out of the numbers of one file, all of a column in the same way.

    What the rows so far have told holds for the rows after them.

    Args:
        source: the file, for messages.
        note: told once a column how it is read.
        delimiter: what is between two cells.
    """

    def __init__(self, source: str, note: Callable[[str], object], delimiter: str) -> None:
        self._source = source
        self._note = note
        self._delimiter = delimiter
        self._points = self._commas = False
        self._kinds: dict[str, str] = {}

    def may_be_in(self, columns: Chosen) -> bool:
        """Tell whether cells have to be looked at: where commas separate them, `1.5` is a number.

        Args:
            columns: what a column holds, and its cells.
        """
        if self._delimiter != ",":
            return True
        return any("," in cell for column, cells in columns for cell in cells if _holds(column))

    def without(self, columns: Chosen) -> Chosen:
        """Return the cells as Python writes numbers, where all of a column can be read so.

        Other cells are given as they are.

        Args:
            columns: as for `may_be_in`.

        Raises:
            InvalidInput: if a column can be read in two ways, or otherwise than the rows before.
        """
        import pandas as pd

        from kerazoo.datasets.reading.numbers import find_marks

        frame = pd.DataFrame({c.name: list(cells) for c, cells in columns if _holds(c)}, dtype=str)
        marks = find_marks(frame, self._delimiter)
        self._points, self._commas = self._points | marks.points, self._commas | marks.commas
        marks = replace(marks, points=self._points, commas=self._commas)
        return [
            (column, self._read(column, frame[column.name], marks) if _holds(column) else cells)
            for column, cells in columns
        ]

    def _read(self, column: Column, cells: pd.Series, marks: Marks) -> Sequence[str]:
        from kerazoo.datasets.reading.numbers import read_numbers, refuse_wrong

        name, texts = column.name, cells.tolist()
        before = self._kinds.get(name, "")
        numbers = read_numbers(cells, name, marks, before)
        if numbers.ways > 1:
            refuse_wrong(numbers, cells, name, self._source)
        if not numbers.kind or numbers.sign:
            return texts
        if before and before != numbers.kind:
            raise InvalidInput(
                f"{self._source}: numbers in column {name!r} are written in two ways; write them "
                "without separators and with '.' before decimals."
            )
        said = numbers.kind == "decimals" and numbers.kind in self._kinds.values()
        if numbers.notes and not before and not said:  # decimals are all written alike
            self._note(f"{self._source}: {numbers.notes[-1]}.")
        self._kinds[name] = numbers.kind
        values = numbers.values.tolist()
        # What is no number is given as it stands, and refused as it would be elsewhere.
        return [
            text if math.isnan(value) else repr(value)
            for text, value in zip(texts, values, strict=True)
        ]


def _holds(column: Column) -> bool:
    """Tell whether a column holds numbers, not words."""
    return not column.categories
