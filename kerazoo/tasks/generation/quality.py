"""Measures of generated images: how far they are from real ones, how good, how varied.

What an image is like is judged by the features of the zoo's own Fashion-MNIST classifier: a `cnn`
of 22 epochs, which stays the same when `cnn` is trained anew, so that figures can be compared.
The distance is therefore called the classifier Fréchet distance: it is not the FID, which takes the
features of InceptionV3, and its numbers cannot be compared with any FID.
"""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kerazoo.datasets.sources import DataFile, read
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.plots.mosaics import to_bytes
from kerazoo.tasks.generation.decoder import with_classes
from kerazoo.tasks.generation.distances import (
    PrecisionRecall,
    class_histogram,
    frechet_distance,
    gaussian_frechet_distance,
    precision_and_recall,
)

if TYPE_CHECKING:
    import keras

__all__ = [
    "BASELINES",
    "FrechetScale",
    "PrecisionRecall",
    "class_histogram",
    "classifier_features",
    "classifier_frechet_distance",
    "frechet_distance",
    "frechet_scale",
    "gaussian_frechet_distance",
    "judge_images",
    "judge_samples",
    "precision_and_recall",
    "score_sample_baseline",
]

# As `kerazoo train cnn --epochs 22` made it; see tools/keep_classifier.py.
_CLASSIFIER = DataFile(
    name="fashion-mnist-classifier.npz",
    sha256="2c93d69829dadeb885b91c5851adbf7727d01eb109b816e52dfec0e328720204",
    origin="trained by kerazoo on Fashion-MNIST (Apache-2.0)",
)
BASELINES = ("real_halves", "uniform_noise")
_SIDE = 28
_PADDED_SIDE = 32
_BATCH = 256


class FrechetScale(NamedTuple):
    """What a classifier Fréchet distance is to be compared with.

    Args:
        floor: the distance between two halves of real images: sampling alone gives as much.
        ceiling: the distance between one half and as many images of uniform noise.
    """

    floor: float
    ceiling: float


