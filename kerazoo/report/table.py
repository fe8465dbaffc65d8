"""Table: rows of text that print in a terminal and render in a notebook."""

from __future__ import annotations

from dataclasses import dataclass

from kerazoo._wording import columns_of


@dataclass(frozen=True, repr=False)
class Table:
    """Text in rows and columns.

    Args:
        header: a name per column.
        rows: cells, as many per row as there are columns.
        note: a sentence below the table.

    Example:
        >>> Table(("layer", "parameters"), (("hidden", "6"), ("output", "3")))
        layer   parameters
        hidden  6
        output  3
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __str__(self) -> str:
        lines = [self.header, *self.rows]
        widths = [max(map(columns_of, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join(
                cell + " " * (width - columns_of(cell))
                for cell, width in zip(line, widths, strict=True)
            ).rstrip()
            for line in lines
        ]
        return "\n".join([*text, self.note] if self.note else text)

    __repr__ = __str__

    def markdown(self) -> str:
        """Return the table as Markdown.

        Example:
            >>> print(Table(("layer", "parameters"), (("hidden", "6"),)).markdown())
            | layer | parameters |
            | --- | --- |
            | hidden | 6 |
        """
        lines = [self.header, ("---",) * len(self.header), *self.rows]
        text = ["| " + " | ".join(line) + " |" for line in lines]
        return "\n".join([*text, "", self.note] if self.note else text)

    def _repr_markdown_(self) -> str:
        return self.markdown()
