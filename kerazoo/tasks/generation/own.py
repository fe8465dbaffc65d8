"""Networks that generate learn from a folder of the user's own images."""

from __future__ import annotations

import dataclasses
import inspect
import math
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._machine import quiet_libraries
from kerazoo._notes import warn_user
from kerazoo._wording import agree, counted
from kerazoo.datasets import Part, Splits, load_dataset
from kerazoo.datasets.about import Images, Table
from kerazoo.errors import DamagedFile, InvalidInput, KerazooError, WrongUsage
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import VARIANTS, check_builder_takes, load_builder, load_recipe
from kerazoo.tasks import Chosen, Option
from kerazoo.tasks._shared import FIT_IN_TRAINING, SKIP_DAMAGED
from kerazoo.tasks.generation import own_tables

IMAGES = "a folder of images, with or without a folder for each class"
OWN_DATA = f"{IMAGES}; a network of columns also a table"
TRAIN_OPTIONS: Mapping[str, Option] = {
    "image_size": Option(
        "Height and width that images are brought to, up to 128; 32 to 64 are learned best.",
        int,
        minimum=8,
        default="32, which every network here can make",
    ),
    "color": Option(
        "Whether images are learned in color or in gray.",
        choices=("rgb", "gray"),
        default="gray if every image is",
    ),
    "latent_dim": Option(
        "How many numbers an image is made of; 2 give a map: kerazoo generate --grid latent.",
        int,
        minimum=1,
        default="the network's, at least 16",
    ),
    "unconditional": Option(
        "Learn images of all classes alike; by default vae and gan learn which class an image is "
        "of, so that kerazoo generate --class NAME can ask for one.",
        bool,
    ),
    "fit": FIT_IN_TRAINING,
    "skip_damaged": SKIP_DAMAGED,
    **own_tables.TRAIN_OPTIONS,
}
OWN_SAMPLES = "own_samples"
DISTANCE = "own_classifier_frechet_distance"
FEWEST = 32
"""Images that a Fréchet distance needs: twice as many as there are features."""
_SHOWN = 10
_FEW = 100
_SIZE, _LARGEST_SIZE = 32, 128
_LATENT_DIM = 16  # two numbers, the documented choice of some, keep little of a photo
# Small folders get smaller steps and more epochs, so that a training has about so many steps.
_STEPS_PER_EPOCH, _SMALLEST_BATCH = 20, 16
_STEPS, _MOST_EPOCHS = 3000, 400
# An eighth of a training without a better validation loss: the rest would only learn by heart.
_STOPS_AFTER, _LEAST_PATIENCE = 8, 10


