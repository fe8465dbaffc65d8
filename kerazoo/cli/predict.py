"""`kerazoo predict`: raw input in, answers out; the network's task says what it takes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kerazoo.cli._console import progress_bar, quietly, say, writing
from kerazoo.cli._options import MOST
from kerazoo.errors import unknown_name
from kerazoo.predict.output import FORMATS
from kerazoo.tasks import Request, load_task, task_of_saved

_SUFFIXES = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".txt": "table"}


def predict(
    context: typer.Context,
    model: Annotated[
        str, typer.Argument(help="An installed model, or the directory of a saved one.")
    ],
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="CSV, .npy, PNG or JPEG files, folders of images, or -; words for word vectors.",
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
) -> None:
    """Predict raw input with a saved model: columns are matched by name.

    A network that forecasts a series takes one CSV file and goes on from its end. Word vectors take
    words, or sums such as "king - man + woman". kerazoo predict MODEL --help shows the options of
    a model.
    """
    request = Request(
        inputs,
        format=_choose_format(kind, output),
        options=context.obj["options"],
        runtime=runtime,  # type: ignore[arg-type]
        batch_size=batch_size,
        say=say,
        watch=progress_bar,
    )
    task = load_task(task_of_saved(model))
    answers = task.answer(model, request)
    # The first piece loads the network: what libraries print meanwhile is kept back.
    first = quietly(lambda: next(answers, ""))
    with writing(output) as write:
        write(first)
        for text in answers:
            write(text)


def _choose_format(kind: str | None, output: Path | None) -> Any:
    if kind is None and output is not None:
        return _SUFFIXES.get(output.suffix.lower(), "csv")
    if kind is None:
        return "table" if sys.stdout.isatty() else "csv"
    if kind not in FORMATS:
        raise unknown_name("format", kind, FORMATS)
    return kind
