"""What comes after a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Forecast:
    """What comes after a series, one value per row ahead.

    Args:
        values: the forecast, every step fed back for the next.
        lower: the lower end of the interval.
        upper: the upper end of the interval.
        coverage: share of the paths that the interval holds at each step.
        target: what is predicted.
        dates: when, if the history has dates.
        history: the target in the rows before.
        history_dates: when those were.
    """

    values: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    coverage: float
    target: str
    dates: pd.DatetimeIndex | None
    history: np.ndarray
    history_dates: pd.DatetimeIndex | None

    def __len__(self) -> int:
        return len(self.values)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per step: when, the forecast, and its interval.

        Example:
            >>> values = np.array([1.5, 2.5])
            >>> ahead = Forecast(values, values - 1, values + 1, 0.9, "sold", None, values, None)
            >>> ahead.to_frame().to_dict("list")
            {'step': [1, 2], 'sold': [1.5, 2.5], 'lower': [0.5, 1.5], 'upper': [2.5, 3.5]}
        """
        import pandas as pd

        columns: dict[str, Any] = {"step": range(1, len(self) + 1)}
        if self.dates is not None:
            columns["date"] = self.dates
        values = {self.target: self.values, "lower": self.lower, "upper": self.upper}
        return pd.DataFrame({**columns, **values})
