"""What a calendar knows of a row beforehand: its hour, its month, whether it is a holiday."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kerazoo.datasets.about import Series
from kerazoo.errors import InvalidInput, KerazooError


def calendar_columns(dates: Any, series: Series) -> np.ndarray:
    """Return a column for each hour and month of a series, and one for holidays.

    Args:
        dates: when each row is, without a zone.
        series: which hours, months and holidays there are.

    Returns:
        `(rows, columns)`, 1 where it is so, in the order of `Series.feature_names`.

    Example:
        >>> series = Series(("sold",), "sold", 5, months=(1, 2))
        >>> calendar_columns(["2024-02-01", "2024-03-01"], series).tolist()
        [[0.0, 1.0], [0.0, 0.0]]
    """
    index = pd.DatetimeIndex(dates)
    columns = [index.hour == hour for hour in series.hours or ()]
    columns += [index.month == month for month in series.months or ()]
    if series.holidays is not None:
        columns.append(_are_holidays(index, series.holidays))
    stacked = np.array(columns, "float64").reshape(len(columns), len(index))
    return stacked.T


def _are_holidays(index: pd.DatetimeIndex, country: str) -> np.ndarray:
    """Tell which days are public holidays of a country such as `"KR"`, or a part of it, `"DE-BY"`.

    Raises:
        KerazooError: if the package that knows them is missing.
        InvalidInput: if it does not know the country.
    """
    try:
        import holidays
    except ImportError as error:
        raise KerazooError(
            "holidays come from a package that is not installed. Install it: pip install "
            "'kerazoo[holidays]'."
        ) from error
    code, _, part = country.partition("-")
    years = range(int(index.year.min()), int(index.year.max()) + 1)
    try:
        known = holidays.country_holidays(code, subdiv=part or None, years=years)
    except NotImplementedError as error:
        raise InvalidInput(
            f"holidays of {country!r} are not known; expected a country of two letters, such as "
            "KR, or a part of one, such as DE-BY."
        ) from error
    return np.array([day in known for day in index.date], bool)
