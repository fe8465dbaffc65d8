"""The tables of generative networks: reconstructions beside PCA, samples beside real images.

Which networks a table has is decided by the measures that their recipes name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from kerazoo.recipe import Recipe
from kerazoo.registry import list_models, load_recipe
from kerazoo.report.results import Results, metric_name
from kerazoo.report.table import Table
from kerazoo.report.tables import Folder
from kerazoo.tasks.generation import MARKS

_SAMPLE_MEASURES = (
    "classifier_frechet_distance",
    "precision",
    "recall",
    "smallest_class_share",
)
_LIKELIHOODS = ("negative_elbo", "negative_log_likelihood", "reconstruction", "kl")
_DIGITS = {"classifier_frechet_distance": 2, "precision": 3, "recall": 3, "smallest_class_share": 3}


def reconstruction_table(folder: Folder = None) -> str:
    """Render squared errors of reconstructions beside those of principal components."""
    header = ("tuned recipe", "principal components, as many", "**network**", "of noisy images")
    lines = []
    for results, variant, one in _recorded("denoising", folder):
        if variant == "tuned":
            baseline = results.baselines(one.experiment).get("principal_components")
            lines.append(
                (
                    f"`{results.name}`, {one.experiment}",
                    "-" if baseline is None else f"{baseline['mean_squared_error']:.5f}",
                    _cell(results, variant, one, "mean_squared_error", 5),
                    _cell(results, variant, one, "denoised_mean_squared_error", 5),
                )
            )
    return Table(header, tuple(lines)).markdown()


def likelihood_table(folder: Folder = None) -> str:
    """Render bounds, their parts and likelihoods, in nats per image."""
    lines = [
        (
            f"`{results.name}`, {variant} recipe, {one.experiment}",
            *(_cell(results, variant, one, name, 2) for name in _LIKELIHOODS),
        )
        for results, variant, one in _recorded("likelihood", folder)
    ]
    return Table(("network", *map(metric_name, _LIKELIHOODS)), tuple(lines)).markdown()


def samples_table(folder: Folder = None) -> str:
    """Render measures of generated images, with marks on the scale."""
    recorded = list(_recorded("samples", folder))
    marks: dict[str, tuple[str, ...]] = {}
    for results, _, one in recorded:
        for name, scores in results.baselines(one.experiment).items():
            if name in MARKS:
                cells = (f"{scores[m]:.{_DIGITS[m]}f}" for m in _SAMPLE_MEASURES)
                marks.setdefault(name, (MARKS[name], *cells))
    lines = [
        (
            f"`{results.name}`, {variant} recipe, {one.experiment}",
            *(_cell(results, variant, one, name, _DIGITS[name]) for name in _SAMPLE_MEASURES),
        )
        for results, variant, one in recorded
    ]
    header = ("images", *map(metric_name, _SAMPLE_MEASURES))
    return Table(header, (*marks.values(), *lines)).markdown()


TABLES: Mapping[str, Callable[[Folder], str]] = {
    "reconstructions": reconstruction_table,
    "likelihoods": likelihood_table,
    "samples": samples_table,
}


def _recorded(measure: str, folder: Folder) -> Iterator[tuple[Results, str, Recipe]]:
    """Yield every recorded recipe and experiment of the networks that have a measure."""
    for name in list_models():
        results = Results.load(name, folder)
        for variant in results.variants:
            recipe = load_recipe(name, variant)
            if measure in recipe.measures:
                yield from ((results, variant, one) for one in recipe.all_experiments())


def _cell(results: Results, variant: str, one: Recipe, measure: str, digits: int) -> str:
    score = results.score(variant, one.experiment, measure)
    return "-" if score is None else score.show(digits)
