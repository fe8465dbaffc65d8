"""Commands about data sets: list them, find or fetch their files, print a sample."""

from __future__ import annotations

import csv
import inspect
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from kerazoo import registry
from kerazoo._files import make_folder, refuse_images_in, replacing_file
from kerazoo.cli._arguments import Force, number
from kerazoo.cli._commands import Command, Commands
from kerazoo.cli._console import say, wrap_named
from kerazoo.errors import KerazooError, WrongUsage

if TYPE_CHECKING:
    from kerazoo.datasets import Splits

_NO_FILE_NAME = re.compile(r"[^\w-]+")

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A name from kerazoo list or kerazoo data list.")
]

app = typer.Typer(
    cls=Commands,
    help="The data sets: list them, find their files, print a sample.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("list", cls=Command)
def data_list() -> None:
    """List the data sets with one line each."""
    from kerazoo.datasets import list_datasets, load_dataset_module

    for name in list_datasets():
        summary = " ".join(
            (inspect.getdoc(load_dataset_module(name)) or "").split("\n\n")[0].split()
        )
        print(wrap_named(name, summary, 20))


@app.command("path", cls=Command)
def data_path(
    name: Name,
    data_dir: Annotated[Path | None, typer.Option(help="A folder with the original files.")] = None,
) -> None:
    """Print where the files of a data set, or of a network's data set, are found."""
    from kerazoo.datasets import locate_dataset

    paths = locate_dataset(_dataset_of(name), data_dir)
    if not paths:
        print(_without_files(name))
    for path in paths:
        print(path)


@app.command("fetch", cls=Command)
def data_fetch(
    name: Name,
) -> None:
    """Download the files of a data set that are not on this machine yet, and check them all.

    A download that breaks off is continued by the same command.
    """
    from kerazoo.datasets import load_dataset_module
    from kerazoo.datasets.sources import fetch, read_verified

    files = load_dataset_module(_dataset_of(name)).FILES
    if not files:
        say(_without_files(name))
    for file in files:
        path = fetch(file)
        read_verified(path, file)
        print(path)


@app.command("sample", cls=Command)
def data_sample(
    name: Name,
    rows: Annotated[int, typer.Option(parser=number(), metavar="N", help="How many.")] = 5,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write images.", show_default="NAME_sample"),
    ] = None,
    force: Force = False,
) -> None:
    """Print rows of a network's test set as CSV, or write images of it: input for kerazoo predict.

    Of a series, the last rows: a history for kerazoo predict --steps.
    """
    from kerazoo.datasets import list_datasets, load_dataset, load_dataset_module
    from kerazoo.datasets.about import Boxes, Images, Masks, Table

    dataset, arguments = name, cast(Mapping[str, Any], {})
    if name not in list_datasets():
        recipe = registry.load_recipe(name)
        if recipe.task == "words":
            raise KerazooError(
                f"{name} takes words, so there is no sample to write: ask for one, as in kerazoo "
                f"predict {name} king, or for a sum, such as 'king - man + woman'."
            )
        dataset, arguments = recipe.dataset, recipe.dataset_arguments
    elif name in registry.list_models():
        arguments = registry.load_recipe(name).dataset_arguments
    sample = getattr(load_dataset_module(dataset), "sample", None)
    if sample is not None:
        _refuse_folder(name, out)
        csv.writer(sys.stdout, lineterminator="\n").writerows(sample(rows))
        return
    splits = load_dataset(dataset, **arguments)
    about = splits.about
    if isinstance(about, Images | Masks | Boxes):
        _write_images(splits, rows, out or Path(f"{name}_sample"), force)
        return
    if not isinstance(about, Table):
        raise KerazooError(
            f"{name} takes neither tables nor images, so there is no sample of its input. Write "
            "an .npy file for kerazoo predict."
        )
    _refuse_folder(name, out)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(about.feature_names)
    for row in splits.test.x[:rows]:
        writer.writerow(
            about.categories[column][int(value)] if column in about.categories else f"{value:g}"
            for column, value in zip(about.feature_names, row, strict=True)
        )


def _dataset_of(name: str) -> str:
    """Return the data set that a name means, which may be a network's."""
    from kerazoo.datasets import list_datasets

    if name not in list_datasets() and name in registry.list_models():
        return registry.load_recipe(name).dataset
    return name


def _refuse_folder(name: str, out: Path | None) -> None:
    if out is not None:
        raise WrongUsage(
            f"--out is a folder for images, and {name} takes a table, which is printed. Leave it "
            f"out: kerazoo data sample {name} > {out}"
        )


def _write_images(splits: Splits, count: int, folder: Path, force: bool) -> None:
    """Write images of the test part, named after their classes."""
    from PIL import Image

    refuse_images_in(folder, "--out", force=force)
    make_folder(folder)
    names = splits.class_names
    y = splits.test.y
    labels = None if y is None or y.ndim > 2 else y  # a mask, or boxes, are no name
    for index, pixels in enumerate(splits.test.x[:count]):
        title = names[int(labels[index])] if names and labels is not None else "image"
        path = folder / f"{index:04d}_{_NO_FILE_NAME.sub('_', title)}.png"
        with replacing_file(path) as part:
            Image.fromarray(pixels.squeeze()).save(part, format="PNG")
        print(path)


def _without_files(name: str) -> str:
    return f"{name} has no file of its own: it is computed, or made of what you pass."
