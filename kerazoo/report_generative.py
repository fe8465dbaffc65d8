"""The tables of generative networks: reconstructions beside PCA, samples beside real images."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from kerazoo.recipe import Recipe
from kerazoo.registry import load_recipe
from kerazoo.report import load_results

_BASELINES = {
    "real_halves": "one half of the real images against the other",
    "uniform_noise": "uniform noise",
}
_SAMPLE_MEASURES = (
    "classifier_frechet_distance",
    "precision",
    "recall",
    "smallest_class_share",
)
_LIKELIHOODS = ("negative_elbo", "negative_log_likelihood", "reconstruction", "kl")


def reconstruction_table(folder: str | os.PathLike[str] | None = None) -> str:
    """Render the autoencoder's squared errors beside those of principal components."""
    recipe, recorded = load_recipe("autoencoder"), load_results("autoencoder", folder)
    if recorded is None:
        return ""
    header = (
        "tuned recipe",
        "principal components, as many",
        "**autoencoder**",
        "of noisy images",
    )
    lines = []
    for one in recipe.protocols():
        summary = _summary(recorded, "tuned", one.protocol)
        baseline = recorded["baselines"].get(one.protocol, {}).get("principal_components")
        lines.append(
            (
                one.protocol,
                "-" if baseline is None else f"{baseline['mean_squared_error']:.5f}",
                _cell(summary, "mean_squared_error", 5),
                _cell(summary, "denoised_mean_squared_error", 5),
            )
        )
    return _table(header, lines)


def likelihood_table(folder: str | os.PathLike[str] | None = None) -> str:
    """Render the VAE's bound, its parts and its likelihood, in nats per image."""
    lines = []
    for variant, one, summary in _judged("vae", folder):
        cells = [_cell(summary, name, 2) for name in _LIKELIHOODS]
        lines.append((f"{variant} recipe, {one.protocol}", *cells))
    return _table(("`vae`", *(name.replace("_", " ") for name in _LIKELIHOODS)), lines)


def samples_table(folder: str | os.PathLike[str] | None = None) -> str:
    """Render measures of generated images, with marks on the scale."""
    recorded = load_results("gan", folder)
    if recorded is None:
        return ""
    recipe = load_recipe("gan")
    lines = []
    for name, title in _BASELINES.items():
        scores = recorded["baselines"].get(recipe.protocol, {}).get(name, {})
        if scores:
            lines.append(
                (title, *(_number(measure, scores[measure]) for measure in _SAMPLE_MEASURES))
            )
    for network in ("vae", "gan"):
        for variant, one, summary in _judged(network, folder):
            cells = (_cell(summary, name, _digits(name)) for name in _SAMPLE_MEASURES)
            lines.append((f"`{network}`, {variant} recipe, {one.protocol}", *cells))
    return _table(("images", *(name.replace("_", " ") for name in _SAMPLE_MEASURES)), lines)


TABLES = {
    "reconstructions": reconstruction_table,
    "likelihoods": likelihood_table,
    "samples": samples_table,
}


def _judged(
    name: str, folder: str | os.PathLike[str] | None
) -> list[tuple[str, Recipe, dict[str, Any]]]:
    """Return what was recorded of each recipe and protocol of a network."""
    recorded = load_results(name, folder) or {"variants": {}}
    recipes = [(variant, load_recipe(name, variant)) for variant in recorded["variants"]]
    return [
        (variant, one, _summary(recorded, variant, one.protocol))
        for variant, recipe in recipes
        for one in recipe.protocols()
    ]


def _summary(recorded: dict[str, Any], variant: str, protocol: str) -> dict[str, Any]:
    judged = recorded["variants"].get(variant, {}).get("judged_on", {}).get(protocol)
    return {} if judged is None else {**judged["summary"], "seeds": len(judged["seeds"])}


def _digits(measure: str) -> int:
    return 2 if measure == "classifier_frechet_distance" else 3


def _number(measure: str, value: float) -> str:
    return f"{value:.{_digits(measure)}f}"


def _cell(summary: dict[str, Any], measure: str, digits: int) -> str:
    if measure not in summary:
        return "-"
    mean, spread = summary[measure]["mean"], summary[measure]["spread"]
    if summary["seeds"] == 1:
        return f"{mean:.{digits}f} (1 seed)"
    return f"{mean:.{digits}f} ± {spread:.{digits}f} ({summary['seeds']} seeds)"


def _table(header: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    rows = [header, ("---",) * len(header), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
