"""Prediction: what a network says about some rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Prediction:
    """Answers, one per row.

    Args:
        values: what the network's last layer gives; `np.asarray(prediction)` gives the same.
        class_names: a name per class, for a classifier.

    Example:
        >>> prediction = Prediction(np.array([[0.2, 0.8]], "float32"), ("red", "white"))
        >>> prediction.labels.tolist(), prediction.probabilities.round(1).tolist()
        (['white'], [[0.2..., 0.8...]])
    """

    values: np.ndarray
    class_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = np.asarray(self.values, dtype=dtype)
        return array.copy() if copy else array

    @property
    def probabilities(self) -> np.ndarray | None:
        """One probability per class, also where the network gives only that of the second.

        `None` if the network is no classifier.
        """
        if not self.class_names:
            return None
        if self.values.shape[1:] == (1,):
            return np.concatenate([1 - self.values, self.values], axis=1)
        return self.values

    @property
    def class_indices(self) -> np.ndarray | None:
        """The number of the most probable class; `None` if the network is no classifier."""
        if not self.class_names:
            return None
        if self.values.shape[1:] == (1,):
            return (self.values[:, 0] > 0.5).astype("int64")
        return self.values.argmax(axis=1)

    @property
    def labels(self) -> np.ndarray | None:
        """The name of the most probable class; `None` if the network is no classifier."""
        indices = self.class_indices
        return None if indices is None else np.array(self.class_names)[indices]
