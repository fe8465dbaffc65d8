"""A class for each pixel of an image, also of the user's own images and masks.

`measures.py` says how good masks are, `simple_methods.py` makes some without a network, `answer.py`
is the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.datasets import Part, Splits
from kerazoo.datasets.reading.folders import subfolders
from kerazoo.predict import load_predictor
from kerazoo.recipe import Recipe
from kerazoo.saved.reading import Location
from kerazoo.tasks import Chosen, Evaluation, Option, Sighting, UserData
from kerazoo.tasks._scenes import PLOT, further_scenes, own_scenes
from kerazoo.tasks._shared import (
    judge_by_metrics,
    no_callbacks,
    score_baselines,
    train_on_arrays,
)
from kerazoo.tasks.segmentation.answer import answer as answer
from kerazoo.tasks.segmentation.measures import find_masks, score_masks

if TYPE_CHECKING:
    import keras

    from kerazoo.plots.style import Figure

OWN_DATA = "a folder with images/ and masks/, a PNG of class numbers for each image"
NETWORK = "fcn"
TAKES_FRAMES = False
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "image_size": Option(
        "Height and width that images and masks are stretched to.", int, minimum=8, default="64"
    ),
}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "masks": Option(
        "A folder to write a PNG mask for each image to, of the size of the image.",
        Path,
        metavar="DIR",
        needs_data=False,
    ),
    "plot": PLOT,
}
_SIZE = 64
_SHOWN = 12

trainer = train_on_arrays
callbacks = no_callbacks
recipe_for = further_scenes
baselines = score_baselines


def recognizes(data: UserData, options: Chosen) -> Sighting | None:
    """See folders of images and of masks."""
    if data.path is None or not data.path.is_dir():
        return None
    inner = {folder.name for folder in subfolders(data.path)}
    return Sighting("images with masks") if {"images", "masks"} <= inner else None


def own_data(name: str, recipe: Recipe, path: Path, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on images and masks of the user's, and these, split.

    Args:
        name: a network of masks, such as `"fcn"`.
        recipe: how it is trained.
        path: a folder with `images/` and `masks/`.
        options: `image_size`, 64 by default.

    Raises:
        KerazooError: if the path is no folder.
        InvalidInput: if a mask does not fit its image.
    """
    size = options.get("image_size", _SIZE)
    return own_scenes(
        name, recipe, path, dataset="mask_folder", takes=OWN_DATA, size=size, changed={}
    )


def judge(model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
    """Return the loss, mean IoU and the share of pixels that are right."""
    found = np.concatenate(
        [find_masks(np.asarray(model.predict_on_batch(some))) for some in _batches(part.x)]
    )
    classes = model.output_shape[-1]
    return {**judge_by_metrics(model, part, recipe), **score_masks(_truth(part), found, classes)}


def score(splits: Splits, predictions: np.ndarray) -> dict[str, float]:
    """Score probabilities of each pixel of the test part."""
    return score_masks(_truth(splits.test), find_masks(predictions), len(splits.class_names))


def evaluate(model: Location, splits: Splits, recipe: Recipe, runtime: Any) -> Evaluation:
    """Score what a saved network answers for the test part."""
    predictions = load_predictor(model, runtime).predict_array(splits.test.x).values
    return Evaluation(score(splits, predictions), predictions)


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw the masks of some test images beside the true ones."""
    if predictions is None:
        return {}
    from kerazoo.plots.scenes import plot_masks

    rows = slice(0, _SHOWN)
    found = find_masks(predictions[rows])
    names = splits.class_names
    return {"masks": plot_masks(splits.test.x[rows], found, names, _truth(splits.test)[rows])}


def _truth(part: Part) -> np.ndarray:
    return np.asarray(part.y)


def _batches(x: np.ndarray) -> list[np.ndarray]:
    return [x[start : start + 250] for start in range(0, len(x), 250)]
