"""Figures of generated images and of latent spaces, judged by what is drawn."""

from __future__ import annotations

import numpy as np
import pytest

import kerazoo
from kerazoo import KerazooError, plots
from kerazoo.plots import generated
from tests.small_generators import transparent


def image(figure) -> np.ndarray:
    return np.asarray(figure.axes[0].images[0].get_array())


def ticks(axis) -> dict[float, str]:
    texts = [label.get_text() for label in axis.get_ticklabels()]
    return dict(zip(axis.get_ticklocs().tolist(), texts, strict=True))


def points(axes) -> list[np.ndarray]:
    return [np.asarray(group.get_offsets()) for group in axes.collections]


@pytest.mark.parametrize("channels", [1, 3])
def test_samples_side_by_side(channels: int) -> None:
    images = np.random.default_rng(0).random((6, 4, 5, channels))
    figure = plots.plot_samples(images, columns=3, title="six")
    drawn = image(figure)
    assert drawn.shape[:2] == (2 * 4 + 2, 3 * 5 + 2 * 2)
    expected = np.rint(images[4] * 255)
    np.testing.assert_array_equal(drawn[6:, 7:12], expected if channels == 3 else expected[..., 0])
    assert figure.axes[0].get_title() == "six"
    assert len(plots.plot_samples(np.zeros((900, 8, 8, 1))).axes) == 1
    with pytest.raises(KerazooError, match="shape"):
        plots.plot_samples(images[0])


def test_a_latent_grid_stands_beside_its_numbers() -> None:
    grid = kerazoo.latent_grid(transparent(2), size=3)
    figure = plots.plot_latent_grid(grid)
    axes = figure.axes[0]
    assert image(figure).shape == (3, 6)
    assert ticks(axes.xaxis) == {0.5: "−0.97", 2.5: "0.00", 4.5: "0.97"}
    assert ticks(axes.yaxis) == {0.0: "0.97", 1.0: "0.00", 2.0: "−0.97"}  # upwards
    assert axes.get_xlabel() == "first latent dimension"


def test_large_grids_leave_out_numbers_evenly() -> None:
    figure = plots.plot_latent_grid(kerazoo.latent_grid(transparent(2), size=20))
    labels = ticks(figure.axes[0].xaxis)
    assert 5 <= len(labels) <= 9
    assert len(set(np.diff(list(labels)))) == 1


def test_ways_stand_in_rows_beside_their_shares() -> None:
    ways = np.random.default_rng(0).random((2, 4, 5, 6, 1))
    figure = plots.plot_interpolation(ways, title="two")
    drawn = image(figure)
    assert drawn.shape == (2 * 5 + 2, 4 * 6 + 3 * 2)
    np.testing.assert_array_equal(drawn[7:, 24:], np.rint(ways[1, 3, ..., 0] * 255))
    assert list(ticks(figure.axes[0].xaxis).values()) == ["0 %", "33 %", "67 %", "100 %"]
    one = plots.plot_interpolation(ways[0])
    np.testing.assert_array_equal(image(one), drawn[:5])
    for wrong in (ways[:, :1], ways[0, 0]):
        with pytest.raises(KerazooError, match="at least two steps"):
            plots.plot_interpolation(wrong)


def clouds(dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds far apart, the last of 10 points, the others of 20."""
    labels = np.repeat([0, 1, 2], [20, 20, 10])
    noise = np.random.default_rng(0).normal(size=(50, dimensions))
    return noise + 30 * np.eye(3, dimensions)[labels], labels


def test_a_plane_of_latent_numbers_by_class_and_by_cluster() -> None:
    latents, labels = clouds(2)
    figure = plots.plot_latent_space(latents, labels[:, None], ("cat", "dog", "owl"))
    left, right = figure.axes
    assert left.get_title() == "50 images by class"
    assert right.get_title() == "3 clusters of k-means, agreement 1.00"
    for axes in (left, right):  # where clusters are classes, they look the same
        for number, group in enumerate(points(axes)):
            np.testing.assert_allclose(group, latents[labels == number])
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["cat", "dog", "owl"]
    assert [text.get_text() for text in right.get_legend().get_texts()][2] == "cluster 3"
    colors = [group.get_facecolor()[0].tolist() for group in left.collections]
    assert len({tuple(color) for color in colors}) == 3


@pytest.mark.parametrize("clusters", [2, 5])
def test_more_or_fewer_clusters_than_classes_and_no_classes(clusters: int) -> None:
    latents, labels = clouds(2)
    figure = plots.plot_latent_space(latents, labels, clusters=clusters)
    assert len(points(figure.axes[1])) == clusters
    assert sum(map(len, points(figure.axes[1]))) == 50
    assert "agreement 1.00" not in figure.axes[1].get_title()
    (alone,) = plots.plot_latent_space(latents, clusters=clusters).axes
    assert alone.get_title() == f"{clusters} clusters of k-means"


def test_more_latent_dimensions_are_drawn_as_two_that_keep_neighbors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(generated, "_MOST_POINTS", 40)
    latents, labels = clouds(6)
    figure = plots.plot_latent_space(latents, labels)
    left, right = figure.axes
    assert left.get_title() == "40 images by class"
    assert left.get_xlabel() == "6 latent dimensions, drawn as 2 by t-SNE"
    assert right.get_title() == "3 clusters of k-means, agreement 1.00"
    drawn = points(left)
    assert sum(map(len, drawn)) == 40
    centers = [group.mean(axis=0) for group in drawn]
    everything = np.concatenate(drawn)
    nearest = np.linalg.norm(everything[:, None] - np.array(centers), axis=2).argmin(axis=1)
    assert nearest.tolist() == np.repeat([0, 1, 2], list(map(len, drawn))).tolist()


@pytest.mark.parametrize(
    ("latents", "options", "reason"),
    [
        (np.zeros((5, 1)), {}, "at least two"),
        (np.zeros(5), {}, "at least two"),
        (np.full((5, 2), np.nan), {}, "NaN"),
        (np.zeros((5, 2)), {"labels": [0, 1]}, "each of the 5 rows"),
        (np.zeros((5, 2)), {"labels": list("abcde")}, "number of a class"),
        (np.zeros((5, 2)), {"labels": [0, 0, 0, 0, -1]}, "down to -1"),
        (np.zeros((5, 2)), {"labels": [0, 0, 0, 1, 2], "class_names": ("a", "b")}, "go to 2"),
        (np.zeros((5, 2)), {"clusters": 6}, "clusters is 6"),
        (np.zeros((5, 2)), {}, "clusters is 10"),
    ],
)
def test_latent_spaces_refused(latents: np.ndarray, options: dict, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        plots.plot_latent_space(latents, **options)
