"""compare: what a training reached, beside what others report and what was recorded here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerazoo import report
from kerazoo.registry import load_recipe
from kerazoo.table import Table

if TYPE_CHECKING:
    from kerazoo.training.run import Run

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
    recipe = load_recipe(run.name, run.variant)
    recorded: dict[str, Any] = report.load_results(run.name) or {"variants": {}}
    baseline = report.best_baseline(recipe, recorded, recipe.protocol)
    published = recipe.documented
    if published is not None and (published.protocol or recipe.protocol) != recipe.protocol:
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
                _recorded(recorded, "documented", recipe.protocol, metric),
                _recorded(recorded, "tuned", recipe.protocol, metric),
                f"{run.metrics[metric]:.4f}" if metric in run.metrics else "-",
            )
        )
    notes = [f"Best baseline: {baseline[0]}." if baseline else ""]
    if published is not None:
        note = f" ({published.note})" if published.note else ""
        notes.append(f"Published: {published.source}{note}.")
    if not _is_of_recorded_data(run, recorded):
        notes.append(
            f"This training was on other data than the figures beside it ({recipe.protocol})."
        )
    return Table(HEADER, tuple(rows), " ".join(note for note in notes if note))


def _recorded(recorded: dict[str, Any], variant: str, protocol: str, metric: str) -> str:
    judged = recorded["variants"].get(variant, {}).get("judged_on", {}).get(protocol)
    if not judged or metric not in judged["summary"]:
        return "-"
    value = judged["summary"][metric]
    return f"{value['mean']:.4f} ± {value['spread']:.4f}"


def _is_of_recorded_data(run: Run, recorded: dict[str, Any]) -> bool:
    judged = recorded["variants"].get(run.variant, {}).get("judged_on", {})
    return run.splits.hash() in [protocol["data_hash"] for protocol in judged.values()]
