"""The last layer of a network that forecasts a Gaussian distribution, in the units of the target.

`saved/gaussian.py` says what such answers look like, and `compile.py` has the loss.
"""

from __future__ import annotations

from typing import Any

import keras

from kerazoo.models.sequence._differences import LastValue

_SMALLEST = 1e-3  # of the target's deviation: otherwise a likelihood has no upper limit


@keras.saving.register_keras_serializable(package="kerazoo")
class GaussianForecast(keras.layers.Normalization):
    """Two numbers a row become the mean and the standard deviation of the next value.

    Both are of standardized values; the layer turns them into the units of the target, whose mean
    and variance `fit_model` adapts it to: `mean + s * a` and `s * (0.001 + log(1 + exp(b)))`, where
    s is the standard deviation of the target.

    Args:
        name: of the layer.

    Input shape:
        `(rows, 2)`: a and b.

    Output shape:
        `(rows, 1, 2)`: mean and standard deviation.

    Example:
        >>> import numpy as np
        >>> layer = GaussianForecast()
        >>> layer(np.array([[0.5, 0.0]], "float32")).numpy().round(3).tolist()
        [[[0.5, 0.694...]]]
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(invert=True, name=name)

    def build(self, input_shape: Any) -> None:
        super().build((*input_shape[:-1], 1))  # one target has one mean and one variance

    def call(self, inputs: Any) -> Any:  # (rows, 2)
        ops = keras.ops
        inputs = ops.convert_to_tensor(inputs, dtype=self.compute_dtype)
        spread = ops.sqrt(self.variance)  # (1, 1)
        a, b = inputs[:, :1], inputs[:, 1:]
        # log(1 + exp(b)), in operations that every runtime has, and without overflow.
        positive = ops.relu(b) + ops.log(1.0 + ops.exp(-ops.abs(b)))
        both = [self.mean + spread * a, spread * (_SMALLEST + positive)]
        return ops.stack(both, axis=-1)  # (rows, 1, 2)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return (*input_shape[:-1], 1, 2)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}


@keras.saving.register_keras_serializable(package="kerazoo")
class CertainValue(LastValue):
    """The last value of one column of a window, as a distribution without a spread.

    Args:
        column: index of the column.
        name: of the layer.

    Input shape:
        `(rows, lag, features)`.

    Output shape:
        `(rows, 1, 2)`: the value, and 0.

    Example:
        >>> import numpy as np
        >>> CertainValue(0)(np.array([[[3.0], [5.0]]], "float32")).numpy().tolist()
        [[[5.0, 0.0]]]
    """

    def call(self, inputs: Any) -> Any:  # (rows, lag, features)
        value = super().call(inputs)  # (rows, 1)
        return keras.ops.stack([value, keras.ops.zeros_like(value)], axis=-1)
