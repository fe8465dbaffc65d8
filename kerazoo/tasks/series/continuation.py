"""What comes after a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Seen:
    """What a network saw before the first row ahead.

    Args:
        window: `(lag, features)`, in the network's own units.
        center: what 0 in these units is in those of the target.
        spread: what a step of 1 in these units is in those of the target.
    """

    window: np.ndarray
    center: float = 0.0
    spread: float = 1.0


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
        samples: the target on each path, `(paths, steps)`, if they were kept.
        seen: what the network saw before the first row ahead, if it was kept.
    """

    values: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    coverage: float
    target: str
    dates: pd.DatetimeIndex | None
    history: np.ndarray
    history_dates: pd.DatetimeIndex | None
    samples: np.ndarray | None = None
    seen: Seen | None = None

    def __len__(self) -> int:
        return len(self.values)

    def quantiles(self, shares: Sequence[float]) -> np.ndarray:
        """Return below what value a share of the paths is at each step, `(shares, steps)`.

        Args:
            shares: such as `(0.1, 0.5, 0.9)`, each above 0 and below 1.

        Raises:
            InvalidInput: if one is not, or the paths were not kept.

        Example:
            >>> paths = np.arange(5.0)[:, np.newaxis]
            >>> ahead = Forecast(
            ...     paths[2], paths[0], paths[4], 0.9, "sold", None, paths[0], None, paths
            ... )
            >>> ahead.quantiles((0.25, 0.5)).tolist()
            [[1.0], [2.0]]
        """
        if self.samples is None:
            raise InvalidInput("the paths of this forecast were not kept; use kerazoo.forecast.")
        odd = [share for share in shares if not 0.0 < share < 1.0]
        if odd:
            raise InvalidInput(
                f"there is no quantile of {odd[0]:g}; pass shares between 0 and 1, such as 0.5."
            )
        return np.asarray(np.quantile(self.samples, tuple(shares), axis=0))

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
