"""The table of agents: what return they reach, and how soon."""

from __future__ import annotations

import os
import statistics

from kerazoo.recipe import Recipe
from kerazoo.registry import VARIANTS, list_models, load_recipe
from kerazoo.report.results import Results
from kerazoo.report.table import Table

_TASK = "control"
HEADER = (
    "",
    "mean return",
    "smallest return",
    "share of seeds that solve it",
    "steps until solved on validation",
    "seconds",
)
_SOLVED = 475.0


def agents_table(folder: str | os.PathLike[str] | None = None) -> str:
    """Render the agents beside policies that learned nothing, as Markdown.

    Args:
        folder: of the result files.

    Returns:
        A line per policy, and per agent and recipe: mean and spread over seeds, of the test
        episodes; and the medians of the steps after which the validation episodes first came to 475
        (and of how many seeds), and of the seconds of the whole training.
    """
    policies: dict[str, tuple[str, ...]] = {}
    agents = []
    for name in list_models():
        main, results = load_recipe(name), Results.load(name, folder)
        if main.task != _TASK or not results:
            continue
        for policy, scores in results.baselines(main.experiment).items():
            figures = (f"{scores['mean_return']:.1f}", f"{scores['smallest_return']:.0f}")
            policies[policy.replace("_", " ")] = (*figures, "-", "-", "-")
        for variant in VARIANTS:
            if variant in results.variants:
                row = _row(results, load_recipe(name, variant), variant)
                agents.append((f"`{name}`, {variant} recipe", *row))
    rows = [(name, *row) for name, row in policies.items()] + agents
    return Table(HEADER, tuple(rows)).markdown()


def _row(results: Results, recipe: Recipe, variant: str) -> tuple[str, ...]:
    scores = dict(results.metrics(variant, recipe.experiment))
    mean, smallest = scores["mean_return"], scores["smallest_return"]
    curves = results.curves(variant, recipe.experiment)
    soon = [
        next((s for s, value in zip(*curve.values(), strict=True) if value >= _SOLVED), None)
        for curve in curves
    ]
    reached = [steps for steps in soon if steps is not None]
    until = "-"
    if reached:
        until = f"{statistics.median(reached):,.0f} ({len(reached)} of {len(curves)})"
    return (
        f"{mean.mean:.1f} ± {mean.spread:.1f}",
        f"{smallest.mean:.0f}",
        f"{scores['solved'].mean:.1f}",
        until,
        f"{statistics.median(results.seconds(variant, recipe.experiment)):.0f}",
    )
