"""Forecasts of a series in time, also of the user's own in a CSV file.

`own.py` reads a series of the user's, in windows as `windows.py` chooses them; `levels.py` tells
one whose level leaves the range that is trained on. `forecast.py` goes on from the end of a series,
and `answer.py` does so from the command line. `certainty.py` scores forecasts as distributions.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo.datasets import Splits
from kerazoo.datasets.about import MISSING, Series
from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor
from kerazoo.recipe import Recipe
from kerazoo.saved.gaussian import is_gaussian, means_of
from kerazoo.saved.reading import Location
from kerazoo.tasks import Chosen, Evaluation, Option, Sighting, UserData
from kerazoo.tasks._errors import errors_of
from kerazoo.tasks._scores import describe_predictions, score_test
from kerazoo.tasks._shared import (
    draw_predictions,
    evaluate_model_itself,
    judge_with,
    no_callbacks,
    score_baselines,
    train_on_arrays,
)
from kerazoo.tasks.series.answer import answer as answer

if TYPE_CHECKING:
    import keras
    import numpy as np
    import pandas as pd

    from kerazoo.datasets import Part
    from kerazoo.plots.style import Figure

OWN_DATA = "a CSV file with a row per day, hour or month"
NETWORK = "lstm"
TAKES_FRAMES = False
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "target": Option("The column to predict."),
    "date": Option("The column of dates."),
    "series": Option(
        "The column that names the series, where a file has several: a row for each date and "
        "series.",
        metavar="COLUMN",
    ),
    "known": Option(
        "Columns that are known beforehand, such as prices: a prediction sees their values in the "
        "row that it is of. To predict, add rows that hold them and no target.",
        metavar="COLUMN,...",
    ),
    "lag": Option(
        "Rows that a prediction sees.",
        int,
        minimum=1,
        default="up to four weeks, days or years: what does best on the validation rows",
    ),
    "horizon": Option("Rows predicted at once.", int, minimum=1, default="1"),
    "weekday": Option(
        "Let the network know the day of the week; by default where it helps on the validation "
        "rows.",
        bool,
    ),
    "no_weekday": Option("Do not let it know the day of the week.", bool),
    "calendar": Option(
        "Let it know the hour, the month, hour,month or none of the predicted row; by default "
        "the one that fits the step of the file, where it helps on the validation rows.",
        metavar="hour,month",
    ),
    "holidays": Option(
        "Let it know the public holidays of a country, such as KR; needs the package holidays.",
        metavar="COUNTRY",
    ),
    "missing": Option(
        "Empty cells: refuse, or forward (the value before).", choices=MISSING, default="refuse"
    ),
}
_OF_SERIES = (
    *("lag", "horizon", "weekday", "no_weekday", "missing"),
    *("series", "known", "calendar", "holidays"),
)
PREDICT_OPTIONS: Mapping[str, Option] = {
    "steps": Option(
        "Rows to forecast after the end of the series.", int, minimum=1, default="the horizon"
    ),
    "coverage": Option("Share of paths that the interval holds.", float, default="0.9"),
    "quantiles": Option(
        "Values that so many of the paths stay below, a column each, such as 0.1,0.5,0.9.",
        metavar="SHARE,...",
    ),
    "explain": Option(
        "Say what each value of the last window counts for the first row ahead, by Shapley values. "
        "A table for people names what counts most, other formats all.",
        kind=bool,
    ),
    "plot": Option("A PNG file to draw the forecast in.", Path, metavar="FILE"),
}


CRPS = "crps"
"""The measure of networks that forecast distributions."""

_SHOWN = 120  # rows of the test part that are drawn

trainer = train_on_arrays
callbacks = no_callbacks


def _measure_crps(model: keras.Model, part: Part) -> dict[str, float]:
    from kerazoo.tasks.series.certainty import measure_crps

    return measure_crps(model, part)


judge = judge_with({CRPS: _measure_crps})


def score(splits: Splits, predictions: np.ndarray) -> dict[str, float]:
    """Score forecasts for the test part; distributions by their means, and by CRPS."""
    scores = score_test(splits, means_of(predictions))
    if is_gaussian(predictions) and splits.test.y is not None:
        from kerazoo.tasks.series.certainty import score_gaussians

        scores |= score_gaussians(splits.test.y, predictions)
    return scores


def evaluate(model: Location, splits: Splits, recipe: Recipe, runtime: Any) -> Evaluation:
    """Score what a saved forecaster answers for the test part, with an interval around it."""
    predictor = load_predictor(model, runtime)
    forecasts = predictor.predict(splits.test.x).values
    y, means, residuals = splits.test.y, means_of(forecasts), predictor.card.residuals
    assert y is not None
    scores = score(splits, forecasts) | describe_predictions(splits, y, means)
    if residuals is not None and not is_gaussian(forecasts):
        from kerazoo.tasks.series.certainty import score_residuals

        scores |= score_residuals(y, means, residuals.decode())
    if predictor.runtime == "keras":
        judged = evaluate_model_itself(model, splits, recipe, runtime)
        scores = {"loss": judged.scores["loss"], **scores}
    return Evaluation(scores, forecasts, errors=errors_of(splits, means))


def baselines(name: str, recipe: Recipe, splits: Splits) -> dict[str, dict[str, float]]:
    """Score the baselines that the recipe names on the test part, fitted for each series."""
    if len(splits.timelines) < 2:
        scores = score_baselines(name, recipe, splits)
    else:
        from kerazoo.tasks.series.walk import score_for_each

        scores = score_for_each(recipe.baselines, splits)
    if CRPS not in recipe.measures:
        return scores
    from kerazoo.tasks.series.certainty import score_gaussian_baselines

    certain = score_gaussian_baselines(recipe.baselines, splits)
    return {one: {**errors, **certain.get(one, {})} for one, errors in scores.items()}


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw mistakes, the memory of the series, and the end of the test part beside forecasts."""
    means = None if predictions is None else means_of(predictions)
    drawn = draw_predictions(splits, means, model)
    if len(splits.timelines) == 1 and isinstance(splits.about, Series):
        from kerazoo.plots.autocorrelation import plot_autocorrelation

        (timeline,), about = splits.timelines, splits.about
        known = timeline.values[: timeline.validation, about.target_index]
        drawn["autocorrelation"] = plot_autocorrelation(known, name=about.target)
    y = splits.test.y
    if predictions is None or means is None or y is None or len(predictions) != len(y):
        return drawn
    from kerazoo.plots.series import plot_series

    curves = {"true": y.reshape(len(y), -1)[:, 0], "predicted": means[:, 0]}
    band = None
    if is_gaussian(predictions):
        from kerazoo.tasks.series.certainty import interval_of_gaussians

        band = interval_of_gaussians(predictions[:, 0])
    return drawn | {"series": plot_series(curves, splits.target_name, _SHOWN, interval=band)}


