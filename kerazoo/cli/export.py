"""`kerazoo export`: a saved model in a form that other programs run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kerazoo.cli._arguments import Force
from kerazoo.cli._console import quietly


def export(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="PATH",
            help="The file, or for saved_model and web the folder, to make; web also writes one "
            "file, NAME.html.",
        ),
    ],
    kind: Annotated[
        Literal["onnx", "saved_model", "litert", "tflite", "web"],
        typer.Option("--format", help="What to make."),
    ],
    force: Force = False,
) -> None:
    """Write a saved model in a form that other programs run, once its answers are the same."""

    def write() -> Path:
        if kind == "web":
            from kerazoo.web import export_web

            return export_web(model, out, force=force)
        from kerazoo.saved.export import export_model

        # LiteRT was called TensorFlow Lite, and its files still are.
        return export_model(model, "litert" if kind == "tflite" else kind, out, force=force)

    print(f"wrote {quietly(write)}")
