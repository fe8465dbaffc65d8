"""What an optimizer does with a gradient of few rows: the numbers of Keras in fewer operations.

The gradient of a table of embeddings holds the rows that a batch has looked up, not the whole
vocabulary. Keras' Adam and RMSprop make dense arrays of it, each as large as the table. Adam moves
every row at every step for as long as its momentum lasts, so one pass over the table and its two
moments is what equal numbers take. RMSprop only has to shrink its velocity. A row that a batch
looked up k times has k gradients: Keras adds up their squares, it does not square their sum.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from kerazoo.engine.distribution import replicas_of
from kerazoo.engine.keras_internals import optimizer_slot

UpdateStep = Callable[[Any, Any, Any], None]
"""Updates a variable, given its gradient, the variable, and the learning rate."""


@contextlib.contextmanager
def short_updates(model: keras.Model) -> Iterator[None]:
    """While a graph is traced, let the optimizer update variables as below; then put things back.

    Only plain Adam, AdamW and RMSprop do so, and not on several replicas.

    Args:
        model: a compiled model.
    """
    optimizer = model.optimizer
    update_step = None if replicas_of(model) > 1 else _update_step_of(optimizer)
    try:
        if update_step is not None:
            optimizer.update_step = update_step
        yield
    finally:
        if update_step is not None:
            # The attribute of the optimizer hid the method of its class.
            optimizer.__dict__.pop("update_step", None)


def _update_step_of(optimizer: Any) -> UpdateStep | None:
    """Return what takes the place of an optimizer's `update_step`, or `None` if nothing does."""
    optimizers = keras.optimizers
    if type(optimizer) in (optimizers.Adam, optimizers.AdamW):
        if optimizer.amsgrad or not optimizer.beta_1 or not optimizer.beta_2:
            return None
        update_rows = _update_rows_as_adam
    elif type(optimizer) is optimizers.RMSprop and not (optimizer.momentum or optimizer.centered):
        update_rows = _update_rows_as_rmsprop
    else:
        return None
    as_keras = optimizer.update_step

    def update_step(gradient: Any, variable: Any, rate: Any) -> None:
        if isinstance(gradient, tf.IndexedSlices):
            update_rows(optimizer, gradient, variable, rate)
        else:
            as_keras(gradient, variable, rate)

    return update_step


def _update_rows_as_adam(optimizer: Any, gradient: Any, variable: Any, rate: Any) -> None:
    """Compute m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= rate m / (sqrt(v) + epsilon)."""
    b1, b2, kind = optimizer.beta_1, optimizer.beta_2, variable.dtype
    step = tf.cast(optimizer.iterations + 1, kind)
    m = optimizer_slot(optimizer, "momentum", variable)
    v = optimizer_slot(optimizer, "velocity", variable)
    values, indices = tf.cast(gradient.values, kind), gradient.indices
    # The operation below multiplies by b1 and b2 what is added here, and adds nothing. It is not
    # for dense gradients: it computes 1 - b2 in float32, which is off by 1e-5.
    m.scatter_add(tf.IndexedSlices(values * ((1 - b1) / b1), indices))
    v.scatter_add(tf.IndexedSlices(tf.square(values) * ((1 - b2) / b2), indices))
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=m.handle,
        v=v.handle,
        beta1_power=tf.pow(tf.cast(b1, kind), step),
        beta2_power=tf.pow(tf.cast(b2, kind), step),
        lr=tf.cast(rate, kind),
        beta1=tf.cast(b1, kind),
        beta2=tf.cast(b2, kind),
        epsilon=tf.cast(optimizer.epsilon, kind),
        grad=tf.zeros(variable.shape, kind),
    )


def _update_rows_as_rmsprop(optimizer: Any, gradient: Any, variable: Any, rate: Any) -> None:
    """Compute v = rho v + (1 - rho) g^2; w -= rate g / sqrt(v + epsilon)."""
    rho, kind = optimizer.rho, variable.dtype
    values, indices = tf.cast(gradient.values, kind), gradient.indices
    v = optimizer_slot(optimizer, "velocity", variable)
    v.assign(v * rho)
    v.scatter_add(tf.IndexedSlices(tf.square(values) * (1 - rho), indices))
    scale = tf.sqrt(tf.gather(v, indices) + optimizer.epsilon)
    variable.scatter_sub(tf.IndexedSlices(tf.cast(rate, kind) * values / scale, indices))
