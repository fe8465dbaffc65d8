"""Every use of something private in Keras or TensorFlow: one file to mend after an upgrade.

Each function names what it touches and why nothing public does the same. All of it was read in
Keras 3.15 and TensorFlow 2.21. `tests/test_frameworks.py` finds private access anywhere else.

TensorFlow is imported inside the functions: this module is needed on every backend of Keras.
"""

from __future__ import annotations

from typing import Any

import keras

CALLBACK_WIRING = frozenset({"_model", "params"})
"""Attributes of a `keras.callbacks.Callback` that Keras sets, and that are no state of its own.

`Callback.set_model` writes `_model`; the public `model` is a property that reads it.
"""


def layers_of(model: keras.Model, *, include_self: bool = True) -> list[keras.layers.Layer]:
    """Return all layers of a model, those inside of layers and inner models included.

    Touches `Layer._flatten_layers`. The public `model.layers` ends at the first level: it does not
    show the two layers inside a `Bidirectional`.
    """
    return list(model._flatten_layers(include_self=include_self))


def outputs_of(layer: keras.layers.Layer) -> list[Any]:
    """Return the symbolic tensors that a layer made, one list for all of its calls.

    Touches `Operation._inbound_nodes`. The public `layer.output` gives only those of the first.
    """
    return [tensor for node in layer._inbound_nodes for tensor in node.output_tensors]


def overrides(callback: keras.callbacks.Callback, hook: str) -> bool:
    """Tell whether a callback does something in a hook, such as `"on_epoch_end"`.

    Touches `_is_default`, with which Keras marks the hooks of its base class, which do nothing.
    Keras asks in this way, too, and its function for it is as private.
    """
    return not getattr(getattr(callback, hook), "_is_default", False)


def set_steps_per_execution(model: keras.Model, steps: int) -> None:
    """Let `fit` run several steps per call.

    Clears `train_function` and `test_function`, which hold the old number: Keras documents the
    number as an argument of `compile` only, and compiling again would lose the optimizer's state.
    """
    if model.steps_per_execution != steps:
        model.steps_per_execution = steps
        model.train_function = model.test_function = None


def build_symbolically(model: keras.Model, batch: Any) -> None:
    """Create all variables of model, metrics and optimizer, without computing anything.

    Touches `Trainer._symbolic_build`, which `fit` calls for the same purpose. The public way, one
    step of training, would change the weights.
    """
    model._symbolic_build(data_batch=batch)


def compile_metrics(model: keras.Model) -> Any:
    """Return the object that holds the metrics of `compile`, or `None`.

    Touches `Trainer._compile_metrics`. It is one of `model.metrics`, but which one cannot be told:
    neither its class nor its name is public.
    """
    return model._compile_metrics


def optimizer_slot(optimizer: keras.optimizers.Optimizer, name: str, variable: Any) -> Any:
    """Return what an optimizer keeps for a variable, `"momentum"` or `"velocity"`.

    Touches `_momentums`, `_velocities` and `_get_variable_index`. The public `variables` is a list
    in which nothing but parts of names tells what belongs to what.
    """
    slots = {"momentum": "_momentums", "velocity": "_velocities"}
    return getattr(optimizer, slots[name])[optimizer._get_variable_index(variable)].value


def creation_number(variable: Any) -> int:
    """Return the position of a TensorFlow variable in the order of creation.

    Touches `_unique_id`, such as `"dense/kernel_12"`. A graph gives its variables as a set, names
    repeat, and `id()` differs from process to process.
    """
    return int(variable._unique_id.rpartition("_")[2])


def is_replica(variable: Any) -> bool:
    """Tell whether a TensorFlow variable is one replica's copy of a variable of a strategy.

    Touches `_distributed_container`, which a strategy puts on each copy; nothing public tells.
    """
    return hasattr(variable, "_distributed_container")


def xla_row(stacked: Any, index: Any) -> Any:
    """Return `stacked[index]`, `index` being a tensor: `(steps, ...)` becomes `(...)`.

    Touches `gen_xla_ops.xla_dynamic_slice`, which only XLA can compile and `tf.raw_ops` lacks.
    TensorFlow's own slicing checks, at every step, whether the index counts from the end.
    """
    import tensorflow as tf
    from tensorflow.compiler.tf2xla.ops import gen_xla_ops

    shape = tf.shape(stacked)[1:]  # XLA knows it when it compiles, if not earlier
    start = tf.stack([index] + [0] * (len(stacked.shape) - 1))
    row = gen_xla_ops.xla_dynamic_slice(stacked, start, tf.concat([[1], shape], 0))
    return tf.ensure_shape(tf.reshape(row, shape), stacked.shape[1:])


def with_xla_row(stacked: Any, index: Any, row: Any) -> Any:
    """Return `stacked` with `row` at an index; XLA writes it in place.

    Touches `gen_xla_ops.xla_dynamic_update_slice`, which only XLA can compile and `tf.raw_ops`
    lacks. The public `tf.tensor_scatter_nd_update` becomes a scatter of single rows.
    """
    import tensorflow as tf
    from tensorflow.compiler.tf2xla.ops import gen_xla_ops

    start = tf.stack([index] + [0] * (len(stacked.shape) - 1))
    return gen_xla_ops.xla_dynamic_update_slice(stacked, row[None], start)


def computed_once(*tensors: Any) -> Any:
    """Return the same tensors, behind a barrier: XLA computes them once, not once per use.

    Touches `gen_xla_ops.xla_optimization_barrier`; TensorFlow has no public barrier.
    """
    from tensorflow.compiler.tf2xla.ops import gen_xla_ops

    return gen_xla_ops.xla_optimization_barrier(list(tensors))
