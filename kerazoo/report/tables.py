"""From recorded results to the tables that a person reads; no number is typed by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerazoo.errors import KerazooError, unknown_name
from kerazoo.recipe import Recipe
from kerazoo.registry import list_models, load_recipe

_PACKAGE = Path(__file__).parent.parent
HEADER = (
    "network",
    "judged by",
    "published",
    "best baseline",
    "course recipe",
    "tuned recipe",
    "average of all seeds",
)


# Networks judged on the same rows, which a table shows side by side with the baselines.
COMPARED = {"series": ("nyse_rnn", "lstm")}


# Ends of a scale, which no method is meant to beat.
MARKS = ("real_halves", "uniform_noise")


@dataclass(frozen=True)
class Row:
    """One network under one protocol, as text for each column of `HEADER`."""

    cells: tuple[str, ...]


def results_folder() -> Path:
    """Return where the recorded results are: inside the package, or beside it in a checkout."""
    installed = _PACKAGE / "results"
    return installed if any(installed.glob("*.json")) else _PACKAGE.parent / "results"


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
                ("course recipe", _mean_and_spread(recipe, recorded, "documented", protocol)),
                ("tuned recipe", _mean_and_spread(recipe, recorded, "tuned", protocol)),
                ("tuned recipe, average of all seeds", _average(recipe, recorded, protocol)),
            ):
                networks.setdefault(f"`{name}`, {what}", {})[protocol] = cell
    lines = {**baselines, **networks}
    columns = list(dict.fromkeys(protocol for cells in lines.values() for protocol in cells))
    table = [["", *columns], ["---"] * (1 + len(columns))]
    table += [[name, *(cells.get(c, "-") for c in columns)] for name, cells in lines.items()]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in table)


def render_readme(readme: str | os.PathLike[str]) -> bool:
    """Put the tables into a Markdown file, each between its markers; tell whether that changed it.

    The results come from `results/*.json`, the speeds from what the benchmarks wrote into
    `benchmarks/results` beside the file.

    Raises:
        KerazooError: if the markers of a table are not there.
    """
    from kerazoo.report.generative import TABLES

    path = Path(readme)
    before = text = path.read_text(encoding="utf-8")
    text = write_between(text, "results", markdown_table(result_rows()))
    for name, networks in COMPARED.items():
        text = write_between(text, name, comparison_table(networks))
    for name, render in TABLES.items():
        text = write_between(text, name, render())
    for benchmark in sorted(path.parent.glob("benchmarks/results/*.md")):
        text = write_between(text, benchmark.stem, benchmark.read_text(encoding="utf-8").strip())
    path.write_text(text, encoding="utf-8")
    return text != before


def write_between(text: str, name: str, table: str) -> str:
    """Replace what is between the markers of one table.

    Raises:
        KerazooError: if the markers are not there.

    Example:
        >>> print(write_between("<!-- begin a -->old<!-- end a -->", "a", "new"))
        <!-- begin a -->
        new
        <!-- end a -->
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    head, found_begin, rest = text.partition(begin)
    _, found_end, tail = rest.partition(end)
    if not found_begin or not found_end:
        raise KerazooError(f"there is no place for the table {name!r}; add {begin} and {end}.")
    return f"{head}{begin}\n{table}\n{end}{tail}"


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
        f"{recipe.primary_metric.replace('_', ' ')}, {protocol}",
        "-" if published is None else f"{published.value:g}",
        "-" if baseline is None else f"{baseline[1]:.4g} ({baseline[0]})",
        _mean_and_spread(recipe, recorded, "documented", protocol),
        _mean_and_spread(recipe, recorded, "tuned", protocol),
        _average(recipe, recorded, protocol),
    )


def _judged(recorded: dict[str, Any], variant: str, protocol: str) -> dict[str, Any]:
    judged: dict[str, Any] = (
        recorded["variants"].get(variant, {}).get("judged_on", {}).get(protocol, {})
    )
    return judged


def _mean_and_spread(recipe: Recipe, recorded: dict[str, Any], variant: str, protocol: str) -> str:
    judged = _judged(recorded, variant, protocol)
    if not judged:
        return "-"
    summary = judged["summary"][recipe.primary_metric]
    if len(judged["seeds"]) == 1:
        return f"{summary['mean']:.4f} (1 seed)"
    return f"{summary['mean']:.4f} ± {summary['spread']:.4f} ({len(judged['seeds'])} seeds)"


def _average(recipe: Recipe, recorded: dict[str, Any], protocol: str) -> str:
    value = _judged(recorded, "tuned", protocol).get("average_of_predictions", {})
    metric = recipe.primary_metric
    return f"{value[metric]:.4f}" if metric in value else "-"
