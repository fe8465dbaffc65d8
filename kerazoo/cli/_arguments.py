"""Arguments and options that several commands have, and how they are read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from kerazoo import registry
from kerazoo.datasets.sources import DATA_DIR_VARIABLE
from kerazoo.errors import KerazooError
from kerazoo.recipe import LAST_SEED, MOST
from kerazoo.registry import Variant

Runtime = Literal["auto", "litert", "keras"]


def number(least: int = 1, most: int = MOST) -> Callable[[str | int], int]:
    """Return what reads a whole number within limits, and says what was passed if it is none."""

    def read(text: str | int) -> int:
        with contextlib.suppress(ValueError):
            if least <= int(text) <= most:
                return int(text)
        raise typer.BadParameter(f"it is {text!r}; expected a whole number, {least} to {most}")

    return read


def complete_network(incomplete: str) -> list[str]:
    """Complete the name of a network in a shell."""
    return [name for name in registry.list_models() if name.startswith(incomplete)]


def use_data_dir(folder: Path | None) -> None:
    """Let data sets be looked for in a folder first, for the rest of this process."""
    if folder is None:
        return
    if not folder.is_dir():
        raise KerazooError(
            f"--data-dir {folder} is not a folder; give one with the original files."
        )
    os.environ[DATA_DIR_VARIABLE] = str(folder)


Quiet = Annotated[bool, typer.Option("--quiet", help="Print only what was saved.")]
Force = Annotated[
    bool, typer.Option("--force", help="Replace what is there already; nothing is, without it.")
]
Figures = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="A folder to draw figures in, as PNG files."),
]
OF_RECIPE = "the recipe's"
"""What stands for the default of an option that a recipe decides."""

Followed = Annotated[
    Variant, typer.Option(help="The recipe: as its source gives it, or the one tuned here.")
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Where the original files of data sets are.",
        show_default="what KERAZOO_DATA_DIR names",
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option(
        parser=number(), metavar="N", help="Rows computed at once.", show_default="chosen"
    ),
]
NetworkOrData = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME",
        help="A name from kerazoo list, or your own model file; not needed with --data.",
        show_default=False,
        autocompletion=complete_network,
    ),
]
OwnData = Annotated[
    Path | None, typer.Option(metavar="PATH", help="Your own data, as for kerazoo train.")
]
Seed = Annotated[
    int | None,
    typer.Option(
        parser=number(0, LAST_SEED),
        metavar="N",
        help="Decides initial weights and the order of the rows.",
        show_default=OF_RECIPE,
    ),
]
Ray = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        help="A Ray cluster to work on: local for the processors of this machine, "
        "HOST:PORT of its head, or ray://HOST:PORT from a machine outside it.",
        show_default="this process alone",
    ),
]
