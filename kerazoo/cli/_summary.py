"""What `kerazoo train` prints at the end: each figure beside the published one and a baseline."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo._machine import warnings_as_lines
from kerazoo._wording import counted
from kerazoo.cli._console import fitted, say
from kerazoo.cli._language import is_korean, said
from kerazoo.report.results import Results
from kerazoo.report.table import Table
from kerazoo.tasks import load_task

if TYPE_CHECKING:
    from kerazoo.datasets import Splits
    from kerazoo.experiments.run import Run
    from kerazoo.recipe import Recipe

_SMALLEST = 0.01


def _baselines(
    name: str, recipe: Recipe, splits: Splits, *, own_data: bool
) -> list[tuple[str, dict[str, float]]]:
    """Return baselines and what is known of them, the best first.

    Of the zoo's data that is the best one alone, as recorded; to own data all are fitted now.
    """
    metric = recipe.primary_metric
    if not own_data:
        found = Results.load(name).best_baseline(recipe, recipe.experiment)
        return [] if found is None else [(found[0], {metric: found[1]})]
    with warnings_as_lines(say):
        scores = load_task(recipe.task).baselines(name, recipe, splits)
    judged = [(key.replace("_", " "), one) for key, one in scores.items() if metric in one]
    return sorted(judged, key=lambda one: one[1][metric], reverse=recipe.primary_mode == "max")


def _compare_with_baseline(recipe: Recipe, baseline: str, theirs: float, ours: float) -> str:
    """Say in words which of the two is better."""
    # As float32 and float64 count, a third is not a third.
    if math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-12):
        return said(
            "the network is no better than the best baseline, {baseline}", baseline=baseline
        )
    if (ours < theirs) == (recipe.primary_mode == "min"):
        return said("the network beats the best baseline, {baseline}", baseline=baseline)
    return said(
        "the network is worse than {baseline} ({metric} {ours} against {theirs}): use that "
        "instead, or train longer or on more data",
        baseline=baseline,
        metric=said(recipe.primary_metric.replace("_", " ")),
        ours=f"{ours:.4f}",
        theirs=f"{theirs:.4f}",
    )


def _compare_with_before(recipe: Recipe, before: float, after: float) -> str:
    """Say in words whether going on with the training has helped on the further data."""
    figures = said(
        "{metric} {before} before, {after} after",
        metric=said(recipe.primary_metric.replace("_", " ")),
        before=_figure(before),
        after=_figure(after),
    )
    on_this = "on the test part of this data: {figures}"
    if math.isclose(before, after, rel_tol=1e-6, abs_tol=1e-12):
        return said(f"going on has changed nothing {on_this}", figures=figures)
    if (after < before) == (recipe.primary_mode == "min"):
        return said(f"going on has helped {on_this}", figures=figures)
    return said(f"going on has not helped {on_this}; keep the old network", figures=figures)


def print_summary(runs: list[Run], *, own_data: bool) -> None:
    """Print a row per metric: what is published, the best baseline, and what was reached.

    Args:
        runs: finished trainings by one recipe, a seed each.
        own_data: whether they learned from data of the user's.
    """
    name, recipe = runs[0].name, runs[0].recipe
    baselines = _baselines(name, recipe, runs[0].splits, own_data=own_data)
    baseline = baselines[0] if baselines else None
    published = recipe.documented
    if published is not None and published.experiment not in ("", recipe.experiment):
        published = None  # it was reached on other data
    before = {} if runs[0].start is None else runs[0].start.metrics
    rows = []
    for metric in runs[0].metrics:
        values = [run.metrics[metric] for run in runs]
        rows.append(
            (
                said(metric.replace("_", " ")),
                f"{published.value:g}" if published and published.metric == metric else "",
                f"{_figure(baseline[1][metric])} ({said(baseline[0])})"
                if baseline and metric in baseline[1]
                else "",
                _figure(before[metric]) if metric in before else "",
                _in_words(values),
            )
        )
    title = said("{name}: test set, {experiment}", name=name, experiment=recipe.experiment)
    header = [said(one) for one in ("metric", "published", "baseline", "before", "ours")]
    print(f"\n{title}\n\n{_without_empty_columns(header, rows)}\n")
    seconds = sum(run.seconds for run in runs)
    epochs = sum(len(run.history.get("loss", ())) for run in runs)
    print(f"{_how_long(len(runs), epochs, seconds)}{_stopped(runs)}")
    if baseline and own_data:
        metric = recipe.primary_metric
        others = ", ".join(f"{said(one)} {_figure(scores[metric])}" for one, scores in baselines)
        named = said(metric.replace("_", " "))
        line = said("baselines, {metric}: {others}", metric=named, others=others)
        print(fitted(line, sys.stdout))
        reached = [run.metrics[recipe.primary_metric] for run in runs]
        theirs = baseline[1][recipe.primary_metric]
        verdict = _compare_with_baseline(recipe, baseline[0], theirs, sum(reached) / len(reached))
        print(fitted(verdict, sys.stdout))
    if recipe.primary_metric in before:
        reached = [run.metrics[recipe.primary_metric] for run in runs]
        theirs = before[recipe.primary_metric]
        print(fitted(_compare_with_before(recipe, theirs, sum(reached) / len(reached)), sys.stdout))


def _stopped(runs: list[Run]) -> str:
    """Say why a training ended before the last epoch of its recipe."""
    recipe = runs[0].recipe
    early = [run for run in runs if len(run.history.get("loss", ())) < recipe.epochs]
    if not early or recipe.patience is None:
        return ""
    for_how_long = str(recipe.patience) if is_korean() else counted(recipe.patience, "epoch")
    why = "stopped early, as {monitor} was no better for {patience}"
    if len(runs) == 1:
        return said(f"; {why}", monitor=recipe.monitor, patience=for_how_long)
    return said(
        f"; {{count}} of them {why}",
        count=len(early),
        monitor=recipe.monitor,
        patience=for_how_long,
    )


def _how_long(trainings: int, epochs: int, seconds: float) -> str:
    if is_korean():
        several = "{trainings} trainings, " if trainings > 1 else ""
        line = several + "{epochs} epochs in {seconds} s"
        return said(line, trainings=trainings, epochs=epochs, seconds=f"{seconds:.1f}")
    several = f"{counted(trainings, 'training')}, " if trainings > 1 else ""
    return f"{several}{counted(epochs, 'epoch')} in {seconds:.1f} s"


def _without_empty_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    columns = [c for c in zip(header, *rows, strict=True) if any(c[1:])]
    title, *lines = zip(*columns, strict=True)
    return Table(title, tuple(lines))


def _in_words(values: Sequence[float]) -> str:
    """Return a value; of several their mean, their standard deviation and their range.

    Example:
        >>> _in_words([0.5]), _in_words([0.5, 0.7])
        ('0.5000', '0.6000 \u00b1 0.1414 (0.5000 to 0.7000)')
    """
    if len(values) == 1:
        return _figure(values[0])
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
    return said(
        "{mean} \u00b1 {spread} ({least} to {most})",
        mean=_figure(mean),
        spread=_figure(spread),
        least=_figure(min(values)),
        most=_figure(max(values)),
    )


def _figure(value: float) -> str:
    """Return four decimals, or four significant digits of what is too small for them.

    Example:
        >>> _figure(0.91234), _figure(0.000012345)
        ('0.9123', '1.234e-05')
    """
    return f"{value:.4f}" if value == 0 or abs(value) >= _SMALLEST else f"{value:.4g}"
