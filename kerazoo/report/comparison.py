"""compare: what a training reached, beside what others report and what was recorded here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerazoo.errors import KerazooError
from kerazoo.registry import load_recipe
from kerazoo.report.results import Results
from kerazoo.report.table import Table

if TYPE_CHECKING:
    from kerazoo.experiments.run import Run

HEADER = (
    "metric",
    "published",
    "best baseline",
    "documented recipe",
    "tuned recipe",
    "this training",
)


def compare(run: Run) -> Table:
    """Return the test figures of a training beside the published and the recorded ones.

    Args:
        run: what `kerazoo.train` returns.

    Returns:
        A row per metric. The recorded figures are mean and standard deviation over seeds. The note
        names the sources, and says so if the run was on other data than they are.

    Example:
        >>> import kerazoo
        >>> table = compare(kerazoo.train("xor", seed=0))
        >>> [row[0] for row in table.rows]
        ['solved', 'accuracy']
    """
    from kerazoo.experiments.run import Run

    if not isinstance(run, Run):
        name = run if isinstance(run, str) else "boston"
        raise KerazooError(f"run is {run!r:.60}; pass what kerazoo.train({name!r}) returns.")
    recipe = load_recipe(run.name, run.variant)
    results = Results.load(run.name)
    baseline = results.best_baseline(recipe, recipe.experiment)
    published = recipe.documented
    if published is not None and (published.experiment or recipe.experiment) != recipe.experiment:
        published = None
    metrics = [name for name in run.metrics if name not in ("loss", recipe.primary_metric)]
    rows = []
    for metric in [recipe.primary_metric, *metrics]:
        primary = metric == recipe.primary_metric
        rows.append(
            (
                metric.replace("_", " "),
                f"{published.value:g}" if published and published.metric == metric else "-",
                f"{baseline[1]:.4g}" if baseline and primary else "-",
                _recorded(results, "documented", recipe.experiment, metric),
                _recorded(results, "tuned", recipe.experiment, metric),
                f"{run.metrics[metric]:.4f}" if metric in run.metrics else "-",
            )
        )
    notes = [f"Best baseline: {baseline[0]}." if baseline else ""]
    if published is not None:
        note = f" ({published.note})" if published.note else ""
        notes.append(f"Published: {published.source}{note}.")
    if not _is_of_recorded_data(run, results):
        notes.append(
            f"This training was on other data than the figures beside it ({recipe.experiment})."
        )
    return Table(HEADER, tuple(rows), " ".join(note for note in notes if note))


def _recorded(results: Results, variant: str, experiment: str, metric: str) -> str:
    score = results.score(variant, experiment, metric)
    if score is None:
        return "-"
    # A single training has no spread.
    return f"{score.mean:.4f}" + (f" ± {score.spread:.4f}" if score.count > 1 else "")


def _is_of_recorded_data(run: Run, results: Results) -> bool:
    return run.splits.hash() in results.data_hashes(run.variant)
