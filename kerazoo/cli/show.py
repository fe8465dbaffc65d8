"""`kerazoo show`: what a network is, how it is trained, and what it reaches."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo import registry
from kerazoo._machine import quiet_libraries
from kerazoo.cli import _console as console
from kerazoo.cli._language import is_korean, said
from kerazoo.cli._options import resolve_network
from kerazoo.errors import InvalidInput
from kerazoo.report.results import Results

if TYPE_CHECKING:
    from kerazoo.recipe import Recipe


_SIZES = "Sizes, (n + 2p - f)/s + 1 of n pixels, p more on either side, f in strides of s:"
_SILENT: tuple[Any, ...] = (None, {}, [], 0, "")
_SAID_OTHERWISE = (
    *("source", "documented", "baseline", "best", "experiment", "experiments"),
    *("primary_metric", "primary_mode", "restore_best_weights", "monitor", "monitor_mode"),
)


def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `kerazoo list`.")],
    variant: Annotated[registry.Variant, typer.Option(help="Whose settings to show.")] = "tuned",
) -> None:
    """Show a network: docstring, layers and parameters, recipe, data, references, results."""
    name = resolve_network(name)
    recipe = registry.load_recipe(name, variant)
    builder = registry.load_builder(name)
    if is_korean():
        print(console.wrap(said(registry.describe_network(name))) + "\n")
    print(console.wrap(f"build_{name}{_signature(builder)}") + "\n")
    print(console.wrap_docstring(inspect.getdoc(builder) or ""))
    print(f"\n{said('Layers:')}\n")
    for line in _describe_layers(name):
        print(console.wrap_last_column(line))
    sizes = _describe_sizes(name)
    if sizes:
        print(f"\n{console.wrap(said(_SIZES))}\n")
    for line in sizes:
        print(console.wrap_last_column(line))
    print("\n" + said("Recipe ({variant}):", variant=said(variant)))
    print(console.wrap(said("follows: {source}", source=recipe.source), indent=4))
    for line in describe_recipe(recipe):
        print(console.wrap(line, indent=4))
    about_data = console.wrap_docstring(registry.describe_dataset(recipe.dataset))
    print(f"\n{said('Data ({dataset}):', dataset=recipe.dataset)}\n\n{about_data}")
    references = {key: getattr(recipe, key) for key in ("documented", "baseline", "best")}
    if any(references.values()):
        print(f"\n{said('References:')}")
    for key, reference in references.items():
        if reference is not None:
            note = f" ({reference.note})" if reference.note else ""
            kind = "published" if key == "documented" else key
            source = said(reference.source)
            text = f"{said(kind)}: {reference.metric} {reference.value:g}, {source}{note}"
            print(console.wrap(text, indent=4))
    print(f"\n{said('Recorded results:')}")
    for line in _describe_results(name, recipe):
        print(console.wrap(line, indent=4))


def _signature(builder: Callable[..., Any]) -> str:
    parameters = inspect.signature(builder).parameters.values()
    return f"({', '.join(f'{p.name}={p.default!r}' for p in parameters)})"


def describe_recipe(recipe: Recipe) -> Iterator[str]:
    """Yield what decides a training, and what it is judged by."""
    better = "lower" if recipe.primary_mode == "min" else "higher"
    for key, value in recipe.as_dict().items():
        if key not in _SAID_OTHERWISE and value not in _SILENT:
            yield f"{said(key.replace('_', ' '))}: {_in_words(value)}"
    kept = said("last epoch")
    if recipe.restore_best_weights:
        kept = said("best {monitor}", monitor=recipe.monitor)
    yield said("weights that are kept: those of the {epoch}", epoch=kept)
    yield said(
        "judged by: {metric}, {better} is better; experiment {experiment}",
        metric=recipe.primary_metric,
        better=said(better),
        experiment=recipe.experiment,
    )
    if recipe.experiments:
        listed = "; ".join(said(one) for one in recipe.experiments)
        yield said("further experiments, for --experiment: {experiments}", experiments=listed)


def _in_words(value: Any) -> str:
    """Return settings in short.

    Example:
        >>> _in_words({"class_name": "Adam", "config": {"learning_rate": 0.00030000000000000003}})
        'Adam(learning_rate 0.0003)'
    """
    if isinstance(value, dict) and "class_name" in value:
        return f"{value['class_name']}({_in_words(value['config'])})"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_in_words(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_in_words, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _describe_layers(name: str) -> list[str]:
    layers = Results.load(name).layers
    if layers:  # which spares the seconds that importing Keras takes
        return layers
    with quiet_libraries():
        from kerazoo.report.layer_table import describe_layers

        return describe_layers(name)


def _describe_sizes(name: str) -> list[str]:
    """Return the arithmetic of convolutions; only of networks that have some is Keras imported."""
    if not any("Conv" in line for line in _describe_layers(name)):
        return []
    with quiet_libraries():
        from kerazoo.report.size_table import size_table

        try:
            return str(size_table(name)).splitlines()
        except InvalidInput:  # of a kind that is not spelled out
            return []


def _describe_results(name: str, recipe: Recipe) -> Iterator[str]:
    results = Results.load(name)
    if not results:
        yield said("none; make them with: kerazoo record {name}", name=name)
        return
    for experiment in (one.experiment for one in recipe.all_experiments()):
        baseline = results.best_baseline(recipe, experiment)
        if baseline is not None:
            yield said(
                "{experiment}: best baseline {value} ({baseline})",
                experiment=experiment,
                value=f"{baseline[1]:.4f}",
                baseline=baseline[0],
            )
        for variant in results.variants:
            for metric, score in results.metrics(variant, experiment):
                yield said(
                    "{experiment}: {variant}, {metric} {score}",
                    experiment=experiment,
                    variant=said(variant),
                    metric=metric,
                    score=score,
                )
    for variant in results.variants:
        score_of_folds = results.cross_validation(variant, recipe.primary_metric)
        if score_of_folds is not None:
            yield said(
                "cross-validation: {variant}, {metric} {score}",
                variant=said(variant),
                metric=recipe.primary_metric,
                score=score_of_folds,
            )
