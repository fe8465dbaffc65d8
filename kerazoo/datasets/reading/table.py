"""Tables as they stand: a CSV or Parquet file, or what another library holds, as a DataFrame."""

from __future__ import annotations

import os
import warnings
from typing import Any

import pandas as pd

from kerazoo.datasets.reading.csv_files import read_csv_file
from kerazoo.datasets.reading.foreign import collected
from kerazoo.errors import InvalidInput

_PARQUET = (".parquet", ".pq")


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
        if path.lower().endswith(_PARQUET):
            source = _read_parquet(path)
            what = path
        else:
            return read_csv_file(path)
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
    return frame, what, ","


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
