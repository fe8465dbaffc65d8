"""The input columns of a table: read, and then encoded as a network takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo.datasets.reading.numbers import Marks
from kerazoo.datasets.reading.roles import encode_words, read_column, say_other_words
from kerazoo.datasets.splits import Table


def read_columns(
    frame: pd.DataFrame,
    kinds: Mapping[str, str],
    written: Mapping[str, str],
    source: str,
    *,
    marks: Marks,
    note: Any = warn_user,
    bad: dict[int, str] | None = None,
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return columns as `read_column` reads them, and how those are written that it says so of.

    Args:
        frame: has all of them, in any order.
        kinds: what each of them is.
        written: how some of them were written before.
        source: the table, for messages.
        marks: how the table writes numbers.
        note: told what was converted.
        bad: takes, by row from 0 on, what is wrong with it; by default it is refused.

    Raises:
        InvalidInput: if a cell is not what its column holds.
    """
    read = {
        name: read_column(
            frame[name],
            kind,
            marks=marks,
            source=source,
            note=note,
            written=written.get(name, ""),
            bad=bad,
        )
        for name, kind in kinds.items()
    }
    values = {name: one.values for name, one in read.items()}
    return values, {name: one.written for name, one in read.items() if one.written}


def to_numbers(
    read: Mapping[str, np.ndarray], about: Table, source: str, note: Any = warn_user
) -> np.ndarray:
    """Return columns that were read as a network takes them, `(rows, columns)`.

    Args:
        read: what `read_columns` gives.
        about: what they are.
        source: the table, for messages.
        note: told which words are not known.
    """
    x = np.empty((len(next(iter(read.values()))), len(about.feature_names)))
    for index, name in enumerate(about.feature_names):
        if about.kinds is None or about.kinds[name] != "category":
            x[:, index] = read[name]
            continue
        words = about.categories[name]
        x[:, index] = encode_words(read[name], words)
        other = read[name][x[:, index] == len(words)]
        say_other_words(other, len(words), f"{source}: {name!r}", note)
    return x
