"""`kerazoo pull`: a saved model from the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kerazoo.cli._arguments import Force
from kerazoo.cli._console import quietly, said_if_slow


def pull(
    source: Annotated[
        str, typer.Argument(metavar="hf://USER/NAME[@REVISION]", help="The model on the Hub.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder to make.", show_default="runs/NAME"),
    ] = None,
    force: Force = False,
) -> None:
    """Copy a saved model from the Hugging Face Hub, and check it as one from a stranger.

    Files that its card does not name are left where they are. Needs the extra hub.
    """
    from kerazoo.hub import Address
    from kerazoo.hub import pull as carry_out

    folder = Path("runs") / Address.of(source).name if out is None else out
    with said_if_slow(f"getting {source}"):
        quietly(lambda: carry_out(source, folder, force=force))
    print(f"saved to {folder}")
