"""`kerazoo show`: what a network is, how it is trained, and what it reaches."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo import registry
from kerazoo._machine import quiet_libraries
from kerazoo.cli import _console as console
from kerazoo.cli._options import Variant, resolve_network
from kerazoo.report.results import Results

if TYPE_CHECKING:
    from kerazoo.recipe import Recipe


def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `kerazoo list`.")],
    variant: Annotated[Variant, typer.Option(help="Whose settings to show.")] = "tuned",
) -> None:
    """Show a network: docstring, layers with their parameters, recipe, references, results."""
    name = resolve_network(name)
    recipe = registry.load_recipe(name, variant)
    builder = registry.load_builder(name)
    print(console.wrap(f"build_{name}{_signature(builder)}") + "\n")
    print(inspect.getdoc(builder))
    print("\nLayers:\n")
    print("\n".join(_describe_layers(name)))
    print(f"\nRecipe ({variant}):")
    print(console.wrap(f"follows: {recipe.source}", indent=4))
    for key, value in recipe.as_dict().items():
        if value not in (None, {}, []) and key not in ("source", "documented", "baseline", "best"):
            text = value if isinstance(value, str) else json.dumps(value)
            print(console.wrap(f"{key}: {text}", indent=4))
    references = {key: getattr(recipe, key) for key in ("documented", "baseline", "best")}
    if any(references.values()):
        print("\nReferences:")
    for key, reference in references.items():
        if reference is not None:
            note = f" ({reference.note})" if reference.note else ""
            text = f"{key}: {reference.metric} {reference.value:g}, {reference.source}{note}"
            print(console.wrap(text, indent=4))
    print("\nRecorded results:")
    for line in _describe_results(name, recipe):
        print(console.wrap(line, indent=4))


def _signature(builder: Callable[..., Any]) -> str:
    parameters = inspect.signature(builder).parameters.values()
    return f"({', '.join(f'{p.name}={p.default!r}' for p in parameters)})"


def _describe_layers(name: str) -> list[str]:
    layers = Results.load(name).layers
    if layers:  # which spares the seconds that importing Keras takes
        return layers
    with quiet_libraries():
        from kerazoo.report.layer_table import describe_layers

        return describe_layers(name)


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
