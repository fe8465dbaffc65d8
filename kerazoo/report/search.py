"""Search: what came out when settings of a recipe were tried."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerazoo._wording import counted
from kerazoo.recipe import Recipe
from kerazoo.report.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from kerazoo.plots.style import Figure

_SURE = 2.0  # standard errors of a difference that is more than chance
_BESIDE_SETTINGS = ("trial", "state", "value", "spread", "epochs", "seconds", "why")


@dataclass(frozen=True)
class Search:
    """The trials of a search, and what is best.

    Args:
        name: the network.
        metric: what trials are judged by, on rows held out of the training.
        mode: whether less (`"min"`) or more (`"max"`) of it is better.
        unit: the unit of the metric, if it has one.
        trials: a row for each: its number, `state` (`"recipe"`, `"complete"`, `"pruned"` or
            `"fail"`), `value`, over folds its `spread`, `epochs`, `seconds`, its settings, and
            `why` it failed.
        checked: of the recipe and the best trials, by number, the value of each further seed.
        chosen: the trial with the best mean of these, which may be the recipe's.
        recipe: the recipe with its settings.
        importance: the share of the differences between trials that each setting explains.
        seconds: wall time of this call.
        interrupted: whether Ctrl-C ended it.
    """

    name: str
    metric: str
    mode: str
    unit: str
    trials: pd.DataFrame
    checked: Mapping[int, Sequence[float]]
    chosen: int | None
    recipe: Recipe
    importance: Mapping[str, float]
    seconds: float
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.trials)

    def __repr__(self) -> str:
        """Show the best trials, and what follows from them."""
        return f"{self.table()}\n{self.verdict}"

    @property
    def settings(self) -> list[str]:
        """What was searched."""
        return [str(name) for name in self.trials if name not in _BESIDE_SETTINGS]

    @property
    def is_better(self) -> bool:
        """Whether a trial reached more than the recipe, in the mean over the same seeds."""
        return self.chosen is not None and self.chosen != self._recipe_number

    @property
    def values(self) -> dict[str, Any]:
        """The settings that were chosen; none if the recipe is best."""
        if not self.is_better:
            return {}
        row = self.trials[self.trials["trial"] == self.chosen].iloc[0]
        return {name: row[name] for name in self.settings}

    @property
    def _recipe_number(self) -> int | None:
        numbers = self.trials["trial"][self.trials["state"] == "recipe"]
        known = [int(number) for number in numbers if int(number) in self.checked]
        return known[0] if known else None

    def table(self) -> Table:
        """Return the recipe and the best trials, each with its mean over seeds."""
        rows = []
        for number, values in self._ranked():
            row = self.trials[self.trials["trial"] == number].iloc[0]
            shown = "recipe" if row["state"] == "recipe" else f"trial {number}"
            spread = f" ± {statistics.stdev(values):.2g}" if len(values) > 1 else ""
            cells = [_shown(row[name]) for name in self.settings]
            rows.append((shown, f"{statistics.fmean(values):.4g}{spread}", *cells))
        return Table(("", self.metric, *self.settings), tuple(rows))

    def _ranked(self) -> list[tuple[int, Sequence[float]]]:
        sign = 1.0 if self.mode == "min" else -1.0

        def rank(item: tuple[int, Sequence[float]]) -> float:
            mean = sign * statistics.fmean(item[1])
            return mean if math.isfinite(mean) else math.inf

        return sorted(self.checked.items(), key=rank)

    @property
    def verdict(self) -> str:
        """Whether a trial beats the recipe, in a sentence."""
        if self.chosen is None:
            return "No trial has come to its end."
        recipe = self._recipe_number
        if recipe is None:
            return f"Trial {self.chosen} is the best; the recipe itself could not be trained."
        if not self.is_better:
            return "No trial beats the recipe."
        ours, theirs = self.checked[self.chosen], self.checked[recipe]
        seeds = min(len(ours), len(theirs))
        means = f"{statistics.fmean(ours):.4g} against {statistics.fmean(theirs):.4g}"
        figures = f"({self.metric} {means}, {counted(seeds, 'seed')})"
        apart = [a - b for a, b in zip(ours, theirs, strict=False)]
        error = statistics.stdev(apart) / math.sqrt(seeds) if seeds > 1 else math.inf
        if abs(statistics.fmean(apart)) > _SURE * error:
            return f"Trial {self.chosen} beats the recipe {figures}."
        return f"Trial {self.chosen} is better than the recipe by no more than chance {figures}."

    def figure(self) -> Figure:
        """Draw the trials in their order, and what mattered."""
        from kerazoo.plots.search import plot_search

        return plot_search(
            self.trials["value"].to_numpy("float64"),
            states=list(self.trials["state"]),
            importance=self.importance,
            metric=self.metric,
            mode=self.mode,
            unit=self.unit,
        )


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
