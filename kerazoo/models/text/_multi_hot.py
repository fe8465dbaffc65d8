"""The bag of words as a Keras layer: which words a text holds."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="kerazoo")
class MultiHot(keras.layers.Layer):
    """A layer that turns ids of words into a 1 for each word that is there, and 0 for all others.

    So a batch is the only one that takes a number for every word: 25,000 reviews would take a
    gigabyte. Keras' `CategoryEncoding` takes a number for every word at every position of a row.

    Args:
        size: how many ids there are.
        name: of the layer.

    Input shape:
        `(rows, length)`: ids, each at most once in a row; 0 fills up.

    Output shape:
        `(rows, size)`.
    """

    def __init__(self, size: int, name: str | None = None) -> None:
        super().__init__(name=name, trainable=False)
        self.size = size

    def call(self, inputs: Any) -> Any:
        ops = keras.ops
        ids = ops.reshape(inputs, (-1,))  # (rows * length,)
        rows = ops.arange(ops.shape(inputs)[0], dtype="int32")
        row_of_id = ops.reshape(ops.broadcast_to(rows[:, None], ops.shape(inputs)), (-1,))
        ones = ops.cast(ids > 0, self.compute_dtype)
        indices = ops.stack([row_of_id, ids], axis=1)
        return ops.scatter(indices, ones, (ops.shape(inputs)[0], self.size))

    def compute_output_spec(self, inputs: Any) -> Any:
        return keras.KerasTensor((inputs.shape[0], self.size), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name, "size": self.size}
