"""The bag of words as a Keras layer: which words a text holds."""

from __future__ import annotations

from typing import Any

import keras

from kerazoo._sparse_products import sparse_products_are_allowed


@keras.saving.register_keras_serializable(package="kerazoo")
class MultiHot(keras.layers.Layer):
    """A layer that turns ids of words into a 1 for each word that is there, and 0 for all others.

    So a batch is the only one that takes a number for every word: 25,000 reviews would take a
    gigabyte. Keras' `CategoryEncoding` takes a number for every word at every position of a row.

    Of ten thousand words, a text holds some hundred. In training, and in programs of the engine,
    the layer gives the ones alone, as a `tf.SparseTensor`, and a dense layer that follows
    multiplies the rows of its weights that it needs. Elsewhere it computes with all numbers: LiteRT
    has no sparse product.

    Args:
        size: how many ids there are.
        sparse: whether it gives the ones alone there; not every layer takes that.
        name: of the layer.

    Input shape:
        `(rows, length)`: ids, each at most once in a row; 0 fills up.

    Output shape:
        `(rows, size)`.
    """

    def __init__(self, size: int, sparse: bool = True, name: str | None = None) -> None:
        super().__init__(name=name, trainable=False)
        self.size = size
        self.sparse = sparse
        self.supports_jit = not sparse  # XLA has no sparse product either

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the ones, or ones and zeros."""
        as_ones = self.sparse and (training or sparse_products_are_allowed())
        if as_ones and keras.backend.backend() == "tensorflow":
            from kerazoo.engine.sparse_rows import ones_at

            return ones_at(inputs, self.size, self.compute_dtype)
        ops = keras.ops
        ids = ops.reshape(inputs, (-1,))  # (rows * length,)
        rows = ops.arange(ops.shape(inputs)[0], dtype="int32")
        row_of_id = ops.reshape(ops.broadcast_to(rows[:, None], ops.shape(inputs)), (-1,))
        ones = ops.cast(ids > 0, self.compute_dtype)
        indices = ops.stack([row_of_id, ids], axis=1)
        return ops.scatter(indices, ones, (ops.shape(inputs)[0], self.size))

    def compute_output_spec(self, inputs: Any, training: bool = False) -> Any:
        """Return shape and type of what the layer gives."""
        return keras.KerasTensor((inputs.shape[0], self.size), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made of; networks were saved before there was `sparse`."""
        sparse = {} if self.sparse else {"sparse": False}
        return {"name": self.name, "size": self.size, **sparse}
