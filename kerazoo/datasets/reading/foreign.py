"""Tables of libraries that are not imported here, by the methods that they have themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput


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


def refuse_masked(values: Any, what: str) -> None:
    """Refuse an array that marks values as missing: they would count like all others.

    Args:
        values: whatever a user has.
        what: what to call it.

    Raises:
        InvalidInput: if any is marked.
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise InvalidInput(
            f"{what} is a masked array with {counted(int(np.ma.count_masked(values)), 'value')} "
            "masked. Fill them in (x.filled(...)), or leave those rows out."
        )
