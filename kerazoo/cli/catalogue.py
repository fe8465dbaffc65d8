"""Commands that tell what there is: list, show, data, table, doctor.

None imports Keras, but for doctor.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo import registry, report
from kerazoo.cli import console, data
from kerazoo.quiet import quiet_libraries

if TYPE_CHECKING:
    from kerazoo.recipe import Recipe


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("list")(list_command)
    app.command()(show)
    app.add_typer(data.app, name="data", no_args_is_help=True)
    app.command()(table)
    app.command()(doctor)


def list_command(
    family: Annotated[str | None, typer.Option(help="Only one family of networks.")] = None,
) -> None:
    """List the networks with one line each."""
    for name in registry.list_models(family):
        summary = (inspect.getdoc(registry.load_module(name)) or "").splitlines()[0]
        print(f"{name:18}{summary.removeprefix(f'{name}: ')}")


def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `kerazoo list`.")],
    variant: Annotated[str, typer.Option(help="documented or tuned.")] = "tuned",
) -> None:
    """Show a network: docstring, layers with their parameters, recipe, references, results."""
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
    recorded = report.load_results(name) or {}
    if "layers" in recorded:  # which spares the seconds that importing Keras takes
        return recorded["layers"]
    with quiet_libraries():
        from kerazoo.training.record import describe_layers

        return describe_layers(name)


def _describe_results(name: str, recipe: Recipe) -> Iterator[str]:
    recorded = report.load_results(name)
    if recorded is None:
        yield f"none; make them with: kerazoo record {name}"
        return
    for protocol in (recipe.protocol, *recipe.also_judged_on):
        baseline = report.best_baseline(recipe, recorded, protocol)
        if baseline is not None:
            yield f"{protocol}: best baseline {baseline[1]:.4f} ({baseline[0]})"
        for variant, entry in recorded["variants"].items():
            judged = entry["judged_on"].get(protocol, {"summary": {}})
            for metric, value in judged["summary"].items():
                figure = report.mean_and_spread(value, len(judged["seeds"]))
                yield f"{protocol}: {variant}, {metric} {figure}"
    for variant, entry in recorded["variants"].items():
        folds = entry.get("cross_validation")
        if folds is not None:
            figure = report.mean_and_spread(folds[recipe.primary_metric], folds["folds"], "fold")
            yield f"cross-validation: {variant}, {recipe.primary_metric} {figure}"


def table(
    results: Annotated[Path | None, typer.Option(help="Folder of the result files.")] = None,
    write: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="Bring the tables of a Markdown file up to date, or of all pages of a checkout; "
            "may be repeated.",
        ),
    ] = None,
) -> None:
    """Print the table of recorded results as Markdown, or write tables into pages."""
    if not write:
        print(report.markdown_table(report.result_rows(results)))
        return
    from kerazoo.report_pages import render_pages

    for page, changed in render_pages(*write, results=results).items():
        console.say(f"{page}: {'updated' if changed else 'already up to date'}")


def doctor() -> None:
    """Print versions and devices, and what a GPU still needs."""
    with quiet_libraries():
        import keras
        import tensorflow as tf
    names = ("kerazoo", "keras", "tensorflow", "numpy", "ai-edge-litert", "scikit-learn")
    print(f"python            {sys.version.split()[0]}")
    for name in names:
        print(f"{name:18}{importlib.metadata.version(name)}")
    print(f"keras backend     {keras.backend.backend()}")
    print(f"CPU cores         {os.cpu_count()}")
    gpus = [device.name for device in tf.config.list_physical_devices("GPU")]
    print(f"GPU               {', '.join(gpus) or 'none that TensorFlow can use'}")
    if not gpus:
        print(_gpu_advice(tf.test.is_built_with_cuda()))


def _gpu_advice(built_with_cuda: bool) -> str:
    import ctypes.util

    if ctypes.util.find_library("cuda") is None:
        return "                  no NVIDIA driver (libcuda); without a GPU nothing is missing"
    if not built_with_cuda:
        return "                  this TensorFlow has no CUDA: pip install 'kerazoo[gpu]'"
    missing = [
        library
        for library in ("cudart", "cudnn", "cublas", "cufft", "cusolver", "cusparse")
        if ctypes.util.find_library(library) is None
    ]
    return f"                  not found: {', '.join(missing)}: pip install 'kerazoo[gpu]'"
