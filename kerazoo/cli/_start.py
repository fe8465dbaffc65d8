"""What `kerazoo train` begins with: a network that is named, found for data, or saved before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kerazoo._machine import warnings_as_lines
from kerazoo.cli._console import say
from kerazoo.cli._options import resolve_network
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.recipe import for_training_on
from kerazoo.registry import Variant
from kerazoo.saved.reading import open_saved
from kerazoo.tasks import Chosen, load_task

if TYPE_CHECKING:
    from kerazoo.datasets import Splits
    from kerazoo.experiments.recipe_file import RecipeFile
    from kerazoo.recipe import Recipe
    from kerazoo.saved.reading import Saved


def find_network(context: typer.Context, name: str | None, data: Path | None) -> str:
    """Return the network that is named, or the one that was chosen for the data."""
    if name is not None:
        return resolve_network(name)
    chosen: str | None = context.obj["network"]
    if chosen is None:
        from kerazoo.experiments.recognize import choose_network

        chosen, _ = choose_network(data, {})  # which says why it could not be chosen
    say(f"{data}: {context.obj['seen']}; {chosen} learns from it.")
    return chosen


def find_start(
    context: typer.Context,
    start_from: str | None,
    name: str | None,
    *,
    data: Path | None,
    out: Path | None,
) -> Saved | None:
    """Return the saved network that a training goes on from; `None` if it begins anew.

    Args:
        context: of the command.
        start_from: what `--from` names, if anything.
        name: the network that was named besides, if any.
        data: what `--data` names.
        out: what `--out` names.

    Raises:
        WrongUsage: if there is no data, or an option goes with a training that begins anew.
        KerazooError: if there is no such network, or it would be replaced.
    """
    if start_from is None:
        return None
    if data is None:
        raise WrongUsage("--from goes on with data of your own: add --data PATH.")
    for option in ("variant", "experiment"):
        source = context.get_parameter_source(option)
        if source is not None and source.name == "COMMANDLINE":
            raise WrongUsage(f"--{option} is of a training that begins anew: leave it out.")
    from kerazoo.experiments.going_on import open_start  # imports pandas

    saved = open_saved(start_from)
    out = out or Path("runs") / saved.card.name
    return open_start(saved, name, out)


def find_recipe(context: typer.Context, path: Path | None, name: str | None) -> RecipeFile | None:
    """Return what the file that `--recipe` names says; `None` if there is none.

    Args:
        context: of the command.
        path: the file.
        name: the network that was named besides, if any.

    Raises:
        WrongUsage: if an option says otherwise, or another network was named.
        DamagedFile: if it is no such file.
    """
    if path is None:
        return None
    for option, flag in (("variant", "--variant"), ("start_from", "--from")):
        source = context.get_parameter_source(option)
        if source is not None and source.name == "COMMANDLINE":
            raise WrongUsage(f"--recipe says what {flag} would: leave one of them out.")
    from kerazoo.experiments.recipe_file import open_recipe

    return open_recipe(path, None if name is None else resolve_network(name))


def fit_schedule(recipe: Recipe) -> tuple[Recipe, Splits]:
    """Return a recipe whose learning rate falls over its training, and its data."""
    from kerazoo.datasets import load_dataset

    splits = load_dataset(recipe.dataset, **recipe.dataset_arguments)
    return for_training_on(recipe, len(splits.train.x)), splits


def variant_of(saved: Saved) -> Variant:
    """Return by which recipe of its network a saved one was trained."""
    return "documented" if saved.card.variant == "documented" else "tuned"


def data_to_go_on_with(
    saved: Saved, recipe: Recipe, data: Path | None, options: Chosen
) -> tuple[Recipe, Splits | None]:
    """Return how a saved network is trained further, and on what, and say what was found."""
    from kerazoo.experiments.going_on import prepare_start

    with warnings_as_lines(say):
        return prepare_start(saved, data, options, recipe)


def choose_data(
    name: str,
    own: Recipe,
    recipe: Recipe,
    path: Path | None,
    options: Chosen,
    start: Saved | None = None,
) -> tuple[Recipe, Splits | None]:
    """Return the recipe that fits a user's data and choices, and the data if it is not its own."""
    if start is not None:
        return data_to_go_on_with(start, recipe, path, options)
    task = load_task(recipe.task)
    if path is None:
        for option in options:
            if task.TRAIN_OPTIONS[option].needs_data:
                flag = option.replace("_", "-")
                raise WrongUsage(f"--{flag} is about data of your own: add --data PATH.")
        if (recipe.epochs, recipe.batch_size) == (own.epochs, own.batch_size):
            return recipe, None
        return fit_schedule(recipe)  # the learning rate falls over the epochs that were asked for
    is_piped = str(path) == "-" and task.TAKES_FRAMES  # a table that can be read once
    if task.OWN_DATA and not path.exists() and not is_piped:
        raise KerazooError(f"--data {path} does not exist; give {task.OWN_DATA}.")
    with warnings_as_lines(say):
        return task.own_data(name, recipe, path, options)
