"""Commands about data sets: list them, find or fetch their files, print a sample."""

from __future__ import annotations

import csv
import inspect
import sys
from pathlib import Path
from typing import Annotated

import typer

from kerazoo import registry
from kerazoo.cli._console import say
from kerazoo.cli._options import Command, Commands, number
from kerazoo.errors import KerazooError

app = typer.Typer(cls=Commands, help="The data sets: list them, find their files, print a sample.")


@app.command("list", cls=Command)
def data_list() -> None:
    """List the data sets with one line each."""
    from kerazoo.datasets import list_datasets, load_dataset_module

    for name in list_datasets():
        summary = " ".join(
            (inspect.getdoc(load_dataset_module(name)) or "").split("\n\n")[0].split()
        )
        print(f"{name:20}{summary}")


@app.command("path", cls=Command)
def data_path(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `kerazoo data list`.")],
    data_dir: Annotated[Path | None, typer.Option(help="A folder with the original files.")] = None,
) -> None:
    """Print where the files of a data set are found."""
    from kerazoo.datasets import locate_dataset

    paths = locate_dataset(name, data_dir)
    if not paths:
        print(_without_files(name))
    for path in paths:
        print(path)


@app.command("fetch", cls=Command)
def data_fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `kerazoo data list`.")],
) -> None:
    """Download the files of a data set that are not on this machine yet, and check them all.

    A download that breaks off is continued by the same command.
    """
    from kerazoo.datasets import load_dataset_module
    from kerazoo.datasets.sources import fetch, read_verified

    files = load_dataset_module(name).FILES
    if not files:
        say(_without_files(name))
    for file in files:
        path = fetch(file)
        read_verified(path, file)
        print(path)


@app.command("sample", cls=Command)
def data_sample(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `kerazoo list`.")],
    rows: Annotated[int, typer.Option(parser=number(), metavar="N", help="How many rows.")] = 5,
) -> None:
    """Print rows of a network's test set as CSV: raw input for `kerazoo predict`.

    Of a series, the last rows: a history for `kerazoo predict --steps`.
    """
    from kerazoo.datasets import load_dataset, load_dataset_module
    from kerazoo.datasets.splits import Table

    recipe = registry.load_recipe(name)
    sample = getattr(load_dataset_module(recipe.dataset), "sample", None)
    if sample is not None:
        csv.writer(sys.stdout, lineterminator="\n").writerows(sample(rows))
        return
    splits = load_dataset(recipe.dataset, **recipe.dataset_arguments)
    about = splits.about
    if not isinstance(about, Table):
        raise KerazooError(
            f"{name} does not take a table, so there is no CSV of its input. kerazoo predict "
            "takes images and .npy files for it."
        )
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(about.feature_names)
    for row in splits.test.x[:rows]:
        writer.writerow(
            about.categories[column][int(value)] if column in about.categories else f"{value:g}"
            for column, value in zip(about.feature_names, row, strict=True)
        )


def _without_files(name: str) -> str:
    return f"{name} has no file of its own: it is computed, or made of what you pass."
