"""Where each vector of a row stands, for layers that see their inputs as a set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable(package="kerazoo")
class AddPositions(keras.layers.Layer):
    """Add to each vector of a row one that is learned for its position.

    Attention looks at all vectors at once: at words of a text, or at parts of an image. It would
    not know which comes first.

    Args:
        name: of the layer.

    Input shape:
        `(rows, length, units)`.

    Output shape:
        The same.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self.supports_masking = True

    def build(self, input_shape: Sequence[int]) -> None:
        # Small, as the vectors are: 0.02 is what BERT and vision transformers begin with.
        self.positions = self.add_weight(
            shape=tuple(input_shape[1:]),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
            name="positions",
        )
        self.built = True

    def call(self, inputs: Any) -> Any:
        return inputs + keras.ops.cast(self.positions, inputs.dtype)  # (rows, length, units)

    def compute_output_shape(self, input_shape: Sequence[int]) -> tuple[Any, ...]:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}
