"""Texts as the rows of ids that a network takes: in memory, in lines, in tables, in files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._files import standard_input
from kerazoo.datasets.about import Pairs, Texts
from kerazoo.datasets.reading.text import read_blocks, read_stream
from kerazoo.datasets.reading.text_files import choose_column, find_texts, read_text
from kerazoo.datasets.reading.texts import encoder_of, holds_words, why_not_encoded
from kerazoo.errors import InvalidInput
from kerazoo.saved.card import Card

if TYPE_CHECKING:
    from kerazoo.predict.tables import Carried

STANDARD_INPUT = "-"
_AT_ONCE = 256
_TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet", ".pq")


def texts_in(rows: Any, about: Texts) -> list[str] | None:
    """Return texts that a user has in memory; `None` for an array of ids.

    Args:
        rows: a text, a sequence of texts, or a table with a column of them.
        about: names that column.

    Raises:
        InvalidInput: if something among them is no text.
    """
    if isinstance(rows, str):
        return [rows]
    if isinstance(rows, np.ndarray) and rows.dtype.kind not in "UO":
        return None
    if isinstance(rows, Mapping) or hasattr(rows, "columns"):
        names = [str(name) for name in (rows if isinstance(rows, Mapping) else rows.columns)]
        rows = rows[choose_column(names, _column_of(names, about), "text", "input")]
        rows = [rows] if isinstance(rows, str) else rows
    if not hasattr(rows, "__iter__"):
        raise InvalidInput(
            f"input is a {type(rows).__name__}; expected a text, a list of texts, or a table with "
            f"a column {about.text_name!r}."
        )
    texts = list(rows)
    wrong = [number for number, one in enumerate(texts, start=1) if not isinstance(one, str)]
    if len(wrong) == len(texts) and texts:
        return None  # rows of numbers, in a list
    if wrong or not texts:
        found = type(texts[wrong[0] - 1]).__name__ if wrong else "nothing"
        where = f"row {wrong[0]} is {found}" if wrong else "there is no row"
        raise InvalidInput(f"input: {where}; expected a text in each. Pass a list of str.")
    return texts


def encode_rows(
    texts: Sequence[str],
    card: Card,
    source: str,
    first_row: int = 1,
    bad: list[str] | None = None,
) -> np.ndarray:
    """Return texts as rows of ids.

    Args:
        texts: what is asked.
        card: what the network takes.
        source: where they come from, for messages.
        first_row: number of the first one, for messages.
        bad: takes what is wrong with texts, whose rows are then empty; by default they are refused.

    Raises:
        InvalidInput: if a text has no word that the network knows.
    """
    assert isinstance(card.about, Texts)
    rows = encoder_of(card.about)(texts)
    for index in np.flatnonzero(~holds_words(rows)).tolist():
        where = f"{source}: row {index + first_row}"
        problem = why_not_encoded(texts[index], where, len(card.about.words))
        if bad is None:
            raise InvalidInput(problem)
        bad.append(problem)
        rows[index] = 0
    return rows


def read_text_rows(
    source: str, card: Card, note: Callable[[str], object], bad: list[str] | None
) -> Iterator[tuple[np.ndarray, Carried]]:
    """Yield rows of ids, some texts at a time, and the file that each comes from, if it is its own.

    Args:
        source: as for `read_source`.
        card: what the network takes.
        note: told how a file is read.
        bad: as for `encode_rows`.

    Raises:
        InvalidInput: if there is no such file, it holds no text, or one has no known word.
    """
    texts, files, name = open_texts(source, card, note)
    row = 0
    for some in _in_batches(texts):
        of_files = tuple(map(str, files[row : row + len(some)]))
        where = of_files[0] if len(of_files) == 1 else name
        yield encode_rows(some, card, where, row + 1, bad), {"file": of_files} if files else {}
        row += len(some)
    if row == 0:
        raise InvalidInput(f"{name} holds no text; expected one at least, such as a line of words.")


def open_texts(
    source: str, card: Card, note: Callable[[str], object]
) -> tuple[Iterator[str], list[Path], str]:
    """Return the texts of a source, the file that each is in if it is its own, and what to call it.

    Args:
        source: as for `read_source`.
        card: what the network takes.
        note: told how a file is read.

    Raises:
        InvalidInput: if there is no such file.
    """
    path, name = Path(source), "standard input" if source == STANDARD_INPUT else source
    files: list[Path] = []
    if source == STANDARD_INPUT:
        texts: Iterator[str] = _lines(read_stream(standard_input(), name))
    elif path.is_dir():
        files = find_texts(path)
        texts = map(read_text, files)
    elif not path.exists():
        raise InvalidInput(
            f"there is no file {source!r}. Check the path, or pass - for standard input, a text a "
            "line."
        )
    elif path.name.lower().endswith(_TABLES):
        texts = iter(_column(path, card))
    else:
        note(f"{source}: each line is a text. To take a file as one text, give its folder.")
        texts = _lines(read_blocks(path))
    return texts, files, name


def _lines(blocks: Iterator[str]) -> Iterator[str]:
    """Yield lines, but for empty ones at the very end; blocks may end inside of one."""
    waiting: list[str] = []
    empty = 0
    for block in blocks:
        *whole, rest = block.split("\n")
        for line in whole:
            text = "".join([*waiting, line])
            waiting = []
            if not text.strip():
                empty += 1
                continue
            yield from [""] * empty
            empty = 0
            yield text
        if rest:
            waiting.append(rest)
    if waiting:
        yield from ["" for _ in range(empty)]
        yield "".join(waiting)


def _in_batches(texts: Iterator[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _column(path: Path, card: Card) -> list[str]:
    from kerazoo.datasets.reading.table import read_cases  # imports pandas

    assert isinstance(card.about, Texts | Pairs)
    frame, name, _ = read_cases(str(path), wanted=[card.about.text_name])
    names = [str(column) for column in frame.columns]
    column = choose_column(names, _column_of(names, card.about), "text", name)
    return [str(cell) for cell in frame[column].fillna("")]


def _column_of(names: Sequence[str], about: Texts | Pairs) -> str | None:
    """Return the column of the training, or the only one; otherwise one of a usual name counts."""
    if about.text_name in names:
        return about.text_name
    return names[0] if len(names) == 1 else None
