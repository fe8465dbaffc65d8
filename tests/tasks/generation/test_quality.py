"""Measures of generated samples, on clouds whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import kerazoo
from kerazoo import KerazooError
from kerazoo.tasks.generation import distances
from kerazoo.tasks.generation import quality as metrics
from tests.conftest import run_python

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def clothes() -> np.ndarray:
    return kerazoo.load_dataset("fashion_mnist_mini").test.x


def rotation(size: int, seed: int) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))[0]


def exact_cloud(mean: np.ndarray, covariance: np.ndarray, rows: int, seed: int) -> np.ndarray:
    """Points that have this mean and covariance, not only in expectation."""
    points = np.random.default_rng(seed).normal(size=(rows, len(mean)))
    white = np.linalg.qr(points - points.mean(axis=0))[0] * np.sqrt(rows - 1)
    return white @ np.linalg.cholesky(covariance).T + mean


spread = st.floats(0.01, 100)
shift = st.floats(-100, 100)
pairs = st.lists(st.tuples(spread, spread, shift), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(pairs, st.integers(0, 1000))
def test_gaussians_that_differ_along_common_axes(values, seed: int) -> None:
    """Then it is the sum of the squared differences of means and of standard deviations."""
    a, b, difference = np.array(values).T
    turn = rotation(len(values), seed)
    expected = np.square(a - b).sum() + np.square(difference).sum()
    covariances = [turn @ np.diag(deviation**2) @ turn.T for deviation in (a, b)]
    scale = np.square([a, b]).sum() + np.square(difference).sum()
    exact = metrics.gaussian_frechet_distance(
        np.zeros(len(values)), covariances[0], turn @ difference, covariances[1]
    )
    assert exact == pytest.approx(expected, rel=1e-9, abs=1e-9 * scale)
    clouds = [
        exact_cloud(mean, covariance, 40, seed)
        for mean, covariance in zip(
            (np.zeros(len(values)), turn @ difference), covariances, strict=True
        )
    ]
    found = metrics.frechet_distance(*clouds)
    assert found == pytest.approx(expected, rel=1e-7, abs=1e-7 * scale)
    assert metrics.frechet_distance(*clouds[::-1]) == pytest.approx(found, abs=1e-7 * scale)


@settings(max_examples=60, deadline=None)
@given(spread, spread, spread, spread, st.floats(0, np.pi))
def test_two_gaussians_of_which_one_is_turned(a, b, c, d, angle: float) -> None:
    """In the plane the root's trace is known: its square is trace(CD) + 2 sqrt(det(CD))."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    first, second = np.diag([a, b]), turn @ np.diag([c, d]) @ turn.T
    shared = np.sqrt(np.trace(first @ second) + 2 * np.sqrt(a * b * c * d))
    found = metrics.gaussian_frechet_distance([0, 0], first, [0, 0], second)
    assert found == pytest.approx(a + b + c + d - 2 * shared, abs=1e-9 * (a + b + c + d))


def test_a_cloud_is_at_no_distance_from_itself_also_where_it_is_flat() -> None:
    points = np.random.default_rng(0).normal(size=(400, 50)).astype("float32") + 1000
    points[:, 10:] = points[:, :1]  # 10 dimensions at most
    assert metrics.frechet_distance(points, points) == pytest.approx(0, abs=1e-9)
    still = np.zeros((400, 50))
    still[:, 0] = 3
    assert metrics.frechet_distance(still, still - 1) == pytest.approx(50)


def test_the_distance_agrees_with_the_root_of_the_product() -> None:
    generator = np.random.default_rng(0)
    a = generator.normal(size=(500, 20)) @ generator.normal(size=(20, 20))
    b = generator.normal(size=(500, 20)) @ generator.normal(size=(20, 20)) + 1
    product = np.cov(a, rowvar=False) @ np.cov(b, rowvar=False)
    trace = np.trace(np.cov(a, rowvar=False) + np.cov(b, rowvar=False))
    expected = np.square(a.mean(0) - b.mean(0)).sum() + trace
    expected -= 2 * np.trace(scipy.linalg.sqrtm(product)).real
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)


