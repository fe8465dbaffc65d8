"""Distances between clouds of points, and what share of one lies where the other does.

The points are the features of images, or anything else that has rows: no network is known here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput

_BLOCK_MEGABYTES = 64
_ROUNDING = 1e-7  # of distances that are computed as roots of differences of squares


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


def precision_and_recall(
    features_real: Any, features_generated: Any, neighbors: int = 3
) -> PrecisionRecall:
    """Return how many generated samples look real, and how many real ones could be generated.

    A cloud of samples is taken to fill the balls around each of its points that reach to the
    point's `neighbors`-th nearest neighbor in the cloud. Both clouds should be equally large.

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


def _share_inside(points: np.ndarray, cloud: np.ndarray, neighbors: int) -> float:
    """Return the share of points that lie in a ball of the cloud."""
    from sklearn.metrics import pairwise_distances_chunked
    from sklearn.neighbors import NearestNeighbors

    # Without points of its own it asks for the neighbors of the cloud, each without itself.
    distances, _ = NearestNeighbors(n_neighbors=neighbors).fit(cloud).kneighbors()
    radii = distances[:, -1] + _ROUNDING * np.sqrt(np.square(cloud).sum(axis=1).max())
    inside = pairwise_distances_chunked(
        points,
        cloud,
        reduce_func=lambda block, start: (block <= radii).any(axis=1),
        working_memory=_BLOCK_MEGABYTES,
    )
    return float(np.concatenate(list(inside)).mean())
