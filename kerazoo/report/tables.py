"""From recorded results to Markdown tables: every experiment, tasks side by side, sources."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Sequence

from kerazoo.recipe import Recipe
from kerazoo.registry import VARIANTS, list_models, load_recipe
from kerazoo.report.results import Results, Score, decimals, metric_name
from kerazoo.report.table import Table
from kerazoo.tasks import load_task

Folder = str | os.PathLike[str] | None
HEADER = (
    "network",
    "judged by",
    "published",
    "best baseline",
    "documented recipe",
    "tuned recipe",
    "average of all seeds",
)


def results_table(folder: Folder = None, names: list[str] | None = None) -> Table:
    """Return a row for each recorded network and experiment.

    Args:
        folder: of the result files.
        names: networks, all by default.
    """
    rows = []
    for name in list_models() if names is None else names:
        results, recipe = Results.load(name, folder), load_recipe(name)
        if results:
            rows += [
                _row(results, _judged_as(recipe, one), one.experiment)
                for one in recipe.all_experiments()
            ]
    return Table(HEADER, tuple(rows))


def comparison_table(task: str, folder: Folder = None) -> str:
    """Render the networks of a task and their baselines side by side, as Markdown.

    Args:
        task: a name from `list_tasks()`, such as `"series"`.
        folder: of the result files.

    Returns:
        A line per baseline and per network and recipe. Each kind of data has a column for every
        metric that a network is judged by on it, called by the first experiment there, and filled
        for all networks of which that metric was recorded. Further experiments on the same data are
        lines of their own.
    """
    names = [n for n in list_models() if load_recipe(n).task == task and Results.load(n, folder)]
    columns = _columns_of(task, names)
    lines: dict[str, dict[str, str]] = {}
    networks: dict[str, dict[str, str]] = {}
    for name in names:
        results, main = Results.load(name, folder), load_recipe(name)
        for one in main.all_experiments():
            experiment = one.experiment
            for (data, metric), (called, title) in columns.items():
                if data != _data_of(one):
                    continue
                for baseline, scores in results.baselines(experiment).items():
                    if metric in scores:  # otherwise it orders, and predicts no number
                        cell = f"{scores[metric]:.4f}"
                        lines.setdefault(baseline.replace("_", " "), {})[title] = cell
                of = "" if called == experiment else f"{experiment}, "
                recipe = dataclasses.replace(main, primary_metric=metric)
                for variant in VARIANTS:
                    cell = _score(results, recipe, variant, experiment)
                    networks.setdefault(f"`{name}`, {of}{variant} recipe", {})[title] = cell
                what = f"`{name}`, {of}tuned recipe, average of all seeds"
                networks.setdefault(what, {})[title] = _average(results, recipe, experiment)
    # A network that is built in another way may be recorded by one recipe alone.
    lines |= {what: cells for what, cells in networks.items() if {*cells.values()} != {"-"}}
    header = tuple(title for _, title in columns.values())
    rows = [(what, *(cells.get(column, "-") for column in header)) for what, cells in lines.items()]
    return Table(("", *header), tuple(rows)).markdown()


def _columns_of(task: str, names: Sequence[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return by data and metric the experiment that a column is called by, and its title.

    The metric of the task's own network comes first, and needs no word.
    """
    if not names:
        return {}
    usual = load_recipe(load_task(task).NETWORK or names[0]).primary_metric
    columns: dict[tuple[str, str], tuple[str, str]] = {}
    for name in names:
        for one in load_recipe(name).all_experiments():
            judged = "" if one.primary_metric == usual else f", {metric_name(one.primary_metric)}"
            called = one.experiment, one.experiment + judged
            columns.setdefault((_data_of(one), one.primary_metric), called)
    return dict(sorted(columns.items(), key=lambda column: column[0][1] != usual))


def _data_of(recipe: Recipe) -> str:
    return json.dumps([recipe.dataset, dict(recipe.dataset_arguments)])


def cross_validation_table(names: list[str] | None = None, folder: Folder = None) -> str:
    """Render what was recorded by cross-validation, as Markdown; `""` if nothing was.

    Args:
        names: networks, all by default.
        folder: of the result files.
    """
    lines = []
    for name in list_models() if names is None else names:
        results = Results.load(name, folder)
        for variant in results.variants:
            metric = load_recipe(name, variant).primary_metric
            score = results.cross_validation(variant, metric)
            if score is not None:
                lines.append((name, metric_name(metric), f"{variant} recipe", str(score)))
    if not lines:
        return ""
    header = ("network", "judged by", "recipe", "mean ± standard deviation over folds")
    return Table(header, tuple(lines)).markdown()


def folds_table(folder: Folder = None) -> str:
    """Render networks and baselines over the folds of data sets that have some, as Markdown.

    Args:
        folder: of the result files.

    Returns:
        A line per baseline and recipe, a column per metric: the mean over folds.
    """
    lines: dict[str, dict[str, Score]] = {}
    for name in list_models():
        for what, scores in Results.load(name, folder).over_official_folds().items():
            # Baselines of several networks on the same folds are the same ones.
            lines.setdefault(f"`{name}`, {what}" if what.endswith(" recipe") else what, scores)
    metrics = dict.fromkeys(m for scores in lines.values() for m in scores if m not in _LEFT_OUT)
    rows = [
        (what, *(f"{scores[m].mean:.4f}" if m in scores else "-" for m in metrics))
        for what, scores in lines.items()
    ]
    return Table(("", *map(metric_name, metrics)), tuple(rows)).markdown()


_LEFT_OUT = ("loss", "r2_score")


def sources_table(folder: Folder = None) -> str:
    """Render which source each recorded network's recipe follows, and who reported its figure.

    Args:
        folder: of the result files.
    """
    lines = []
    for name in list_models():
        if not Results.load(name, folder):
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


def _judged_as(recipe: Recipe, experiment: Recipe) -> Recipe:
    """Return a recipe that is judged by the metric of one of its experiments."""
    return dataclasses.replace(
        recipe,
        primary_metric=experiment.primary_metric,
        primary_mode=experiment.primary_mode,
    )


def _row(results: Results, recipe: Recipe, experiment: str) -> tuple[str, ...]:
    baseline = results.best_baseline(recipe, experiment)
    published = recipe.documented
    if published is not None and (published.experiment or recipe.experiment) != experiment:
        published = None
    return (
        results.name,
        f"{metric_name(recipe.primary_metric)}, {experiment}",
        "-" if published is None else f"{published.value:g}",
        "-" if baseline is None else f"{baseline[1]:.4g} ({baseline[0]})",
        *(_score(results, recipe, variant, experiment) for variant in VARIANTS),
        _average(results, recipe, experiment),
    )


def _score(results: Results, recipe: Recipe, variant: str, experiment: str) -> str:
    score = results.score(variant, experiment, recipe.primary_metric)
    return "-" if score is None else str(score)


def _average(results: Results, recipe: Recipe, experiment: str) -> str:
    value = results.average(experiment, recipe.primary_metric)
    return "-" if value is None else f"{value:.{decimals(value)}f}"
