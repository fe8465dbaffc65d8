"""Tables as they stand: a CSV or Parquet file, or what another library holds, as a DataFrame."""

from __future__ import annotations

import csv
import io
import os
import re
import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from kerazoo._files import standard_input
from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.reading.delimiters import describe_delimiter, find_delimiter
from kerazoo.datasets.reading.encodings import find_encoding, remedy
from kerazoo.datasets.reading.foreign import collected
from kerazoo.datasets.reading.names import one_line
from kerazoo.datasets.reading.packed import Unpacked
from kerazoo.errors import InvalidInput

_ZIP = b"PK\3\4"
_SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")
_PARQUET = (".parquet", ".pq")


def read_frame(
    source: Any,
    date: str | None = None,
    *,
    what: str = "the table",
    wanted: Collection[str] = (),
    bad: dict[int, str] | None = None,
) -> tuple[pd.DataFrame, str]:
    """Read a table as it stands: cells of a file are texts.

    What was assumed about a file (another encoding, another separator) is said in a warning.

    Args:
        source: the path of a CSV file with a header, also packed with gzip, or of a Parquet file;
            `"-"` for CSV on standard input; a DataFrame (pandas, polars), a pyarrow Table or a
            dict of columns.
        date: a column of dates, which may be the index of a DataFrame.
        what: what to call a table that is no file.
        wanted: columns that it should have: a line that begins with # and names one is the header.
        bad: takes, by row from 0 on, which have too few or too many cells; by default they are
            refused.

    Returns:
        The table, and what messages call it.

    Raises:
        InvalidInput: if there is no such file, or it is no table with a name per column.
    """
    if isinstance(source, str | os.PathLike):
        path = os.fspath(source)
        if not path.lower().endswith(_PARQUET):
            return _read_csv(path, wanted, bad)
        source, what = _read_parquet(path), path
    frame = _as_frame(source, what)
    index = frame.index
    if not pd.api.types.is_numeric_dtype(index) or (date and date in index.names):
        # Dates, periods or texts; row numbers say nothing.
        names = [str(name or date or "date") for name in index.names]
        taken = set(frame) if len(set(names)) == len(names) else set(names)
        names = [f"index_{n}" if name in taken else name for n, name in enumerate(names)]
        frame = frame.reset_index(names=names)
    return _checked(frame, what), what


def read_cases(
    source: Any, *, wanted: Collection[str] = (), bad: dict[int, str] | None = None
) -> tuple[pd.DataFrame, str]:
    """Read a table with a row for each case, in whatever order.

    The index of a DataFrame is a column if it has a name, such as that of patients.

    Args:
        source: as for `read_frame`.
        wanted: as for `read_frame`.
        bad: as for `read_frame`.

    Returns:
        The table, and what messages call it.

    Raises:
        InvalidInput: as for `read_frame`.
    """
    what = "the table"
    if isinstance(source, str | os.PathLike):
        what = os.fspath(source)
        if not what.lower().endswith(_PARQUET):
            return _read_csv(what, wanted, bad)
        source = _read_parquet(what)
    frame = _as_frame(source, what)
    names = {str(name) for name in frame.index.names if name is not None}
    if names and not names & set(frame):
        frame = frame.reset_index()
    return _checked(frame, what), what


def _as_frame(source: Any, what: str) -> pd.DataFrame:
    source = collected(source)
    if hasattr(source, "columns") and not isinstance(source, pd.DataFrame):
        source = {str(name): source[name] for name in source.columns}  # as polars has it
    try:
        frame = source.copy() if isinstance(source, pd.DataFrame) else pd.DataFrame(source)
    except (ValueError, TypeError) as error:
        raise InvalidInput(
            f"{what} is of type {type(source).__name__}; expected the path of a CSV or Parquet "
            f"file, a DataFrame, or a dict of columns of one length ({error})."
        ) from error
    frame.columns = frame.columns.map(_name_of)
    return frame


def _checked(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    frame.columns = frame.columns.map(_name_of)
    if frame.empty or not frame.columns.is_unique:
        raise InvalidInput(
            f"{what} has no rows, no columns, or two columns of one name; expected a table "
            "with a name per column and a row for each case."
        )
    return frame.reset_index(drop=True)


def _name_of(column: object) -> str:
    return one_line(str(column))


def list_columns(source: Any) -> list[str]:
    """Return the names of a table's columns.

    Raises:
        InvalidInput: as for `read_frame`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when it is read to be used
        return [str(column) for column in read_frame(source)[0].columns]


def _read_parquet(path: str) -> pd.DataFrame:
    if not os.path.isfile(path):
        raise InvalidInput(f"there is no file {path!r}. Check the path.")
    try:
        return pd.read_parquet(path)
    except ImportError as error:
        raise InvalidInput(
            f"{path}: reading Parquet needs pyarrow. Install it: pip install pyarrow."
        ) from error
    except (ValueError, OSError) as error:  # pyarrow's errors derive from these
        reason = " ".join(str(error).split())[:200]
        raise InvalidInput(f"{path} is not a whole Parquet file: {reason}") from error


def _read_csv(
    source: str, wanted: Collection[str], bad: dict[int, str] | None
) -> tuple[pd.DataFrame, str]:
    """Read a CSV file as text."""
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
    if ends_empty and not cells.iloc[1:, -1].str.strip().any():
        cells = cells.iloc[:, :-1]
        notes.append("each row ends in a separator, the header does not; that cell is left out")
    names = [_name_of(name) for name in cells.iloc[0]]
    if len(set(names)) != len(names):
        raise InvalidInput(f"{path}: two columns have the same name; rename one.")
    if len(cells) < 2:
        raise InvalidInput(f"{path} has a header and no rows; expected at least one row.")
    frame = cells.iloc[1:].reset_index(drop=True)
    frame.columns = pd.Index(names)
    if delimiter != ",":
        notes.append(f"columns are separated by {describe_delimiter(delimiter)}; read so")
    for note in notes:
        warn_user(f"{path}: {note}.")
    return frame, path


def _split(text: str, delimiter: str, path: str, bad: dict[int, str] | None) -> pd.DataFrame:
    """Return the cells of a text, its header among them."""
    try:
        cells = pd.read_csv(
            io.StringIO(text), header=None, dtype=str, keep_default_na=False, sep=delimiter
        )
        # pandas fills short rows up with empty cells.
        if (cells.iloc[:, -1] != "").all() or _is_whole(text, delimiter, cells):
            return cells
    except ValueError:  # also what the errors of pandas derive from
        pass
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


def _read_text(source: str, path: str, wanted: Collection[str]) -> tuple[str, list[str]]:
    """Return a file as text, without comments before its header, and what a person should know."""
    found = standard_input() if source == "-" else io.BytesIO(Path(source).read_bytes())
    content = Unpacked(found, path).read()
    if content.startswith(_ZIP) or source.lower().endswith(_SPREADSHEETS):
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
    if "\n" not in text:
        text = text.replace("\r", "\n")  # lines as old Macs end them
    count, start = 0, 0
    while text.startswith("#", start) and not _names_one(text, start, wanted):
        count, start = count + 1, text.find("\n", start) + 1 or len(text)
    if count:
        notes.append(f"left out: lines before the header that begin with # ({count})")
    return text[start:], notes


def _names_one(text: str, start: int, wanted: Collection[str]) -> bool:
    """Tell whether a line holds the name of a column that is looked for."""
    end = text.find("\n", start)
    cells = re.split("[,;\t]", text[start : end if end >= 0 else len(text)])
    return not {cell.strip(' \r"') for cell in cells}.isdisjoint(wanted)
