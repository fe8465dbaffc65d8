"""Where each part of an image stands, for layers that see their inputs as a set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="kerazoo")
class AddPositions(keras.layers.Layer):
    """Add to each token a vector that is learned for its position.

    Args:
        name: of the layer.

    Input shape:
        `(rows, tokens, width)`.

    Output shape:
        The same.
    """

    def __init__(self, name: str | None = None, **options: Any) -> None:
        super().__init__(name=name, **options)

    def build(self, input_shape: Sequence[int]) -> None:
        # As small as the tokens are different: 0.02 is what Dosovitskiy et al. begin with.
        self.positions = self.add_weight(
            shape=tuple(input_shape[1:]),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
            name="positions",
        )

    def call(self, inputs: Any) -> Any:
        return inputs + keras.ops.cast(self.positions, inputs.dtype)

    def compute_output_shape(self, input_shape: Sequence[int]) -> tuple[Any, ...]:
        return tuple(input_shape)
