"""Tables as they stand: a CSV or Parquet file, or what another library holds, as a DataFrame."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from kerazoo._files import standard_input
from kerazoo._notes import warn_user
from kerazoo.datasets.reading.delimiters import describe_delimiter, find_delimiter
from kerazoo.datasets.reading.encodings import find_encoding, remedy
from kerazoo.datasets.reading.foreign import collected
from kerazoo.datasets.reading.packed import Unpacked
from kerazoo.errors import InvalidInput

_ZIP = b"PK\3\4"
_SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")
_PARQUET = (".parquet", ".pq")


def read_frame(
    source: Any, date: str | None = None, *, what: str = "the table"
) -> tuple[pd.DataFrame, str]:
    """Read a table as it stands: cells of a file are texts.

    What was assumed about a file (another encoding, another separator) is said in a warning.

    Args:
        source: the path of a CSV file with a header, also packed with gzip, or of a Parquet file;
            `"-"` for CSV on standard input; a DataFrame (pandas, polars), a pyarrow Table or a
            dict of columns.
        date: a column of dates, which may be the index of a DataFrame.
        what: what to call a table that is no file.

    Returns:
        The table, and what messages call it.

    Raises:
        InvalidInput: if there is no such file, or it is no table with a name per column.
    """
    if isinstance(source, str | os.PathLike):
        path = os.fspath(source)
        if path.lower().endswith(_PARQUET):
            source = _read_parquet(path)
            what = path
        else:
            return _read_csv(path)
    source = collected(source)
    frame = source.copy() if isinstance(source, pd.DataFrame) else pd.DataFrame(source)
    frame.columns = frame.columns.map(str)
    index = frame.index
    if not pd.api.types.is_numeric_dtype(index) or (date and date in index.names):
        # Dates, periods or texts; row numbers say nothing.
        names = [str(name or date or "date") for name in index.names]
        taken = set(frame) if len(set(names)) == len(names) else set(names)
        names = [f"index_{n}" if name in taken else name for n, name in enumerate(names)]
        frame = frame.reset_index(names=names)
    else:
        frame = frame.reset_index(drop=True)
    if frame.empty or not frame.columns.is_unique:
        raise InvalidInput(
            f"{what} has no rows, no columns, or two columns of one name; expected a table "
            "with a name per column and a row for each case."
        )
    return frame, what


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


def _read_csv(source: str) -> tuple[pd.DataFrame, str]:
    """Read a CSV file as text."""
    path = "standard input" if source == "-" else source
    if source != "-" and not os.path.isfile(source):
        raise InvalidInput(f"there is no file {source!r}. Check the path.")
    text, notes = _read_text(source, path)
    delimiter = find_delimiter(text.lstrip().partition("\n")[0])
    header, _, rows = text.partition("\n")
    first = rows.partition("\n")[0].rstrip()
    ends_empty = first.endswith(delimiter) and first.count(delimiter) == 1 + header.count(delimiter)
    if ends_empty:
        text = f"{header.rstrip()}{delimiter}\n{rows}"
    try:
        cells = pd.read_csv(
            io.StringIO(text), header=None, dtype=str, keep_default_na=False, sep=delimiter
        )
    except ValueError as error:  # also what the errors of pandas derive from
        reason = " ".join(str(error).split())
        raise InvalidInput(
            f"{path} cannot be read as a CSV file: {reason.rstrip('.')}. Expected a line of names, "
            "and a line for each row."
        ) from error
    if ends_empty and not cells.iloc[1:, -1].fillna("").str.strip().any():
        cells = cells.iloc[:, :-1]
        notes.append("each row ends in a separator, the header does not; that cell is left out")
    names = [str(name).strip() for name in cells.iloc[0]]
    if len(set(names)) != len(names):
        raise InvalidInput(f"{path}: two columns have the same name; rename one.")
    if len(cells) < 2:
        raise InvalidInput(f"{path} has a header and no rows; expected at least one row.")
    frame = cells.iloc[1:].fillna("").reset_index(drop=True)
    frame.columns = pd.Index(names)
    if delimiter != ",":
        notes.append(f"columns are separated by {describe_delimiter(delimiter)}; read so")
    for note in notes:
        warn_user(f"{path}: {note}.")
    return frame, path


def _read_text(source: str, path: str) -> tuple[str, list[str]]:
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
    lines = text.splitlines(keepends=True)
    comments = next((n for n, line in enumerate(lines) if not line.startswith("#")), 0)
    if comments:
        notes.append(f"left out: lines before the header that begin with # ({comments})")
    return "".join(lines[comments:]), notes
