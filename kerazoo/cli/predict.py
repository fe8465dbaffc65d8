"""`kerazoo predict`: raw input in, answers out; the network's task says what it takes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kerazoo._files import refuse_existing
from kerazoo.cli._arguments import BatchSize, Force, Runtime
from kerazoo.cli._console import progress_bar, quietly, say, writing
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.saved.reading import Location
from kerazoo.tasks import Format, Request, load_task, open_for_task

_SUFFIXES: dict[str, Format] = {
    "": "csv",
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".txt": "table",
}


def predict(
    context: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT...",
            help="CSV, Parquet, .npy, image or text files, folders of images or texts, or -; words "
            "for word vectors.",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="How answers are written.",
            show_default="table on a terminal, otherwise csv, or what the ending of --out says",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file to write.", show_default="standard output"),
    ] = None,
    batch_size: BatchSize = None,
    runtime: Annotated[Runtime, typer.Option(help="What computes the answers.")] = "auto",
    force: Force = False,
) -> None:
    """Predict raw input with a saved model: columns are matched by name.

    A network that forecasts a series takes one CSV file and goes on from its end; one that tells
    texts apart takes a text a line. Word vectors take
    words, or sums such as "king - man + woman". kerazoo predict MODEL --help shows the options of
    a model.
    """
    name, source = context.obj["opened"] or open_for_task(model)
    task, options = load_task(name), context.obj["options"]
    asks = any(task.PREDICT_OPTIONS[option].replaces_inputs for option in options)
    if not inputs and not asks:
        raise WrongUsage(
            "give an input: kerazoo predict MODEL INPUT...; kerazoo predict MODEL --help says what "
            "it takes."
        )
    if out is not None:
        _check_out(out, inputs or (), force)
    ray = options.pop("ray", None)
    request = Request(
        inputs or (),
        format=_choose_format(kind, out),
        force=force,
        options=options,
        runtime=runtime,
        batch_size=batch_size,
        say=say,
        watch=progress_bar,
    )
    if ray is not None:
        _answer_on_cluster(name, source, request, out, ray)
        return
    answers = task.answer(source, request)
    # The first piece loads the network: what libraries print meanwhile is kept back.
    first = quietly(lambda: next(answers, ""))
    with writing(out) as write:
        write(first)
        for text in answers:
            write(text)


def _answer_on_cluster(
    task: str, model: Location, request: Request, out: Path | None, ray: str
) -> None:
    from kerazoo.cluster import check_ray

    check_ray()
    if out is None:
        raise WrongUsage("--ray needs --out FILE: what is there goes on after a kill.")
    if request.runtime == "keras":
        raise WrongUsage("--ray answers by LiteRT: leave out --runtime keras.")
    from kerazoo.experiments.spread.answers import Question, answer_spread

    question = Question(task, request.format, request.options, request.batch_size)
    with progress_bar(str(out)) as report:
        answer_spread(
            model,
            question,
            request.inputs,
            out,
            ray,
            force=request.force,
            say=say,
            report=report,
        )


def _check_out(out: Path, inputs: Sequence[str], force: bool) -> None:
    if out.is_dir():
        raise KerazooError(f"--out {out} is a directory; give the name of a file.")
    if not out.absolute().parent.is_dir():
        raise KerazooError(f"--out {out}: there is no folder {out.parent}. Make it first.")
    for source in inputs:
        if os.path.exists(source) and os.path.exists(out) and os.path.samefile(source, out):
            raise KerazooError(f"--out {out} is the input itself; choose another name.")
    refuse_existing(out, "--out", force=force)


def _choose_format(kind: Format | None, out: Path | None) -> Format:
    if kind is not None:
        return kind
    if out is None:
        return "table" if sys.stdout.isatty() else "csv"
    if out.suffix.lower() not in _SUFFIXES:
        known = ", ".join(f"{ending} ({name})" for ending, name in _SUFFIXES.items() if ending)
        raise WrongUsage(
            f"--out {out} ends in {out.suffix}, which says no format. Let it end in "
            f"{known}, or add --format."
        )
    return _SUFFIXES[out.suffix.lower()]
