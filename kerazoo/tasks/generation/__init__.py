"""New images from random numbers, and images drawn again from a few numbers.

`decoder.py` finds what draws in any model, `sample.py` draws, `snapshots.py` shows each epoch,
`quality.py` and `likelihood.py` judge, `distances.py` compares clouds of points for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kerazoo.datasets import Part, Splits
from kerazoo.recipe import Recipe
from kerazoo.registry import load_builder
from kerazoo.tasks import Chosen, Option, recognizes_nothing, refuse_own_data
from kerazoo.tasks._shared import (
    FIT,
    answer_rows,
    draw_predictions,
    evaluate_model_itself,
    judge_with,
    no_scores,
    train_on_arrays,
)

if TYPE_CHECKING:
    import keras

    from kerazoo.plots.style import Figure

OWN_DATA = ""
NETWORK = ""
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "snapshots": Option(
        "A folder to draw in what the network makes, epoch by epoch.",
        Path,
        metavar="DIR",
        makes_folder=True,
        needs_data=False,
    ),
}
PREDICT_OPTIONS: Mapping[str, Option] = {"fit": FIT}
MARKS = {
    "real_halves": "one half of the real images against the other",
    "uniform_noise": "uniform noise",
}
"""Baselines that are ends of a scale, which no method is meant to beat, and what they are."""
_SHOWN = 20
_DRAWN = 64
_NOISE = 0.3  # standard deviation, as a share of the range of gray levels

own_data = refuse_own_data
recognizes = recognizes_nothing
trainer = train_on_arrays
score = no_scores
evaluate = evaluate_model_itself
answer = answer_rows


def callbacks(recipe: Recipe, splits: Splits, options: Chosen) -> list[keras.callbacks.Callback]:
    """Return what notices a training that has failed, and what draws it if asked to."""
    from kerazoo.engine.callbacks import KeepFinite

    # There are no labels to be right about: nothing else would notice.
    chosen: list[keras.callbacks.Callback] = [KeepFinite()]
    if "snapshots" in options:
        from kerazoo.tasks.generation.snapshots import Snapshots

        # A network that only draws again what it is shown needs something to be shown.
        shown = splits.validation.x[:_SHOWN] if "denoising" in recipe.measures else None
        chosen.append(Snapshots(options["snapshots"], shown))
    return chosen


def baselines(name: str, recipe: Recipe, splits: Splits) -> dict[str, dict[str, float]]:
    """Score the baselines that the recipe names: principal components are as many as its codes."""
    from kerazoo.tasks._baselines import score_baseline

    components = None
    if "principal_components" in recipe.baselines:
        model = load_builder(name)(**recipe.builder_arguments)
        components = model.get_layer("encoder").output_shape[-1]
    return {one: score_baseline(one, splits, components) for one in recipe.baselines}


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw new images, a map of the latent space if it has two dimensions, and reconstructions."""
    drawn = draw_predictions(splits, predictions, model)
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


def _samples(model: keras.Model, part: Part) -> dict[str, float]:
    """Judge as many drawn images as there are real ones."""
    from kerazoo.tasks.generation.decoder import generator_of
    from kerazoo.tasks.generation.quality import judge_samples

    return judge_samples(generator_of(model), part.x)


def _likelihood(model: keras.Model, part: Part) -> dict[str, float]:
    """Estimate bound and likelihood in nats per image, with 200 draws each."""
    from kerazoo.tasks.generation.likelihood import estimate_likelihood

    return estimate_likelihood(model, part.x)


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


judge = judge_with({"samples": _samples, "likelihood": _likelihood, "denoising": _denoising})
