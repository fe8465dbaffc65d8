"""`kerazoo record`: all seeds of a network's recipes, written down in results/NAME.json."""

from __future__ import annotations

from typing import Annotated

import typer

from kerazoo import registry
from kerazoo._machine import quiet_libraries
from kerazoo.cli._options import MOST, resolve_network
from kerazoo.errors import unknown_name


def record(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from kerazoo list.")],
    variant: Annotated[
        str | None, typer.Option(help="documented or tuned; both by default.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, max=MOST, help="How many seeds; the recipe's by default.")
    ] = None,
    experiment: Annotated[
        list[str] | None, typer.Option(help="Only this experiment of the recipe; may be repeated.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only what was saved.")] = False,
) -> None:
    """Train all seeds of a network's recipes, and write results/NAME.json and saved_models/NAME.

    The recipes are taken as they stand: what is recorded can be reproduced by this command alone.
    """
    name = resolve_network(name)
    if variant is not None and variant not in registry.VARIANTS:
        raise unknown_name("variant", variant, registry.VARIANTS)
    variants = registry.VARIANTS if variant is None else (variant,)
    with quiet_libraries():
        from kerazoo.experiments.record import record as carry_out

        report = (lambda line: None) if quiet else print
        carry_out(name, seeds=seeds, variants=variants, experiments=experiment or (), report=report)
    print(f"recorded in results/{name}.json, saved to saved_models/{name}")
