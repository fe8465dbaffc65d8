"""Figures of a whole training or of a test set, and files of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.figure
import numpy as np

from kerazoo._files import make_folder, replacing_file
from kerazoo.datasets.about import Images
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.plots.activations import plot_activations
from kerazoo.plots.attention import plot_attention, plot_attention_heads
from kerazoo.plots.augmented import changes_images, plot_augmented
from kerazoo.plots.classification import plot_confusion_matrix, plot_worst_mistakes
from kerazoo.plots.focus import plot_grad_cam
from kerazoo.plots.images import plot_reconstructions
from kerazoo.plots.layers import feature_layers
from kerazoo.plots.pixels import plot_integrated_gradients
from kerazoo.plots.regression import plot_residuals
from kerazoo.plots.reliability import plot_reliability
from kerazoo.plots.roc import plot_roc
from kerazoo.plots.rollout import has_attention
from kerazoo.plots.style import DPI, Figure
from kerazoo.plots.weights import has_weights_on_images, plot_weights
from kerazoo.predict.prediction import class_indices

if TYPE_CHECKING:
    from kerazoo.experiments.run import Run

_IMAGES = 8


def figures_of_run(run: Run) -> dict[str, Figure]:
    """Draw what a training has to show: its curves, and what its network does on the test set.

    Args:
        run: what `kerazoo.train` returns.

    Returns:
        Figures by name: `history`; those of `figures_of_predictions`; and those of its layers
        for a classifier of images. An interrupted run has not
        touched the test set, and has its history alone.

    Example:
        >>> import kerazoo
        >>> list(figures_of_run(kerazoo.train("xor")))
        ['history', 'decision_surface']
    """
    return run.figures()


def figures_of_layers(model: Any, splits: Splits) -> dict[str, Figure]:
    """Draw what the layers of a classifier of images look for, and what they see.

    Args:
        model: a trained network.
        splits: images and their classes.

    Returns:
        Figures by name: `weights` of its first layer on pixels, `augmented` if it changes images in
        training, `activations` and `grad_cam` if it has convolutions, or `attention` and
        `attention_heads` if patches look at one another, and `integrated_gradients`.
    """
    about = splits.about
    if not isinstance(about, Images) or not about.class_names:
        return {}
    drawn = {}
    if has_weights_on_images(model):
        drawn["weights"] = plot_weights(model)
    if changes_images(model):
        drawn["augmented"] = plot_augmented(model, _one_of_each(splits))
    if has_attention(model):
        drawn["attention"] = plot_attention(model, _one_of_each(splits), splits.class_names)
        drawn["attention_heads"] = plot_attention_heads(model, splits.test.x[0])
    elif _has_convolutions(model):
        drawn["activations"] = plot_activations(model, splits.test.x[0])
        drawn["grad_cam"] = plot_grad_cam(model, _one_of_each(splits), splits.class_names)
    drawn["integrated_gradients"] = plot_integrated_gradients(
        model, _one_of_each(splits), splits.class_names
    )
    return drawn


def figures_of_predictions(splits: Splits, predictions: Any) -> dict[str, Figure]:
    """Draw a network's outputs for the test set.

    Args:
        splits: what the data is about decides what is drawn.
        predictions: what the network's last layer gives for `splits.test.x`.

    Returns:
        Figures by name: `confusion_matrix`, `roc` and `reliability` for classes, and
        `worst_mistakes` if they are classes of images; `residuals` for numbers;
        `reconstructions` if images make images. None of these for any other task.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("boston")
        >>> list(figures_of_predictions(splits, splits.test.y + 1))
        ['residuals']
    """
    x, y = splits.test.x, splits.test.y
    predictions = np.asarray(predictions)
    are_images = isinstance(splits.about, Images)
    if are_images and predictions.shape[1:] == x.shape[1:]:
        return {"reconstructions": plot_reconstructions(x[:20], predictions[:20])}
    if y is None or len(predictions) != len(y):
        return {}
    names = splits.class_names
    if names:
        if predictions.ndim != 2 or predictions.shape[1] not in (1, len(names)):
            return {}
        figures = {"confusion_matrix": plot_confusion_matrix(y, predictions, names)}
        if len(np.unique(class_indices(y))) > 1:
            figures["roc"] = plot_roc(y, predictions, names, weight=splits.test.weight)
        figures["reliability"] = plot_reliability(y, predictions, names, weight=splits.test.weight)
        if are_images:
            figures["worst_mistakes"] = plot_worst_mistakes(x, y, predictions, names)
        return figures
    if predictions.size != np.size(y):
        return {}
    return {"residuals": plot_residuals(y, predictions, splits.target_unit, splits.target_name)}


def save_figures(
    folder: str | os.PathLike[str], figures: Mapping[str, matplotlib.figure.Figure]
) -> list[Path]:
    """Write figures as PNG files; each appears when it is whole, in the place of an older one.

    Args:
        folder: where to; it is made if it does not exist.
        figures: by the name of the file, without `.png`.

    Returns:
        The files.

    Raises:
        KerazooError: if the folder cannot be written.
        InvalidInput: if a name is no plain file name.

    Example:
        >>> import tempfile
        >>> from kerazoo.plots import plot_history
        >>> figure = plot_history({"loss": [2.0, 1.0]})
        >>> [path.name for path in save_figures(tempfile.mkdtemp(), {"history": figure})]
        ['history.png']
    """
    for name in figures:
        if not name or Path(name).name != name or name.startswith("."):
            raise InvalidInput(f"{name!r} is no name of a file; pass one such as 'history'.")
    made = make_folder(folder)
    try:
        return [save_figure(made / f"{name}.png", figure) for name, figure in figures.items()]
    except OSError as error:
        raise KerazooError(
            f"figures cannot be written to {made}: {error.strerror or error}. Choose another "
            "directory."
        ) from error


def save_figure(path: Path, figure: matplotlib.figure.Figure) -> Path:
    """Write a figure as a PNG file, which appears when it is whole.

    Raises:
        OSError: if it cannot be written.
    """
    with replacing_file(path) as part:
        figure.savefig(part, format="png", dpi=DPI)
    return path


def _has_convolutions(model: Any) -> bool:
    try:
        return bool(feature_layers(model))
    except InvalidInput:
        return False


def _one_of_each(splits: Splits) -> np.ndarray:
    """Return the first test image of each class, up to a row of them."""
    x, y = splits.test.x, splits.test.y
    labels = np.ravel(np.zeros(len(x)) if y is None else y)
    _, first = np.unique(labels, return_index=True)
    return x[np.sort(first)[:_IMAGES]]
