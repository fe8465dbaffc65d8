"""Forecasts of a series in time, also of the user's own in a CSV file.

`forecast.py` goes on from the end of a series; `answer.py` does so from the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from kerazoo.datasets import Splits, load_dataset
from kerazoo.datasets.splits import MISSING
from kerazoo.errors import KerazooError
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import check_builder_takes
from kerazoo.tasks import Chosen, Option
from kerazoo.tasks._scores import score_test
from kerazoo.tasks._shared import (
    draw_predictions,
    evaluate_predictions,
    judge_by_metrics,
    no_callbacks,
    score_baselines,
    train_on_arrays,
)
from kerazoo.tasks.series.answer import answer as answer

OWN_DATA = "a CSV file with a row per day, hour or month"
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "target": Option("The column to predict."),
    "date": Option("The column of dates."),
    "lag": Option("Rows that a prediction sees.", int, minimum=1, default="the recipe's"),
    "horizon": Option("Rows predicted at once.", int, minimum=1, default="1"),
    "weekday": Option("Let the network know the day of the week.", bool),
    "missing": Option(
        "Empty cells: refuse, or forward (the value before).", choices=MISSING, default="refuse"
    ),
}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "steps": Option(
        "Rows to forecast after the end of the series.", int, minimum=1, default="the horizon"
    ),
    "coverage": Option("Share of paths that the interval holds.", float, default="0.9"),
    "plot": Option("A PNG file to draw the forecast in.", Path, metavar="FILE"),
}

trainer = train_on_arrays
callbacks = no_callbacks
judge = judge_by_metrics
score = score_test
evaluate = evaluate_predictions
baselines = score_baselines
figures = draw_predictions


def own_data(name: str, recipe: Recipe, path: Path, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on the series in a CSV file, and its windows, split.

    Windows are as long as the network's own recipe has them, unless told otherwise.

    Args:
        name: a network that forecasts, such as `"lstm"`.
        recipe: how it is trained; its epochs and batch size are kept.
        path: the CSV file.
        options: `target`, and what else `TRAIN_OPTIONS` has.

    Raises:
        KerazooError: if the path is a folder, no target is named, or the network has no choice of
            window or horizon.
        InvalidInput: if the file is not a series that can be learned from.
    """
    if path.is_dir():
        raise KerazooError(f"--data {path} is a folder; {name} learns from {OWN_DATA}. Give one.")
    if "target" not in options:
        raise KerazooError("say which column is to be predicted: add --target COLUMN.")
    check_builder_takes(name, "input_shape", *(["horizon"] if "horizon" in options else []))
    arguments = {"path": str(path), **options}
    lag = {"lag": recipe.dataset_arguments["lag"]}
    splits = load_dataset("time_series_csv", **{**lag, **arguments})
    shape = {"input_shape": list(splits.train.x.shape[1:])}
    if options.get("horizon", 1) != 1:
        shape["horizon"] = options["horizon"]
    adapted = replace(
        recipe,
        dataset="time_series_csv",
        dataset_arguments={**lag, **arguments},
        builder_arguments={**recipe.builder_arguments, **shape},
        experiment=path.name,
        experiments={},
        documented=None,
        baseline=None,
    )
    return for_training_on(adapted, len(splits.train.x)), splits
