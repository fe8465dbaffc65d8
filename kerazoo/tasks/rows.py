"""Classes or numbers of the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kerazoo.datasets import Part, Splits
from kerazoo.recipe import Recipe
from kerazoo.saved.reading import Location
from kerazoo.tasks import Evaluation, Option, refuse_own_data
from kerazoo.tasks._scores import score_test
from kerazoo.tasks._shared import (
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
    import numpy as np

    from kerazoo.plots.style import Figure

OWN_DATA = ""
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "keep": Option(
        "Columns of the input that go along with the answers, with commas between.",
        metavar="COLUMNS",
        needs_data=False,
    ),
    "skip_bad_rows": Option(
        "Leave the answer to a row empty if it cannot be read, and say why at the end.",
        kind=bool,
        needs_data=False,
    ),
}


def _solved(model: keras.Model, part: Part) -> dict[str, float]:
    """Return whether every row is on the right side of one half: 1.0 or 0.0."""
    return {"solved": _is_solved(model.predict_on_batch(part.x), part)}


def _is_solved(outputs: np.ndarray, part: Part) -> float:
    return float(((outputs > 0.5) == part.y).all())


def evaluate(model: Location, splits: Splits, recipe: Recipe, runtime: str) -> Evaluation:
    """Score what a saved network answers, and tell whether it solves all rows if that is asked."""
    judged = evaluate_predictions(model, splits, recipe, runtime)
    if "solved" not in recipe.measures or judged.predictions is None:
        return judged
    solved = {"solved": _is_solved(judged.predictions, splits.test)}
    return Evaluation({**judged.scores, **solved}, judged.predictions)


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw mistakes; of two classes and two columns, what the network gives everywhere."""
    shapes = None if model is None else (model.input_shape[1:], model.output_shape[1:])
    if model is not None and splits.class_names and shapes == ((2,), (1,)):
        from kerazoo.plots.surface import plot_decision_surface

        return {"decision_surface": plot_decision_surface(model, splits)}
    return draw_predictions(splits, predictions, model)


own_data = refuse_own_data
trainer = train_on_arrays
callbacks = no_callbacks
judge = judge_with({"solved": _solved})
score = score_test
baselines = score_baselines
answer = answer_rows
