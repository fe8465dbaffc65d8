"""Tables of libraries that are not imported here, by the methods that they have themselves."""

from __future__ import annotations

from typing import Any


def collected(rows: Any) -> Any:
    """Return a lazy frame of polars or a Table of pyarrow as a DataFrame; all else as it is.

    Args:
        rows: whatever a user has.
    """
    # Of the class: polars warns whoever asks a lazy frame itself for its columns.
    if hasattr(type(rows), "collect") and hasattr(type(rows), "columns"):
        return rows.collect()
    # pyarrow calls the cells `columns`, and other DataFrames have no `column_names`.
    if hasattr(rows, "column_names") and hasattr(rows, "to_pandas"):
        return rows.to_pandas()
    return rows
