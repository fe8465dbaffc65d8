"""`kerazoo record`: all seeds of a network's recipes, written down in results/NAME.json."""

from __future__ import annotations

from typing import Annotated

import typer

from kerazoo import registry
from kerazoo._machine import quiet_libraries
from kerazoo.cli._arguments import DataDir, Quiet, number, use_data_dir
from kerazoo.cli._console import say
from kerazoo.cli._options import resolve_network
from kerazoo.registry import Variant
from kerazoo.runtimes.xla_cache import keeping_programs


def record(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from kerazoo list.")],
    variant: Annotated[
        Variant | None, typer.Option(help="Only this recipe.", show_default="both")
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            parser=number(), metavar="N", help="How many seeds.", show_default="the recipe's"
        ),
    ] = None,
    experiment: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help="Only this experiment of the recipe; may be repeated.",
            show_default="all",
        ),
    ] = None,
    data_dir: DataDir = None,
    quiet: Quiet = False,
) -> None:
    """Train all seeds of a network's recipes, and write results/NAME.json and saved_models/NAME.

    The recipes are taken as they stand: what is recorded can be reproduced by this command alone.
    Both are written in the folder where you are, and replaced if they are there.
    """
    context.with_resource(keeping_programs(say))  # before TensorFlow is imported
    use_data_dir(data_dir)
    name = resolve_network(name)
    variants = registry.VARIANTS if variant is None else (variant,)
    with quiet_libraries():
        from kerazoo.experiments.record import record as carry_out

        report = (lambda line: None) if quiet else print
        carry_out(name, seeds=seeds, variants=variants, experiments=experiment or (), report=report)
    print(f"recorded in results/{name}.json, saved to saved_models/{name}")
