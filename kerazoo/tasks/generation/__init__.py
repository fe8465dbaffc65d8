"""New images from random numbers, and images drawn again from a few numbers.

`decoder.py` finds what draws in any model, `sample.py` draws, `concepts.py` adds what one kind of
image has and another has not, `snapshots.py` shows each epoch, `quality.py` and `likelihood.py`
judge, `distances.py` compares clouds of points for them. `own.py` learns from a user's images,
which `own_classifier.py` judges, and `own_tables.py` from the rows of a table; `anomalies.py` finds
odd ones.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Table
from kerazoo.datasets.reading import folders
from kerazoo.errors import InvalidInput
from kerazoo.recipe import Recipe
from kerazoo.registry import load_builder
from kerazoo.saved.reading import Location
from kerazoo.tasks import Chosen, Evaluation, Option, Request, Sighting, UserData
from kerazoo.tasks._shared import (
    FIT,
    Measure,
    answer_rows,
    draw_predictions,
    evaluate_model_itself,
    judge_with,
    no_scores,
    train_on_arrays,
)
from kerazoo.tasks.generation import own, own_tables
from kerazoo.tasks.rows import PREDICT_OPTIONS as OF_ROWS

if TYPE_CHECKING:
    import keras

    from kerazoo.plots.style import Figure

OWN_DATA = own.OWN_DATA
NETWORK = "vae"
TAKES_FRAMES = True
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "snapshots": Option(
        "A folder to draw in what the network makes, epoch by epoch.",
        Path,
        metavar="DIR",
        makes_folder=True,
        needs_data=False,
    ),
    **own.TRAIN_OPTIONS,
}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "fit": FIT,
    "anomaly": Option(
        "Say how far each image or row is from its reconstruction, and whether it is odd: farther "
        "than 99 of 100 of the validation part.",
        bool,
        needs_data=False,
    ),
    "keep": OF_ROWS["keep"],
}
MARKS = {
    "real_halves": "one half of the real images against the other",
    "uniform_noise": "uniform noise",
}
"""Baselines that are ends of a scale, which no method is meant to beat, and what they are."""
_CLOTHES = ("fashion_mnist", "fashion_mnist_mini")
_SHOWN = 20
_DRAWN = 64
_NOISE = 0.3  # standard deviation, as a share of the range of gray levels

own_data = own.own_data
recipe_for = own.recipe_for
trainer = train_on_arrays
score = no_scores


def answer(model: Location, request: Request) -> Iterator[str]:
    """Answer row by row, with pixels; or with how odd each image is."""
    if not request.options.get("anomaly"):
        return answer_rows(model, request)
    from kerazoo.tasks.generation.anomalies import answer_anomalies

    return answer_anomalies(model, request)


def recognizes(data: UserData, options: Chosen) -> Sighting | None:
    """See images in a folder, unless their folders or a table tell their classes."""
    if data.path is None or not data.path.is_dir() or not folders.find_images(data.path)[0]:
        return None
    return Sighting("images without classes", certainty=0.5)


def callbacks(recipe: Recipe, splits: Splits, options: Chosen) -> list[keras.callbacks.Callback]:
    """Return what notices a training that has failed, and what draws it if asked to."""
    from kerazoo.engine.callbacks import KeepFinite

    # There are no labels to be right about: nothing else would notice.
    chosen: list[keras.callbacks.Callback] = [KeepFinite()]
    if "snapshots" in options:
        from kerazoo.tasks.generation.snapshots import Snapshots

        # A network that only draws again what it is shown needs something to be shown.
        x = splits.validation.x
        shown = x[_spread(len(x))] if "denoising" in recipe.measures else None
        chosen.append(Snapshots(options["snapshots"], shown))
    return chosen


def _spread(rows: int) -> np.ndarray:
    """Choose rows to show from all of them: their classes may follow one another."""
    return np.unique(np.linspace(0, rows - 1, _SHOWN).astype(int))


def baselines(name: str, recipe: Recipe, splits: Splits) -> dict[str, dict[str, float]]:
    """Score the baselines that the recipe names: principal components are as many as its codes."""
    from kerazoo.tasks._baselines import score_baseline

    if isinstance(splits.about, Table):
        scores = own_tables.score_components(name, recipe, splits)
        return dict.fromkeys(recipe.baselines, scores)
    components = None
    if "principal_components" in recipe.baselines:
        model = load_builder(name)(**recipe.builder_arguments)
        components = model.get_layer("encoder").output_shape[-1]
    return {one: score_baseline(one, splits, components) for one in recipe.baselines}


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw new images, a map of the latent space if it has two dimensions, and reconstructions."""
    drawn: dict[str, Figure] = {}
    if isinstance(splits.about, Table):
        return drawn
    if predictions is not None:
        rows = _spread(len(splits.test.x))
        shown = dataclasses.replace(splits, test=Part(splits.test.x[rows]))
        drawn = draw_predictions(shown, predictions[rows], model)
    if model is None:
        return drawn
    from kerazoo.plots.generated import plot_latent_grid, plot_samples
    from kerazoo.tasks.generation.decoder import to_decoder
    from kerazoo.tasks.generation.sample import latent_grid, sample

    decoder = to_decoder(model)
    images = sample(decoder, _DRAWN)
    drawn["samples"] = plot_samples(images, title="made from random numbers")
    if decoder.latent_dim == 2:
        drawn["latent_grid"] = plot_latent_grid(latent_grid(decoder))
    return drawn


