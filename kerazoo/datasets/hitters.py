"""Hitters: 263 baseball players of 1986, what they did, and their salary of 1987 in $1000s.

322 players are in the file, and 59 of them without a salary, which are left out. The three columns
of words, `League`, `Division` and `NewLeague`, become 0 or 1.

Reference: StatLib, Carnegie Mellon University; ISLP package by James, Witten, Hastie, Tibshirani
and Taylor, whose lab splits it as `load` does.
"""

from __future__ import annotations

import io
import os

import numpy as np

from kerazoo.datasets.about import Table
from kerazoo.datasets.sources import DataFile, read
from kerazoo.datasets.splits import Part, Splits, hold_out_last

FILES = (
    DataFile(
        name="Hitters.csv",
        sha256="ebf7b9dff89366b0544fea09c0ac2df9abdbf5b4ce8d96651316c2c12793d952",
        origin="StatLib; PyPI package `ISLP` 0.6.0 (BSD; see NYSE-LICENSE.txt beside it)",
    ),
)
# The first word of each is 0, the second one 1: a column such as "League[N]".
CATEGORIES = {"League": ("A", "N"), "Division": ("E", "W"), "NewLeague": ("A", "N")}
_TARGET = "Salary"


def load(
    data_dir: str | os.PathLike[str] | None = None, validation_fraction: float = 0.0
) -> Splits:
    """Load the split of the ISLP lab: 175 players to train on, 88 to test.

    Args:
        data_dir: a folder that holds `Hitters.csv`.
        validation_fraction: share of the 175, their last rows, that is held out for validation.
            With 0 nothing is, and the training rows stand for it: they are few, and what has to be
            chosen can be chosen by cross-validation among them.

    Example:
        >>> splits = load()
        >>> splits.train.x.shape, splits.test.x.shape
        ((175, 19), (88, 19))
    """
    import pandas as pd
    from sklearn.model_selection import train_test_split

    players = pd.read_csv(io.BytesIO(read(FILES[0], data_dir))).dropna()
    salary = players.pop(_TARGET).to_numpy("float32")[:, np.newaxis]
    for name, words in CATEGORIES.items():
        players[name] = players[name].map({word: code for code, word in enumerate(words)})
    x, x_test, y, y_test = train_test_split(
        players.to_numpy("float32"), salary, test_size=1 / 3, random_state=1
    )
    train = validation = Part(x, y)
    if validation_fraction:
        train, validation = hold_out_last(x, y, validation_fraction)
    return Splits(
        train=train,
        validation=validation,
        test=Part(x_test, y_test),
        about=Table(tuple(players.columns), CATEGORIES, target_name=_TARGET, target_unit="$1000"),
    )


def tiny(validation_fraction: float = 0.0) -> Splits:
    """Return all of it, which is small and comes with the package.

    Args:
        validation_fraction: as for `load`.

    Example:
        >>> tiny().about.target_unit
        '$1000'
    """
    return load(validation_fraction=validation_fraction)
