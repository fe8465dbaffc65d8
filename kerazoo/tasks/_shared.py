"""What several tasks do in the same way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._machine import free_memory
from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.images import FITS
from kerazoo.datasets.reading.mapped import is_mapped
from kerazoo.errors import InvalidInput, KerazooError, unknown_name
from kerazoo.predict import Prediction, Predictor, load_predictor
from kerazoo.predict.output import format_predictions
from kerazoo.predict.tables import Carried
from kerazoo.predict.typicality import typicality
from kerazoo.recipe import Recipe
from kerazoo.registry import VARIANTS, load_recipe
from kerazoo.saved.reading import Location
from kerazoo.tasks import Chosen, Evaluation, Option, Request, load_task
from kerazoo.tasks._certainty import COVERAGE, SETS_OF, asked_coverage, score_certainty
from kerazoo.tasks._errors import errors_of
from kerazoo.tasks._reasons import Reasons
from kerazoo.tasks._scores import describe_classes, describe_predictions, score_test

if TYPE_CHECKING:
    import keras

    from kerazoo.plots.style import Figure

FIT = Option(
    "What is done to images of another size: crop around the center, pad with black, or stretch.",
    choices=FITS,
    needs_data=False,
    default="as in training, if it met other sizes; otherwise they are refused",
)
"""The option `fit` of `kerazoo predict`."""

FIT_IN_TRAINING = Option(
    "What is done to images of another shape: crop around the center, pad with black, or stretch.",
    choices=FITS,
    default="crop",
)
"""The option `fit` of `kerazoo train`."""

SKIP_BAD_ROWS = Option(
    "Leave the answer to a row empty if it cannot be read, and say why at the end.",
    kind=bool,
    needs_data=False,
)
"""The option `skip_bad_rows` of `kerazoo predict`."""

ABOUT_ANSWERS: Mapping[str, Option] = {"coverage": COVERAGE, "sets": SETS_OF}
"""The options of `kerazoo predict` of every task that `answer_rows` answers for."""

SKIP_DAMAGED = Option("Leave out images that cannot be read.", bool)
"""The option `skip_damaged` of `kerazoo train`."""

BALANCE = Option("Let all classes count the same in training, rare ones too.", kind=bool)
"""The option `balance` of `kerazoo train`."""

_REASONS = 3
_SMALLEST_BATCH, _MOST_EPOCHS = 16, 60
_MOST_ROWS, _MOST_PAIRS = 300_000, 2 * 10**9  # of baselines: some minutes on two cores
# While a baseline is fitted to what does not fit into memory as a whole.
_BYTES_OF_CELL, _MEMORY_SHARE, _FEWEST_ROWS = 60, 0.5, 2000
Measure = Callable[[Any, Part], dict[str, float]]


def train_on_arrays(recipe: Recipe) -> Callable[..., Any]:
    """Return `fit_model`."""
    from kerazoo.engine.fit import fit_model

    return fit_model


def with_enough_steps(name: str, recipe: Recipe, rows: int, *, of_epoch: int, steps: int) -> Recipe:
    """Return a recipe that takes smaller batches and more epochs of little data, 60 at most.

    Epochs and batch size that are not the network's usual ones were asked for, and are kept. The
    epoch of the lowest validation loss should be kept, too.

    Args:
        name: the network.
        recipe: how it is trained.
        rows: training rows in an epoch.
        of_epoch: steps that an epoch should have; a batch has 16 rows at least.
        steps: steps that a training should have.
    """
    usual = [load_recipe(name, variant) for variant in VARIANTS]
    if recipe.batch_size in {one.batch_size for one in usual}:
        fitting = min(recipe.batch_size, max(_SMALLEST_BATCH, rows // of_epoch))
        recipe = dataclasses.replace(recipe, batch_size=fitting)
    if recipe.epochs in {one.epochs for one in usual}:
        wanted = min(_MOST_EPOCHS, steps // -(-rows // recipe.batch_size))
        recipe = dataclasses.replace(recipe, epochs=max(recipe.epochs, wanted))
    return recipe


def no_callbacks(recipe: Recipe, splits: Splits, options: Chosen) -> list[keras.callbacks.Callback]:
    """Return no callback."""
    return []


def no_further_data(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Be the `recipe_for` of a task whose saved networks are not trained further.

    Raises:
        KerazooError: always.
    """
    raise KerazooError(
        f"a saved {name} is not trained further on other data. Train it anew, on all of the data."
    )


