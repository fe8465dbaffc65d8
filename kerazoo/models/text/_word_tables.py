"""The two tables of word2vec as a Keras layer, and its loss on a run of text as a Keras model."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

_LARGEST_LOGIT = 30.0  # beyond, sigmoid is 0 or 1 in 32 bits
_SPREAD = 256  # random words that stand for the distribution


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
        # The end of a sentence, -1, has no vector: its output is never used.
        return keras.ops.take(self.words, keras.ops.maximum(inputs, 0), axis=0)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return (*input_shape, self.dimension)

    def get_config(self) -> dict[str, Any]:
        sizes = {"vocabulary_size": self.vocabulary_size, "dimension": self.dimension}
        return {"name": self.name, **sizes}


class WordContexts(keras.Model):
    """A model that classifies pairs of a word and one around it as true or random.

    A batch is a run of consecutive words. With sigmoid s, vectors u of words and v of contexts, the
    loss is the mean over true pairs of -log s(u v) minus the sum of log(1 - s(u v')) over random
    words. Training draws those; here they are spread evenly over the same distribution, so that the
    loss is the same whenever it is computed.

    Args:
        inputs: ids of words, -1 after each sentence.
        outputs: their vectors, of a layer `WordTables` named `"tables"`.
        architecture: `"skipgram"` or `"cbow"`.
        window: words on each side that count as around.
        negatives: random words per true one.
        name: of the model.
    """

    # Protocol ReadsInOrder, looked for in engine/fit.py: in a shuffled text, words have no context.
    reads_in_order = True
    # Protocol ServedInHalfPrecision, looked for in saved/litert.py: vectors are only compared.
    served_in_half_precision = True
    # Protocol LearnsFromWords, looked for in engine/words/fit.py: `tables`, `architecture`,
    # `window` and `negatives`.

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
        quantiles = (np.arange(_SPREAD) + 0.5) / _SPREAD
        self._spread = np.searchsorted(shares, quantiles * shares[-1]).astype("int32")

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
        around = ops.cast(_are_around(ids, self.window), "float32")  # (words, words)
        words = y_pred
        if self.architecture == "cbow":
            counts = ops.sum(around, axis=1, keepdims=True)
            words = ops.matmul(around, words) / ops.maximum(counts, 1.0)
            around = ops.cast(counts[:, 0] > 0, "float32")[:, None] * ops.eye(ops.shape(ids)[0])
        # Logits of each word with all words of the run, and with the random ones.
        true = ops.matmul(words, ops.transpose(ops.take(contexts, ops.maximum(ids, 0), axis=0)))
        false = ops.matmul(words, ops.transpose(ops.take(contexts, self._spread, axis=0)))
        pairs = ops.sum(around, axis=1)
        losses = ops.sum(around * ops.softplus(-_bounded(true)), axis=1)
        losses += pairs * self.negatives * ops.mean(ops.softplus(_bounded(false)), axis=1)
        return ops.sum(losses) / ops.maximum(ops.sum(pairs), 1.0)


def _are_around(ids: Any, window: int) -> Any:
    """Return which words of a run are around which, `(words, words)`: near, in one sentence."""
    ops = keras.ops
    is_end = ids < 0
    sentence = ops.cumsum(ops.cast(is_end, "int32"))
    index = ops.arange(ops.shape(ids)[0])
    distance = ops.abs(index[:, None] - index[None, :])
    near = ops.logical_and(distance > 0, distance <= window)
    same = sentence[:, None] == sentence[None, :]
    words = ops.logical_not(ops.logical_or(is_end[:, None], is_end[None, :]))
    return ops.logical_and(ops.logical_and(near, same), words)


def _bounded(logits: Any) -> Any:
    return keras.ops.clip(logits, -_LARGEST_LOGIT, _LARGEST_LOGIT)
