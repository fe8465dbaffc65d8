"""The gradient of a class's score with respect to the feature maps of a layer."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from kerazoo.errors import InvalidInput


class FeatureGradients(NamedTuple):
    """What a layer makes of some pictures, and how a class's score depends on it.

    Args:
        maps: `(rows, height, width, maps)`.
        gradients: of the same shape.
        targets: the class of each row whose score it is.
    """

    maps: np.ndarray
    gradients: np.ndarray
    targets: np.ndarray


def feature_gradients(
    model: keras.Model, images: np.ndarray, layer: str, targets: np.ndarray | None = None
) -> FeatureGradients:
    """Differentiate scores with respect to feature maps, as in prediction.

    Dropout and augmentation do not act, and batch normalisation uses what it has learnt. The score
    of a class is its logit, where the last layer is a softmax or a sigmoid. A probability will not
    do: its gradient is that of the logits times p (1 - p), so that for a sure answer (p = 1 in
    32 bits) nothing is left of it; and it also rises with whatever speaks against other classes.

    Args:
        model: a functional model with one input and one output, `(rows, classes)`.
        images: what it takes.
        layer: name of the layer whose output is meant.
        targets: a class per row; that of the highest score by default.

    Raises:
        InvalidInput: if no score depends on the layer.
    """
    last = model.layers[-1]
    from_features, to_scores = _output_and_rest(last)
    inner = keras.Model(model.inputs[0], [model.get_layer(layer).output, from_features])
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        # What is frozen is not watched by itself, and nothing would be recorded.
        for variable in model.variables:
            if keras.backend.is_float_dtype(variable.dtype):
                tape.watch(variable.value)
        maps, features = inner(images, training=False)
        scores = to_scores(features)
        if targets is None:
            targets = scores.numpy().argmax(axis=1)
        chosen = tf.gather(scores, targets, axis=1, batch_dims=1)
    gradients = tape.gradient(chosen, maps)
    if gradients is None:
        raise InvalidInput(
            f"what {model.name!r} answers does not depend on its layer {layer!r}; choose another."
        )
    return FeatureGradients(_to_numpy(maps), _to_numpy(gradients), np.asarray(targets))


def _output_and_rest(last: Any) -> tuple[Any, Any]:
    """Return the last tensor that is well-behaved, and what makes scores of it, one per class."""
    kind, activation = type(last).__name__, getattr(last, "activation", None)
    squashing = activation in (keras.activations.softmax, keras.activations.sigmoid)
    if kind == "Softmax" or (kind == "Activation" and squashing):
        return last.input, _one_per_class
    if kind != "Dense" or not squashing:
        return last.output, _one_per_class

    def logits(features: Any) -> Any:
        sums = keras.ops.matmul(keras.ops.cast(features, last.kernel.dtype), last.kernel)
        return _one_per_class(sums if last.bias is None else sums + last.bias)

    return last.input, logits


def _one_per_class(scores: Any) -> Any:
    """What speaks for the second of two classes speaks against the first."""
    return keras.ops.concatenate([-scores, scores], axis=1) if scores.shape[1] == 1 else scores


def _to_numpy(tensor: Any) -> np.ndarray:
    return np.asarray(tf.cast(tensor, tf.float32))
