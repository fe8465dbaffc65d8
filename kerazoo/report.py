"""From recorded results to the tables that a person reads; no number is typed by hand."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerazoo.errors import unknown_name
from kerazoo.recipe import Recipe
from kerazoo.registry import list_models, load_recipe
from kerazoo.table import Table

_PACKAGE = Path(__file__).parent
HEADER = (
    "network",
    "judged by",
    "published",
    "best baseline",
    "documented recipe",
    "tuned recipe",
    "average of all seeds",
)


# Networks judged on the same rows, which a table shows side by side with the baselines.
COMPARED = {"series": ("nyse_rnn", "lstm")}

# Metrics whose names in a result file are not what a reader expects.
_METRICS = {
    "classifier_frechet_distance": "classifier Fréchet distance",
    "negative_elbo": "negative ELBO",
    "r2_score": "R²",
    "solved": "share of seeds that solve it",
}

# Ends of a scale, which no method is meant to beat.
MARKS = ("real_halves", "uniform_noise")


@dataclass(frozen=True)
class Row:
    """One network under one protocol, as text for each column of `HEADER`."""

    cells: tuple[str, ...]


def results_folder() -> Path:
    """Return where the recorded results are: inside the package, or beside it in a checkout."""
    installed = _PACKAGE / "results"
    return installed if installed.is_dir() else _PACKAGE.parent / "results"


def load_results(name: str, folder: str | os.PathLike[str] | None = None) -> dict[str, Any] | None:
    """Return what was recorded of a network, or `None` if nothing was.

    Raises:
        UnknownName: if there is no such network.
    """
    if name not in list_models():
        raise unknown_name("model", name, list_models())
    path = Path(folder or results_folder()) / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def result_rows(folder: str | os.PathLike[str] | None = None) -> list[Row]:
    """Return a row for each recorded network and protocol."""
    rows = []
    for name in list_models():
        recorded = load_results(name, folder)
        if recorded is not None:
            recipe = load_recipe(name)
            protocols = [recipe.protocol, *recipe.also_judged_on]
            rows += [Row(_cells(name, recipe, recorded, protocol)) for protocol in protocols]
    return rows


def markdown_table(rows: list[Row]) -> str:
    """Render rows as a Markdown table.

    Example:
        >>> print(markdown_table([Row(("xor",) + ("-",) * 6)]).splitlines()[-1])
        | xor | - | - | - | - | - | - |
    """
    lines = ["| " + " | ".join(HEADER) + " |", "|" + " --- |" * len(HEADER)]
    lines += ["| " + " | ".join(row.cells) + " |" for row in rows]
    return "\n".join(lines)


def comparison_table(names: Sequence[str], folder: str | os.PathLike[str] | None = None) -> str:
    """Render networks that are judged on the same rows, and their baselines, as Markdown.

    Args:
        names: networks with the same data set and primary metric.
        folder: of the result files.

    Returns:
        A line per baseline and per network and recipe, a column per protocol.
    """
    baselines: dict[str, dict[str, str]] = {}
    networks: dict[str, dict[str, str]] = {}
    for name in names:
        recipe, recorded = load_recipe(name), load_results(name, folder)
        if recorded is None:
            continue
        for protocol in (recipe.protocol, *recipe.also_judged_on):
            for baseline, scores in recorded["baselines"].get(protocol, {}).items():
                cell = f"{scores[recipe.primary_metric]:.4f}"
                baselines.setdefault(baseline.replace("_", " "), {})[protocol] = cell
            for what, cell in (
                ("documented recipe", _mean_and_spread(recipe, recorded, "documented", protocol)),
                ("tuned recipe", _mean_and_spread(recipe, recorded, "tuned", protocol)),
                ("tuned recipe, average of all seeds", _average(recipe, recorded, protocol)),
            ):
                networks.setdefault(f"`{name}`, {what}", {})[protocol] = cell
    lines = {**baselines, **networks}
    columns = list(dict.fromkeys(protocol for cells in lines.values() for protocol in cells))
    table = [["", *columns], ["---"] * (1 + len(columns))]
    table += [[name, *(cells.get(c, "-") for c in columns)] for name, cells in lines.items()]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in table)


def cross_validation_table(
    names: Sequence[str] | None = None, folder: str | os.PathLike[str] | None = None
) -> str:
    """Render what was recorded by cross-validation, as Markdown; `""` if nothing was.

    Args:
        names: networks, all by default.
        folder: of the result files.
    """
    lines = []
    for name in list_models() if names is None else names:
        recorded = load_results(name, folder) or {"variants": {}}
        for variant, entry in recorded["variants"].items():
            folds = entry.get("cross_validation")
            if folds is not None:
                metric = load_recipe(name, variant).primary_metric
                figure = mean_and_spread(folds[metric], folds["folds"], "fold")
                lines.append((name, metric_name(metric), f"{variant} recipe", figure))
    if not lines:
        return ""
    header = ("network", "judged by", "recipe", "mean ± standard deviation over folds")
    return Table(header, tuple(lines)).markdown()


def sources_table(folder: str | os.PathLike[str] | None = None) -> str:
    """Render which source each recorded network's recipe follows, and who reported its figure.

    Args:
        folder: of the result files.
    """
    lines = []
    for name in list_models():
        if load_results(name, folder) is None:
            continue
        recipe = load_recipe(name, "documented")
        figure, credit = "-", "-"
        if recipe.documented is not None:
            one = recipe.documented
            figure = f"{metric_name(one.metric)} {one.value:g}"
            credit = f"{one.source} ({one.note})" if one.note else one.source
        lines.append((name, recipe.source, figure, credit))
    header = ("network", "what the documented recipe follows", "published", "reported by")
    return Table(header, tuple(lines)).markdown()


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


def mean_and_spread(summary: dict[str, float], count: int, unit: str = "seed") -> str:
    """Render a mean and a standard deviation, and over how many seeds or folds.

    Example:
        >>> mean_and_spread({"mean": 261.2564, "spread": 0.0607}, 3)
        '261.3 ± 0.1 (3 seeds)'
        >>> mean_and_spread({"mean": 0.9123, "spread": 0.0}, 1)
        '0.9123 (1 seed)'
    """
    digits = decimals(summary["mean"])
    if count == 1:
        return f"{summary['mean']:.{digits}f} (1 {unit})"
    return f"{summary['mean']:.{digits}f} ± {summary['spread']:.{digits}f} ({count} {unit}s)"


def best_baseline(
    recipe: Recipe, recorded: dict[str, Any] | None, protocol: str
) -> tuple[str, float] | None:
    """Return name and value of the best baseline under a protocol, by the primary metric."""
    scored = (recorded or {}).get("baselines", {}).get(protocol, {})
    values = {
        name: scores[recipe.primary_metric]
        for name, scores in scored.items()
        if recipe.primary_metric in scores and name not in MARKS
    }
    if values:
        choose = min if recipe.primary_mode == "min" else max
        name = choose(values, key=lambda key: values[key])
        return name.replace("_", " "), values[name]
    if recipe.baseline is not None and (recipe.baseline.protocol or recipe.protocol) == protocol:
        return recipe.baseline.source, recipe.baseline.value
    return None


def _cells(name: str, recipe: Recipe, recorded: dict[str, Any], protocol: str) -> tuple[str, ...]:
    baseline = best_baseline(recipe, recorded, protocol)
    published = recipe.documented
    if published is not None and (published.protocol or recipe.protocol) != protocol:
        published = None
    return (
        name,
        f"{metric_name(recipe.primary_metric)}, {protocol}",
        "-" if published is None else f"{published.value:g}",
        "-" if baseline is None else f"{baseline[1]:.4g} ({baseline[0]})",
        _mean_and_spread(recipe, recorded, "documented", protocol),
        _mean_and_spread(recipe, recorded, "tuned", protocol),
        _average(recipe, recorded, protocol),
    )


def judged_on(recorded: dict[str, Any], variant: str, protocol: str) -> dict[str, Any]:
    """Return what was recorded of a recipe under a protocol; nothing if nothing was."""
    judged: dict[str, Any] = (
        recorded["variants"].get(variant, {}).get("judged_on", {}).get(protocol, {})
    )
    return judged


def _mean_and_spread(recipe: Recipe, recorded: dict[str, Any], variant: str, protocol: str) -> str:
    judged = judged_on(recorded, variant, protocol)
    if not judged:
        return "-"
    return mean_and_spread(judged["summary"][recipe.primary_metric], len(judged["seeds"]))


def _average(recipe: Recipe, recorded: dict[str, Any], protocol: str) -> str:
    averages = judged_on(recorded, "tuned", protocol).get("average_of_predictions", {})
    value = averages.get(recipe.primary_metric)
    return "-" if value is None else f"{value:.{decimals(value)}f}"
