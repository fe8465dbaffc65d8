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

from kerazoo._wording import counted
from kerazoo.datasets.sources import DataFile, read
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.plots.mosaics import to_bytes

if TYPE_CHECKING:
    import keras

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
_BLOCK_MEGABYTES = 64
_ROUNDING = 1e-7  # of distances that are computed as roots of differences of squares


class FrechetScale(NamedTuple):
    """What a classifier Fréchet distance is to be compared with.

    Args:
        floor: the distance between two halves of real images: sampling alone gives as much.
        ceiling: the distance between one half and as many images of uniform noise.
    """

    floor: float
    ceiling: float


class PrecisionRecall(NamedTuple):
    """How good and how varied generated samples are, both from 0 to 1.

    Args:
        precision: share of generated samples that lie where real ones do.
        recall: share of real samples that lie where generated ones do.
    """

    precision: float
    recall: float


def frechet_distance(features_a: Any, features_b: Any) -> float:
    """Return the Fréchet distance between two clouds of points, as if each were a Gaussian.

    Fewer samples give a larger distance, so compare only distances of equally many samples.

    Args:
        features_a: `(rows, features)`, at least twice as many rows as features.
        features_b: the same number of features.

    Returns:
        The squared distance `|m_a - m_b|^2 + trace(C_a + C_b - 2 (C_a C_b)^(1/2))` of the means and
        covariances, at least 0.

    Raises:
        InvalidInput: if the features do not go together, are not finite, or are too few.

    Example:
        >>> points = np.random.default_rng(0).normal(size=(100, 3))
        >>> round(frechet_distance(points, points + [3, 0, 4]), 6)
        25.0

    Reference:
        Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash
        equilibrium", 2017; Dowson and Landau, "The Fréchet distance between multivariate normal
        distributions", 1982.
    """
    a, b = _check_features(features_a, features_b)
    for features in (a, b):
        rows, count = features.shape
        if rows < max(2, 2 * count):
            raise InvalidInput(
                f"got {counted(rows, 'sample')} of {counted(count, 'feature')}; pass at least "
                f"{2 * count}, better ten times as many, or the covariance is mostly chance."
            )
    return gaussian_frechet_distance(
        a.mean(axis=0), np.cov(a, rowvar=False), b.mean(axis=0), np.cov(b, rowvar=False)
    )


def gaussian_frechet_distance(
    mean_a: Any, covariance_a: Any, mean_b: Any, covariance_b: Any
) -> float:
    """Return the Fréchet distance between two Gaussians.

    Args:
        mean_a: `(features,)`.
        covariance_a: `(features, features)`, symmetric and positive semidefinite.
        mean_b: as for `a`.
        covariance_b: as for `a`.

    Returns:
        The squared distance, as `frechet_distance` gives it.

    Example:
        >>> float(gaussian_frechet_distance([0.0], [[1.0]], [0.0], [[9.0]]))  # (1 - 3)^2
        4.0
    """
    means = [np.atleast_1d(np.asarray(mean, "float64")) for mean in (mean_a, mean_b)]
    covariances = [np.atleast_2d(np.asarray(c, "float64")) for c in (covariance_a, covariance_b)]
    root_a, root_b = map(_symmetric_root, covariances)
    # The trace of the root of root_a C_b root_a is the sum of the singular values of
    # root_a root_b. Nothing is squared on this way, which would lose half of the digits, and every
    # matrix that is decomposed is symmetric, so that nothing turns complex.
    shared = np.linalg.svd(root_a @ root_b, compute_uv=False).sum()
    shift = np.square(means[0] - means[1]).sum()
    return float(max(0.0, shift + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * shared))


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


