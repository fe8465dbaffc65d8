"""Backtest: what came out when a network and simple methods walked through the test part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.report.table import Table

if TYPE_CHECKING:
    import pandas as pd

_SURE = 2.0  # standard errors of a difference that is more than chance
_SHORT = {
    "mean_absolute_error": "MAE",
    "root_mean_squared_error": "RMSE",
    "r2_score": "R2",
    "mase": "MASE",
}


@dataclass(frozen=True)
class Backtest:
    """What a network and simple methods forecast for the test part, each row from those before it.

    Args:
        name: the network.
        target: what is forecast.
        true: what came, `(forecasts, horizon)`.
        forecasts: what each method said, by its name, in the same shape; the network is the first.
        scores: errors of each method: `mean_absolute_error`, `root_mean_squared_error`,
            `r2_score`, and `mase`, in units of the error of the last value in the training part.
        dates: when each row that is forecast was, in the same shape, if that is known.
        series: of several series, the name of the one that each forecast is of. Errors are then in
            standard deviations of each series.
        spreads: the standard deviation that errors are measured in, `(forecasts, 1)`; 1 for a
            single series.
        trainings: how often the network was trained.
        every: points in time between two trainings.
        seconds: wall time.
        interrupted: whether Ctrl-C ended it before the end of the test part.
    """

    name: str
    target: str
    true: np.ndarray
    forecasts: dict[str, np.ndarray]
    scores: dict[str, dict[str, float]]
    dates: np.ndarray | None
    series: np.ndarray | None
    spreads: np.ndarray | float
    trainings: int
    every: int
    seconds: float
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.true)

    def __repr__(self) -> str:
        """Show the errors of each method, and what follows from them."""
        return f"{self.table()}\n{self.verdict}"

    def table(self) -> Table:
        """Return the errors of each method as a table, a row a method."""
        columns = list(self.scores[self.name])
        rows = [
            (self._shown(name), *(f"{scores[column]:.4g}" for column in columns))
            for name, scores in self.scores.items()
        ]
        return Table(("method", *(_SHORT[column] for column in columns)), tuple(rows))

    @property
    def verdict(self) -> str:
        """Whether the network is better than the best of the simple methods, in a sentence."""
        others = [name for name in self.scores if name != self.name]
        if not others:
            return f"{self.name} stands alone: there is no simple method to compare it with."
        measure = "root_mean_squared_error"
        best = min(others, key=lambda name: self.scores[name][measure])
        ours, theirs = self.scores[self.name][measure], self.scores[best][measure]
        figures = f"(RMSE {ours:.4g} against {theirs:.4g})"
        away = self._standard_errors(best)
        shown = self._shown(best)
        if abs(away) < _SURE:
            return (
                f"{self.name} and {shown}, the best simple method, differ by no more than chance "
                f"would have it {figures}: use the simple one, or test on more rows."
            )
        if away < 0:
            return f"{self.name} beats {shown}, the best simple method {figures}."
        return f"{self.name} is worse than {shown} {figures}: use that instead."

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas DataFrame, a row per forecast.

        Its columns are the name of the `series`, if there are several, the `date` of the row that
        is forecast, the `step` (how many rows ahead it was), if there are several, `true`, and one
        for each method.
        """
        import pandas as pd

        horizon = self.true.shape[1]
        columns: dict[str, Any] = {}
        if self.series is not None:
            columns["series"] = np.repeat(self.series, horizon)
        if self.dates is not None:
            columns["date"] = self.dates.ravel()
        if horizon > 1:
            columns["step"] = np.tile(np.arange(1, horizon + 1), len(self))
        columns["true"] = self.true.ravel()
        columns |= {name: values.ravel() for name, values in self.forecasts.items()}
        return pd.DataFrame(columns)

    def _shown(self, method: str) -> str:
        return method if method == self.name else method.replace("_", " ")

    def _standard_errors(self, other: str) -> float:
        """Return how far apart the squared errors are on average, in standard errors.

        As Diebold and Mariano have it: errors of forecasts several rows ahead overlap.
        """
        ours, theirs = (
            np.square((self.forecasts[name] - self.true) / self.spreads).mean(axis=1)
            for name in (self.name, other)
        )
        apart = ours - theirs
        centered = apart - apart.mean()
        variance = np.mean(centered**2)
        for lag in range(1, min(self.true.shape[1], len(apart) - 1)):
            variance += 2 * np.sum(centered[lag:] * centered[:-lag]) / len(apart)
        spread = np.sqrt(max(variance, 0.0) / len(apart))
        return float(apart.mean() / spread) if spread > 0 else float(np.sign(apart.mean()) * np.inf)
