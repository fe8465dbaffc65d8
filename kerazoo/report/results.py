"""Results: the one reader of `results/<name>.json`, which `experiments/record.py` writes."""

from __future__ import annotations

import json
import math
import os
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kerazoo._wording import counted
from kerazoo.errors import DamagedFile, unknown_name
from kerazoo.recipe import Recipe
from kerazoo.registry import list_models
from kerazoo.tasks.generation import MARKS

_PACKAGE = Path(__file__).parent.parent
# Metrics whose names in a result file are not what a reader expects.
_METRICS = {
    "classifier_frechet_distance": "classifier Fréchet distance",
    "crps": "CRPS",
    "mean_iou": "mean IoU",
    "negative_elbo": "negative ELBO",
    "r2_score": "R²",
    "solved": "share of seeds that solve it",
}


@dataclass(frozen=True)
class Score:
    """One metric over seeds or folds.

    Args:
        mean: over all of them.
        spread: sample standard deviation; 0 for a single one.
        count: how many.
        unit: what was repeated: `"seed"` or `"fold"`.

    Example:
        >>> print(Score(261.2564, 0.0607, 3))
        261.3 ± 0.1 (3 seeds)
        >>> print(Score(0.9123, 0.0, 1))
        0.9123 (1 seed)
    """

    mean: float
    spread: float
    count: int
    unit: str = "seed"

    def __str__(self) -> str:
        return self.show(decimals(self.mean))

    def show(self, digits: int) -> str:
        """Return mean, spread and count, with so many decimals."""
        if self.count == 1:
            return f"{self.mean:.{digits}f} ({counted(1, self.unit)})"
        over = counted(self.count, self.unit)
        return f"{self.mean:.{digits}f} ± {self.spread:.{digits}f} ({over})"


