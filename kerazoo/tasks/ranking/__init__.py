"""Ratings of items by users, and what to recommend to whom; also of the user's own ratings.

`recommender.py` has what one asks in Python, `answer.py` the command line, `measures.py` how good a
list is, `neighbors.py` the baselines.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.datasets import Part, Splits, load_dataset
from kerazoo.datasets.about import Ratings
from kerazoo.predict import load_predictor
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import VARIANTS, check_builder_takes, load_recipe
from kerazoo.saved.reading import Location
from kerazoo.tasks import Chosen, Evaluation, Option, Sighting, UserData
from kerazoo.tasks._certainty import score_certainty
from kerazoo.tasks._scores import score_test
from kerazoo.tasks._shared import (
    draw_predictions,
    judge_by_metrics,
    no_callbacks,
    no_further_data,
    score_baselines,
    train_on_arrays,
)
from kerazoo.tasks.ranking.answer import answer as answer
from kerazoo.tasks.ranking.measures import measure_top, score_model

if TYPE_CHECKING:
    import keras

OWN_DATA = "a CSV or Parquet file with a row for each rating: a user, an item, a number"
NETWORK = "matrix_factorization"
TAKES_FRAMES = True
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "user": Option("The column of users.", metavar="COLUMN", default="told by its name"),
    "item": Option("The column of items.", metavar="COLUMN", default="told by its name"),
    "rating": Option("The column of ratings.", metavar="COLUMN", default="told by its name"),
    "title": Option("The column of what items are called.", metavar="COLUMN"),
    "scale": Option(
        "The lowest and the highest rating, such as 1-5.",
        metavar="LOW-HIGH",
        default="as there are",
    ),
}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "user": Option(
        "Recommend items to this user; with --item, rate that one.",
        metavar="NAME",
        replaces_inputs=True,
    ),
    "item": Option("Find users who will like this item.", metavar="NAME", replaces_inputs=True),
    "top": Option("How many items or users.", int, minimum=1, default="10"),
    "rated": Option(
        "A table of ratings: what is in it is not recommended again.",
        metavar="FILE",
        default="the network's data set, if it is here",
    ),
}

trainer = train_on_arrays
recipe_for = no_further_data
callbacks = no_callbacks
score = score_test
baselines = score_baselines
figures = draw_predictions


def recognizes(data: UserData, options: Chosen) -> Sighting | None:
    """See ratings in a table whose columns can be nothing else, by their names."""
    if data.frame is None:
        return None
    from kerazoo.datasets.ratings_csv import are_ratings  # imports pandas

    told = all(role in options for role in ("user", "item", "rating"))
    # Whoever names a target asks for something else.
    if "target" in options or not (told or are_ratings([str(n) for n in data.frame.columns])):
        return None
    return Sighting(f"ratings, {data.size}")


def own_data(name: str, recipe: Recipe, path: Any, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on ratings of the user's, and these as ids.

    Args:
        name: the network.
        recipe: how it is trained; its epochs and batch size are kept.
        path: a CSV or Parquet file, or a table that another library holds.
        options: what `TRAIN_OPTIONS` has.

    Raises:
        WrongUsage: if no name says which column is which.
        InvalidInput: if a rating is no number or not on the scale, or there are too few.
    """
    check_builder_takes(name, "users", "items")
    source = str(path) if isinstance(path, Path) else path
    arguments = {"path": source, **options}
    splits = load_dataset("ratings_csv", **arguments)
    about = splits.about
    assert isinstance(about, Ratings)
    builder_arguments = {
        **recipe.builder_arguments,
        "users": len(about.users),
        "items": len(about.items),
        "scale": list(about.scale),
    }
    title = source if isinstance(source, str) else "a table in memory"
    rows = len(splits.train.x)
    adapted = dataclasses.replace(
        _for_rows(name, recipe, rows),
        dataset="ratings_csv",
        dataset_arguments={**arguments, "path": title},
        builder_arguments=builder_arguments,
        experiment=Path(title).name,
        documented=None,
        baseline=None,
        best=None,
        experiments={},
        cross_validation_folds=0,
    )
    return for_training_on(adapted, rows), splits


_BATCHES, _STEPS, _MOST_EPOCHS = (16, 256), 4500, 300


def _for_rows(name: str, recipe: Recipe, rows: int) -> Recipe:
    """Return a recipe that makes as many steps on few ratings as on many, unless told otherwise."""
    own = [load_recipe(name, variant) for variant in VARIANTS]
    if recipe.batch_size == 1 or (recipe.epochs, recipe.batch_size) not in [
        (one.epochs, one.batch_size) for one in own
    ]:
        return recipe
    batch_size = int(np.clip(2 ** round(np.log2(max(1, rows / _STEPS * recipe.epochs))), *_BATCHES))
    epochs = math.ceil(_STEPS / math.ceil(rows / batch_size))
    epochs = int(np.clip(epochs, recipe.epochs, _MOST_EPOCHS))
    return dataclasses.replace(recipe, batch_size=batch_size, epochs=epochs)


def judge(model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
    """Return loss, compiled metrics, and how good the first ten items are if the recipe asks."""
    scores = judge_by_metrics(model, part, recipe)
    if "top" in recipe.measures:
        scores |= measure_top(score_model(model), part)
    return scores


def evaluate(model: Location, splits: Splits, recipe: Recipe, runtime: Any) -> Evaluation:
    """Score what a saved network answers for the pairs of the test part, and its lists."""
    predictor = load_predictor(model, runtime)
    answer = predictor.predict_array(splits.test.x)
    predictions = answer.values
    scores = score_test(splits, predictions)
    scores |= score_certainty(answer, predictor.card, np.asarray(splits.test.y), None)
    scores |= measure_top(lambda ids: predictor.predict_array(ids).values[:, 0], splits.test)
    return Evaluation(scores, predictions)
