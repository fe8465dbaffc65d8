"""`kerazoo rate`: which learning rate suits a network?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kerazoo import registry
from kerazoo._files import check_new_file
from kerazoo._machine import quiet_libraries, warnings_as_lines
from kerazoo.cli._arguments import (
    DataDir,
    Followed,
    Force,
    NetworkOrData,
    OwnData,
    Seed,
    use_data_dir,
)
from kerazoo.cli._console import said_if_slow, say
from kerazoo.cli._start import choose_data, find_network
from kerazoo.recipe import with_learning_rate
from kerazoo.runtimes.xla_cache import keeping_programs
from kerazoo.tasks import Chosen

if TYPE_CHECKING:
    from kerazoo.report.rate import RateCurve


def rate(
    context: typer.Context,
    name: NetworkOrData = None,
    variant: Followed = "tuned",
    data: OwnData = None,
    seed: Seed = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A PNG file to draw the curve in.")
    ] = None,
    promote: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A JSON file for the recipe with that rate: kerazoo train --recipe FILE.",
        ),
    ] = None,
    data_dir: DataDir = None,
    force: Force = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, for programs that read it.")
    ] = False,
) -> None:
    """Train for some steps with a learning rate that rises, and suggest one.

    It lies between the rate where the loss falls fastest and the one where it is lowest.
    """
    for path, suffix, flag in ((plot, ".png", "--plot"), (promote, ".json", "--promote")):
        if path is not None:
            check_new_file(path, (suffix,), flag, force=force)
    context.with_resource(keeping_programs(say))  # before TensorFlow is imported
    use_data_dir(data_dir)
    name = find_network(context, name, data)
    recipe = registry.load_recipe(name, variant)
    options: Chosen = context.obj["options"]
    from kerazoo.experiments.rate import find_rate

    recipe, splits = choose_data(name, recipe, recipe, data, options)

    with quiet_libraries(), said_if_slow(f"training {name}"), warnings_as_lines(say):
        curve = find_rate(name, variant=variant, recipe=recipe, splits=splits, seed=seed)
    print(json.dumps(_plain(curve)) if as_json else curve.verdict)
    if plot is not None:
        from kerazoo.plots.files import save_figure

        save_figure(plot, curve.figure())
        say(f"drawn to {plot}")
    if promote is not None:
        from kerazoo.experiments.recipe_file import write_recipe

        found = with_learning_rate(recipe, curve.suggestion)
        write_recipe(promote, name, found, variant=variant, found={"rate": curve.suggestion})
        say(f"wrote {promote}; to train by it: kerazoo train {name} --recipe {promote}")


def _plain(curve: RateCurve) -> dict[str, object]:
    return {
        "name": curve.name,
        "suggestion": curve.suggestion,
        "fastest": float(f"{curve.fastest:.3g}"),
        "lowest": float(f"{curve.lowest:.3g}"),
        "recipe": curve.recipe_rate,
        "rates": [float(f"{one:.6g}") for one in curve.rates],
        "losses": [float(f"{one:.6g}") for one in curve.losses],
    }
