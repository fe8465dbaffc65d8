"""Tables of embeddings: what the optimizer does with a gradient of few rows.

The gradient of a table holds the rows that a batch has looked up, not the whole vocabulary. Keras'
Adam and RMSprop make dense arrays of it, each as large as the table, and go over a dozen of them in
a step. Adam moves every row at every step for as long as its momentum lasts, so one pass over the
table and its two moments is what equal numbers take. RMSprop only has to shrink its velocity.

A row that a batch looked up k times has k gradients: Keras adds up their squares, it does not
square their sum. So do these.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from kerazoo.engine.distribution import replicas_of
from kerazoo.engine.keras_internals import optimizer_slot


@contextlib.contextmanager
def sparse_updates(model: keras.Model) -> Iterator[None]:
    """While a graph is traced, let the optimizer update tables as below; then put things back.

    Only plain Adam, AdamW and RMSprop do so.

    Args:
        model: a compiled model.
    """
    optimizer, update = model.optimizer, _update_of(model.optimizer)
    if update is None or replicas_of(model) > 1:
        yield
        return
    as_keras = optimizer.update_step

    def update_step(gradient: Any, variable: Any, learning_rate: Any) -> None:
        if not isinstance(gradient, tf.IndexedSlices):
            as_keras(gradient, variable, learning_rate)
            return
        values = tf.cast(gradient.values, variable.dtype)
        rate = tf.cast(learning_rate, variable.dtype)
        update(optimizer, values, gradient.indices, variable, rate)

    try:
        optimizer.update_step = update_step
        yield
    finally:
        # The attribute of the optimizer hid the method of its class.
        optimizer.__dict__.pop("update_step", None)


Update = Callable[[Any, Any, Any, Any, Any], None]
"""Updates a variable, given optimizer, rows of the gradient, their indices, the variable, and the
learning rate."""


def _update_of(optimizer: Any) -> Update | None:
    optimizers = keras.optimizers
    if type(optimizer) in (optimizers.Adam, optimizers.AdamW):
        usual = not optimizer.amsgrad and optimizer.beta_1 > 0 and optimizer.beta_2 > 0
        return _update_as_adam if usual else None
    if type(optimizer) is optimizers.RMSprop:
        return None if optimizer.momentum or optimizer.centered else _update_as_rmsprop
    return None


def _update_as_adam(optimizer: Any, values: Any, indices: Any, variable: Any, rate: Any) -> None:
    """Compute m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= rate m / (sqrt(v) + epsilon)."""
    b1, b2 = optimizer.beta_1, optimizer.beta_2
    step = tf.cast(optimizer.iterations + 1, variable.dtype)
    m = optimizer_slot(optimizer, "momentum", variable)
    v = optimizer_slot(optimizer, "velocity", variable)
    # The operation below multiplies by b1 and b2 what is added here.
    m.scatter_add(tf.IndexedSlices(values * ((1 - b1) / b1), indices))
    v.scatter_add(tf.IndexedSlices(tf.square(values) * ((1 - b2) / b2), indices))
    # With a gradient of 0 it does all the rest in one pass, in place.
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=m.handle,
        v=v.handle,
        beta1_power=tf.pow(tf.cast(b1, variable.dtype), step),
        beta2_power=tf.pow(tf.cast(b2, variable.dtype), step),
        lr=rate,
        beta1=tf.cast(b1, variable.dtype),
        beta2=tf.cast(b2, variable.dtype),
        epsilon=tf.cast(optimizer.epsilon, variable.dtype),
        grad=tf.zeros(variable.shape, variable.dtype),
    )


def _update_as_rmsprop(optimizer: Any, values: Any, indices: Any, variable: Any, rate: Any) -> None:
    """Compute v = rho v + (1 - rho) g^2; w -= rate g / sqrt(v + epsilon)."""
    rho = optimizer.rho
    v = optimizer_slot(optimizer, "velocity", variable)
    v.assign(v * rho)
    v.scatter_add(tf.IndexedSlices(tf.square(values) * (1 - rho), indices))
    scale = tf.sqrt(tf.gather(v, indices) + optimizer.epsilon)
    variable.scatter_sub(tf.IndexedSlices(rate * values / scale, indices))
