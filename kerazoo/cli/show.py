"""`kerazoo show`: what a network is, how it is trained, and what it reaches."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo import registry
from kerazoo._machine import quiet_libraries
from kerazoo.cli import _console as console
from kerazoo.cli._options import resolve_network
from kerazoo.errors import InvalidInput
from kerazoo.report.results import Results

if TYPE_CHECKING:
    from kerazoo.recipe import Recipe


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
    print(console.wrap(f"build_{name}{_signature(builder)}") + "\n")
    print(console.wrap_docstring(inspect.getdoc(builder) or ""))
    print("\nLayers:\n")
    for line in _describe_layers(name):
        print(console.wrap_last_column(line))
    sizes = _describe_sizes(name)
    if sizes:
        print(
            "\nSizes, (n + 2p - f)/s + 1 of n pixels, p more on either side, f in strides of s:\n"
        )
    for line in sizes:
        print(console.wrap_last_column(line))
    print(f"\nRecipe ({variant}):")
    print(console.wrap(f"follows: {recipe.source}", indent=4))
    for line in describe_recipe(recipe):
        print(console.wrap(line, indent=4))
    about_data = console.wrap_docstring(registry.describe_dataset(recipe.dataset))
    print(f"\nData ({recipe.dataset}):\n\n{about_data}")
    references = {key: getattr(recipe, key) for key in ("documented", "baseline", "best")}
    if any(references.values()):
        print("\nReferences:")
    for key, reference in references.items():
        if reference is not None:
            note = f" ({reference.note})" if reference.note else ""
            kind = "published" if key == "documented" else key
            text = f"{kind}: {reference.metric} {reference.value:g}, {reference.source}{note}"
            print(console.wrap(text, indent=4))
    print("\nRecorded results:")
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
            yield f"{key.replace('_', ' ')}: {_in_words(value)}"
    kept = f"best {recipe.monitor}" if recipe.restore_best_weights else "last epoch"
    yield f"weights that are kept: those of the {kept}"
    yield f"judged by: {recipe.primary_metric}, {better} is better; experiment {recipe.experiment}"
    if recipe.experiments:
        yield f"further experiments, for --experiment: {'; '.join(recipe.experiments)}"


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
        yield f"none; make them with: kerazoo record {name}"
        return
    for experiment in (one.experiment for one in recipe.all_experiments()):
        baseline = results.best_baseline(recipe, experiment)
        if baseline is not None:
            yield f"{experiment}: best baseline {baseline[1]:.4f} ({baseline[0]})"
        for variant in results.variants:
            for metric, score in results.metrics(variant, experiment):
                yield f"{experiment}: {variant}, {metric} {score}"
    for variant in results.variants:
        score_of_folds = results.cross_validation(variant, recipe.primary_metric)
        if score_of_folds is not None:
            yield f"cross-validation: {variant}, {recipe.primary_metric} {score_of_folds}"
