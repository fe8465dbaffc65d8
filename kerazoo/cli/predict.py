"""`kerazoo predict`: raw input in, answers out; the network's task says what it takes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kerazoo._files import refuse_existing
from kerazoo.cli._console import progress_bar, quietly, say, writing
from kerazoo.cli._options import MOST
from kerazoo.errors import KerazooError, unknown_name
from kerazoo.predict.output import FORMATS
from kerazoo.tasks import Request, load_task, open_for_task

_SUFFIXES = {"": "csv", ".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".txt": "table"}


def predict(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="CSV, .npy or image files, folders of images, or -; words for word vectors.",
        ),
    ],
    kind: Annotated[
        str | None, typer.Option("--format", help="table, csv, json or jsonl.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="A file to write instead of standard output.")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, max=MOST, help="Rows computed at once; chosen by default.")
    ] = None,
    runtime: Annotated[str, typer.Option(help="auto, litert or keras.")] = "auto",
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is there already.")
    ] = False,
) -> None:
    """Predict raw input with a saved model: columns are matched by name.

    A network that forecasts a series takes one CSV file and goes on from its end. Word vectors take
    words, or sums such as "king - man + woman". kerazoo predict MODEL --help shows the options of
    a model.
    """
    if output is not None:
        _check_output(output, inputs, force)
    request = Request(
        inputs,
        format=_choose_format(kind, output),
        force=force,
        options=context.obj["options"],
        runtime=runtime,  # type: ignore[arg-type]
        batch_size=batch_size,
        say=say,
        watch=progress_bar,
    )
    name, source = context.obj["opened"] or open_for_task(model)
    task = load_task(name)
    answers = task.answer(source, request)
    # The first piece loads the network: what libraries print meanwhile is kept back.
    first = quietly(lambda: next(answers, ""))
    with writing(output) as write:
        write(first)
        for text in answers:
            write(text)


def _check_output(output: Path, inputs: list[str], force: bool) -> None:
    if output.is_dir():
        raise KerazooError(f"--output {output} is a directory; give the name of a file.")
    for source in inputs:
        if os.path.exists(source) and os.path.exists(output) and os.path.samefile(source, output):
            raise KerazooError(f"--output {output} is the input itself; choose another name.")
    refuse_existing(output, "--output", force=force)


def _choose_format(kind: str | None, output: Path | None) -> Any:
    if kind is None and output is not None:
        if output.suffix.lower() not in _SUFFIXES:
            known = ", ".join(f"{ending} ({name})" for ending, name in _SUFFIXES.items() if ending)
            raise KerazooError(
                f"--output {output} ends in {output.suffix}, which says no format. Let it end in "
                f"{known}, or add --format."
            )
        return _SUFFIXES[output.suffix.lower()]
    if kind is None:
        return "table" if sys.stdout.isatty() else "csv"
    if kind not in FORMATS:
        raise unknown_name("format", kind, FORMATS)
    return kind
