"""A user's data, split as the data that a saved network was trained on."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo.datasets import (
    Part,
    Splits,
    box_folder,
    image_folder,
    labeled_texts,
    load_dataset,
    mask_folder,
    next_words,
    ratings_csv,
    table_csv,
    text_corpus,
    text_pairs,
    time_series_csv,
    unlabeled_table,
)
from kerazoo.datasets.about import (
    About,
    Boxes,
    Images,
    Masks,
    Pairs,
    Ratings,
    Series,
    Table,
    Texts,
    Words,
)
from kerazoo.datasets.reading.other_data import all_judged
from kerazoo.datasets.reading.shard_paths import is_folder_of_parquet
from kerazoo.datasets.reading.text_tables import STANDARD_INPUT
from kerazoo.datasets.splits import WeightedPart
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.recipe import Recipe
from kerazoo.saved.card import Card
from kerazoo.saved.reading import Saved
from kerazoo.saved.words import read_words, with_words
from kerazoo.tasks import load_task
from kerazoo.tasks.generation import own, own_tables
from kerazoo.tasks.texts import loss_for

_COLORS = {1: "gray", 3: "rgb"}


def load_own_splits(saved: Saved, recipe: Recipe, path: Path) -> tuple[Recipe, Splits]:
    """Load data of the user's for a network that was trained on such, or on a table of the zoo's.

    Args:
        saved: the network, whose card says what it takes and how its data was cut.
        recipe: how it was trained.
        path: what `kerazoo train --data` took, or other data of its kind; of a table also `"-"`.

    Returns:
        The recipe by which it is judged on this data; and the data, split as at training: of the
        same file or folder, the test part is the same.

    Raises:
        KerazooError: if there is no such file or folder, or networks of this kind take none.
        InvalidInput: if it is not what the network takes.
    """
    card = saved.card
    takes = load_task(card.task).OWN_DATA if card.task else ""
    about = card.about
    if not takes or about is None:
        raise KerazooError(
            f"{card.name} cannot be judged on data of your own by this command. Judge it in "
            "Python: kerazoo.evaluate_model(model, (x, y))."
        )
    if not _is_there(path, about):
        raise KerazooError(f"--data {path}: {card.name} is judged on {takes}. Give one.")
    if isinstance(about, Series):
        return recipe, time_series_csv.load_like(about, path)
    if isinstance(about, Words | Texts):
        return _load_words(saved, recipe, path)
    if isinstance(about, Images | Masks | Boxes):
        return _load_images(card, recipe, about, path, trained_on=card.data or "unknown")
    trained_on = card.data or "unknown"
    if isinstance(about, Ratings | Pairs):
        reader: Any = ratings_csv if isinstance(about, Ratings) else text_pairs
        return recipe, reader.load_like(about, path, trained_on=trained_on)
    assert isinstance(about, Table)
    if recipe.task == "generation":
        splits = unlabeled_table.load_like(about, path, trained_on=trained_on)
        return own_tables.judged_by_errors(recipe), splits
    return recipe, table_csv.load_like(about, path, labels=_labels(recipe), trained_on=trained_on)


def _load_words(saved: Saved, recipe: Recipe, path: Path) -> tuple[Recipe, Splits]:
    """Load a text, or texts and their classes, by the words of a saved network."""
    about = with_words(saved).about
    if not isinstance(about, Texts):
        return recipe, text_corpus.load_like(read_words(saved), path)
    if not about.class_names:
        return recipe, next_words.load_like(about, path, trained_on=saved.card.data or "")
    fitting = replace(recipe, loss=loss_for(len(about.class_names)))
    return fitting, labeled_texts.load_like(about, path, trained_on=saved.card.data or "")


def _is_there(path: Path, about: About) -> bool:
    """Tell whether a path is what such a network takes; of a table also standard input."""
    if isinstance(about, Table) and str(path) == STANDARD_INPUT:
        return True
    if isinstance(about, Words | Texts):
        return path.exists()
    if isinstance(about, Table) and is_folder_of_parquet(path):
        return True
    are_images = isinstance(about, Images | Masks | Boxes)
    return path.is_dir() if are_images else path.exists() and not path.is_dir()


def _labels(recipe: Recipe) -> table_csv.Labels:
    return "one_hot" if recipe.loss == "categorical_crossentropy" else "index"


def read_like(card: Card, recipe: Recipe, data: Any) -> tuple[Recipe, Splits]:
    """Load data of the user's for a saved network that is to be trained on it further.

    Its columns, classes, series and size of images, and how values are encoded, stay what they are.

    Args:
        card: what the network takes; of one that takes texts, with its words.
        recipe: how it was trained.
        data: a file or a folder; or a table in memory, for a network of tables.

    Returns:
        The recipe, naming the data; and the data, split as for a training that begins anew.

    Raises:
        InvalidInput: if it is not what the network takes.
    """
    about, task = card.about, load_task(recipe.task)
    if about is None and recipe.task == "generation":
        about = Images()  # cards of old say nothing of images without classes
    if about is None:
        raise KerazooError(f"the saved {card.name} does not say what it was trained on.")
    if isinstance(about, Words):
        raise KerazooError(
            f"{card.name} cannot go on with another text: it has a vector for each word of the "
            "text that it was trained on, and for no other. Train it anew, on a folder of both."
        )
    if isinstance(about, Ratings):
        raise KerazooError(
            f"{card.name} cannot go on with other ratings: it has a row for each user and item "
            "that it was trained on, and for no other. Train it anew, on a table of all ratings."
        )
    if isinstance(data, Path) and not _is_there(data, about):
        raise KerazooError(f"--data {data}: {card.name} learns from {task.OWN_DATA}. Give one.")
    source = str(data) if isinstance(data, Path) else data
    if isinstance(about, Texts):
        reader = labeled_texts if about.class_names else next_words
        splits = reader.load_like(about, source)
    elif isinstance(about, Pairs):
        splits = text_pairs.load_like(about, source)
    elif isinstance(about, Images | Masks | Boxes):
        recipe, splits = _load_images(card, recipe, about, data)
    elif isinstance(about, Series):
        splits = time_series_csv.load_like(about, data)
    elif recipe.task == "generation":
        splits = unlabeled_table.load_like(about, source)
    else:
        splits = table_csv.load_like(about, source, labels=_labels(recipe))
    title = str(data) if isinstance(data, Path) else "a table in memory"
    # Made-up images are judged by a classifier of the same folder, which is loaded again.
    again = recipe.task == "generation" and isinstance(about, Images)
    arguments = recipe.dataset_arguments if again else {"path": title}
    return replace(recipe, dataset_arguments=arguments, experiment=Path(title).name), splits


def has_same_test(card: Card, splits: Splits) -> bool:
    """Tell whether a network is judged on the test part of its training.

    Args:
        card: that of the network.
        splits: what it is judged on.
    """
    split_by = card.about.split_by or {} if isinstance(card.about, Table) else {}
    return splits.hash() in (card.data, split_by.get("test"))


def _load_images(
    card: Card,
    recipe: Recipe,
    about: Images | Masks | Boxes,
    path: Path,
    *,
    trained_on: str = "",
) -> tuple[Recipe, Splits]:
    """Load a folder of images: split as in training; but all of other images to judge.

    Args:
        card: of the network.
        recipe: how it was trained.
        about: what it was trained on.
        path: the folder.
        trained_on: the hash of the data that it was trained on, where it is to be judged.
    """
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
    }
    if isinstance(about, Masks | Boxes):
        reader = mask_folder if isinstance(about, Masks) else box_folder
        known = {"class_names": about.class_names, "trained_on": trained_on}
        return recipe, reader.load(**arguments, **known)
    arguments |= {"fit": about.fit or "crop", "on_error": "skip"}
    if recipe.task != "generation":
        if trained_on:
            return recipe, _load_judged(about, arguments, card.name, trained_on)
        arguments["balance"] = bool(about.weighed_by)
        splits = load_dataset("image_folder", **arguments, is_size_free=False)
        return recipe, _with_classes_of(about, splits, path, card.name)
    arguments["classes"] = "needed" if about.class_names else "if_any"
    splits = load_dataset("image_folder", **arguments, is_size_free=False)
    recipe = own.judged_by_own_images(recipe, arguments, splits.class_names)
    if about.class_names:
        splits = _with_classes_of(about, splits, path, card.name)
    else:
        splits = own.without_labels(splits)
    # What judges made-up images learns from a part of the folder, so that not all of it can judge.
    if trained_on and splits.hash() != trained_on and not own.judges_samples(recipe):
        splits = all_judged(splits, path, "image")
    return recipe, splits


def _load_judged(about: Images, arguments: Mapping[str, Any], name: str, trained_on: str) -> Splits:
    """Load images of classes, split as in training if they are those; of others, all are judged."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            splits: Splits | None = load_dataset(
                "image_folder",
                **arguments,
                balance=bool(about.weighed_by),
                is_size_free=False,
                trained_on=trained_on,
            )
        except InvalidInput:  # too few for three parts, or a class alone: these are others
            splits = None
    if splits is None:
        splits = image_folder.load_whole(**arguments)
    else:
        for one in said:
            warn_user(str(one.message))
    return _with_classes_of(about, splits, arguments["path"], name)


def _with_classes_of(about: Images, splits: Splits, path: str | Path, name: str) -> Splits:
    """Return images with the classes of a saved network, which may have more."""
    known = {one: code for code, one in enumerate(about.class_names)}
    unknown = [one for one in splits.class_names if one not in known]
    if unknown:
        raise InvalidInput(
            f"{path} has images of {', '.join(splits.class_names)}; {name!r} tells "
            f"{', '.join(about.class_names)} apart. Give a folder of each of these."
        )
    absent = [one for one in about.class_names if one not in splits.class_names]
    if absent:
        warn_user(f"{path} has no images of {', '.join(absent)}.")
    codes = np.array([known[one] for one in splits.class_names], "int32")

    def recoded(part: Part) -> Part:
        y = codes[np.asarray(part.y)]
        return Part(part.x, y) if part.weight is None else WeightedPart(part.x, y, part.weight)

    train, validation, test = map(recoded, (splits.train, splits.validation, splits.test))
    about = replace(about, fit=about.fit or "crop")
    return replace(splits, train=train, validation=validation, test=test, about=about)
