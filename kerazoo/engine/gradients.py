"""Gradients outside of `fit`: of a class's score, and of losses in a `train_step` of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from kerazoo.errors import InvalidInput


class FeatureGradients(NamedTuple):
    """Feature maps of some images, and how the score of a class depends on them.

    Args:
        maps: outputs of the layer, `(rows, height, width, maps)`.
        gradients: of the score with respect to the maps, in the same shape.
        targets: the class of each row that the score belongs to, `(rows,)`.
    """

    maps: np.ndarray
    gradients: np.ndarray
    targets: np.ndarray


def feature_gradients(
    model: keras.Model, images: np.ndarray, layer: str, targets: np.ndarray | None = None
) -> FeatureGradients:
    """Differentiate scores with respect to feature maps, as in prediction.

    Dropout and augmentation do not act, and batch normalization uses its moving averages. If the
    last layer is a softmax or a sigmoid, the score of a class is its logit. A probability will not
    do: its gradient is that of the logit times p (1 - p), which is 0 for a certain answer (p = 1 in
    32 bits), and it also rises with evidence against other classes.

    Args:
        model: a functional model with one input and one output, `(rows, classes)`.
        images: its input.
        layer: name of the layer whose output is the feature maps.
        targets: a class per row; the one of the highest score by default.

    Raises:
        InvalidInput: if no score depends on the layer.
    """
    last = model.layers[-1]
    from_features, to_scores = _output_and_rest(last)
    inner = keras.Model(model.inputs[0], [model.get_layer(layer).output, from_features])
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        # A tape does not watch frozen variables by itself, and would record nothing.
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
            f"the output of {model.name!r} does not depend on its layer {layer!r}; choose a layer "
            "between input and output."
        )
    return FeatureGradients(_to_numpy(maps), _to_numpy(gradients), np.asarray(targets))


class InputGradients(NamedTuple):
    """Scores of a class for some images, and how they depend on the pixels.

    Args:
        scores: of the class, `(rows,)`.
        gradients: of the scores with respect to the images, in their shape.
        targets: the class of each row, `(rows,)`.
    """

    scores: np.ndarray
    gradients: np.ndarray
    targets: np.ndarray


Differentiate = Callable[[np.ndarray, np.ndarray | None], InputGradients]
"""Takes images, and a class per row; the one of the highest score by default."""


def input_gradients(model: keras.Model) -> Differentiate:
    """Return what differentiates scores with respect to images, as `feature_gradients` does.

    Args:
        model: a functional model with one input and one output, `(rows, classes)`. Images are
            passed in float32, also to one that takes whole numbers.
    """
    from_features, to_scores = _output_and_rest(model.layers[-1])
    inner = keras.Model(model.inputs[0], from_features)
    # A model makes whole numbers of its input again, which have no gradient; a copy need not.
    copy = keras.models.clone_model(inner, keras.Input(model.inputs[0].shape[1:]))
    copy.set_weights(inner.get_weights())

    def differentiate(images: np.ndarray, targets: np.ndarray | None = None) -> InputGradients:
        pixels = tf.convert_to_tensor(images, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(pixels)
            scores = to_scores(copy(pixels, training=False))
            if targets is None:
                targets = scores.numpy().argmax(axis=1)
            chosen = tf.gather(scores, targets, axis=1, batch_dims=1)
        gradients = tape.gradient(chosen, pixels)
        if gradients is None:
            raise InvalidInput(
                f"the output of {model.name!r} has no gradient with respect to its input: a layer "
                "in between makes whole numbers. Use kerazoo.plots.grad_cam."
            )
        return InputGradients(_to_numpy(chosen), _to_numpy(gradients), np.asarray(targets))

    return differentiate


def new_tape() -> Any:
    """Return a tape that records what is computed in its `with` block, for gradients of it.

    For a `train_step` of one's own. Keras has no such thing for all backends.
    """
    return tf.GradientTape()


def _output_and_rest(last: Any) -> tuple[Any, Any]:
    """Return the last tensor before a softmax or sigmoid, and what makes scores, one per class."""
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
    """Return two columns if there is one: evidence for the second class is against the first."""
    return keras.ops.concatenate([-scores, scores], axis=1) if scores.shape[1] == 1 else scores


def _to_numpy(tensor: Any) -> np.ndarray:
    return np.asarray(tf.cast(tensor, tf.float32))
