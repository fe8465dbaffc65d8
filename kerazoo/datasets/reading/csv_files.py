"""A CSV file as cells of text, whatever program has written it."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from kerazoo._files import standard_input
from kerazoo._notes import warn_user
from kerazoo._wording import clean_name, counted, is_printable
from kerazoo.datasets.reading.delimiters import (
    describe_delimiter,
    find_delimiter,
    names_delimiter,
)
from kerazoo.datasets.reading.encodings import find_encoding, remedy
from kerazoo.datasets.reading.packed import Unpacked
from kerazoo.errors import InvalidInput

_ZIP, _PARQUET = b"PK\3\4", b"PAR1"
_SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")
_SHOWN = 40  # signs of a name
_LIKE_DATA = re.compile(r"[\W\d]*\d[\W\d]*(?:[TZe][\W\d]*)*")  # a number, or a date


def read_csv_file(
    source: str, wanted: Collection[str] = (), bad: dict[int, str] | None = None
) -> tuple[pd.DataFrame, str, str]:
    """Read a CSV file as text.

    Args:
        source: its path, or `"-"` for standard input.
        wanted: columns that it should have: a line that begins with # and names one is the header.
        bad: takes, by row from 0 on, which have too few or too many cells; by default they are
            refused.

    Returns:
        The cells, what to call the file, and what separates its columns.

    Raises:
        InvalidInput: if it is no table of text with a line of names.
    """
    path = "standard input" if source == "-" else source
    if source != "-" and not os.path.isfile(source):
        raise InvalidInput(f"there is no file {source!r}. Check the path.")
    text, notes = _read_text(source, path, wanted)
    delimiter = find_delimiter(text.lstrip().partition("\n")[0])
    header, _, rows = text.partition("\n")
    first = rows.partition("\n")[0].rstrip()
    ends_empty = first.endswith(delimiter) and first.count(delimiter) == 1 + header.count(delimiter)
    if ends_empty:
        text = f"{header.rstrip()}{delimiter}\n{rows}"
    cells = _split(text, delimiter, path, bad)
    if ends_empty and not cells.iloc[1:, -1].fillna("").str.strip().any():
        cells = cells.iloc[:, :-1]
        notes.append("each row ends in a separator, the header does not; that cell is left out")
    names = [clean_name(str(name)) for name in cells.iloc[0]]
    _check_names(names, path)
    if len(cells) < 2:
        raise InvalidInput(f"{path} has a header and no rows; expected at least one row.")
    frame = cells.iloc[1:].fillna("").reset_index(drop=True)
    frame.columns = pd.Index(names)
    frame = frame.loc[:, ~frame.columns.duplicated() | (frame.columns != "")]
    if delimiter != ",":
        notes.append(f"columns are separated by {describe_delimiter(delimiter)}; read so")
    for note in notes:
        warn_user(f"{path}: {note}.")
    return frame, path, delimiter


def _split(text: str, delimiter: str, path: str, bad: dict[int, str] | None) -> pd.DataFrame:
    """Return the cells of a text, its header among them."""
    try:
        cells = pd.read_csv(
            io.StringIO(text), header=None, dtype=str, keep_default_na=False, sep=delimiter
        ).fillna("")
        # pandas fills short rows up with empty cells.
        if (cells.iloc[:, -1] != "").all() or _is_whole(text, delimiter, cells):
            return cells
    except ValueError as error:  # also what the errors of pandas derive from
        if bad is None:
            raise InvalidInput(
                f"{path} cannot be read as a CSV file: {_explain(error)}. Expected a line of "
                "names, and a line for each row."
            ) from error
    # The csv module is five times slower, and tells which row is wrong.
    header, *records = _records(text, delimiter, path)
    for row, record in enumerate(records):
        if len(record) != len(header):
            wrong = (
                f"{path}: row {row + 1} has {counted(len(record), 'cell')}, the header "
                f"{len(header)}; expected as many."
            )
            if bad is None:
                raise InvalidInput(wrong)
            bad[row] = wrong
            record[:] = [*record, *[""] * len(header)][: len(header)]
    return pd.DataFrame([header, *records], dtype=str)


def _is_whole(text: str, delimiter: str, cells: pd.DataFrame) -> bool:
    """Tell whether no row of a text was filled up, if it is easily told."""
    rows, columns = cells.shape
    return '"' not in text and text.count(delimiter) == rows * (columns - 1)


def _records(text: str, delimiter: str, path: str) -> list[list[str]]:
    """Return the header and the rows of a text, without blank lines."""
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, ""), strict=True, delimiter=delimiter)
    try:
        for record in reader:
            if len(record) > 1 or "".join(record).strip():
                records.append(record)
    except csv.Error as error:
        where = f"row {len(records)}" if records else "the header"
        raise InvalidInput(
            f"{path} cannot be read as a CSV file: {where}: {error}. Expected a line of names, "
            "and a line for each row."
        ) from error
    if not records:
        raise InvalidInput(
            f"{path} cannot be read as a CSV file: it is empty. Expected a line of names, and a "
            "line for each row."
        )
    return records


def _names_one(line: str, wanted: Collection[str]) -> bool:
    """Tell whether a line holds the name of a column that is looked for."""
    cells = re.split("[,;|\t]", line)
    return not {cell.strip(' \r\n"') for cell in cells}.isdisjoint(wanted)


def _read_text(source: str, path: str, wanted: Collection[str]) -> tuple[str, list[str]]:
    """Return a file as text, without comments before its header, and what a person should know."""
    found = standard_input() if source == "-" else io.BytesIO(Path(source).read_bytes())
    content = Unpacked(found, path).read()
    if content.startswith((_ZIP, _PARQUET)) or source.lower().endswith(_SPREADSHEETS):
        raise InvalidInput(
            f"{path} is no text but a file of another program; expected CSV. Save it as CSV "
            "(UTF-8) there, or read it with pandas and pass the DataFrame in Python."
        )
    encoding = find_encoding(content) or "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path} is not UTF-8 text: {error.reason}. {remedy(content)}"
        ) from error
    notes = [] if encoding == "utf-8-sig" else [f"it is not UTF-8; read as {encoding.upper()}"]
    lines = io.StringIO(text, newline=None).readlines()  # whatever ends a line
    lines = lines[1:] if lines and names_delimiter(lines[0]) else lines
    comments = next(
        (n for n, line in enumerate(lines) if not line.startswith("#") or _names_one(line, wanted)),
        0,
    )
    if comments:
        notes.append(f"left out: lines before the header that begin with # ({comments})")
    return "".join(lines[comments:]), notes


def _check_names(names: Sequence[str], path: str) -> None:
    """Refuse a header that is none, or names that cannot be told apart or shown."""
    named = [name for name in names if name]
    if all(map(_LIKE_DATA.fullmatch, named)):
        first = ", ".join(name[:_SHOWN] for name in named[:3]) or "nothing"
        raise InvalidInput(f"{path} begins with {first}; expected a line of names of the columns.")
    if len(named) < len(names) / 2:
        raise InvalidInput(
            f"{path} has names for {len(named)} of {counted(len(names), 'column')} in its first "
            "line; expected a line of names. Leave out what is above it."
        )
    twice = [name for name, count in Counter(named).items() if count > 1]
    if twice:
        raise InvalidInput(f"{path}: two columns are called {twice[0][:_SHOWN]!r}; rename one.")
    odd = next((name for name in named if not is_printable(name)), None)
    if odd is not None:
        raise InvalidInput(
            f"{path}: the column {odd[:_SHOWN]!r} has signs in its name that cannot be printed; "
            "rename it."
        )


def _explain(error: ValueError) -> str:
    """Say in plain words what pandas found wrong with a file."""
    reason = " ".join(str(error).split()).rstrip(".")
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", reason):
        expected, line, saw = found.groups()
        return f"line {line} has {counted(int(saw), 'cell')}, the lines before it {expected}"
    if found := re.search(r"EOF inside string starting at row (\d+)", reason):
        return f"a quote that opens in row {found[1]} is never closed"
    return "it is empty" if "No columns to parse" in reason else reason