def recognizes(data: UserData, options: Chosen) -> Sighting | None:
    """See a series in a table with one row for each time, or if an option says so."""
    from kerazoo.tasks.series.own import find_steps  # imports pandas

    if data.frame is None:
        return None
    target = options.get("target")
    if target in data.frame.columns and not _holds_numbers(data.frame[target]):
        return None  # classes are not forecast
    if any(option in options for option in _OF_SERIES):
        return Sighting(f"a series of {data.size}, as its options say")
    steps = find_steps(data.frame)
    return Sighting(f"a series of {data.size}, {steps}", certainty=0.9) if steps else None


def _holds_numbers(column: pd.Series) -> bool:
    """Tell whether some cells of a column are numbers, however these are written."""
    return bool(column.astype(str).str.contains(r"\d").any())


def recipe_for(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Return a recipe that trains a network on the windows of a user's series."""
    from kerazoo.tasks.series import own  # pandas takes a second to import

    return own.recipe_for(name, recipe, splits)


def own_data(name: str, recipe: Recipe, path: Path, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains the network on the series in a CSV file, and its windows.

    Raises:
        KerazooError: if the path is a folder; and as `own.own_data`.
    """
    if path.is_dir():
        raise KerazooError(f"--data {path} is a folder; {name} learns from {OWN_DATA}. Give one.")
    from kerazoo.tasks.series import own  # pandas and scikit-learn take a second to import

    return own.own_data(name, recipe, path, options)
