"""NYSE: 6,051 trading days of the New York Stock Exchange, December 1962 to December 1986.

Each day has the return of the Dow Jones index, the log of the trading volume relative to its moving
average over the 100 days before, and the log of the volatility. Volume is what is predicted, one
day ahead.

Reference: LeBaron and Weigend, "A bootstrap evaluation of the effect of data splitting on financial
time series", IEEE Transactions on Neural Networks 9, 1998; the file is that of James, Witten,
Hastie, Tibshirani and Taylor, "An Introduction to Statistical Learning with Applications in
Python", 2023 (package ISLP, BSD).
"""

from __future__ import annotations

import io
import os

import pandas as pd

from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.samples import first_rows
from kerazoo.datasets.reading.windows import split_windows
from kerazoo.datasets.sources import DataFile, read
from kerazoo.datasets.splits import Splits

FILES = (
    DataFile(
        name="NYSE.csv",
        sha256="4bb3e2e9872b2f7e6e8701afb8873cd9f4b7e66ee0b1ba62c116ff2b3a2eec60",
        origin="PyPI package `ISLP` 0.6.0 (BSD; see NYSE-LICENSE.txt beside it)",
    ),
)
COLUMNS = ("DJ_return", "log_volume", "log_volatility")
_MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    lag: int = 5,
    horizon: int = 1,
    weekday: bool = False,
    validation_fraction: float = 0.1,
) -> Splits:
    """Load windows of raw values, split by time: the years before 1980, and 1980 to 1986.

    Args:
        data_dir: a folder that holds `NYSE.csv`.
        lag: days in a window.
        horizon: days predicted at once.
        weekday: whether windows have five more columns, which tell the day of the week of the day
            after each row.
        validation_fraction: share of the days before 1980, the last ones, held out for validation.

    Raises:
        KerazooError: if lag or horizon is below 1.
        InvalidInput: if nothing is left to train on.

    Example:
        >>> splits = load(lag=5)
        >>> len(splits.train.x) + len(splits.validation.x), splits.test.x.shape
        (4276, (1770, 5, 3))
    """
    table = pd.read_csv(io.BytesIO(read(FILES[0], data_dir)), parse_dates=["date"])
    before_1980 = int((table["date"] < "1980").sum())
    series = Series(
        COLUMNS,
        "log_volume",
        lag,
        horizon,
        date="date",
        weekdays=_MONDAY_TO_FRIDAY if weekday else (),
    )
    return split_windows(
        table[list(COLUMNS)].to_numpy("float32"),
        table["date"].dt.day_of_week.to_numpy(),
        series,
        validation=int(before_1980 * (1.0 - validation_fraction)),
        test=before_1980,
        dates=table["date"].to_numpy(),
    )


def tiny(
    lag: int = 5, horizon: int = 1, weekday: bool = False, validation_fraction: float = 0.1
) -> Splits:
    """Return the first days of each part, which come with the package.

    Args:
        lag: as for `load`.
        horizon: as for `load`.
        weekday: as for `load`.
        validation_fraction: as for `load`.

    Example:
        >>> tiny(lag=7).train.x.shape
        (256, 7, 3)
    """
    return first_rows(
        load(lag=lag, horizon=horizon, weekday=weekday, validation_fraction=validation_fraction)
    )


def sample(rows: int) -> list[list[str]]:
    """Return the header and the last rows of the file, as text: a history to go on from.

    Example:
        >>> sample(1)
        [['date', 'DJ_return', 'log_volume', 'log_volatility'],
         ['1986-12-31', '-0.006655', '-0.264986', '-9.9355267704668']]
    """
    table = pd.read_csv(io.BytesIO(read(FILES[0])), dtype=str)[["date", *COLUMNS]]
    return [list(table), *table.tail(rows).to_numpy().tolist()]
