"""The table of the READMEs: one row per network, in English or Korean."""

from __future__ import annotations

import inspect
import os
from typing import Any, Literal

from kerazoo import report
from kerazoo.recipe import Recipe
from kerazoo.registry import family_of, list_models, load_module, load_recipe
from kerazoo.report_korean import KOREAN
from kerazoo.table import Table

Language = Literal["en", "ko"]
HEADER = (
    "network",
    "what it does, and what it is judged by",
    "documented",
    "best baseline",
    "ours",
)


def overview_table(language: Language = "en", folder: str | os.PathLike[str] | None = None) -> str:
    """Render the main experiment of every recorded network as Markdown.

    Args:
        language: of headings and words; a phrase without a translation stays English.
        folder: of the result files.

    Returns:
        A row per network: the figure that its source reports, the best baseline, and the tuned
        recipe's mean ± standard deviation over seeds. Where the baseline wins, the row says so.
    """
    rows = []
    for name in list_models():
        recorded = report.load_results(name, folder)
        if recorded is not None:
            rows.append(_row(name, load_recipe(name), recorded, language))
    header = tuple(_say(title, language) for title in HEADER)
    return Table(header, tuple(rows)).markdown()


def summary_of(name: str) -> str:
    """Return what a network does: the first line of its file."""
    text = inspect.getdoc(load_module(name)) or ""
    return text.partition("\n")[0].removeprefix(f"{name}: ").rstrip(".")


def _row(
    name: str, recipe: Recipe, recorded: dict[str, Any], language: Language
) -> tuple[str, ...]:
    metric, protocol = recipe.primary_metric, recipe.protocol
    summary = _say(summary_of(name), language)
    judged_by = [report.metric_name(metric)]
    if recipe.primary_mode == "min":
        judged_by.append("lower is better")
    if protocol != Recipe.protocol:  # the default says nothing of a network
        judged_by.append(protocol)
    measure = ", ".join(_say(words, language) for words in judged_by)
    documented = recipe.documented
    if documented is None or documented.protocol not in ("", protocol):
        published = "-"
    else:
        credit = documented.source.partition(",")[0]
        published = f"{documented.value:g} ({_say(credit, language)})"
    baseline = report.best_baseline(recipe, recorded, protocol)
    return (
        f"[`{name}`](kerazoo/models/{family_of(name)}/{name}.py)",
        f"{summary[:1].upper()}{summary[1:]}<br>*{measure}*",
        published,
        "-" if baseline is None else f"{baseline[1]:.4g} ({_say(baseline[0], language)})",
        _ours(recipe, recorded, baseline, language),
    )


def _ours(
    recipe: Recipe,
    recorded: dict[str, Any],
    baseline: tuple[str, float] | None,
    language: Language,
) -> str:
    judged = report.judged_on(recorded, "tuned", recipe.protocol)
    if not judged:
        return "-"
    summary = judged["summary"][recipe.primary_metric]
    figure = report.mean_and_spread(summary, len(judged["seeds"]))
    if language == "ko":
        figure = _with_korean_count(figure)
    words = "" if baseline is None else verdict(recipe, summary, baseline[1])
    return f"{figure}<br>**{_say(words, language)}**" if words else figure


def verdict(recipe: Recipe, summary: dict[str, float], baseline: float) -> str:
    """Return in words how a network stands beside a baseline; `""` where it is clearly better.

    Args:
        recipe: says whether a lower or a higher figure is better.
        summary: mean and spread of the network.
        baseline: the baseline's figure.
    """
    ahead = summary["mean"] - baseline
    if recipe.primary_mode == "min":
        ahead = -ahead
    if ahead < 0:
        return "the baseline wins"
    return "level with the baseline" if ahead <= summary["spread"] else ""


def _with_korean_count(figure: str) -> str:
    """Return a figure whose count of seeds is Korean: "(5 seeds)" is "(시드 5개)"."""
    number, _, count = figure.partition(" (")
    return f"{number} (시드 {count.split()[0]}개)"


def _say(phrase: str, language: Language) -> str:
    return KOREAN.get(phrase, phrase) if language == "ko" else phrase
