"""Classes of images, also of the user's own in a folder for each class."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets import Splits, load_dataset
from kerazoo.datasets.reading import folders
from kerazoo.datasets.reading.image_labels import LABELS_FILE, find_labels
from kerazoo.errors import DamagedFile, KerazooError
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import VARIANTS, check_builder_takes, load_builder, load_recipe
from kerazoo.tasks import Chosen, Option, Sighting, UserData
from kerazoo.tasks._certainty import DISTANCE
from kerazoo.tasks._reasons import EXPLAIN, PLOT
from kerazoo.tasks._scores import score_test
from kerazoo.tasks._shared import (
    ABOUT_ANSWERS,
    BALANCE,
    FIT,
    FIT_IN_TRAINING,
    SKIP_DAMAGED,
    answer_rows,
    draw_predictions,
    evaluate_predictions,
    judge_by_metrics,
    no_callbacks,
    score_baselines,
    train_on_arrays,
)

if TYPE_CHECKING:
    import keras

    from kerazoo.plots.style import Figure

OWN_DATA = "a folder with a folder of images for each class, or with labels.csv"
NETWORK = "cnn"
TAKES_FRAMES = False
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "image_size": Option(
        "Height and width that images are brought to.", int, minimum=8, default="64"
    ),
    "fit": FIT_IN_TRAINING,
    "augmentation": Option(
        "What is done to images at random in training, with commas between, or none: mirror, "
        "shift, crop, rotate, erase. Mirrored digits are no digits.",
        default="the recipe's",
    ),
    "skip_damaged": SKIP_DAMAGED,
    "balance": BALANCE,
}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "fit": FIT,
    **ABOUT_ANSWERS,
    "distance": DISTANCE,
    "explain": EXPLAIN,
    "plot": PLOT,
}
_SIZE = 64
_MOST_SHOWN = 20
# A small folder gets smaller steps, so that an epoch has about this many of them.
_STEPS, _SMALLEST_BATCH = 20, 16

trainer = train_on_arrays
callbacks = no_callbacks
judge = judge_by_metrics
score = score_test
evaluate = evaluate_predictions
baselines = score_baselines
answer = answer_rows


def recognizes(data: UserData, options: Chosen) -> Sighting | None:
    """See images of classes in a folder with labels, or whose folders hold images."""
    if data.path is None or not data.path.is_dir():
        return None
    if find_labels(data.path) is not None and folders.find_images(data.path)[0]:
        return Sighting(f"images with {LABELS_FILE}")
    inner = folders.subfolders(data.path)
    if not any(folders.find_images(folder)[0] for folder in inner):
        return None
    # A folder of that name is rarely a class: it lies beside masks, or labels of boxes.
    certainty = 0.9 if any(folder.name == "images" for folder in inner) else 1.0
    return Sighting(f"images in {counted(len(inner), 'folder')}", certainty)


def own_data(name: str, recipe: Recipe, path: Path, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on a folder of images, and these images, split.

    Args:
        name: a network that classifies images, such as `"cnn"`.
        recipe: how it is trained; its epochs are kept, and its batch size if that is not the
            network's usual one.
        path: one folder of images for each class, or these in folders of train, validation and
            test, or `labels.csv` with the columns file and label beside images; a warning
            says which classes and parts were found.
        options: `image_size`, 64 by default, `fit`, `augmentation`, `skip_damaged` and `balance`.

    Raises:
        KerazooError: if the path is no folder, or the network takes one kind of image only.
        DamagedFile: if an image cannot be read and `skip_damaged` is not set.
    """
    if not path.is_dir():
        raise KerazooError(
            f"--data {path} is a file; {name} learns from {OWN_DATA}. Give the outer folder."
        )
    check_builder_takes(name, "input_shape", "classes")
    changed: dict[str, Any] = {}
    if "augmentation" in options:
        check_builder_takes(name, "augmentation")
        names = [one.strip() for one in options["augmentation"].split(",") if one.strip()]
        changed["augmentation"] = [] if names == ["none"] else names
    size = options.get("image_size", _SIZE)
    arguments: dict[str, Any] = {
        "path": str(path),
        "image_size": [size, size],
        "on_error": "skip" if options.get("skip_damaged") else "refuse",
    }
    if "fit" in options:
        arguments["fit"] = options["fit"]
    if options.get("balance"):
        arguments["balance"] = True
    try:
        splits = load_dataset("image_folder", **arguments)
    except DamagedFile as error:
        advice = str(error).replace("pass on_error='skip'", "add --skip-damaged")
        raise DamagedFile(advice) from error
    warn_user(_describe(splits, path))
    arguments_of_builder = inspect.signature(load_builder(name)).parameters
    if "augmentation" in arguments_of_builder:
        usual = arguments_of_builder["augmentation"].default
        used = {"augmentation": usual, **recipe.builder_arguments, **changed}["augmentation"]
        warn_user(f"augmentation: {', '.join(used) or 'none'}.")
    adapted = dataclasses.replace(
        recipe,
        dataset_arguments=arguments,
        builder_arguments={
            **recipe.builder_arguments,
            **changed,
            "input_shape": list(splits.train.x.shape[1:]),
            "classes": len(splits.class_names),
        },
        experiment=path.resolve().name,
    )
    return recipe_for(name, adapted, splits), splits


def recipe_for(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Return a recipe that trains a network on a folder of the user's own images.

    Args:
        name: as for `own_data`.
        recipe: as for `own_data`; how the network is built is kept.
        splits: the images, from `load_dataset("image_folder", ...)`.
    """
    rows = len(splits.train.x)
    usual = {load_recipe(name, variant).batch_size for variant in VARIANTS}
    fitting = min(recipe.batch_size, max(_SMALLEST_BATCH, rows // _STEPS))
    adapted = dataclasses.replace(
        recipe,
        dataset="image_folder",
        documented=None,
        baseline=None,
        baselines=(
            "majority_class",
            "nearest_mean_of_thumbnails",
            "logistic_regression_on_thumbnails",
        ),
        batch_size=fitting if recipe.batch_size in usual else recipe.batch_size,
        experiments={},
        weighted=splits.train.weight is not None,
    )
    return for_training_on(adapted, rows)


def _describe(splits: Splits, path: Path) -> str:
    """Say which classes were found, and how many images of each part has.

    Whoever called a folder otherwise than we expected sees it here.
    """
    names = splits.class_names
    shown = names if len(names) <= _MOST_SHOWN else names[: _MOST_SHOWN - 1]
    more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    counts = {
        part: np.bincount(np.asarray(each.y), minlength=len(names)) for part, each in parts.items()
    }
    classes = ", ".join(
        f"{name!r} ({' + '.join(str(count[label]) for count in counts.values())})"
        for label, name in enumerate(shown)
    )
    total = ", ".join(f"{part} {int(count.sum())}" for part, count in counts.items())
    several = counted(len(names), "class", "classes")
    return f"found in {path}: images of {several}: {classes}{more}; {total}."


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw mistakes, and what the layers of a model look for and see."""
    drawn = draw_predictions(splits, predictions, model)
    if model is not None:
        from kerazoo.plots.files import figures_of_layers

        drawn |= figures_of_layers(model, splits)
    return drawn
