"""Attention: the two halves of a transformer block, of Keras' layers."""

from __future__ import annotations

from typing import Any

import keras

from kerazoo.errors import InvalidInput


def check_heads(units: int, heads: int) -> None:
    """Check that each head gets as many numbers as the others.

    Raises:
        InvalidInput: if it does not.

    Example:
        >>> check_heads(32, 3)
        Traceback (most recent call last):
        kerazoo.errors.InvalidInput: units is 32 and heads is 3; pass a multiple of heads for units.
    """
    if heads < 1 or units < 1 or units % heads:
        raise InvalidInput(
            f"units is {units} and heads is {heads}; pass a multiple of heads for units."
        )


def attend(
    x: Any, others: Any, heads: int, name: str, *, causal: bool = False, dropout: float = 0.0
) -> Any:
    r"""Let vectors look at others, and add what they see.

    With queries Q of `x`, keys K and values V of `others`, and d numbers in a head, a head gives

    .. math:: \operatorname{softmax}(Q K^T / \sqrt{d}) V

    Args:
        x: who looks, `(rows, length, units)`.
        others: what is looked at, `(rows, other length, units)`.
        heads: how many look, each at other numbers of the vectors.
        name: of the layer; the names of those after it begin with it.
        causal: whether a vector sees those before it and itself alone.
        dropout: share of what is seen left out in a training step.
    """
    units = x.shape[-1]
    # Without biases: that of the keys would add the same to all scores of a vector, which a softmax
    # takes away again.
    look = keras.layers.MultiHeadAttention(heads, units // heads, use_bias=False, name=name)
    # The scores, (rows, heads, length, other length), are what pictures of attention show.
    seen, _ = look(x, others, use_causal_mask=causal, return_attention_scores=True)
    if dropout > 0:  # of what is added, as in the paper
        seen = keras.layers.Dropout(dropout, name=f"{name}_dropout")(seen)
    x = keras.layers.Add(name=f"{name}_sum")([x, seen])
    return keras.layers.LayerNormalization(epsilon=1e-6, name=f"{name}_norm")(x)


def feed_forward(x: Any, hidden: int, name: str, *, dropout: float = 0.0) -> Any:
    """Let each vector be changed by itself, by two dense layers, and add that.

    Args:
        x: `(rows, length, units)`.
        hidden: units of the first one.
        name: what the names of the layers begin with.
        dropout: share of the numbers left out in a training step.
    """
    units = x.shape[-1]
    y = keras.layers.Dense(hidden, activation="relu", name=f"{name}_hidden")(x)
    y = keras.layers.Dense(units, name=f"{name}_dense")(y)
    if dropout > 0:
        y = keras.layers.Dropout(dropout, name=f"{name}_dropout")(y)
    x = keras.layers.Add(name=f"{name}_sum")([x, y])
    return keras.layers.LayerNormalization(epsilon=1e-6, name=f"{name}_norm")(x)


@keras.saving.register_keras_serializable(package="kerazoo")
class TakeAt(keras.layers.Layer):
    """Takes vectors of a row at some positions of it.

    Args:
        name: of the layer.

    Input shape:
        `(rows, length, dimension)` and `(rows, positions)`, `int32`.

    Output shape:
        `(rows, positions, dimension)`.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        self.built = True

    def call(self, inputs: Any) -> Any:
        vectors, positions = inputs
        return keras.ops.take_along_axis(vectors, positions[..., None], axis=1)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        return None  # only words are taken

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        vectors, positions = input_shape
        return (*positions, vectors[-1])

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}


class GuessWords(keras.layers.Layer):
    """Scores how well each word fits a vector: best is the one whose own vector is most like it.

    The table that words are looked up in is used a second time, as in BERT: so each guess teaches
    the vectors of all words. It is for training alone, and never saved.

    Args:
        table: the embedding of the words; its last row is of no word.
        name: of the layer.

    Input shape:
        `(rows, positions, dimension)`.

    Output shape:
        `(rows, positions, words)`: logits, of which a loss takes the softmax in one step.
    """

    def __init__(self, table: keras.layers.Embedding, name: str | None = None) -> None:
        super().__init__(name=name)
        self._table = table

    def build(self, input_shape: Any) -> None:
        self.bias = self.add_weight(
            shape=(self._table.input_dim - 1,), initializer="zeros", name="bias"
        )
        self.built = True

    def call(self, inputs: Any) -> Any:
        words = keras.ops.transpose(self._table.embeddings[:-1])  # (dimension, words)
        return keras.ops.matmul(inputs, words) + self.bias

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return (*input_shape[:-1], self._table.input_dim - 1)
