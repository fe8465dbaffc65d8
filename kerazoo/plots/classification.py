"""Which classes a network takes for which, and where it was most confident and wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn import metrics

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.images import plot_images
from kerazoo.plots.style import Figure, hide_axes, in_style, new_figure, percent
from kerazoo.predict.prediction import class_indices

_MOST_CLASSES_WITH_COUNTS = 30
_ROUNDING = 1e-3
_LETTER = 0.075  # inches, about


@in_style
def plot_confusion_matrix(y: Any, predictions: Any, class_names: Sequence[str]) -> Figure:
    """Draw how many rows of each class were taken for which, shaded by their share of the class.

    Args:
        y: true classes: indices or one-hot rows.
        predictions: probabilities, or class indices.
        class_names: a name per class.

    Raises:
        InvalidInput: if the three do not go together.

    Example:
        >>> figure = plot_confusion_matrix([0, 0, 1, 1], [0, 1, 1, 1], ["cat", "dog"])
        >>> figure.axes[0].get_title()
        'Confusion matrix: 3 of 4 right (75.0 %)'
    """
    true, predicted = _indices(y, predictions, class_names)
    classes = len(class_names)
    counts = metrics.confusion_matrix(true, predicted, labels=range(classes))
    shares = counts / counts.sum(axis=1, keepdims=True).clip(min=1)
    right = int(counts.trace())

    inches = max(0.5 * min(classes, _MOST_CLASSES_WITH_COUNTS), 1.8)
    figure = new_figure(inches + 3.6, inches + 2.4)
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    if classes <= _MOST_CLASSES_WITH_COUNTS:
        for (row, column), count in np.ndenumerate(counts):
            color = "white" if shares[row, column] > 0.55 else "0.6" if count == 0 else "black"
            axes.text(column, row, f"{count}", ha="center", va="center", fontsize=8, color=color)
    hide_axes(axes)
    long = max(map(len, class_names)) * _LETTER > inches / classes
    axes.set_xticks(range(classes), class_names, rotation=45 if long else 0)
    if long:
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.set_yticks(range(classes), class_names)
    axes.tick_params(length=0)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.set_title(
        f"Confusion matrix: {right:,} of {len(true):,} right ({percent(right / len(true), 1)})"
    )
    bar = figure.colorbar(image, ax=axes, shrink=0.8, label="share of the true class")
    bar.outline.set_visible(False)
    return figure


@in_style
def plot_worst_mistakes(
    x: Any, y: Any, probabilities: Any, class_names: Sequence[str], *, n: int = 10
) -> Figure:
    """Draw the images that got the largest probability on a wrong class.

    Args:
        x: images, as for `plot_images`.
        y: their classes: indices or one-hot rows.
        probabilities: the network's outputs: `(rows, classes)`, or of the second class alone.
        class_names: a name per class.
        n: the most images that are drawn.

    Raises:
        InvalidInput: if these do not go together, or `x` holds no images.

    Example:
        >>> x = np.zeros((2, 8, 8), "uint8")
        >>> figure = plot_worst_mistakes(x, [0, 1], [[0.1, 0.9], [0.2, 0.8]], ["cat", "dog"])
        >>> figure.axes[0].get_title().splitlines()
        ['true: cat', 'predicted: dog, 90 %']
    """
    outputs = np.asarray(probabilities, "float64")
    true, predicted = _indices(y, outputs, class_names)
    if n < 1:
        raise InvalidInput(f"n is {n}; expected at least 1.")
    if len(x) != len(true):
        raise InvalidInput(
            f"x has {counted(len(x), 'image')}, y has {counted(len(true), 'class', 'classes')}; "
            "pass one for each."
        )
    outputs = _of_each_class(outputs)
    sureness = outputs.max(axis=1)
    wrong = np.flatnonzero(true != predicted)
    worst = wrong[np.argsort(-sureness[wrong], kind="stable")][:n]
    if not worst.size:
        figure = new_figure(5, 1)
        figure.suptitle(f"No mistake among {counted(len(true), 'image')}")
        return figure
    return plot_images(
        np.asarray(x)[worst],
        [
            f"true: {class_names[true[row]]}\n"
            f"predicted: {class_names[predicted[row]]}, {percent(sureness[row])}"
            for row in worst
        ],
        columns=min(5, len(worst)),
        title=f"Most confident of {counted(len(wrong), 'mistake')} among "
        f"{counted(len(true), 'image')}",
    )


def true_and_probabilities(
    y: Any, probabilities: Any, class_names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return class indices and a probability per class, once they are known to go together.

    Args:
        y: true classes: indices or one-hot rows.
        probabilities: the network's outputs: `(rows, classes)`, or of the second class alone.
        class_names: a name per class.

    Raises:
        InvalidInput: if they do not, or the outputs are no probabilities.
    """
    outputs = np.asarray(probabilities, "float64")
    true, _ = _indices(y, outputs, class_names)
    if not (np.isfinite(outputs).all() and outputs.min() >= 0 and outputs.max() <= 1 + _ROUNDING):
        raise InvalidInput(
            f"probabilities lie from {outputs.min():g} to {outputs.max():g}; expected 0 to 1."
        )
    return true, _of_each_class(outputs)


def _of_each_class(outputs: np.ndarray) -> np.ndarray:
    """Return a probability per class, also where only that of the second one is given."""
    if outputs.ndim < 2 or outputs.shape[1] == 1:
        second = outputs.reshape(-1)
        return np.stack([1 - second, second], axis=1)
    return outputs


def _indices(y: Any, predictions: Any, class_names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return true and predicted classes, once they are known to go together."""
    if not len(class_names):
        raise InvalidInput("class_names is empty; pass a name per class.")
    predictions = np.asarray(predictions)
    if predictions.ndim == 2 and predictions.shape[1] not in (1, len(class_names)):
        raise InvalidInput(
            f"predictions have {counted(predictions.shape[1], 'column')}, class_names has "
            f"{len(class_names)}; pass a name per class."
        )
    y = np.asarray(y)
    if y.dtype.kind not in "biuf":
        raise InvalidInput(f"y holds values such as {y.flat[0]!r}; pass the numbers of classes.")
    if y.ndim == 1 and np.array_equal(y, np.trunc(y)):
        y = y.astype("int64")  # indices as floats are no probabilities
    true, predicted = class_indices(y), class_indices(predictions)
    if len(true) != len(predicted) or not len(true):
        raise InvalidInput(
            f"y has {counted(len(true), 'row')}, predictions have {len(predicted)}; pass as many "
            "of each, at least one."
        )
    for what, indices in (("y", true), ("predictions", predicted)):
        if indices.min() < 0 or indices.max() >= len(class_names):
            raise InvalidInput(
                f"{what} has classes from {indices.min()} to {indices.max()}, but class_names has "
                f"{counted(len(class_names), 'name')}; pass a name per class."
            )
    return true, predicted
