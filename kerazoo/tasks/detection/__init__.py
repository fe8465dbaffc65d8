"""Boxes around the objects in an image, also of the user's own images and label files.

`measures.py` reads boxes from the cells of a grid and says how good they are, `simple_methods.py`
finds some without a network, `answer.py` is the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.datasets import Part, Splits
from kerazoo.datasets.reading.folders import subfolders
from kerazoo.errors import InvalidInput
from kerazoo.predict import load_predictor
from kerazoo.recipe import Recipe
from kerazoo.registry import check_builder_takes
from kerazoo.saved.reading import Location
from kerazoo.tasks import Chosen, Evaluation, Option, Sighting, UserData
from kerazoo.tasks._scenes import PLOT, further_scenes, own_scenes
from kerazoo.tasks._shared import (
    judge_by_metrics,
    no_callbacks,
    no_scores,
    score_baselines,
    train_on_arrays,
)
from kerazoo.tasks.detection.answer import CONFIDENCE
from kerazoo.tasks.detection.answer import answer as answer
from kerazoo.tasks.detection.measures import find_boxes, score_cells

if TYPE_CHECKING:
    import keras

    from kerazoo.plots.style import Figure

OWN_DATA = "a folder with images/ and labels/, a text file of boxes for each image"
NETWORK = "yolo"
TAKES_FRAMES = False
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "image_size": Option(
        "Height and width that images are stretched to: 7 times 8, 16, 32 or more, as the grid has "
        "7 x 7 cells.",
        int,
        minimum=8,
        default="112",
    ),
}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "confidence": Option(
        "Leave out boxes that are less sure, 0 to 1.",
        float,
        minimum=0,
        needs_data=False,
        default=f"{CONFIDENCE:g}",
    ),
    "plot": PLOT,
}
_SIZE, _GRID, _FEWEST_POOLINGS = 112, 7, 3
_FILTERS = (16, 32, 64, 64, 64, 64)  # of as many blocks as an image size needs
_SHOWN = 12

trainer = train_on_arrays
callbacks = no_callbacks
recipe_for = further_scenes
score = no_scores  # the mean of the grids of several networks is no grid
baselines = score_baselines


def recognizes(data: UserData, options: Chosen) -> Sighting | None:
    """See folders of images and of label files."""
    if data.path is None or not data.path.is_dir():
        return None
    inner = {folder.name for folder in subfolders(data.path)}
    return Sighting("images with boxes") if {"images", "labels"} <= inner else None


def own_data(name: str, recipe: Recipe, path: Path, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on images and boxes of the user's, and these, split.

    Args:
        name: a network of boxes, such as `"yolo"`.
        recipe: how it is trained.
        path: a folder with `images/` and `labels/`.
        options: `image_size`, 112 by default.

    Raises:
        KerazooError: if the path is no folder.
        InvalidInput: if a line is no box, or the grid does not fit the size.
    """
    check_builder_takes(name, "grid", "filters")
    size = options.get("image_size", _SIZE)
    known = {_GRID * 2**n: n for n in range(_FEWEST_POOLINGS, len(_FILTERS) + 1)}
    if size not in known:
        small = ": images are too small for the grid" if size < min(known) else ""
        raise InvalidInput(
            f"image_size is {size}{small}; {name} has a {_GRID} x {_GRID} grid, and "
            f"halves images some times. Pass {', '.join(map(str, known))}."
        )
    filters = {"grid": _GRID, "filters": list(_FILTERS[: known[size]])}
    return own_scenes(
        name, recipe, path, dataset="box_folder", takes=OWN_DATA, size=size, changed=filters
    )


def judge(model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
    """Return the loss, and mean average precision at an IoU of 0.5."""
    values = model.predict(part.x, batch_size=250, verbose=0)
    classes = model.get_layer("class").output.shape[-1]
    scores = score_cells(np.asarray(part.y), values, classes)
    return {**judge_by_metrics(model, part, recipe), **scores}


def evaluate(model: Location, splits: Splits, recipe: Recipe, runtime: Any) -> Evaluation:
    """Score what a saved network answers for the test part."""
    values = load_predictor(model, runtime).predict_array(splits.test.x).values
    scores = score_cells(np.asarray(splits.test.y), values, len(splits.class_names))
    return Evaluation(scores, values)


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw the boxes in some test images beside the true ones."""
    if predictions is None:
        return {}
    from kerazoo.plots.scenes import plot_boxes

    rows = slice(0, _SHOWN)
    found = find_boxes(predictions[rows], len(splits.class_names), CONFIDENCE)
    truth = np.asarray(splits.test.y)[rows]
    return {"boxes": plot_boxes(splits.test.x[rows], found, splits.class_names, truth)}
