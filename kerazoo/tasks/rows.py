"""Classes or numbers of the rows of a table, also of the user's own."""

from __future__ import annotations

import dataclasses
import inspect
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.datasets import Part, Splits, load_dataset
from kerazoo.datasets.about import Table
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import (
    VARIANTS,
    check_builder_takes,
    list_models,
    load_builder,
    load_module,
    load_recipe,
)
from kerazoo.saved.reading import Location
from kerazoo.tasks import Chosen, Evaluation, Option, Sighting, UserData
from kerazoo.tasks._certainty import DISTANCE
from kerazoo.tasks._reasons import EXPLAIN, PLOT
from kerazoo.tasks._scores import balanced_accuracy, score_test
from kerazoo.tasks._shared import (
    ABOUT_ANSWERS,
    BALANCE,
    SKIP_BAD_ROWS,
    answer_rows,
    draw_predictions,
    evaluate_predictions,
    judge_with,
    no_callbacks,
    score_baselines,
    train_on_arrays,
)

if TYPE_CHECKING:
    import keras

    from kerazoo.plots.style import Figure

OWN_DATA = "a CSV or Parquet file, or a folder of Parquet files, with a row for each case"
NETWORK = "tabm"
TAKES_FRAMES = True
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "target": Option("The column that is predicted.", metavar="COLUMN"),
    "predict": Option(
        "What the target holds.", choices=("classes", "number"), default="told by its values"
    ),
    "drop": Option("Columns to leave out, with commas between.", metavar="COLUMNS"),
    "categorical": Option(
        "Columns of words, also if these look like numbers, with commas between.",
        metavar="COLUMNS",
    ),
    "numeric": Option("Columns of numbers, with commas between.", metavar="COLUMNS"),
    "date": Option("Columns of dates, with commas between.", metavar="COLUMNS"),
    "group": Option(
        "A column whose equal values stay together, such as a patient.", metavar="COLUMN"
    ),
    "time": Option(
        "A column of dates: the latest rows are the test, not random ones.", metavar="COLUMN"
    ),
    "test": Option(
        "A table of the test rows, with the same columns.", metavar="PATH", default="a fifth of it"
    ),
    "weights": Option("A column of how much each row counts, from 0 on.", metavar="COLUMN"),
    "balance": BALANCE,
}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "keep": Option(
        "Columns of the input that go along with the answers, with commas between.",
        metavar="COLUMNS",
        needs_data=False,
    ),
    "skip_bad_rows": SKIP_BAD_ROWS,
    **ABOUT_ANSWERS,
    "distance": DISTANCE,
    "explain": EXPLAIN,
    "plot": PLOT,
    "ray": Option(
        "A Ray cluster whose workers answer pieces of CSV and Parquet files: local, auto, "
        "HOST:PORT or ray://HOST:PORT; goes with --out.",
        metavar="ADDRESS",
        needs_data=False,
    ),
}


_TWO = 2
_BALANCED = "balanced_accuracy"
_LISTS = ("drop", "categorical", "numeric", "date")
_STEPS, _BATCHES = 16, (16, 256)  # steps in an epoch, about, and the smallest and largest batch


def recognizes(data: UserData, options: Chosen) -> Sighting | None:
    """See a table in any table; another task may know better what it is."""
    return None if data.frame is None else Sighting(f"a table of {data.size}", certainty=0.5)


