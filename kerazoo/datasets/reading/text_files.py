"""Text files and tables of texts: where a text is, without asking what it says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kerazoo._wording import listed
from kerazoo.datasets.reading.text import read_blocks
from kerazoo.errors import InvalidInput

USUAL_COLUMNS = {
    "text": ("text", "review", "sentence", "comment", "message", "body"),
    "target": ("label", "class", "category", "sentiment", "target"),
}
"""Names of a column of texts, and of one of classes, in any letter case."""


def find_texts(folder: Path) -> list[Path]:
    """Return the text files in a folder and in those inside it, sorted, but for hidden ones."""
    found = [path for path in folder.rglob("*") if path.name.lower().endswith(".txt")]
    return sorted(
        path
        for path in found
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )


def read_text(path: Path) -> str:
    """Return all of a text file, in whichever encoding it is.

    Raises:
        InvalidInput: if it is not text.
    """
    return "".join(read_blocks(path))


def choose_column(columns: Sequence[str], asked: str | None, option: str, source: str) -> str:
    """Return the column that is asked for, or the one of a usual name.

    Args:
        columns: the names of all columns.
        asked: the one that is asked for, if any.
        option: `"text"` or `"target"`, what it is to hold.
        source: the table, for messages.

    Raises:
        InvalidInput: if there is none, or there are several.
    """
    usual = USUAL_COLUMNS[option]
    found = [one for one in columns if one == asked or (not asked and one.lower() in usual)]
    if len(found) == 1:
        return found[0]
    problem = (
        f"{' and '.join(map(repr, found))} could all be it"
        if found
        else f"there is no column {asked or usual[0]!r}"
    )
    raise InvalidInput(
        f"{source}: {problem}; it has {listed([repr(one) for one in columns])}. Say which column "
        f"is meant: add --{option} COLUMN."
    )
