"""`kerazoo compare`: which of two saved models is better on the same rows, if either is?"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kerazoo._wording import counted
from kerazoo.cli._arguments import DataDir, Runtime, use_data_dir
from kerazoo.cli._console import quietly, said_if_slow, say
from kerazoo.cli._judged_on import load_splits, recipe_of
from kerazoo.errors import WrongUsage
from kerazoo.report.results import metric_name
from kerazoo.report.table import Table
from kerazoo.saved.reading import open_saved

if TYPE_CHECKING:
    from kerazoo.experiments.comparing import Answered, Compared
    from kerazoo.saved.reading import Saved

_MODEL = "An installed model, or the directory of a saved one."


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help=_MODEL)],
    second: Annotated[str, typer.Argument(metavar="B", help=_MODEL)],
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Your own data with its target: the rows that neither was trained on count.",
        ),
    ] = None,
    data_dir: DataDir = None,
    runtime: Annotated[Runtime, typer.Option(help="What computes the answers.")] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, for programs that read it.")
    ] = False,
) -> None:
    """Compare two saved models on the same rows: is one better, or is it chance?

    Classes by McNemar's exact test, numbers by a paired permutation test of the absolute errors.
    Without --data, on the test part that both were judged on. It compares two trained networks:
    another seed of the same recipe may do better or worse.
    """
    use_data_dir(data_dir)
    if data is not None and str(data) == "-":
        raise WrongUsage("two models cannot both read standard input: give --data a file.")
    from kerazoo.experiments.comparing import check_comparable, compare_answers, verdict

    names = first, second
    opened = open_saved(first), open_saved(second)
    check_comparable(names, (opened[0].card, opened[1].card))
    answers = _answers(first, opened[0], data, runtime), _answers(second, opened[1], data, runtime)
    with said_if_slow("comparing the answers"):
        found = compare_answers(*answers)
    if as_json:
        plain = dataclasses.asdict(found)
        plain["better"] = None if found.better is None else names[found.better]
        print(json.dumps({"models": list(names), **plain}, allow_nan=False))
        return
    print(_table(names, found))
    print(verdict(names, found))
    if any("weight" in one.columns for one in answers):
        say("note: all rows count alike here, whatever their weights are.")


def _answers(name: str, saved: Saved, data: Path | None, runtime: Runtime) -> Answered:
    from kerazoo.experiments.comparing import answered

    recipe, splits = load_splits(name, saved, recipe_of(saved.card), data)
    with said_if_slow(f"{name} answers {counted(len(splits.test.x), 'row')}"):
        return quietly(lambda: answered(name, saved, recipe, splits, runtime))


def _table(names: tuple[str, str], found: Compared) -> Table:
    rows = [[name, f"{score:.5g}"] for name, score in zip(names, found.scores, strict=True)]
    header = ["model", metric_name(found.measure)]
    if found.alone is not None:
        header.append("alone right")
        for row, count in zip(rows, found.alone, strict=True):
            row.append(f"{count:,}")
    note = f"on the same {counted(found.rows, 'row')}"
    if found.interval is not None:
        low, high = found.interval
        note += f"; difference {found.difference:.4g}, 95 % interval {low:.4g} to {high:.4g}"
    return Table(tuple(header), tuple(map(tuple, rows)), note)