def own_data(name: str, recipe: Recipe, path: Any, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on a folder of images or a table, and these, split.

    Args:
        name: a network that generates images, such as `"vae"`.
        recipe: how it is trained; its epochs and its batch size are kept if they are not the
            network's usual ones.
        path: images, in folders or not, or a table, as a file or in memory; a warning says what
            was found.
        options: those of `TRAIN_OPTIONS`.

    Raises:
        KerazooError: if the path is no folder, or the network takes one kind of image only.
        InvalidInput: if the network cannot make images of that size.
        DamagedFile: if an image cannot be read and `skip_damaged` is not set.
    """
    takes_tables = "columns" in inspect.signature(load_builder(name)).parameters
    if not isinstance(path, Path) or (takes_tables and not path.is_dir()):
        return own_tables.own_data(name, recipe, path, options)
    if not path.is_dir():
        raise KerazooError(f"--data {path} is a file; {name} learns from {IMAGES}. Give one.")
    for option in own_tables.LISTS:
        if option in options:
            raise WrongUsage(f"--{option} is about the columns of a table: leave it out.")
    check_builder_takes(name, "input_shape")
    size = options.get("image_size", _SIZE)
    changed = _builder_arguments(name, recipe, options)
    _check_size(
        name, size, lambda side: _can_make(name, {**changed, "input_shape": (side, side, 1)})
    )
    arguments: dict[str, Any] = {
        "path": str(path),
        "image_size": [size, size],
        "on_error": "skip" if options.get("skip_damaged") else "refuse",
        **{name: options[name] for name in ("fit", "color") if name in options},
    }
    try:
        splits = load_dataset("image_folder", **arguments, classes="if_any")
    except DamagedFile as error:
        advice = str(error).replace("pass on_error='skip'", "add --skip-damaged")
        raise DamagedFile(advice) from error
    if "color" not in options and _is_gray(splits):
        arguments["color"] = "gray"
        splits = _in_gray(splits)
    can_ask = "classes" in inspect.signature(load_builder(name)).parameters
    asks = can_ask and bool(splits.class_names) and not options.get("unconditional")
    warn_user(_describe(splits, path, recipe) + _describe_asking(name, splits, asks))
    arguments["classes"] = "needed" if asks else "ignored"
    changed |= {"classes": len(splits.class_names)} if asks else {}
    adapted = dataclasses.replace(
        judged_by_own_images(recipe, arguments, splits.class_names),
        builder_arguments={**changed, "input_shape": list(splits.train.x.shape[1:])},
        experiment=path.resolve().name,
    )
    return recipe_for(name, adapted, splits), splits if asks else without_labels(splits)


def judges_samples(recipe: Recipe) -> bool:
    """Tell whether made-up images are judged, by a classifier of the user's images."""
    return OWN_SAMPLES in recipe.measures


def judged_by_own_images(
    recipe: Recipe, arguments: Mapping[str, Any], classes: tuple[str, ...]
) -> Recipe:
    """Return a recipe of the zoo as one that judges images of the user's.

    The classifier that judges samples of the zoo's data knows clothes alone. Own samples are judged
    by one of their own classes, if there are any, and otherwise not.

    Args:
        recipe: the network's own.
        arguments: what `image_folder` is loaded with.
        classes: of the images.
    """
    own = (OWN_SAMPLES,) if classes and "samples" in recipe.measures else ()
    by_samples = recipe.measures == ("samples",)
    compares = "principal_components" in recipe.baselines
    metric = recipe.primary_metric
    return dataclasses.replace(
        recipe,
        dataset="image_folder",
        dataset_arguments=dict(arguments),
        documented=None,
        baseline=None,
        best=None,
        baselines=("principal_components",) if compares else (),
        measures=(*(one for one in recipe.measures if one != "samples"), *own),
        primary_metric=DISTANCE if by_samples else "mean_squared_error" if compares else metric,
        monitor=f"val_{DISTANCE}" if by_samples else "val_loss",
        # Few images are soon known by heart, which held-out ones tell. Not so the losses of a GAN.
        restore_best_weights=not by_samples,
        experiments={},
    )


def without_labels(splits: Splits) -> Splits:
    """Return the images alone: what is generated is no class."""
    about = splits.about
    return Splits(
        Part(splits.train.x),
        Part(splits.validation.x),
        Part(splits.test.x),
        about=Images(fit=about.fit if isinstance(about, Images) else ""),
    )


def _builder_arguments(name: str, recipe: Recipe, options: Chosen) -> dict[str, Any]:
    changed = dict(recipe.builder_arguments)
    taken = inspect.signature(load_builder(name)).parameters
    if "latent_dim" in options:
        check_builder_takes(name, "latent_dim")
        changed["latent_dim"] = options["latent_dim"]
    elif "latent_dim" in taken:
        changed["latent_dim"] = max(
            _LATENT_DIM, changed.get("latent_dim", taken["latent_dim"].default)
        )
    return changed


def _check_size(name: str, size: int, can_make: Callable[[int], bool]) -> None:
    """Refuse a size that a network cannot make, naming the nearest ones that it can."""
    if size <= _LARGEST_SIZE and can_make(size):
        return
    below = next((n for n in range(min(size, _LARGEST_SIZE), 7, -1) if can_make(n)), None)
    above = next((n for n in range(size + 1, _LARGEST_SIZE + 1) if can_make(n)), None)
    nearest = [str(n) for n in (below, above) if n is not None]
    raise InvalidInput(
        f"--image-size is {size}; the nearest that {name} can make: "
        f"{' and '.join(nearest) or 'none'}. Choose one of them."
    )


def _can_make(name: str, arguments: Mapping[str, Any]) -> bool:
    with quiet_libraries():
        try:
            load_builder(name)(**arguments)
        except InvalidInput:
            return False
    return True


def _is_gray(splits: Splits) -> bool:
    parts = (splits.train, splits.validation, splits.test)
    return all(bool((part.x == part.x[..., :1]).all()) for part in parts)


def _in_gray(splits: Splits) -> Splits:
    """Return the first of three equal channels: what loading them in gray gives, too."""

    def first_channel(part: Part) -> Part:
        return Part(np.ascontiguousarray(part.x[..., :1]), part.y)

    train, validation, test = map(first_channel, (splits.train, splits.validation, splits.test))
    return Splits(train, validation, test, about=splits.about)


def _describe(splits: Splits, path: Path, recipe: Recipe) -> str:
    """Say what was found, and by what the network will be judged."""
    parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    counts = ", ".join(f"{part} {len(each.x)}" for part, each in parts.items())
    color = "in gray" if splits.train.x.shape[-1] == 1 else "in color"
    names = splits.class_names
    shown = ", ".join(map(repr, names[:_SHOWN])) + (", ..." if len(names) > _SHOWN else "")
    of = f" of {counted(len(names), 'class', 'classes')} ({shown})" if names else ", no classes"
    few = len(splits.train.x) < _FEW
    hint = " These are few: hundreds are learned better." if few else ""
    judging = _describe_judging(splits, recipe)
    return f"found in {path}: images {color}{of}; {counts}.{hint}{judging}"


def _describe_asking(name: str, splits: Splits, asks: bool) -> str:
    if not asks:
        return ""
    return (
        " Each class is learned as such: kerazoo generate --class "
        f"{shlex.quote(splits.class_names[0])} asks for it; --unconditional leaves that out."
    )


def _describe_judging(splits: Splits, recipe: Recipe) -> str:
    if "samples" not in recipe.measures:
        return ""
    if not splits.class_names:
        return " Without classes there is no measure of the images that are made up: look at them."
    rows = min(len(splits.validation.x), len(splits.test.x))
    if rows < FEWEST:
        return (
            " Made-up images are judged by a classifier of these classes, without a Fréchet "
            f"distance: that needs {FEWEST} test images, there {agree(rows, 'is', 'are')} {rows}."
        )
    return " Made-up images are judged by a small classifier that learns these classes."


def recipe_for(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Return a recipe with epochs and a batch size for so many images, if it has the usual ones.

    Args:
        name: as for `own_data`.
        recipe: one that judges images of the user's.
        splits: the images, or the rows of a table.
    """
    if isinstance(splits.about, Table):
        return own_tables.recipe_for(name, recipe, splits)
    rows = len(splits.train.x)
    usual = [load_recipe(name, variant) for variant in VARIANTS]
    if recipe.batch_size in {one.batch_size for one in usual}:
        fitting = min(recipe.batch_size, max(_SMALLEST_BATCH, rows // _STEPS_PER_EPOCH))
        recipe = dataclasses.replace(recipe, batch_size=fitting)
    if recipe.epochs in {one.epochs for one in usual}:
        wanted = min(_MOST_EPOCHS, math.ceil(_STEPS / math.ceil(rows / recipe.batch_size)))
        recipe = dataclasses.replace(recipe, epochs=max(recipe.epochs, wanted))
    if recipe.restore_best_weights:
        patience = max(_LEAST_PATIENCE, recipe.epochs // _STOPS_AFTER)
        recipe = dataclasses.replace(recipe, patience=patience)
    return for_training_on(recipe, rows)