def own_data(name: str, recipe: Recipe, path: Any, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on a table, and its rows, split.

    Args:
        name: a tabular network that can be built for other columns, such as `"tabm"`.
        recipe: how it is trained; its epochs are kept, and a batch size that is not its usual one.
        path: a CSV or Parquet file, or a table that another library holds.
        options: `target`, and what else `TRAIN_OPTIONS` has.

    Raises:
        WrongUsage: if no target is named.
        KerazooError: if the network predicts something else than the target is.
        InvalidInput: if the file is not a table that can be learned from.
    """
    check_builder_takes(name, "columns")
    source = str(path) if isinstance(path, Path) else path
    if "target" not in options:
        from kerazoo.datasets.reading.table import list_columns  # imports pandas

        names = ", ".join(list_columns(source))
        raise WrongUsage(f"say which column is predicted: add --target COLUMN, one of {names}.")
    arguments: dict[str, Any] = {"path": source, **options}
    for option in _LISTS:
        if option in options:
            listed = options[option]
            several = listed.split(",") if isinstance(listed, str) else listed
            arguments[option] = [one.strip() for one in several if one.strip()]
    if recipe.loss == "categorical_crossentropy":
        arguments["labels"] = "one_hot"
    splits = load_dataset("table_csv", **arguments)
    titles: dict[str, Any] = {
        option: str(arguments[option]) if _is_path(arguments[option]) else "a table in memory"
        for option in ("path", "test")
        if option in arguments
    }
    adapted = dataclasses.replace(
        for_table(name, recipe, splits),
        dataset_arguments={**arguments, **titles},
        experiment=Path(titles["path"]).name,
    )
    return adapted, splits


def _is_path(source: Any) -> bool:
    return isinstance(source, str | os.PathLike)


def for_table(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Return a recipe that trains a network on a table of the user's own.

    Args:
        name: as for `own_data`.
        recipe: as for `own_data`.
        splits: the table, from `load_dataset("table_csv", ...)`.

    Raises:
        KerazooError: if the network predicts something else than the target is.
    """
    assert isinstance(splits.about, Table)
    has_classes = bool(splits.class_names)
    fitting = _for_target(name, recipe, has_classes)
    arguments = {key: v for key, v in fitting.builder_arguments.items() if key != "features"}
    arguments["columns"] = list(splits.about.codes)
    if "classes" in inspect.signature(load_builder(name)).parameters:
        arguments["classes"] = len(splits.class_names) or 1
    elif len(splits.class_names) > _TWO:
        others = [one for one in list_models() if _takes(one, has_classes) and one != name]
        raise KerazooError(
            f"{name} tells two classes apart, and the target has {len(splits.class_names)}. Use "
            f"{' or '.join(others)}."
        )
    rows = len(splits.train.x)
    adapted = dataclasses.replace(
        fitting,
        dataset="table_csv",
        builder_arguments=arguments,
        batch_size=_batch_size(name, recipe, rows),
        documented=None,
        baseline=None,
        best=None,
        baselines=_OWN_BASELINES["classes" if has_classes else "number"],
        experiments={},
        cross_validation_folds=0,
        weighted=splits.train.weight is not None,
    )
    if (splits.about.weighed_by or {}).get("classes"):
        # Accuracy would praise a network that finds no rare class.
        adapted = dataclasses.replace(
            adapted, measures=(_BALANCED,), primary_metric=_BALANCED, primary_mode="max"
        )
    # `adapt_to_rows(recipe, rows)` in a model file, such as `models/tabular/tabm.py`.
    adapt_to_rows = getattr(load_module(name), "adapt_to_rows", None)
    return for_training_on(adapt_to_rows(adapted, rows) if adapt_to_rows else adapted, rows)


_OWN_BASELINES = {
    "classes": (
        "majority_class",
        "logistic_regression",
        "nearest_neighbors",
        "gradient_boosting",
    ),
    "number": ("mean_of_training", "least_squares", "nearest_neighbors", "gradient_boosting"),
}


def _for_target(name: str, recipe: Recipe, has_classes: bool) -> Recipe:
    """Return a recipe, or that of its experiments which has a target of that kind."""
    found = [one for one in recipe.all_experiments() if _learns_classes(one) == has_classes]
    if found:
        return found[0]
    others = [other for other in list_models() if _takes(other, has_classes)]
    others.sort(key=lambda other: other != NETWORK)  # made for any table
    holds, learns = ("classes", "a number") if has_classes else ("a number", "classes")
    raise KerazooError(
        f"{name} predicts {learns}, and the target holds {holds}. Use {' or '.join(others)}, or "
        f"add --predict {'number' if has_classes else 'classes'} if the target is of that kind."
    )


def _takes(name: str, has_classes: bool) -> bool:
    """Tell whether a network takes any table, with a target of that kind."""
    recipe = load_recipe(name)
    return (
        recipe.task == "rows"
        and "columns" in inspect.signature(load_builder(name)).parameters
        and any(_learns_classes(one) == has_classes for one in recipe.all_experiments())
    )


def _fits(recipe: Recipe, splits: Splits) -> bool:
    return _learns_classes(recipe) == bool(splits.class_names)


def _learns_classes(recipe: Recipe) -> bool:
    return "crossentropy" in str(recipe.loss)


def _batch_size(name: str, recipe: Recipe, rows: int) -> int:
    """Return a batch size that gives an epoch some steps, unless the user has chosen one."""
    if recipe.batch_size not in {load_recipe(name, one).batch_size for one in VARIANTS}:
        return recipe.batch_size
    return int(np.clip(2 ** round(np.log2(max(1, rows / _STEPS))), *_BATCHES))


def _solved(model: keras.Model, part: Part) -> dict[str, float]:
    """Return whether every row is on the right side of one half: 1.0 or 0.0."""
    return {"solved": _is_solved(model.predict_on_batch(part.x), part)}


def _balanced(model: keras.Model, part: Part) -> dict[str, float]:
    """Return the mean of the shares of each class that are found."""
    from kerazoo.engine.evaluate import predict_rows  # imports Keras

    answers = predict_rows(model, part.x, batch_size=1024)
    return {_BALANCED: balanced_accuracy(np.asarray(part.y), answers, part.weight)}


def _is_solved(outputs: np.ndarray, part: Part) -> float:
    return float(((outputs > 0.5) == np.asarray(part.y).reshape(outputs.shape)).all())


def evaluate(model: Location, splits: Splits, recipe: Recipe, runtime: str) -> Evaluation:
    """Score what a saved network answers, and tell whether it solves all rows if that is asked."""
    fitting = [one for one in recipe.all_experiments() if _fits(one, splits)]
    judged = evaluate_predictions(model, splits, (fitting or [recipe])[0], runtime)
    if "solved" not in recipe.measures or judged.predictions is None:
        return judged
    solved = {"solved": _is_solved(judged.predictions, splits.test)}
    return dataclasses.replace(judged, scores={**judged.scores, **solved})


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw mistakes; of two classes and two columns, what the network gives everywhere."""
    shapes = None if model is None else (model.input_shape[1:], model.output_shape[1:])
    if model is not None and splits.class_names and shapes == ((2,), (1,)):
        from kerazoo.plots.surface import plot_decision_surface

        return {"decision_surface": plot_decision_surface(model, splits)}
    return draw_predictions(splits, predictions, model)


trainer = train_on_arrays
callbacks = no_callbacks
recipe_for = for_table
judge = judge_with({"solved": _solved, _BALANCED: _balanced})
score = score_test
baselines = score_baselines
answer = answer_rows
