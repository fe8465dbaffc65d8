"""Measures of generated images by a small classifier of the user's own classes.

The features that the zoo's data is judged by are those of a classifier of clothes, which sees
nothing in faces. So a classifier is trained on the training part of the same folder. Its distances
compare with no others: real images and noise, judged in the same way, are the ends of the scale.
"""

from __future__ import annotations

import functools
import json
import math
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo.datasets import Part, load_dataset
from kerazoo.errors import KerazooError
from kerazoo.plots.mosaics import to_bytes
from kerazoo.tasks.generation.decoder import with_classes
from kerazoo.tasks.generation.distances import (
    class_histogram,
    frechet_distance,
    precision_and_recall,
)
from kerazoo.tasks.generation.own import DISTANCE, FEWEST

if TYPE_CHECKING:
    import keras

_FILTERS = ((16,), (32,), (FEWEST // 2,))
_STEPS, _BATCH, _MOST_EPOCHS = 600, 32, 40
_LARGE = 64
_NEIGHBORS = 3


def judge_own_samples(
    generator: keras.Model,
    part: Part,
    arguments: Mapping[str, Any],
    seed: int = 0,
    *,
    classes: int = 0,
) -> dict[str, float]:
    """Draw as many images as there are real ones, and compare what a classifier sees in them.

    Args:
        generator: maps normal noise `(rows, latent_dim)` to images from 0 to 1; with classes,
            followed by the class that is asked for.
        part: real images that nothing was trained on.
        arguments: what `image_folder` is loaded with: the images with their classes.
        seed: decides the noise.
        classes: how many classes an image can be asked for of.

    Returns:
        `own_classifier_frechet_distance`, and the same of other real images and of uniform noise;
        `precision`, `recall` and `smallest_class_share` of the samples; how often the
        classifier is right; and with classes `asked_class_seen`, how often it sees the class
        that was asked for, that of each real image in turn. None if the folder cannot be read any
        more, which a warning says.
    """
    folder = json.dumps(dict(arguments), sort_keys=True)
    try:
        validation, test, classifier = _train_classifier(folder)
        if not any(np.array_equal(part.x, held_out.x) for held_out in (validation, test)):
            _train_classifier.cache_clear()  # the folder is not what it was
            validation, test, classifier = _train_classifier(folder)
    except (KerazooError, OSError) as error:
        warn_user(f"the made-up images are not judged: {error}")
        return {}
    random = np.random.default_rng(seed)
    latent_dim = generator.input_shape[-1] - classes
    latents = random.standard_normal((len(part.x), latent_dim), dtype="float32")
    latents = with_classes(latents, classes, part.y)
    made = generator.predict(latents, batch_size=250, verbose=0)
    noise = random.integers(0, 256, part.x.shape, "uint8")
    same, other = (test, validation) if np.array_equal(part.x, test.x) else (validation, test)
    features, probabilities = _see(classifier, made)
    real, _ = _see(classifier, part.x)
    scores = {
        DISTANCE: _distance(features, real),
        f"{DISTANCE}_of_real_images": _distance(_see(classifier, other.x)[0], real),
        f"{DISTANCE}_of_noise": _distance(_see(classifier, noise)[0], real),
    }
    if len(real) > _NEIGHBORS:
        quality = precision_and_recall(real, features, _NEIGHBORS)
        scores |= {"precision": quality.precision, "recall": quality.recall}
    scores["smallest_class_share"] = float(class_histogram(probabilities).min())
    found = _see(classifier, same.x)[1].argmax(axis=1)
    scores["own_classifier_accuracy"] = float(np.mean(found == same.y))
    if classes:
        seen = probabilities.argmax(axis=1)
        scores["asked_class_seen"] = float(np.mean(seen == same.y))
    return {name: value for name, value in scores.items() if math.isfinite(value)}


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    few = min(len(first), len(second)) < FEWEST
    return math.nan if few else frechet_distance(first, second)


def _see(classifier: keras.Model, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    features, probabilities = classifier.predict(to_bytes(images), batch_size=250, verbose=0)
    return features, probabilities


@functools.lru_cache(maxsize=1)
def _train_classifier(arguments: str) -> tuple[Part, Part, keras.Model]:
    """Train on a folder once for all that is judged on it.

    Returns:
        The validation and the test part with their classes, and a model that gives features and
        probabilities.
    """
    import keras

    from kerazoo.engine.fit import fit_model
    from kerazoo.models.vision.cnn import build_cnn

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said when they were loaded to be learned
        splits = load_dataset("image_folder", **{**json.loads(arguments), "classes": "needed"})
    rows = min(len(splits.train.x), _STEPS * _BATCH)
    chosen = np.random.default_rng(0).permutation(len(splits.train.x))[:rows]
    keras.utils.set_random_seed(0)
    model = build_cnn(
        splits.train.x.shape[1:], len(splits.class_names), filters=_FILTERS, augmentation=()
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    # Larger images take longer: half a minute must do.
    steps = _STEPS * min(1, _LARGE**2 / math.prod(splits.train.x.shape[1:3]))
    epochs = min(_MOST_EPOCHS, math.ceil(steps / math.ceil(rows / _BATCH)))
    train = Part(splits.train.x[chosen], np.asarray(splits.train.y)[chosen])
    fit_model(model, train, epochs=epochs, batch_size=_BATCH, verbose=0)
    outputs = [model.layers[-1].input, model.outputs[0]]
    # Copies: views would keep the training part in memory.
    held_out = (Part(part.x.copy(), part.y) for part in (splits.validation, splits.test))
    return *held_out, keras.Model(model.inputs[0], outputs)
