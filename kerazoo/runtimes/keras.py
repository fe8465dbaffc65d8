"""A network run by Keras, compiled once: for those that LiteRT cannot run."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.errors import KerazooError

if TYPE_CHECKING:
    import keras


class KerasNetwork:
    """A function from a batch of rows to a batch of outputs, for any number of threads.

    Args:
        model: a built network of one input and one output.
    """

    def __init__(self, model: keras.Model) -> None:
        self._begin(model)

    def __getstate__(self) -> keras.Model:
        """Let it be copied, and sent to other processes: it is compiled there anew."""
        return self._model

    def __setstate__(self, model: keras.Model) -> None:
        self._begin(model)

    def _begin(self, model: keras.Model) -> None:
        import keras

        self._model = model
        self._to_numpy = keras.ops.convert_to_numpy
        self._run: Callable[[np.ndarray], Any] = (
            _compiled(model) if keras.backend.backend() == "tensorflow" else self._call
        )
        outputs = [layer.output for layer in model.layers if hasattr(layer, "output")]
        tensors = keras.tree.flatten(outputs)  # a layer may have several, such as its states
        self.bytes_per_row = sum(4 * math.prod(n or 1 for n in t.shape[1:]) for t in tensors)

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Return an output per row."""
        return self._to_numpy(self._run(rows))

    def _call(self, rows: np.ndarray) -> Any:
        return self._model(rows, training=False)


def _compiled(model: keras.Model) -> Callable[[np.ndarray], Any]:
    """Return the network as one graph for any number of rows."""
    import tensorflow as tf

    tensor = model.inputs[0]
    signature = [tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype)]
    return tf.function(lambda rows: model(rows, training=False), input_signature=signature)


def check_backend() -> None:
    """Refuse another backend before anything is trained: it could be neither resumed nor served.

    Raises:
        KerazooError: if it is not TensorFlow.
    """
    import keras

    if keras.config.backend() != "tensorflow":
        raise KerazooError(
            f"Keras' backend is {keras.config.backend()}; trainings that are saved need "
            "TensorFlow. Set KERAS_BACKEND=tensorflow, or train in Python without out=."
        )
