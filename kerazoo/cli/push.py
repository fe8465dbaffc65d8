"""`kerazoo push`: a saved model to the Hugging Face Hub."""

from __future__ import annotations

from typing import Annotated

import typer

from kerazoo._wording import counted
from kerazoo.cli._arguments import Force
from kerazoo.cli._console import quietly, said_if_slow, say


def push(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    target: Annotated[str, typer.Argument(metavar="hf://USER/NAME", help="Where to put it.")],
    public: Annotated[
        bool,
        typer.Option(
            "--public", help="Let everybody see a repository that is made; otherwise only you."
        ),
    ] = False,
    force: Force = False,
) -> None:
    """Put a saved model onto the Hugging Face Hub: its files, its card and its README.md.

    Paths of yours are left out of the card; rows of the training data that it holds are not. Log
    in before: hf auth login. Needs the extra hub.
    """
    from kerazoo.hub import push as carry_out

    with said_if_slow(f"pushing to {target}"):
        page, rows = quietly(lambda: carry_out(model, target, public=public, force=force))
    print(f"pushed to {page}")
    if rows:
        say(f"note: card.json holds {counted(rows, 'row')} of the training data.")
