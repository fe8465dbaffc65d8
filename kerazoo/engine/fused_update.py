"""Adam's update of all weights at once: the same numbers, in a tenth of the operations.

Keras writes fifteen operations for every variable. They take most of the time in which a small
network is traced, and half of the time of a step. Here the gradients are laid end to end, and so
are the two moving averages, so that there are fifteen in all and a few for each variable.

Shapes: `n` numbers in all trainable variables together.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from kerazoo._protocols import LooksUpRows
from kerazoo.engine.keras_internals import adam_averages, is_weight_decayed, layers_of

_LARGEST, _LARGEST_UNDER_XLA = 2**20, 2**13
"""Numbers in all variables: above, laying them end to end costs more than it saves. XLA fuses the
update of each variable by itself: for 784-128-10 a step takes a quarter of the time without this.
"""

Averages = tuple[Any, Any]
"""Moving averages of the gradient and of its square, `(n,)` each."""


class NotFusableError(Exception):
    """The gradients turn out to be of a kind that Keras treats in its own way."""


class FusedAdam:
    """Stands in for a model's optimizer while a step of its is traced.

    Args:
        optimizer: Adam or AdamW, built.
        averages: those before the step; `averages` holds those after it.
    """

    def __init__(self, optimizer: Any, averages: Averages) -> None:
        self.optimizer = optimizer
        self.averages = averages

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss as it is: a model with scaled losses is not fused."""
        return loss

    def apply_gradients(self, pairs: Any) -> None:
        """Update the variables, as `keras.optimizers.Adam.update_step` does one by one."""
        gradients, variables = zip(*pairs, strict=True)
        if not all(isinstance(gradient, tf.Tensor) for gradient in gradients):
            raise NotFusableError  # of an unused variable, or of some rows of a table
        adam, (m, v) = self.optimizer, self.averages
        g = tf.concat([_flat(one) for one in gradients], 0)  # (n,)
        rate = tf.cast(adam.learning_rate, tf.float32)
        number = tf.cast(adam.iterations.value + 1, tf.float32)
        corrected = 1 - tf.pow(tf.constant(adam.beta_2, tf.float32), number)
        alpha = rate * tf.sqrt(corrected) / (1 - tf.pow(adam.beta_1, number))
        m = m + (g - m) * (1 - adam.beta_1)
        v = v + (tf.square(g) - v) * (1 - adam.beta_2)
        change = m * alpha / (tf.sqrt(v) + adam.epsilon)
        sizes = [math.prod(variable.shape) for variable in variables]
        for variable, flat in zip(variables, tf.split(change, sizes), strict=True):
            value, part = variable.value, _shaped(flat, variable)
            if adam.weight_decay is None or not is_weight_decayed(adam, variable):
                value.assign_sub(part, read_value=False)
            else:
                decay = value * tf.cast(adam.weight_decay, tf.float32) * rate
                value.assign(value - decay - part, read_value=False)
        adam.iterations.value.assign_add(1, read_value=False)
        self.averages = m, v


def can_fuse(model: keras.Model, jit_compile: bool) -> bool:
    """Tell whether the update of a model's optimizer can be fused with the same result, and pays.

    Args:
        model: a compiled model whose optimizer is built.
        jit_compile: whether XLA compiles the program.
    """
    largest = _LARGEST_UNDER_XLA if jit_compile else _LARGEST
    adam = model.optimizer
    if type(adam) not in (keras.optimizers.Adam, keras.optimizers.AdamW):
        return False
    options = ("clipnorm", "clipvalue", "global_clipnorm", "use_ema", "amsgrad")
    others = ("loss_scale_factor", "gradient_accumulation_steps")
    variables = model.trainable_variables
    return (
        type(model).train_step is keras.Model.train_step
        and not any(getattr(adam, name) for name in (*options, *others))
        and all(variable.dtype == "float32" for variable in variables)
        and all(variable.constraint is None for variable in variables)
        and not any(getattr(variable, "overwrite_with_gradient", False) for variable in variables)
        and not any(map(_gives_rows, layers_of(model)))
        and 0 < sum(math.prod(variable.shape) for variable in variables) <= largest
        and _is_built_for(adam, variables)
    )


def _gives_rows(layer: keras.layers.Layer) -> bool:
    """Tell whether a gradient will be of some rows only, before a step is traced to find out."""
    looks_up = isinstance(layer, keras.layers.Embedding | LooksUpRows)
    return looks_up and bool(layer.trainable_weights)


def _is_built_for(adam: Any, variables: Sequence[Any]) -> bool:
    try:
        return adam.built and len(adam_averages(adam, variables)[0]) == len(variables)
    except KeyError:
        return False


def read_averages(model: keras.Model) -> Averages:
    """Return the averages of all trainable variables, laid end to end."""
    averages = adam_averages(model.optimizer, model.trainable_variables)
    first, second = (
        tf.concat([_flat(one.value) for one in variables], 0) for variables in averages
    )
    return first, second


def write_averages(model: keras.Model, averages: Sequence[Any]) -> None:
    """Put the averages back where Keras keeps them, one variable for each weight."""
    kept = adam_averages(model.optimizer, model.trainable_variables)
    for variables, flat in zip(kept, averages, strict=True):
        sizes = [math.prod(variable.shape) for variable in variables]
        for variable, part in zip(variables, tf.split(flat, sizes), strict=True):
            variable.value.assign(_shaped(part, variable), read_value=False)


def _flat(values: Any) -> Any:
    return values if len(values.shape) == 1 else tf.reshape(values, [-1])


def _shaped(flat: Any, variable: Any) -> Any:
    return flat if len(variable.shape) == 1 else tf.reshape(flat, variable.shape)


@contextlib.contextmanager
def fused(model: keras.Model, averages: Averages) -> Iterator[FusedAdam]:
    """While a step is traced, let `model.optimizer` update all weights at once."""
    optimizer = model.optimizer
    stand_in = FusedAdam(optimizer, averages)
    # Not by assignment: Keras would track the stand-in as a part of the model.
    vars(model)["optimizer"] = stand_in
    try:
        yield stand_in
    finally:
        vars(model)["optimizer"] = optimizer
