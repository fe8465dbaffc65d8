"""What generated clothes are like, in numbers, and what the same numbers are for other pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from kerazoo import metrics
from kerazoo.errors import unknown_name

BASELINES = ("real_halves", "uniform_noise")


def judge_samples(generator: Any, real_images: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Draw as many pictures as there are real ones, and compare.

    Args:
        generator: a Keras model from normal noise `(rows, latent_dim)` to pictures from 0 to 1.
        real_images: clothes that nothing was trained on, pixels from 0 to 255; at least 320.
        seed: decides the noise.

    Returns:
        `classifier_frechet_distance`; `precision` and `recall` of the samples; and
        `smallest_class_share`, how many of them our classifier takes for the rarest class.
    """
    shape = (len(real_images), generator.input_shape[-1])
    noise = np.random.default_rng(seed).standard_normal(shape, dtype="float32")
    return judge_pictures(generator.predict(noise, batch_size=250, verbose=0), real_images)


def judge_pictures(images: np.ndarray, real_images: np.ndarray) -> dict[str, float]:
    """Compare pictures with real ones; see `judge_samples`."""
    features, probabilities = metrics.classifier_features(images)
    real_features, _ = metrics.classifier_features(real_images)
    quality = metrics.precision_and_recall(real_features, features)
    return {
        "classifier_frechet_distance": metrics.frechet_distance(features, real_features),
        "precision": quality.precision,
        "recall": quality.recall,
        "smallest_class_share": float(metrics.class_histogram(probabilities).min()),
    }


def score_sample_baseline(name: str, real_images: np.ndarray) -> dict[str, float]:
    """Judge pictures that no GAN made, as marks on the scale.

    Args:
        name: `"real_halves"`: one half of the real pictures against the other, which sampling alone
            brings about; or `"uniform_noise"`.
        real_images: clothes that nothing was trained on.

    Raises:
        UnknownName: if there is no such baseline.
    """
    generator = np.random.default_rng(0)
    if name == "real_halves":
        shuffled = real_images[generator.permutation(len(real_images))]
        half = len(real_images) // 2
        return judge_pictures(shuffled[:half], shuffled[half : 2 * half])
    if name == "uniform_noise":
        return judge_pictures(generator.integers(0, 256, real_images.shape, "uint8"), real_images)
    raise unknown_name("baseline", name, BASELINES)
