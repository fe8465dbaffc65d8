"""Windows seen from their last row, for series whose level leaves the range that is trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import KerazooError


def check_differences(differences: Sequence[int], columns: int) -> None:
    """Refuse differences of columns that a row does not have.

    Raises:
        KerazooError: if there is one.
    """
    outside = [index for index in differences if not 0 <= index < columns]
    if outside:
        raise KerazooError(
            f"differences={tuple(differences)} names column {outside[0]}; a row has "
            f"{counted(columns, 'column')}: use indices from 0 to {columns - 1}."
        )


@keras.saving.register_keras_serializable(package="kerazoo")
class SinceLastRow(keras.layers.Layer):
    """Columns of a window as differences from their last row; the others stay as they are.

    Args:
        columns: indices of the columns that become differences.
        name: of the layer.

    Example:
        >>> window = np.array([[[3.0, 7.0], [5.0, 8.0]]], "float32")
        >>> SinceLastRow((0,))(window).numpy().tolist()
        [[[-2.0, 7.0], [0.0, 8.0]]]
    """

    def __init__(self, columns: Sequence[int], name: str | None = None) -> None:
        super().__init__(name=name)
        self.columns = tuple(columns)

    def call(self, inputs: Any) -> Any:  # (rows, lag, features)
        chosen = np.isin(np.arange(inputs.shape[-1]), self.columns).astype("float32")
        return inputs - inputs[:, -1:, :] * chosen

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "columns": list(self.columns)}


@keras.saving.register_keras_serializable(package="kerazoo")
class LastValue(keras.layers.Layer):
    """The last value of one column of a window, `(rows, 1)`.

    Args:
        column: index of the column.
        name: of the layer.
    """

    def __init__(self, column: int, name: str | None = None) -> None:
        super().__init__(name=name)
        self.column = column

    def call(self, inputs: Any) -> Any:  # (rows, lag, features)
        return inputs[:, -1, self.column : self.column + 1]

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "column": self.column}
