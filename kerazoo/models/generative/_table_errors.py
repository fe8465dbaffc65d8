"""Rows of a table, and how far they are from what a network makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="kerazoo")
class RowErrors(keras.layers.Layer):
    """The squared differences of two rows of features, as a mean over the columns of the table.

    Args:
        columns: how many columns the features are made of: a word of ten is one column.
        name: of the layer.

    Input shape:
        Two of `(rows, features)`.

    Output shape:
        `(rows, 1)`.

    Example:
        >>> RowErrors(columns=2)([keras.ops.zeros((1, 3)), keras.ops.ones((1, 3))]).numpy().tolist()
        [[1.5]]
    """

    def __init__(self, columns: int, name: str | None = None) -> None:
        super().__init__(name=name, dtype="float32")
        self.columns = columns

    def call(self, inputs: Any) -> Any:
        """Return an error per row."""
        features, reconstructed = inputs
        squares = keras.ops.square(features - reconstructed)  # (rows, features)
        return keras.ops.sum(squares, axis=-1, keepdims=True) / self.columns

    def compute_output_shape(self, input_shape: Sequence[Any]) -> tuple[Any, int]:
        """Return one number per row."""
        return (input_shape[0][0], 1)

    def get_config(self) -> dict[str, Any]:
        """Return what builds an equal layer."""
        return {"columns": self.columns, "name": self.name}


class ErrorModel(keras.Model):
    """A model that answers with an error, and learns to make it small.

    Args:
        inputs: rows of a table.
        outputs: an error for each.
        name: of the model.
    """

    gives_errors = True  # protocol GivesErrors

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(inputs, outputs, name=name)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the mean of the errors."""
        return keras.ops.mean(y_pred)
