"""The two tables of word2vec as a Keras layer, and its loss on a run of text as a Keras model."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

_LARGEST_LOGIT = 30.0


LEARNING_RATES = {"skipgram": 0.025, "cbow": 0.05}
"""What the authors' program begins with, by architecture."""


@keras.saving.register_keras_serializable(package="kerazoo")
class WordTables(keras.layers.Layer):
    """A table of word vectors, which it looks up, and one of context vectors, for the loss.

    Args:
        vocabulary_size: number of words.
        dimension: numbers in a vector.
        name: of the layer.
    """

    def __init__(self, vocabulary_size: int, dimension: int, name: str | None = None) -> None:
        super().__init__(name=name)
        self.vocabulary_size = vocabulary_size
        self.dimension = dimension

    def build(self, input_shape: Any) -> None:
        shape = (self.vocabulary_size, self.dimension)
        small = keras.initializers.RandomUniform(-0.5 / self.dimension, 0.5 / self.dimension)
        self.words = self.add_weight(shape, initializer=small, name="words")
        self.contexts = self.add_weight(shape, initializer="zeros", name="contexts")
        self.built = True

    def call(self, inputs: Any) -> Any:
        # The end of a sentence, -1, has no vector; whatever comes out for it, nobody uses.
        return keras.ops.take(self.words, keras.ops.maximum(inputs, 0), axis=0)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return (*input_shape, self.dimension)

    def get_config(self) -> dict[str, Any]:
        sizes = {"vocabulary_size": self.vocabulary_size, "dimension": self.dimension}
        return {"name": self.name, **sizes}


class WordContexts(keras.Model):
    """A model that tells the words of a text from random ones by the words around them.

    A batch is a run of consecutive words. The loss is the mean over pairs of a word and one around
    it: minus the logarithm of the probability that the true pair is told to be one, and the random
    ones not. The random words are evenly spread over the distribution that training draws from, so
    that the loss is the same whenever it is computed.

    Args:
        inputs: ids of words, -1 after each sentence.
        outputs: their vectors, of a layer `WordTables` named `"tables"`.
        architecture: `"skipgram"` or `"cbow"`.
        window: words on each side that count as being around.
        negatives: random words per true one.
        name: of the model.
    """

    reads_in_order = True  # a shuffled text has no neighbours
    served_in_half_precision = True  # vectors are looked up and compared, not computed with

    def __init__(
        self,
        inputs: Any,
        outputs: Any,
        architecture: str,
        window: int,
        negatives: int,
        name: str | None = None,
    ) -> None:
        super().__init__(inputs, outputs, name=name)
        self.architecture = architecture
        self.window = window
        self.negatives = negatives
        size = self.tables.vocabulary_size
        # Words by falling frequency follow Zipf's law: the n-th is about 1/n as frequent.
        shares = np.cumsum(np.arange(1.0, size + 1) ** -0.75)
        places = (np.arange(_SPREAD) + 0.5) / _SPREAD
        self._spread = np.searchsorted(shares, places * shares[-1]).astype("int32")

    @property
    def tables(self) -> WordTables:
        """The layer that holds both tables."""
        return self.get_layer("tables")

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the mean loss of the pairs of words in a run of text."""
        ops = keras.ops
        ids = ops.cast(x, "int32")
        contexts = self.tables.contexts
        around = ops.cast(_are_around(ids, self.window), "float32")
        words = y_pred
        if self.architecture == "cbow":
            counts = ops.sum(around, axis=1, keepdims=True)
            words = ops.matmul(around, words) / ops.maximum(counts, 1.0)
            around = ops.cast(counts[:, 0] > 0, "float32")[:, None] * ops.eye(ops.shape(ids)[0])
        true = ops.matmul(words, ops.transpose(ops.take(contexts, ops.maximum(ids, 0), axis=0)))
        false = ops.matmul(words, ops.transpose(ops.take(contexts, self._spread, axis=0)))
        pairs = ops.sum(around, axis=1)
        losses = ops.sum(around * ops.softplus(-_bounded(true)), axis=1)
        losses += pairs * self.negatives * ops.mean(ops.softplus(_bounded(false)), axis=1)
        return ops.sum(losses) / ops.maximum(ops.sum(pairs), 1.0)


_SPREAD = 256


def _are_around(ids: Any, window: int) -> Any:
    """Tell which words of a run are around which: near, not the same place, in one sentence."""
    ops = keras.ops
    is_end = ids < 0
    sentence = ops.cumsum(ops.cast(is_end, "int32"))
    place = ops.arange(ops.shape(ids)[0])
    distance = ops.abs(place[:, None] - place[None, :])
    near = ops.logical_and(distance > 0, distance <= window)
    same = sentence[:, None] == sentence[None, :]
    words = ops.logical_not(ops.logical_or(is_end[:, None], is_end[None, :]))
    return ops.logical_and(ops.logical_and(near, same), words)


def _bounded(logits: Any) -> Any:
    return keras.ops.clip(logits, -_LARGEST_LOGIT, _LARGEST_LOGIT)
