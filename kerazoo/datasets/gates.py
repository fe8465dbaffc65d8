"""Logic gates: the truth tables of AND, OR, NAND and XOR, which are drawn in a plane.

A straight line parts the ones from the zeros of the first three, and of XOR no line does.

Reference: McCulloch and Pitts, "A logical calculus of the ideas immanent in nervous activity", The
Bulletin of Mathematical Biophysics 5, 1943.
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
# What each gate makes of (0, 0), (0, 1), (1, 0) and (1, 1).
GATES = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "xor": (0, 1, 1, 0)}
Gate = Literal["and", "or", "nand", "xor"]


def load(data_dir: str | os.PathLike[str] | None = None, gate: Gate = "and") -> Splits:
    """Return the four rows as train, validation and test: there is nothing else to hold out.

    Args:
        data_dir: not used; there is no file.
        gate: which truth table: `"and"`, `"or"`, `"nand"` or `"xor"`.

    Raises:
        UnknownName: if there is no such gate.

    Example:
        >>> load(gate="nand").train.y.ravel().tolist()
        [1.0, 1.0, 1.0, 0.0]
    """
    if gate not in GATES:
        raise unknown_name("gate", gate, GATES)
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype="float32")
    table = Part(x, np.array(GATES[gate], dtype="float32")[:, np.newaxis])
    return Splits(
        train=table,
        validation=table,
        test=table,
        about=Table(("a", "b"), class_names=("0", "1"), target_name=f"a {gate} b"),
    )


def tiny(gate: Gate = "and") -> Splits:
    """Return all four rows.

    Args:
        gate: as for `load`.

    Example:
        >>> len(tiny("or").train.x)
        4
    """
    return load(gate=gate)