def judge(model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
    """Return the loss, the compiled metrics, and the measures that the recipe names."""
    measures: dict[str, Measure] = {
        "samples": functools.partial(_samples, dataset=recipe.dataset),
        own.OWN_SAMPLES: functools.partial(_own_samples, arguments=recipe.dataset_arguments),
        "likelihood": _likelihood,
        "denoising": _denoising,
    }
    return judge_with(measures)(model, part, recipe)


def evaluate(model: Location, splits: Splits, recipe: Recipe, runtime: str) -> Evaluation:
    """Load a saved network with Keras, and judge it as after its training."""
    judged = evaluate_model_itself(model, splits, recipe, runtime)
    return dataclasses.replace(judged, by_chance=_by_chance(judged, recipe))


def _by_chance(judged: Evaluation, recipe: Recipe) -> frozenset[str]:
    """Return what comes out a little different each time.

    Losses of their own draw random numbers; a classifier that is trained anew is another one on
    another machine.
    """
    drawn = {metric.name for metric in judged.model.metrics} if judged.model is not None else set()
    found = drawn if recipe.loss is None else set()
    return frozenset(found | (set(judged.scores) if own.OWN_SAMPLES in recipe.measures else set()))


def _samples(model: keras.Model, part: Part, dataset: str) -> dict[str, float]:
    """Judge as many drawn images as there are real ones, of the data that the classifier knows."""
    from kerazoo.tasks.generation.decoder import classes_of, generator_of
    from kerazoo.tasks.generation.quality import judge_samples

    if dataset not in _CLOTHES:
        warn_user(
            f"the made-up images are not judged: the classifier that does knows {_CLOTHES[0]}, "
            f"not {dataset}."
        )
        return {}
    try:
        generator, classes = generator_of(model), classes_of(model)
        return judge_samples(generator, part.x, classes=classes, labels=part.y)
    except InvalidInput as error:  # which must not cost what was learned
        warn_user(f"the made-up images are not judged: {error}")
        return {}


def _own_samples(model: keras.Model, part: Part, arguments: Mapping[str, Any]) -> dict[str, float]:
    from kerazoo.tasks.generation.decoder import classes_of, generator_of
    from kerazoo.tasks.generation.own_classifier import judge_own_samples

    return judge_own_samples(generator_of(model), part, arguments, classes=classes_of(model))


def _likelihood(model: keras.Model, part: Part) -> dict[str, float]:
    """Estimate bound and likelihood in nats per image, with 200 draws each."""
    from kerazoo.tasks.generation.likelihood import estimate_likelihood

    return estimate_likelihood(model, part.x, part.y)


def _denoising(model: keras.Model, part: Part) -> dict[str, float]:
    """Judge how well a network undoes noise, whether it was trained to or not.

    Returns:
        `denoised_mean_squared_error`: how far the reconstructions of noisy images are from the
        images without noise, whose standard deviation is 0.3 of the range of gray levels.
    """
    images = part.x
    noise = np.random.default_rng(0).normal(0, 255 * _NOISE, images.shape)
    noisy = (images + noise).clip(0, 255).astype("uint8")
    drawn = model.predict(noisy, batch_size=250, verbose=0)
    return {"denoised_mean_squared_error": float(np.mean((drawn - images / np.float32(255)) ** 2))}