POINTS = np.random.default_rng(0).normal(size=(20, 4))


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (POINTS[:7], POINTS, "7 samples of 4 features; pass at least 8"),
        (POINTS, POINTS[:7], "7 samples"),
        (POINTS, POINTS[:, :3], "4 features and 3"),
        (POINTS[0], POINTS, "shape"),
        (POINTS[:, :0], POINTS[:, :0], "shape"),
        (POINTS, POINTS * np.nan, "NaN"),
        (POINTS.astype(str), POINTS, "numbers"),
    ],
)
def test_frechet_distance_refuses(a, b, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        metrics.frechet_distance(a, b)


def test_precision_and_recall_of_a_cloud_with_itself_with_a_part_and_with_another() -> None:
    generator = np.random.default_rng(0)
    left, right = generator.normal(size=(2, 300, 3)) + np.array([[[0.0]], [[100.0]]])
    both = np.concatenate([left, right])
    assert metrics.precision_and_recall(both, both) == (1, 1)
    assert metrics.precision_and_recall(both, left) == (1, 0.5)  # one of two modes
    assert metrics.precision_and_recall(left, both) == (0.5, 1)
    assert metrics.precision_and_recall(left, right) == (0, 0)


def test_precision_and_recall_on_a_line() -> None:
    """Real points at 0, 1, 3, 7: balls of radius 1, 1, 2, 4 to the nearest neighbor."""
    real = np.array([[0.0], [1], [3], [7]])
    generated = np.array([[-1.0], [2.5], [11.5], [-1.5]])
    # Of these, -1 and 2.5 lie in a ball. Their own radii are 0.5, 3.5, 9, 0.5: of the real points
    # all but none lie in the balls around 2.5 and 11.5.
    assert metrics.precision_and_recall(real, generated, neighbors=1) == (0.5, 1)
    assert metrics.precision_and_recall(real, generated[[0, 3]], neighbors=1) == (0.5, 0)


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_precision_of_repeated_points_far_from_zero(offset: float) -> None:
    """Where neighbors are copies, a ball is a point, which holds at least that point."""
    points = np.repeat(POINTS, 5, axis=0) + offset
    assert metrics.precision_and_recall(points, points) == (1, 1)


def test_precision_and_recall_work_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    real, generated = np.random.default_rng(0).normal(size=(2, 1500, 4))
    whole = metrics.precision_and_recall(real, generated * 1.3)
    monkeypatch.setattr(distances, "_BLOCK_MEGABYTES", 1)
    assert metrics.precision_and_recall(real, generated * 1.3) == whole
    assert 0.8 < whole.precision < whole.recall < 1


@pytest.mark.parametrize(
    ("real", "generated", "neighbors", "reason"),
    [
        (POINTS, POINTS[:3], 3, "3 samples"),
        (POINTS, POINTS, 0, "neighbors is 0"),
        (POINTS, POINTS[:, :2], 3, "4 features and 2"),
        (POINTS, POINTS * np.inf, 3, "NaN or infinity"),
    ],
)
def test_precision_and_recall_refuse(real, generated, neighbors: int, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        metrics.precision_and_recall(real, generated, neighbors)


def test_class_histogram() -> None:
    shares = metrics.class_histogram(np.eye(4)[[0, 0, 0, 2]])
    assert shares.tolist() == [0.75, 0, 0.25, 0]
    with pytest.raises(KerazooError, match="shape"):
        metrics.class_histogram([0.5, 0.5])
    with pytest.raises(KerazooError, match="NaN"):
        metrics.class_histogram([[0.5, np.nan]])


def test_the_classifier_knows_clothes_and_does_not_follow_the_saved_network() -> None:
    x, y = kerazoo.load_dataset("fashion_mnist_mini").test
    features, probabilities = metrics.classifier_features(x)
    assert np.mean(probabilities.argmax(axis=1) == y) > 0.93
    # Of the weights that the recorded distances were measured with.
    assert features[0, :3].tolist() == pytest.approx([0.4963, 0.1429, 1.1650], abs=1e-4)


def test_the_classifier_sees_the_same_in_every_form_of_an_image(clothes: np.ndarray) -> None:
    features, _ = metrics.classifier_features(clothes[:8])
    assert features.shape == (8, 160)
    padded = np.pad(clothes[:8], ((0, 0), (2, 2), (2, 2), (0, 0)))
    for form in (clothes[:8, ..., 0], clothes[:8] / 255, (padded / 255).astype("float32"), padded):
        again, _ = metrics.classifier_features(form)
        np.testing.assert_allclose(again, features, atol=1e-5)


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        (np.zeros((2, 30, 30, 1), "uint8"), "shape"),
        (np.zeros((2, 28, 28, 3), "uint8"), "shape"),
        (np.zeros((28, 28), "uint8"), "shape"),
        (np.zeros((0, 28, 28, 1), "uint8"), "shape"),
        (np.full((2, 28, 28, 1), 255.0), "from 255.0 to 255.0"),
        (np.full((2, 28, 28, 1), -1.0), "from 0 to 1"),
        (np.full((2, 28, 28, 1), np.nan), "nan"),
        (np.zeros((2, 28, 28, 1), "int64"), "int64"),
    ],
)
def test_classifier_features_refuse(images: np.ndarray, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        metrics.classifier_features(images)


def test_every_measure_moves_the_right_way_as_images_get_worse(clothes: np.ndarray) -> None:
    real, others = clothes[:350], clothes[350:700]
    generator = np.random.default_rng(0)
    noise = generator.integers(0, 256, others.shape)
    scale = metrics.frechet_scale(clothes[:700])
    distances, precisions = [], []
    for share in (0.0, 0.3, 0.6):
        worse = np.rint((1 - share) * others + share * noise).astype("uint8")
        distances.append(metrics.classifier_frechet_distance(worse, real))
        features = [metrics.classifier_features(images)[0] for images in (real, worse)]
        precisions.append(metrics.precision_and_recall(*features).precision)
    assert scale.floor < distances[1] < distances[2] < scale.ceiling
    assert distances[0] < min(2 * scale.floor, distances[1])
    assert precisions[0] > precisions[1] > precisions[2]
    one_class = metrics.class_histogram(
        metrics.classifier_features(np.repeat(real[:1], 4, axis=0))[1]
    )
    assert sorted(one_class) == [0] * 9 + [1]


def test_too_few_images_for_a_distance(clothes: np.ndarray) -> None:
    with pytest.raises(KerazooError, match="100 samples of 160 features; pass at least 320"):
        metrics.classifier_frechet_distance(clothes[:100], clothes[:100])


def test_importing_measures_is_light() -> None:
    done = run_python(
        "import sys, kerazoo.tasks.generation.quality\n"
        "print([n for n in ('keras', 'tensorflow', 'sklearn', 'scipy') if n in sys.modules])"
    )
    assert done.stdout == "[]\n", done.stderr
