"""Straight lines: two small tables whose target is a sum of weighted inputs, or nearly so.

`"double"` is y = 2 x at three points; `"scores"` are three scores of five students, from which a
fourth is predicted.

Reference: the numbers stand in course document E, lines 30-31 and 285-290.
"""

from __future__ import annotations

import os
from typing import Literal

import numpy as np

from kerazoo.datasets.about import Table
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import unknown_name

FILES: tuple[DataFile, ...] = ()
_DOUBLE = ((1, 2), (2, 4), (3, 6))
_SCORES = (
    (73, 80, 75, 152),
    (93, 88, 93, 185),
    (89, 91, 90, 180),
    (96, 98, 100, 196),
    (73, 66, 70, 142),
)
TABLES = {"double": _DOUBLE, "scores": _SCORES}
_NAMES = {"double": ("x",), "scores": ("first", "second", "third")}
Rows = Literal["double", "scores"]


def load(data_dir: str | os.PathLike[str] | None = None, table: Rows = "double") -> Splits:
    """Return all rows as train, validation and test: there is nothing else to hold out.

    Args:
        data_dir: not used; there is no file.
        table: `"double"`, three rows of one input, or `"scores"`, five rows of three.

    Raises:
        UnknownName: if there is no such table.

    Example:
        >>> load().train.x.ravel().tolist(), load(table="scores").train.x.shape
        ([1.0, 2.0, 3.0], (5, 3))
    """
    if table not in TABLES:
        raise unknown_name("table", table, TABLES)
    rows = np.array(TABLES[table], dtype="float32")
    part = Part(rows[:, :-1], rows[:, -1:])
    return Splits(
        train=part,
        validation=part,
        test=part,
        about=Table(_NAMES[table], target_name="y" if table == "double" else "fourth"),
    )


def tiny(table: Rows = "double") -> Splits:
    """Return all rows.

    Args:
        table: as for `load`.

    Example:
        >>> tiny("scores").train.y.ravel().tolist()
        [152.0, 185.0, 180.0, 196.0, 142.0]
    """
    return load(table=table)
