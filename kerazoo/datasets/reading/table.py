"""Tables as they stand: a CSV or Parquet file, or what another library holds, as a DataFrame."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Collection
from typing import Any

import pandas as pd

from kerazoo._notes import warn_user
from kerazoo.datasets.reading.csv_files import read_csv_file
from kerazoo.datasets.reading.foreign import collected
from kerazoo.datasets.reading.names import one_line
from kerazoo.datasets.reading.parquet_files import open_parquet, read_whole
from kerazoo.datasets.reading.size import check_size, head_of, is_large, needs_batches, size_of
from kerazoo.datasets.reading.text_tables import is_parquet
from kerazoo.errors import InvalidInput

_ROWS_OF_A_LOOK = 20_000


def read_frame(
    source: Any, date: str | None = None, *, what: str = "the table"
) -> tuple[pd.DataFrame, str, str]:
    """Read a table as it stands: cells of a file are texts.

    What was assumed about a file (another encoding, another separator) is said in a warning.

    Args:
        source: the path of a CSV file with a header, also packed with gzip, or of a Parquet file;
            `"-"` for CSV on standard input; a DataFrame (pandas, polars), a pyarrow Table or a
            dict of columns.
        date: a column of dates, which may be the index of a DataFrame.
        what: what to call a table that is no file.

    Returns:
        The table, what messages call it, and what separates its columns.

    Raises:
        InvalidInput: if there is no such file, or it is no table with a name per column.
    """
    if isinstance(source, str | os.PathLike):
        path = os.fspath(source)
        check_size(path)
        if not is_parquet(path):
            return read_csv_file(path)
        source, what = _read_parquet(path), path
    frame = _as_frame(source, what)
    index = frame.index
    if not pd.api.types.is_numeric_dtype(index) or (date and date in index.names):
        # Dates, periods or texts; row numbers say nothing.
        names = [str(name or date or "date") for name in index.names]
        taken = set(frame) if len(set(names)) == len(names) else set(names)
        names = [f"index_{n}" if name in taken else name for n, name in enumerate(names)]
        frame = frame.reset_index(names=names)
    return _checked(frame, what), what, ","


def read_cases(
    source: Any,
    *,
    wanted: Collection[str] = (),
    bad: dict[int, str] | None = None,
    needed: Collection[str] | None = None,
    note: Callable[[str], object] = warn_user,
) -> tuple[pd.DataFrame, str, str]:
    """Read a table with a row for each case, in whatever order.

    The index of a DataFrame is a column if it has a name, such as that of patients.

    Args:
        source: as for `read_frame`.
        wanted: columns that it should have: a line that begins with # and names one is the header.
        bad: takes, by row from 0 on, which have too few or too many cells; by default they are
            refused.
        needed: the only columns of a CSV file that are looked at; by default all are.
        note: told what was assumed about a file.

    Returns:
        The table, what messages call it, and what separates its columns.

    Raises:
        InvalidInput: as for `read_frame`.
    """
    what = "the table"
    if isinstance(source, str | os.PathLike):
        what = os.fspath(source)
        check_size(what)
        if not is_parquet(what):
            frame, what, delimiter = read_csv_file(what, wanted, bad, needed=needed, note=note)
            return _checked(frame, what), what, delimiter
        source = _read_parquet(what)
    frame = _as_frame(source, what)
    names = {str(name) for name in frame.index.names if name is not None}
    if names and not names & set(frame):
        frame = frame.reset_index()
    return _checked(frame, what), what, ","


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
        return [str(column) for column in look_at(source).columns]


def look_at(source: Any) -> pd.DataFrame:
    """Return a table, of a large file its first rows alone.

    Raises:
        InvalidInput: as for `read_frame`.
    """
    if not isinstance(source, str | os.PathLike):
        return read_frame(source)[0]
    path = os.fspath(source)
    known = size_of(path) if is_parquet(path) else None
    if known and (known.rows > _ROWS_OF_A_LOOK or needs_batches(path)):
        return _checked(next(open_parquet(path).frames()), path)
    with head_of(path) as head:
        try:
            return read_frame(head)[0]
        except InvalidInput:
            return read_frame(source)[0]  # which says what is wrong, and where


def is_all(path: str, frame: pd.DataFrame) -> bool:
    """Tell whether what `look_at` returned of a file is all of it."""
    if not is_parquet(path):
        return not is_large(path)
    size = size_of(path)
    return size is None or size.rows == len(frame)


def _read_parquet(path: str) -> pd.DataFrame:
    if os.path.isdir(path):
        return read_whole(path)
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
