"""What generative networks make, and the space that they make it from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.mosaics import tile
from kerazoo.plots.style import Figure, hide_axes, in_style, new_figure, percent

if TYPE_CHECKING:
    from kerazoo.tasks.generation.sample import LatentGrid

_MOST_TICKS = 9
_MOST_POINTS = 2000  # t-SNE takes long
_CLUSTERS = 10


@in_style
def plot_samples(images: Any, columns: int | None = None, title: str = "") -> Figure:
    """Draw generated images side by side, hundreds if need be.

    Args:
        images: `(rows, height, width, channels)`, `uint8` or from 0 to 1, as `sample` gives them.
        columns: how many stand in a row; by default about as many as there are rows.
        title: above all of them.

    Raises:
        InvalidInput: if these are no images.

    Example:
        >>> import kerazoo
        >>> figure = plot_samples(kerazoo.sample(kerazoo.build_vae(), 16), title="untrained")
        >>> figure.axes[0].get_title()
        'untrained'
    """
    mosaic = tile(images, columns, scale=1)
    figure, axes = _mosaic_figure(mosaic, np.shape(images)[2])
    hide_axes(axes)
    if title:
        axes.set_title(title)
    return figure


@in_style
def plot_latent_grid(grid: LatentGrid) -> Figure:
    """Draw the map of a latent space of two dimensions.

    Args:
        grid: what `latent_grid` gives.

    Example:
        >>> import kerazoo
        >>> figure = plot_latent_grid(kerazoo.latent_grid(kerazoo.build_vae(), size=5))
        >>> [label.get_text() for label in figure.axes[0].get_xticklabels()]
        ['−1.28', '−0.52', '0.00', '0.52', '1.28']
    """
    rows, columns, height, width = grid.images.shape[:4]
    mosaic = tile(grid.images.reshape(-1, *grid.images.shape[2:]), columns, gap=0, scale=1)
    figure, axes = _mosaic_figure(mosaic, width)
    _label_cells(axes.xaxis, [_number(value) for value in grid.first], width)
    _label_cells(axes.yaxis, [_number(value) for value in grid.second], height)
    axes.set_xlabel("first latent dimension")
    axes.set_ylabel("second latent dimension")
    axes.set_title(f"{counted(rows * columns, 'point')} of the latent plane, decoded")
    return figure


@in_style
def plot_interpolation(images: Any, title: str = "", strength: float = 1.0) -> Figure:
    """Draw the images on the way from one to another, one way in a row.

    Args:
        images: `(steps, height, width, channels)` as `interpolate` gives them, or several such ways
            of as many steps: `(ways, steps, height, width, channels)`, as `add_concept` does.
        title: above all of them.
        strength: what was passed to `add_concept`: how much of the way the last image has gone.

    Raises:
        InvalidInput: if these are no ways of at least two images.

    Example:
        >>> import kerazoo
        >>> way = kerazoo.interpolate(kerazoo.build_vae(), [-1, 0], [1, 0], steps=5)
        >>> [label.get_text() for label in plot_interpolation(way).axes[0].get_xticklabels()]
        ['0 %', '25 %', '50 %', '75 %', '100 %']
    """
    ways = np.asarray(images)
    ways = ways[None] if ways.ndim == 4 else ways
    if ways.ndim != 5 or ways.shape[1] < 2:
        raise InvalidInput(
            f"images have shape {np.shape(images)}; expected (steps, height, width, channels) or "
            "(ways, steps, height, width, channels), of at least two steps."
        )
    steps, width = ways.shape[1], ways.shape[3]
    mosaic = tile(ways.reshape(-1, *ways.shape[2:]), steps, gap=2, scale=1)
    figure, axes = _mosaic_figure(mosaic, width)
    shares = [percent(share) for share in np.linspace(0, strength, steps)]
    _label_cells(axes.xaxis, shares, width, gap=2)
    axes.set_yticks([])
    axes.set_xlabel("share of the way")
    if title:
        axes.set_title(title)
    return figure


@in_style
def plot_latent_space(
    latents: Any,
    labels: Any = None,
    class_names: Sequence[str] = (),
    clusters: int | None = None,
    *,
    seed: int = 0,
) -> Figure:
    """Draw where a network puts images in its latent space, by class and by cluster.

    More than two latent dimensions are drawn as two that keep neighbors together (t-SNE), of at
    most 2,000 images chosen at random. Clusters are found by k-means in all latent dimensions; the
    title tells how well they agree with the classes: 0 by chance, 1 if they are the same. Each
    cluster has the color of the class that it has most in common with, as far as that is possible.

    Args:
        latents: `(rows, latent_dim)`, as `encode` gives them; at least two latent dimensions.
        labels: the class of each, a number from 0.
        class_names: a name per class.
        clusters: how many; by default as many as there are classes, or 10.
        seed: decides the choice, the clusters and the drawing.

    Raises:
        InvalidInput: if the two do not go together, or there are fewer rows than clusters.

    Example:
        >>> points = np.random.default_rng(0).normal(size=(60, 2))
        >>> figure = plot_latent_space(points, points[:, 0] > 0, ("left", "right"))
        >>> [axes.get_title() for axes in figure.axes]
        ['60 images by class', '2 clusters of k-means, ...']

    Reference:
        Van der Maaten and Hinton, "Visualizing data using t-SNE", 2008; Hubert and Arabie,
        "Comparing partitions", 1985 (the adjusted Rand index).
    """
    points, classes = _check_points(latents, labels)
    clusters = clusters or (_CLUSTERS if classes is None else int(classes.max()) + 1)
    if not 2 <= clusters <= len(points):
        raise InvalidInput(
            f"clusters is {clusters}; expected 2 to {len(points)}, the number of rows."
        )
    if class_names and classes is not None and classes.max() >= len(class_names):
        raise InvalidInput(
            f"labels go to {classes.max()}; class_names has {counted(len(class_names), 'name')}; "
            "pass a name per class."
        )
    chosen = np.random.default_rng(seed).permutation(len(points))[:_MOST_POINTS]
    points = points[chosen] if points.shape[1] > 2 else points
    if classes is not None and points.shape[1] > 2:
        classes = classes[chosen]
    found = _find_clusters(points, clusters, seed)
    found = found if classes is None else _number_like(found, classes, clusters)
    plane = points if points.shape[1] == 2 else _embed(points, seed)

    panels = 1 if classes is None else 2
    figure = new_figure(5.6 * panels, 4.6)
    if classes is not None:
        axes = figure.add_subplot(1, panels, 1)
        names = class_names or [f"class {number}" for number in range(int(classes.max()) + 1)]
        _scatter(axes, plane, classes, names)
        axes.set_title(f"{counted(len(plane), 'image')} by class")
    axes = figure.add_subplot(1, panels, panels)
    _scatter(axes, plane, found, [f"cluster {number}" for number in range(1, clusters + 1)])
    axes.set_title(f"{clusters} clusters of k-means{_agreement(classes, found)}")
    for axes in figure.axes:
        if points.shape[1] == 2:
            axes.set_xlabel("first latent dimension")
            axes.set_ylabel("second latent dimension")
        else:
            hide_axes(axes)
            axes.set_xlabel(f"{points.shape[1]} latent dimensions, drawn as 2 by t-SNE")
    return figure


def _mosaic_figure(mosaic: np.ndarray, image_width: int) -> tuple[Figure, Axes]:
    height, width = mosaic.shape[:2]
    inches = float(np.clip(0.7 * width / image_width, 2.5, 9.0))
    figure = new_figure(inches + 0.8, inches * height / width + 0.8)
    axes = figure.add_subplot()
    axes.imshow(mosaic, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure, axes


def _label_cells(axis: Any, texts: Sequence[str], length: int, gap: int = 0) -> None:
    """Put a text beside the middle of cells, leaving out some evenly if they are many."""
    step = -(-len(texts) // _MOST_TICKS)
    shown = range((len(texts) - 1) % step // 2, len(texts), step)
    axis.set_ticks([at * (length + gap) + (length - 1) / 2 for at in shown])
    axis.set_ticklabels([texts[at] for at in shown])
    axis.set_tick_params(length=0)


def _number(value: float) -> str:
    return f"{value + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _check_points(latents: Any, labels: Any) -> tuple[np.ndarray, np.ndarray | None]:
    points = np.asarray(latents, "float64")
    if points.ndim != 2 or points.shape[1] < 2 or len(points) == 0:
        raise InvalidInput(
            f"latents have shape {points.shape}; expected (rows, latent_dim) of at least two "
            "latent dimensions."
        )
    if not np.isfinite(points).all():
        raise InvalidInput("latents hold NaN or infinity; drop such rows.")
    if labels is None:
        return points, None
    classes = np.ravel(np.asarray(labels))
    if len(classes) != len(points) or classes.dtype.kind not in "iub":
        raise InvalidInput(
            f"labels have shape {np.shape(labels)} and type {classes.dtype}; expected the number "
            f"of a class for each of the {counted(len(points), 'row')}."
        )
    if classes.min() < 0:
        raise InvalidInput(f"labels go down to {classes.min()}; pass classes numbered from 0.")
    return points, classes.astype("int64")


def _find_clusters(points: np.ndarray, clusters: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    return KMeans(clusters, n_init=4, random_state=seed).fit_predict(points)


def _number_like(found: np.ndarray, classes: np.ndarray, clusters: int) -> np.ndarray:
    """Number clusters so that as many rows as possible have a cluster of their class's number."""
    from scipy.optimize import linear_sum_assignment

    size = max(clusters, int(classes.max()) + 1)
    common = np.zeros((size, size))
    np.add.at(common, (found, classes), 1)
    numbers = linear_sum_assignment(common[:clusters, :clusters], maximize=True)[1]
    return numbers[found]


def _embed(points: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(points) - 1) / 3)
    return TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(points)


def _scatter(axes: Axes, plane: np.ndarray, groups: np.ndarray, names: Sequence[str]) -> None:
    import matplotlib as mpl

    colors = mpl.colormaps["tab10" if len(names) <= 10 else "tab20"].colors  # type: ignore[attr-defined]
    size = float(np.clip(6000 / len(plane), 3, 25))
    markers = "os^Dv"  # which tell groups apart where there are no colors
    for number, name in enumerate(names):
        axes.scatter(
            plane[groups == number, 0],
            plane[groups == number, 1],
            s=size,
            color=colors[number % len(colors)],
            marker=markers[number % len(markers)],
            linewidths=0,
            alpha=0.7,
            label=name,
        )
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=(25 / size) ** 0.5)


def _agreement(classes: np.ndarray | None, found: np.ndarray) -> str:
    if classes is None:
        return ""
    from sklearn.metrics import adjusted_rand_score

    return f", agreement {adjusted_rand_score(classes, found):.2f}"
