"""A recipe for a folder of pictures of one's own, in place of the data set it was written for."""

from __future__ import annotations

import dataclasses
import inspect
import os
from typing import Any

from kerazoo.datasets import Splits, load_dataset
from kerazoo.errors import InvalidInput
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import list_models, load_builder

_STEPS, _SMALLEST_BATCH = 20, 16
_NEEDED = ("input_shape", "classes")


def recipe_for_pictures(
    name: str,
    recipe: Recipe,
    folder: str | os.PathLike[str],
    *,
    image_size: tuple[int, int] = (64, 64),
    on_error: str = "refuse",
    batch_size: int | None = None,
) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on a folder of pictures, and these pictures, split.

    Args:
        name: a network that tells pictures apart, such as `"cnn"`.
        recipe: how it is trained; its epochs are kept.
        folder: one folder of pictures for each class.
        image_size: height and width that pictures are brought to.
        on_error: `"skip"` leaves out files that cannot be read, `"refuse"` raises.
        batch_size: pictures in a step; the recipe's by default, or fewer if there are so few
            pictures that an epoch had less than twenty steps.

    Raises:
        InvalidInput: if the network takes something else than pictures.
        DatasetNotFound: if there is no such folder.
    """
    takes = _picture_networks()
    if name not in takes:
        raise InvalidInput(
            f"{name} does not tell pictures apart; use one of those that do: {', '.join(takes)}."
        )
    arguments: dict[str, Any] = {
        "path": os.fspath(folder),
        "image_size": list(image_size),
        "on_error": on_error,
    }
    splits = load_dataset("image_folder", **arguments)
    rows = len(splits.train.x)
    shape, classes = splits.train.x.shape[1:], len(splits.class_names)
    adapted = dataclasses.replace(
        recipe,
        dataset="image_folder",
        dataset_arguments=arguments,
        builder_arguments={
            **recipe.builder_arguments,
            "input_shape": list(shape),
            "classes": classes,
        },
        documented=None,
        baseline=None,
        baselines=("majority_class",),
        batch_size=batch_size or min(recipe.batch_size, max(_SMALLEST_BATCH, rows // _STEPS)),
        protocol=os.path.basename(os.path.normpath(folder)),
        also_judged_on={},
    )
    return for_training_on(adapted, rows), splits


def _picture_networks() -> list[str]:
    return [
        name
        for name in list_models("vision")
        if set(_NEEDED) <= set(inspect.signature(load_builder(name)).parameters)
    ]
