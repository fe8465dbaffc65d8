"""`kerazoo train NAME --data PATH`: what the options mean for the recipe and its data."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo.cli.console import say
from kerazoo.errors import DamagedFile, KerazooError
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import load_builder, load_recipe

if TYPE_CHECKING:
    from kerazoo.datasets import Splits


@dataclass(frozen=True)
class PictureOptions:
    """What was said about a folder of pictures.

    Args:
        image_size: height and width that pictures are brought to; 64 if nothing was said.
        skip_damaged: whether pictures that cannot be read are left out.
    """

    image_size: int | None = None
    skip_damaged: bool = False


def choose_data(
    name: str,
    own: Recipe,
    recipe: Recipe,
    path: Path | None,
    pictures: PictureOptions,
    series: Mapping[str, Any],
) -> tuple[Recipe, Splits | None]:
    """Return the recipe that fits a user's data and choices, and the data.

    Args:
        name: the network.
        own: its recipe as it stands.
        recipe: the same with the user's epochs and batch size.
        path: a folder of pictures or a CSV file; `None` for the recipe's own data.
        pictures: options for a folder.
        series: options for a CSV file, `None` for what was not said.

    Raises:
        KerazooError: if the options, the data and the network do not go together.
    """
    said = [key for key, value in series.items() if value is not None]
    if said and (path is None or path.is_dir()):
        raise KerazooError(f"--{said[0]} is for a series: add --data FILE.csv.")
    if pictures != PictureOptions() and (path is None or not path.is_dir()):
        raise KerazooError("--image-size and --skip-damaged are for pictures: add --data FOLDER.")
    if path is None:
        return _fit_schedule(own, recipe)
    if not path.exists():
        raise KerazooError(
            f"--data {path} does not exist; give a folder of pictures or a CSV file."
        )
    if path.is_dir():
        from kerazoo.tasks.own_images import recipe_for_pictures

        size = pictures.image_size or 64
        on_error = "skip" if pictures.skip_damaged else "refuse"
        batch_size = None if recipe.batch_size == own.batch_size else recipe.batch_size
        try:
            with _said_on_the_side():
                return recipe_for_pictures(
                    name,
                    recipe,
                    path,
                    image_size=(size, size),
                    on_error=on_error,
                    batch_size=batch_size,
                )
        except DamagedFile as error:
            advice = str(error).replace("pass on_error='skip'", "add --skip-damaged")
            raise DamagedFile(advice) from error
    splits, arguments = load_series(name, path, series)
    adapted = replace(
        recipe,
        dataset="time_series_csv",
        dataset_arguments={"path": str(path), **{key: series[key] for key in said}},
        builder_arguments={**recipe.builder_arguments, **arguments},
        protocol=path.name,
        also_judged_on={},
        documented=None,
        baseline=None,
    )
    return for_training_on(adapted, len(splits.train.x)), splits


def _fit_schedule(own: Recipe, recipe: Recipe) -> tuple[Recipe, Splits | None]:
    """Let the learning rate fall over the epochs that were asked for, if they are other ones."""
    if (recipe.epochs, recipe.batch_size) == (own.epochs, own.batch_size):
        return recipe, None
    from kerazoo.datasets import load_dataset

    splits = load_dataset(recipe.dataset, **recipe.dataset_arguments)
    return for_training_on(recipe, len(splits.train.x)), splits


@contextlib.contextmanager
def _said_on_the_side() -> Iterator[None]:
    """Print warnings as lines on standard error, without the code that they come from."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        yield
    for warning in caught:
        say(str(warning.message))


def takes_series(name: str) -> bool:
    """Tell whether a network can be trained on the series in a CSV file.

    Raises:
        UnknownName: if there is no such network.
    """
    return load_recipe(name).dataset == "nyse"


def load_series(
    name: str, path: str | Path, options: Mapping[str, Any]
) -> tuple[Splits, dict[str, Any]]:
    """Load a user's CSV file for a network that forecasts.

    Windows are as long as the network's own recipe has them, unless told otherwise.

    Args:
        name: the network.
        path: the CSV file.
        options: `target`, and what else `time_series_csv` takes; `None` for what was not said.

    Returns:
        The data, and the builder arguments that fit it, to be merged into the recipe's own.

    Raises:
        KerazooError: if no target is named, or the network does not take a series.
        InvalidInput: if the file is not a series that can be learned from.
    """
    from kerazoo.datasets import load_dataset

    recipe = load_recipe(name)
    if not takes_series(name):
        raise KerazooError(f"{name} does not learn from a series in a CSV file; use lstm.")
    chosen = {key: value for key, value in options.items() if value is not None}
    if "target" not in chosen:
        raise KerazooError("say which column is to be predicted: add --target COLUMN.")
    chosen.setdefault("lag", recipe.dataset_arguments["lag"])
    with _said_on_the_side():
        splits = load_dataset("time_series_csv", path=path, **chosen)
    arguments: dict[str, Any] = {"input_shape": splits.train.x.shape[1:]}
    if splits.train.y is not None and splits.train.y.shape[1] != 1:
        arguments["horizon"] = splits.train.y.shape[1]
    known = inspect.signature(load_builder(name)).parameters
    for argument in arguments.keys() - known:
        raise KerazooError(f"{name} has no {argument} to choose; lstm has.")
    return splits, arguments
