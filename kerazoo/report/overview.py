"""The table of the READMEs: one row per network, in English or Korean."""

from __future__ import annotations

import os
from typing import Literal

from kerazoo.recipe import Recipe
from kerazoo.registry import describe_network, family_of, list_models, load_recipe
from kerazoo.report.korean import KOREAN
from kerazoo.report.results import Results, Score, metric_name
from kerazoo.report.table import Table

Language = Literal["en", "ko"]
HEADER = (
    "network",
    "what it does, and what it is judged by",
    "published",
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
        results = Results.load(name, folder)
        if results:
            rows.append(_row(load_recipe(name), results, language))
    header = tuple(_say(title, language) for title in HEADER)
    return Table(header, tuple(rows)).markdown()


def _row(recipe: Recipe, results: Results, language: Language) -> tuple[str, ...]:
    name, metric, experiment = results.name, recipe.primary_metric, recipe.experiment
    summary = _say(describe_network(name), language)
    judged_by = [metric_name(metric)]
    if recipe.primary_mode == "min":
        judged_by.append("lower is better")
    if experiment != Recipe.experiment:  # the default says nothing of a network
        judged_by.append(experiment)
    measure = ", ".join(_say(words, language) for words in judged_by)
    documented = recipe.documented
    if documented is None or documented.experiment not in ("", experiment):
        published = "-"
    else:
        credit = documented.source.partition(",")[0]
        published = f"{documented.value:g} ({_say(credit, language)})"
    baseline = results.best_baseline(recipe, experiment)
    return (
        f"[`{name}`](kerazoo/models/{family_of(name)}/{name}.py)",
        f"{summary[:1].upper()}{summary[1:]}<br>*{measure}*",
        published,
        "-" if baseline is None else f"{baseline[1]:.4g} ({_say(baseline[0], language)})",
        _ours(recipe, results, baseline, language),
    )


def _ours(
    recipe: Recipe,
    results: Results,
    baseline: tuple[str, float] | None,
    language: Language,
) -> str:
    score = results.score("tuned", recipe.experiment, recipe.primary_metric)
    if score is None:
        return "-"
    figure = str(score)
    if language == "ko":
        figure = _with_korean_count(figure)
    words = "" if baseline is None else verdict(recipe, score, baseline[1])
    return f"{figure}<br>**{_say(words, language)}**" if words else figure


def verdict(recipe: Recipe, score: Score, baseline: float) -> str:
    """Return in words how a network stands beside a baseline; `""` where it is clearly better.

    Args:
        recipe: says whether a lower or a higher figure is better.
        score: of the network.
        baseline: the baseline's figure.
    """
    ahead = score.mean - baseline
    if recipe.primary_mode == "min":
        ahead = -ahead
    if ahead < 0:
        return "the baseline wins"
    return "level with the baseline" if ahead <= score.spread else ""


def _with_korean_count(figure: str) -> str:
    """Return a figure whose count of seeds is Korean: "(5 seeds)" is "(시드 5개)"."""
    number, _, count = figure.partition(" (")
    return f"{number} (시드 {count.split()[0]}개)"


def _say(phrase: str, language: Language) -> str:
    return KOREAN.get(phrase, phrase) if language == "ko" else phrase
