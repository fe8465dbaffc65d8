"""Forecasts of a series in time, also of the user's own in a CSV file.

`forecast.py` goes on from the end of a series; `answer.py` does so from the command line.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from kerazoo.datasets import Splits, load_dataset
from kerazoo.datasets.splits import MISSING, Series
from kerazoo.errors import KerazooError, WrongUsage
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

_HARDLY = 0.05  # share of later rows out of the trained range that is not worth a word

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
        raise WrongUsage("say which column is to be predicted: add --target COLUMN.")
    check_builder_takes(name, "input_shape", *(["horizon"] if "horizon" in options else []))
    arguments = {"path": str(path), **options}
    lag = {"lag": recipe.dataset_arguments["lag"]}
    splits = load_dataset("time_series_csv", **{**lag, **arguments})
    shape = {"input_shape": list(splits.train.x.shape[1:])}
    if options.get("horizon", 1) != 1:
        shape["horizon"] = options["horizon"]
    season = _say_what_was_read(path, splits, options.get("date"))
    adapted = replace(
        recipe,
        dataset="time_series_csv",
        dataset_arguments={**lag, **arguments},
        builder_arguments={**recipe.builder_arguments, **shape},
        experiment=path.name,
        experiments={},
        documented=None,
        baseline=None,
        best=None,
        baselines=("last_value", *([f"season_{season}"] if season else []), "autoregression"),
    )
    return for_training_on(adapted, len(splits.train.x)), splits


def _say_what_was_read(path: Path, splits: Splits, date: str | None) -> int:
    """Say in a line what was inferred, and return how many rows a season has; 0 if unknown."""
    from kerazoo.datasets.reading.calendar import describe_step, natural_season
    from kerazoo.datasets.reading.dates import show_date
    from kerazoo.datasets.reading.series import read_series

    series = cast(Series, splits.about)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when the file was loaded
        missing: Any = series.missing
        table = read_series(path, series.columns, date=date or series.date, missing=missing)
    others = [repr(column) for column in series.columns if column != series.target]
    inputs = f", with {', '.join(others)}" if others else " alone"
    text = f"{len(table.values)} rows; {series.target!r} is predicted from its past{inputs}"
    season = 0
    if table.dates is not None:
        first, last = show_date(table.dates[0]), show_date(table.dates[-1])
        text += f"; dates: {table.date!r}, {describe_step(table.dates)}, {first} to {last}"
        season = natural_season(table.dates)
    warnings.warn(f"{path}: {text}.", stacklevel=3)
    if outside := _describe_range(splits, series.target):
        warnings.warn(f"{path}: {outside}.", stacklevel=3)
    trained = len(splits.train.x) + len(splits.validation.x)
    return season if 1 < season <= trained // 2 else 0


def _describe_range(splits: Splits, target: str) -> str:
    """Say if the target leaves the range that is trained on; `""` if it hardly does.

    Example:
        >>> from kerazoo.datasets import Part
        >>> parts = [Part(np.zeros((9, 1, 1)), y + np.arange(9.0)[:, None]) for y in (0, 0, 20)]
        >>> _describe_range(Splits(*parts, Series(("a",), "a", 1)), "a")[:49]
        "'a' was 0 to 8 in the rows trained on and is 0 to"
    """
    trained = np.asarray(splits.train.y)
    later = np.concatenate(
        [np.ravel(np.asarray(part.y)) for part in (splits.validation, splits.test)]
    )
    low, high = trained.min(), trained.max()
    share = float(((later < low) | (later > high)).mean())
    if share <= _HARDLY:
        return ""
    return (
        f"{target!r} was {low:g} to {high:g} in the rows trained on and is {later.min():g} to "
        f"{later.max():g} afterwards ({share:.0%} outside): a network hardly forecasts levels that "
        "it has not seen; a column of differences from row to row may do better"
    )