def precision_and_recall(
    features_real: Any, features_generated: Any, neighbors: int = 3
) -> PrecisionRecall:
    """Return how many generated samples look real, and how many real ones could be generated.

    A cloud of samples is taken to fill the balls around each of its points that reach to the
    point's `neighbors`-th nearest neighbour in the cloud. Both clouds should be equally large.

    Args:
        features_real: `(rows, features)`.
        features_generated: the same number of features.
        neighbors: how far a ball reaches.

    Raises:
        InvalidInput: if the features do not go together, are not finite, or are too few.

    Example:
        >>> real = np.random.default_rng(0).normal(size=(200, 2))
        >>> precision_and_recall(real, real[:20])  # good, but not varied
        PrecisionRecall(precision=1.0, recall=0...)

    Reference:
        Kynkäänniemi et al., "Improved precision and recall metric for assessing generative models",
        2019.
    """
    real, generated = _check_features(features_real, features_generated)
    if neighbors < 1:
        raise InvalidInput(f"neighbors is {neighbors}; expected at least 1, usually 3.")
    for features in (real, generated):
        if len(features) <= neighbors:
            raise InvalidInput(
                f"got {counted(len(features), 'sample')}; pass more than the "
                f"{counted(neighbors, 'neighbor')}."
            )
    center = real.mean(axis=0)  # far from 0, distances would lose their digits
    real, generated = real - center, generated - center
    return PrecisionRecall(
        precision=_share_inside(generated, real, neighbors),
        recall=_share_inside(real, generated, neighbors),
    )


def class_histogram(probabilities: Any) -> np.ndarray:
    """Return the share of samples that a classifier takes for each class.

    Args:
        probabilities: `(rows, classes)`.

    Raises:
        InvalidInput: if the shape is another, there is no row, or a value is not finite.

    Example:
        >>> class_histogram([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.3, 0.7]]).tolist()
        [0.25, 0.75]
    """
    checked = _check_matrix(probabilities, "probabilities")
    return np.bincount(checked.argmax(axis=1), minlength=checked.shape[1]) / len(checked)


def judge_samples(generator: Any, real_images: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Draw as many images as there are real ones, and compare.

    Args:
        generator: a Keras model from normal noise `(rows, latent_dim)` to images from 0 to 1.
        real_images: clothes that nothing was trained on, pixels from 0 to 255; at least 320.
        seed: decides the noise.

    Returns:
        `classifier_frechet_distance`; `precision` and `recall` of the samples; and
        `smallest_class_share`, how many of them our classifier takes for the rarest class.
    """
    shape = (len(real_images), generator.input_shape[-1])
    noise = np.random.default_rng(seed).standard_normal(shape, dtype="float32")
    return judge_images(generator.predict(noise, batch_size=250, verbose=0), real_images)


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


def _check_features(first: Any, second: Any) -> tuple[np.ndarray, np.ndarray]:
    a, b = _check_matrix(first, "features"), _check_matrix(second, "features")
    if a.shape[1] != b.shape[1]:
        raise InvalidInput(
            f"got {counted(a.shape[1], 'feature')} and {b.shape[1]:,}; both must be from one "
            "network."
        )
    return a, b


def _check_matrix(values: Any, name: str) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 2 or array.size == 0 or array.dtype.kind not in "fiub":
        raise InvalidInput(
            f"{name} have shape {array.shape} and type {array.dtype}; expected numbers "
            f"(rows, {name})."
        )
    array = array.astype("float64")
    if not np.isfinite(array).all():
        raise InvalidInput(f"{name} hold NaN or infinity; drop such rows.")
    return array


def _symmetric_root(covariance: np.ndarray) -> np.ndarray:
    """Return the symmetric matrix whose square this is; what rounding made negative counts as 0."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return (vectors * np.sqrt(values.clip(min=0))) @ vectors.T


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


def _share_inside(points: np.ndarray, cloud: np.ndarray, neighbors: int) -> float:
    """Return the share of points that lie in a ball of the cloud."""
    from sklearn.metrics import pairwise_distances_chunked
    from sklearn.neighbors import NearestNeighbors

    # Without points of its own it asks for the neighbours of the cloud, each without itself.
    distances, _ = NearestNeighbors(n_neighbors=neighbors).fit(cloud).kneighbors()
    radii = distances[:, -1] + _ROUNDING * np.sqrt(np.square(cloud).sum(axis=1).max())
    inside = pairwise_distances_chunked(
        points,
        cloud,
        reduce_func=lambda block, start: (block <= radii).any(axis=1),
        working_memory=_BLOCK_MEGABYTES,
    )
    return float(np.concatenate(list(inside)).mean())
