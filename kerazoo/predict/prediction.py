"""Prediction: the outputs of a network for some rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.predict.explanation import Why
from kerazoo.predict.typicality import Typicality
from kerazoo.saved.calibration import tempered

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Prediction:
    """Answers, one per row.

    Args:
        values: what the network's last layer gives; `np.asarray(prediction)` gives the same.
        class_names: a name per class, for a classifier.
        temperature: of a calibrated classifier, what its logits are divided by before they become
            `probabilities`.
        coverage: the share of rows whose truth is in the set or the interval, if one was asked for.
        in_set: `(rows, classes)`, whether each class is in the row's set.
        interval: `(rows, 2)`, the lower and the upper end for a number.
        why: what each part of the inputs counts, if that was asked for.
        are_distributions: whether values are means and standard deviations, `(rows, horizon, 2)`.
        typicality: how far each row is from those of the training, if that was asked for.

    Example:
        >>> prediction = Prediction(np.array([[0.2, 0.8]], "float32"), ("red", "white"))
        >>> prediction.labels.tolist(), prediction.probabilities.round(1).tolist()
        (['white'], [[0.2..., 0.8...]])
    """

    values: np.ndarray
    class_names: tuple[str, ...] = ()
    temperature: float | None = None
    coverage: float | None = None
    in_set: NDArray[np.bool_] | None = None
    interval: NDArray[np.floating] | None = None
    why: Why | None = None
    are_distributions: bool = False
    typicality: Typicality | None = None

    def __len__(self) -> int:
        return len(self.values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = np.asarray(self.values, dtype=dtype)
        return array.copy() if copy else array

    @cached_property
    def probabilities(self) -> NDArray[np.floating] | None:
        """One probability per class, `(rows, classes)`, also where the network gives one for two.

        They are calibrated if the saved network is: `values` are what its last layer gives.
        `None` if the network is no classifier.
        """
        if not self.class_names:
            return None
        values = self.values
        if values.shape[1:] == (1,):
            values = np.concatenate([1 - values, values], axis=1)
        return tempered(values, self.temperature)

    @property
    def sets(self) -> list[tuple[str, ...]] | None:
        """The classes of each row's set, the most probable first; none of them if it is empty.

        `None` if no coverage was asked for, or the network is no classifier.
        """
        if self.in_set is None or self.probabilities is None:
            return None
        order = np.argsort(-self.probabilities, axis=1, kind="stable")
        there = np.take_along_axis(self.in_set, order, axis=1)
        return [
            tuple(self.class_names[index] for index in row[kept])
            for row, kept in zip(order, there, strict=True)
        ]

    @property
    def class_indices(self) -> NDArray[np.integer] | None:
        """The number of the most probable class, from 0; `None` if the network is no classifier."""
        if not self.class_names:
            return None
        return class_indices(self.values)

    @property
    def labels(self) -> NDArray[np.str_] | None:
        """The name of the most probable class; `None` if the network is no classifier.

        An array of texts, `(rows,)`, whatever the classes were called in training: the digit 3 is
        `"3"`, and its number is in `class_indices`. `labels.tolist()` gives Python's `str`.
        """
        indices = self.class_indices
        return None if indices is None else np.array(self.class_names)[indices]

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas DataFrame, a row per answer.

        The columns of a classifier are `label` and a probability per class; of other networks
        `prediction`, numbered if there are several in a row, and of distributions also
        `standard_deviation`. A coverage that was asked for adds `set`, a tuple of classes, or
        `lower` and `upper`.

        Example:
            >>> prediction = Prediction(np.array([[0.25, 0.75]]), ("red", "white"))
            >>> prediction.to_frame().to_dict("records")
            [{'label': 'white', 'probability_red': 0.25, 'probability_white': 0.75}]
        """
        import pandas as pd

        if self.probabilities is not None:
            names = [f"probability_{name}" for name in self.class_names]
            frame = pd.DataFrame(self.probabilities, columns=names)
            frame.insert(0, "label", self.labels)
            if self.sets is not None:
                frame["set"] = self.sets
            return frame
        means = self.values[..., 0] if self.are_distributions else self.values
        frame = pd.DataFrame(_numbered("prediction", means))
        if self.are_distributions:
            for name, column in _numbered("standard_deviation", self.values[..., 1]).items():
                frame[name] = column
        if self.interval is not None:
            frame["lower"], frame["upper"] = self.interval.T
        return frame


def _numbered(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """Return columns by name, with a number behind it if there are several."""
    flat = values.reshape(len(values), -1)
    if flat.shape[1] == 1:
        return {name: flat[:, 0]}
    return {f"{name}_{n}": column for n, column in enumerate(flat.T)}


def class_indices(values: np.ndarray) -> NDArray[np.integer]:
    """Return class indices of probabilities, one-hot rows or class indices.

    Example:
        >>> class_indices(np.array([[0.2, 0.8], [0.9, 0.1]])).tolist()
        [1, 0]
        >>> class_indices(np.array([[0.7], [0.2]])).tolist()
        [1, 0]
    """
    values = np.asarray(values)
    if values.ndim == 2 and values.shape[1] > 1:
        return values.argmax(axis=1)
    flat = values.ravel()
    return flat.astype(int) if np.issubdtype(flat.dtype, np.integer) else (flat > 0.5).astype(int)