def judge_by_metrics(model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
    """Return the loss and the compiled metrics."""
    from kerazoo.engine.evaluate import evaluate_model

    return evaluate_model(model, part)


def judge_with(measures: Mapping[str, Measure]) -> Callable[..., dict[str, float]]:
    """Return a `judge` that adds the measures which a recipe names to the compiled metrics.

    Args:
        measures: the task's measures by name; each takes a model and a part.
    """

    def judge(model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
        """Return the loss, the compiled metrics, and the measures that the recipe names."""
        scores = judge_by_metrics(model, part, recipe)
        for name in recipe.measures:
            if name not in measures:
                raise unknown_name("measure", name, measures)
            scores |= measures[name](model, part)
        return scores

    return judge


def evaluate_predictions(
    model: Location, splits: Splits, recipe: Recipe, runtime: Any
) -> Evaluation:
    """Score what a saved network answers for the test part; on Keras with its loss."""
    predictor = load_predictor(model, runtime)
    answer = predictor.predict(splits.test.x)
    predictions = answer.values
    scores = score_test(splits, predictions)
    y, weight = np.asarray(splits.test.y), splits.test.weight
    served = _served(answer)
    scores |= describe_predictions(splits, y, served, weight)
    scores |= score_certainty(answer, predictor.card, y, weight)
    if predictor.runtime == "keras":
        # Of the network: answers near 0 and 1 have lost the digits that a cross-entropy needs.
        judged = evaluate_model_itself(model, splits, recipe, runtime)
        scores = {"loss": judged.scores["loss"], **scores}
    classes = describe_classes(y, predictions, splits.class_names, weight)
    errors = errors_of(splits, served)
    return Evaluation(scores, served, classes=classes, errors=errors)


def _served(answer: Prediction) -> np.ndarray:
    """Return answers as they are shown, in the network's shape: calibrated, if it is."""
    shares = answer.probabilities
    if shares is None:
        return answer.values
    return shares[:, -1:] if answer.values.shape[1:] == (1,) else shares


def evaluate_model_itself(
    model: Location, splits: Splits, recipe: Recipe, runtime: Any
) -> Evaluation:
    """Load a saved network with Keras, and judge it as after its training."""
    from kerazoo.compile import compile_model
    from kerazoo.saved import load_model

    network = compile_model(load_model(model), recipe)
    scores = load_task(recipe.task).judge(network, splits.test, recipe)
    return Evaluation(scores, model=network)


def no_scores(splits: Splits, predictions: np.ndarray) -> dict[str, float]:
    """Return nothing: answers alone do not tell how good such a network is."""
    return {}


def score_baselines(name: str, recipe: Recipe, splits: Splits) -> dict[str, dict[str, float]]:
    """Fit the baselines that the recipe names to the same data, and score them on its test part.

    Of a large table, which they would need hours for, they are fitted to some of the rows.
    """
    from kerazoo.tasks._baselines import score_baseline

    known = _some_rows(splits)
    names = list(recipe.baselines)
    slow = "nearest_neighbors"
    if slow in names and len(known.train.x) * len(known.test.x) > _MOST_PAIRS:
        names.remove(slow)
        warn_user(f"nearest neighbors are left out: {counted(len(splits.test.x), 'test row')}.")
    return {one: score_baseline(one, known, measures=recipe.measures) for one in names}


def _some_rows(splits: Splits) -> Splits:
    """Return data with as many rows to learn from as baselines can be fitted to in a minute."""
    rows = len(splits.train.x)
    if not isinstance(splits.about, Table):
        return splits
    if is_mapped(splits.train.x):
        return _some_of_each(splits)
    if rows <= _MOST_ROWS:
        return splits
    warn_user(f"baselines are fitted to {_MOST_ROWS:,} of {counted(rows, 'row')}.")
    return dataclasses.replace(splits, train=_chosen(splits.train, _MOST_ROWS))


def _some_of_each(splits: Splits) -> Splits:
    """Return a table that is larger than memory with some of the rows that are learned from."""
    a_row = _BYTES_OF_CELL * (1 + int(np.prod(np.shape(splits.train.x)[1:])))
    most = int(np.clip(_MEMORY_SHARE * free_memory() / a_row, _FEWEST_ROWS, _MOST_ROWS))
    train = _chosen(splits.train, min(len(splits.train.x), most))
    validation = _chosen(splits.validation, min(len(splits.validation.x), most // 4))
    fitted = counted(len(train.x) + len(validation.x), "row")
    whole = len(splits.train.x) + len(splits.validation.x)
    if len(train.x) + len(validation.x) < whole:
        warn_user(f"baselines are fitted to {fitted} of {whole:,}, and judged on all of the test.")
    return dataclasses.replace(splits, train=train, validation=validation)


def _chosen(part: Part, rows: int) -> Part:
    """Return so many rows of a part, at random."""
    chosen = np.sort(np.random.default_rng(0).choice(len(part.x), rows, replace=False))
    arrays = (np.array(array[chosen]) for array in part if array is not None)
    return type(part)(*arrays)


def draw_predictions(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw the predictions for the test part beside the truth."""
    from kerazoo.plots.files import figures_of_predictions

    return {} if predictions is None else figures_of_predictions(splits, predictions)


def answer_rows(model: Location | Predictor, request: Request) -> Iterator[str]:
    """Answer row by row: tables, arrays and images; a predictor may stand for its model."""
    predictor = model if isinstance(model, Predictor) else load_predictor(model, request.runtime)
    keep = [one.strip() for one in request.options.get("keep", "").split(",") if one.strip()]

    bad: list[str] | None = [] if request.options.get("skip_bad_rows") else None
    cover = asked_coverage(predictor.card, request)
    reasons = Reasons(predictor, request)

    def add(answer: Prediction, rows: np.ndarray) -> Prediction:
        if request.options.get("distance"):
            found = typicality(rows, predictor.card)
            answer = dataclasses.replace(answer, typicality=found)
        return reasons.add(answer if cover is None else cover(answer), rows)

    def batches() -> Iterator[tuple[Prediction, Carried]]:
        rows = 0
        for source in request.inputs:
            with request.watch(source) as report:
                for answer, carried in predictor.predict_source(
                    source,
                    request.batch_size,
                    report=report,
                    note=request.say,
                    keep=keep,
                    fit=request.options.get("fit"),
                    bad=bad,
                    add=add,
                ):
                    rows += len(answer)
                    yield answer, carried
        reasons.draw()
        if bad and len(bad) == rows:
            raise InvalidInput(f"no row can be answered. The first: {bad[0]}")
        if bad:
            request.say(f"{counted(len(bad), 'row')} without an answer:")
            for reason in bad[:_REASONS]:
                request.say(f"  {reason}")

    return format_predictions(batches(), predictor.card, request.format)
