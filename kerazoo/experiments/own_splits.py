"""A user's data, split as the data that a saved network was trained on."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from kerazoo.datasets import Splits, labeled_texts, load_dataset, table_csv, time_series_csv
from kerazoo.datasets.splits import Images, Series, Table, Texts
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.recipe import Recipe
from kerazoo.saved.card import Card
from kerazoo.tasks import load_task
from kerazoo.tasks.generation import own
from kerazoo.tasks.texts import loss_for

_COLORS = {1: "gray", 3: "rgb"}


def load_own_splits(card: Card, recipe: Recipe, path: Path) -> tuple[Recipe, Splits]:
    """Load data of the user's for a network that was trained on such data.

    Args:
        card: what the network takes, and how its data was cut.
        recipe: how it was trained.
        path: what `kerazoo train --data` took, or other data of its kind.

    Returns:
        The recipe by which it is judged on this data; and the data, split as at training: of the
        same file or folder, the test part is the same.

    Raises:
        KerazooError: if there is no such file or folder, or networks of this kind take none.
        InvalidInput: if it is not what the network takes.
    """
    takes = load_task(card.task).OWN_DATA if card.task else ""
    about = card.about
    if not takes or about is None or (isinstance(about, Table) and not about.kinds):
        raise KerazooError(
            f"{card.name} cannot be judged on data of your own by this command. Judge it in "
            "Python: kerazoo.evaluate_model(model, (x, y))."
        )
    is_there = path.is_dir() if isinstance(about, Images) else path.is_file()
    if not (path.exists() if isinstance(about, Texts) else is_there):
        raise KerazooError(f"--data {path}: {card.name} is judged on {takes}. Give one.")
    if isinstance(about, Series):
        return recipe, time_series_csv.load_like(about, path)
    if isinstance(about, Texts):
        fitting = dataclasses.replace(recipe, loss=loss_for(len(about.class_names)))
        return fitting, labeled_texts.load_like(about, path, trained_on=card.data or "")
    if isinstance(about, Images):
        return _load_images(card, recipe, about, path)
    assert isinstance(about, Table)
    labels: table_csv.Labels = "one_hot" if recipe.loss == "categorical_crossentropy" else "index"
    trained_on = card.data or "unknown"
    return recipe, table_csv.load_like(about, path, labels=labels, trained_on=trained_on)


def _load_images(card: Card, recipe: Recipe, about: Images, path: Path) -> tuple[Recipe, Splits]:
    shape = card.inputs[0].shape
    if len(shape) != 3 or None in shape or shape[-1] not in _COLORS:
        raise KerazooError(
            f"{card.name!r} takes inputs of shape {shape}; expected height, width and 1 or 3 "
            "channels for a folder of images."
        )
    height, width, channels = (int(length or 0) for length in shape)
    arguments: dict[str, Any] = {
        "path": str(path),
        "image_size": [height, width],
        "color": _COLORS[channels],
        "fit": about.fit or "crop",
        "on_error": "skip",
    }
    if card.task == "generation":
        splits = load_dataset("image_folder", **arguments, classes="if_any")
        return own.recipe_for(recipe, arguments, splits.class_names), own.without_labels(splits)
    splits = load_dataset("image_folder", **arguments)
    if splits.class_names != about.class_names:
        raise InvalidInput(
            f"{path} has images of {', '.join(splits.class_names)}; {card.name!r} tells "
            f"{', '.join(about.class_names)} apart. Give a folder of each of these."
        )
    return recipe, splits
