"""`kerazoo export`: a saved model in a form that other programs run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kerazoo.cli._console import quietly


def export(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    output: Annotated[Path, typer.Option(help="The file, or for saved_model the folder, to make.")],
    kind: Annotated[str, typer.Option("--format", help="onnx, saved_model or litert.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace an older export that is there already.")
    ] = False,
) -> None:
    """Write a saved model in a form that other programs run, once its answers are the same."""

    def write() -> Path:
        from kerazoo.saved.export import export_model

        return export_model(model, kind, output, force=force)  # type: ignore[arg-type]

    print(f"wrote {quietly(write)}")