def classifier_features(images: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return what the zoo's own Fashion-MNIST classifier sees in images.

    Args:
        images: `(rows, 28, 28)` or `(rows, 28, 28, 1)`, `uint8` or floats from 0 to 1; 32 by 32
            pixels are taken for padded ones and cropped.

    Returns:
        The features that its last layer decides by, `(rows, 160)`, and its probabilities,
        `(rows, 10)`.

    Raises:
        InvalidInput: if these are no such images.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> features, probabilities = classifier_features(clothes.x[:5])
        >>> features.shape, probabilities.shape
        ((5, 160), (5, 10))
    """
    pixels = _to_pixels(images)
    features, probabilities = _feature_model().predict(pixels, batch_size=_BATCH, verbose=0)
    return features, probabilities


def classifier_frechet_distance(images: Any, real_images: Any) -> float:
    """Return the Fréchet distance between images in the features of our own classifier.

    It is not the FID: see the module. `frechet_scale` tells what is much and what is little.

    Args:
        images: generated ones, at least 320, as for `classifier_features`.
        real_images: real ones that no network was trained on, best as many.

    Raises:
        InvalidInput: if these are no such images, or too few.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test.x
        >>> same = classifier_frechet_distance(clothes[:500], clothes[500:])
        >>> same < classifier_frechet_distance(255 - clothes[:500], clothes[500:])
        True
    """
    return frechet_distance(classifier_features(images)[0], classifier_features(real_images)[0])


def frechet_scale(real_images: Any, seed: int = 0) -> FrechetScale:
    """Return the ends of the scale on which a classifier Fréchet distance lies.

    The halves hold half as many images as there are: compare with distances of that many.

    Args:
        real_images: at least 640, as for `classifier_features`.
        seed: decides the halves and the noise.

    Raises:
        InvalidInput: if these are no such images, or too few.
    """
    pixels = _to_pixels(real_images)
    generator = np.random.default_rng(seed)
    half = len(pixels) // 2
    features = classifier_features(pixels)[0][generator.permutation(len(pixels))]
    noise = generator.integers(0, 256, (half, *pixels.shape[1:]), "uint8")
    first, second = features[:half], features[half : 2 * half]
    return FrechetScale(
        floor=frechet_distance(first, second),
        ceiling=frechet_distance(classifier_features(noise)[0], second),
    )


def judge_samples(
    generator: Any,
    real_images: np.ndarray,
    seed: int = 0,
    *,
    classes: int = 0,
    labels: np.ndarray | None = None,
) -> dict[str, float]:
    """Draw as many images as there are real ones, and compare.

    Args:
        generator: a Keras model from normal noise `(rows, latent_dim)` to images from 0 to 1; with
            classes, followed by the class that is asked for.
        real_images: clothes that nothing was trained on, pixels from 0 to 255; at least 320.
        seed: decides the noise.
        classes: how many classes an image can be asked for of.
        labels: the classes that are asked for; by default one after the other.

    Returns:
        `classifier_frechet_distance`; `precision` and `recall` of the samples; and
        `smallest_class_share`, how many of them our classifier takes for the rarest class.
    """
    shape = (len(real_images), generator.input_shape[-1] - classes)
    noise = np.random.default_rng(seed).standard_normal(shape, dtype="float32")
    latents = with_classes(noise, classes, labels)
    return judge_images(generator.predict(latents, batch_size=250, verbose=0), real_images)


def judge_images(images: np.ndarray, real_images: np.ndarray) -> dict[str, float]:
    """Compare images with real ones; see `judge_samples`."""
    features, probabilities = classifier_features(images)
    real_features, _ = classifier_features(real_images)
    quality = precision_and_recall(real_features, features)
    return {
        "classifier_frechet_distance": frechet_distance(features, real_features),
        "precision": quality.precision,
        "recall": quality.recall,
        "smallest_class_share": float(class_histogram(probabilities).min()),
    }


def score_sample_baseline(name: str, real_images: np.ndarray) -> dict[str, float]:
    """Judge images that no GAN made, as marks on the scale.

    Args:
        name: `"real_halves"`: one half of the real images against the other, which sampling alone
            brings about; or `"uniform_noise"`.
        real_images: clothes that nothing was trained on.

    Raises:
        UnknownName: if there is no such baseline.
    """
    generator = np.random.default_rng(0)
    if name == "real_halves":
        shuffled = real_images[generator.permutation(len(real_images))]
        half = len(real_images) // 2
        return judge_images(shuffled[:half], shuffled[half : 2 * half])
    if name == "uniform_noise":
        return judge_images(generator.integers(0, 256, real_images.shape, "uint8"), real_images)
    raise unknown_name("baseline", name, BASELINES)


def _to_pixels(images: Any) -> np.ndarray:
    """Return images as the classifier takes them: 28 by 28, `uint8`."""
    pixels = np.asarray(images)
    if pixels.ndim == 3:
        pixels = pixels[..., None]
    if pixels.shape[1:] == (_PADDED_SIDE, _PADDED_SIDE, 1):
        border = (_PADDED_SIDE - _SIDE) // 2
        pixels = pixels[:, border:-border, border:-border]
    if pixels.shape[1:] != (_SIDE, _SIDE, 1) or len(pixels) == 0:
        raise InvalidInput(
            f"the images have shape {np.shape(images)}; the classifier takes (rows, 28, 28, 1), or "
            "the same padded to 32 by 32."
        )
    return to_bytes(pixels)


@functools.cache
def _feature_model() -> keras.Model:
    import keras

    from kerazoo.models.vision.cnn import build_cnn

    model = build_cnn(augmentation=())
    with np.load(io.BytesIO(read(_CLASSIFIER))) as weights:
        model.set_weights([weights[str(number)] for number in range(len(model.weights))])
    return keras.Model(model.inputs[0], [model.layers[-1].input, model.outputs[0]])