@dataclass(frozen=True)
class Results:
    """What was recorded of one network; of a network without a file, nothing.

    Args:
        name: the network.
        plain: the content of its file.
    """

    name: str
    plain: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, name: str, folder: str | os.PathLike[str] | None = None) -> Results:
        """Read what was recorded of a network.

        Args:
            name: a name from `list_models()`.
            folder: of the result files; that of the package by default.

        Raises:
            UnknownName: if there is no such network.
            DamagedFile: if its file is not JSON.

        Example:
            >>> Results.load("boston").score("tuned", "documented split", "loss").count
            5
        """
        if name not in list_models():
            raise unknown_name("model", name, list_models())
        path = Path(folder or results_folder()) / f"{name}.json"
        if not path.is_file():
            return cls(name)
        try:
            return cls(name, json.loads(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise DamagedFile(
                f"{path} is not a result file: {error}. Make it again: kerazoo record {name}."
            ) from error

    def __bool__(self) -> bool:
        return bool(self.plain)

    @property
    def variants(self) -> tuple[str, ...]:
        """The recipes that were recorded."""
        return tuple(self.plain.get("variants", {}))

    @property
    def layers(self) -> list[str]:
        """The layers of the tuned network, a line each; empty if they were not recorded."""
        return list(self.plain.get("layers", ()))

    def metrics(self, variant: str, experiment: str) -> Iterator[tuple[str, Score]]:
        """Yield the name and the score of every metric of an experiment."""
        judged = self._judged(variant, experiment)
        for metric, value in judged.get("summary", {}).items():
            yield metric, Score(value["mean"], value["spread"], len(judged["seeds"]))

    def score(self, variant: str, experiment: str, metric: str) -> Score | None:
        """Return one metric of an experiment, or `None` if it was not recorded."""
        return dict(self.metrics(variant, experiment)).get(metric)

    def average(self, experiment: str, metric: str) -> float | None:
        """Return the metric of the tuned networks' averaged predictions, if it was recorded."""
        averages = self._judged("tuned", experiment).get("average_of_predictions", {})
        value: float | None = averages.get(metric)
        return value

    def cross_validation(self, variant: str, metric: str) -> Score | None:
        """Return a metric over folds, or `None` if there was no cross-validation."""
        folds = self.plain.get("variants", {}).get(variant, {}).get("cross_validation")
        if folds is None or metric not in folds:
            return None
        return Score(folds[metric]["mean"], folds[metric]["spread"], folds["folds"], "fold")

    def over_official_folds(self) -> dict[str, dict[str, Score]]:
        """Return all metrics of each baseline and recipe over folds that the data set has.

        Empty if it has none, or nothing was recorded.
        """
        variants = self.plain.get("variants", {})
        folds = {name: one.get("cross_validation", {}) for name, one in variants.items()}
        baselines = folds.get("tuned", {}).get("baselines", {})
        scored = {name.replace("_", " "): scores for name, scores in baselines.items()}
        scored |= {f"{name} recipe": one for name, one in folds.items() if scored and one}
        count = folds.get("tuned", {}).get("folds", 0)
        return {
            what: {
                metric: Score(one["mean"], one["spread"], count, "fold")
                for metric, one in scores.items()
                if isinstance(one, dict) and "mean" in one
            }
            for what, scores in scored.items()
        }

    def baselines(self, experiment: str) -> dict[str, dict[str, float]]:
        """Return the metrics of each baseline on the data of an experiment."""
        scored: dict[str, dict[str, float]] = self.plain.get("baselines", {}).get(experiment, {})
        return scored

    def best_baseline(self, recipe: Recipe, experiment: str) -> tuple[str, float] | None:
        """Return name and value of the best baseline, by the primary metric.

        Where none was computed, it is the published one that the recipe names, if any.
        """
        values = {
            name: scores[recipe.primary_metric]
            for name, scores in self.baselines(experiment).items()
            if recipe.primary_metric in scores and name not in MARKS
        }
        if values:
            choose = min if recipe.primary_mode == "min" else max
            name = choose(values, key=lambda key: values[key])
            return name.replace("_", " "), values[name]
        published = recipe.baseline
        if published is not None and (published.experiment or recipe.experiment) == experiment:
            return published.source, published.value
        return None

    def seconds_per_epoch(self, variant: str, experiment: str) -> float | None:
        """Return how long an epoch took, by the median of its trainings, if they were recorded."""
        seeds = self._judged(variant, experiment).get("seeds", {}).values()
        times = [one["seconds"] / one["epochs"] for one in seeds if one.get("epochs")]
        return statistics.median(times) if times else None

    def curves(self, variant: str, experiment: str) -> list[Mapping[str, list[float]]]:
        """Return what each seed had reached after how many steps, if an agent was recorded.

        Example:
            >>> Results("dqn").curves("tuned", "CartPole-v1")
            []
        """
        seeds = self._judged(variant, experiment).get("seeds", {}).values()
        return [one["curve"] for one in seeds if "curve" in one]

    def seconds(self, variant: str, experiment: str) -> list[float]:
        """Return how long the training of each seed took."""
        seeds = self._judged(variant, experiment).get("seeds", {}).values()
        return [one["seconds"] for one in seeds]

    def data_hashes(self, variant: str) -> list[str]:
        """Return the hashes of the data that a recipe was judged on."""
        judged = self.plain.get("variants", {}).get(variant, {}).get("judged_on", {})
        return [one["data_hash"] for one in judged.values()]

    def _judged(self, variant: str, experiment: str) -> Mapping[str, Any]:
        variants = self.plain.get("variants", {})
        judged: Mapping[str, Any] = variants.get(variant, {}).get("judged_on", {})
        one: Mapping[str, Any] = judged.get(experiment, {})
        return one


def results_folder() -> Path:
    """Return where the recorded results are: inside the package, or beside it in a checkout."""
    installed = _PACKAGE / "results"
    return installed if any(installed.glob("*.json")) else _PACKAGE.parent / "results"


def metric_name(metric: str) -> str:
    """Return a metric's name for a reader.

    Example:
        >>> metric_name("mean_absolute_error"), metric_name("r2_score")
        ('mean absolute error', 'R²')
    """
    return _METRICS.get(metric, metric.replace("_", " "))


def decimals(value: float) -> int:
    """Return how many decimals show a figure to four significant digits, at most four.

    Example:
        >>> decimals(0.4719), decimals(2.4122), decimals(261.2564)
        (4, 3, 1)
    """
    if value == 0 or not math.isfinite(value):
        return 4
    return min(max(3 - math.floor(math.log10(abs(value))), 0), 4)
