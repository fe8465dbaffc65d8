"""Seattle weather: the mean temperature of 1,461 days, 2012 to 2015, in degrees Celsius.

The mean of a day is halfway between its highest and its lowest temperature. The course's exercise
on series: a window of 180 days tells day 181. The years before 2015 are learned, 2015 is the test.

Reference: National Oceanic and Atmospheric Administration (public domain); the file is that of the
Python package vega_datasets 0.9.0 (MIT). The exercise: course document B, lines 2087-2107, which
names the years 2011 to 2019 and no place.
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
        name="seattle-weather.csv",
        sha256="62f0609f787158128aa2bd102967173a4953122dd4f872bf1d502cae1037df0b",
        origin="NOAA (public domain); PyPI package `vega_datasets` 0.9.0 (MIT; see "
        "seattle-weather-LICENSE.txt beside it)",
    ),
)
_TARGET = "mean_temperature"


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    lag: int = 180,
    horizon: int = 1,
    validation_fraction: float = 0.1,
) -> Splits:
    """Load windows of mean temperatures, split by time: the years before 2015, and 2015.

    Args:
        data_dir: a folder that holds `seattle-weather.csv`.
        lag: days in a window.
        horizon: days predicted at once.
        validation_fraction: share of the days before 2015, the last ones, held out for validation.

    Raises:
        KerazooError: if lag or horizon is below 1.
        InvalidInput: if nothing is left to train on.

    Example:
        >>> splits = load()
        >>> splits.train.x.shape, splits.test.y.shape
        ((806, 180, 1), (365, 1))
    """
    days = pd.read_csv(io.BytesIO(read(FILES[0], data_dir)), parse_dates=["date"])
    before_2015 = int((days["date"] < "2015").sum())
    mean = (days[["temp_max", "temp_min"]].mean(axis=1)).to_numpy("float32")
    return split_windows(
        mean.reshape(-1, 1),
        None,
        Series((_TARGET,), _TARGET, lag, horizon, date="date"),
        validation=int(before_2015 * (1.0 - validation_fraction)),
        test=before_2015,
        dates=days["date"].to_numpy(),
    )


def tiny(lag: int = 180, horizon: int = 1, validation_fraction: float = 0.1) -> Splits:
    """Return the first days of each part, which come with the package.

    Args:
        lag: as for `load`.
        horizon: as for `load`.
        validation_fraction: as for `load`.

    Example:
        >>> tiny(lag=30).train.x.shape
        (256, 30, 1)
    """
    return first_rows(load(lag=lag, horizon=horizon, validation_fraction=validation_fraction))
