"""Every use of something private in Keras or TensorFlow: one file to mend after an upgrade.

Each function names what it touches and why nothing public does the same. All of it was read in
Keras 3.15 and TensorFlow 2.21. `tests/test_frameworks.py` finds private access anywhere else.

TensorFlow is imported inside the functions: this module is needed on every backend of Keras.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
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


def nodes_of(model: keras.Model) -> list[tuple[Any, Any, list[Any]]] | None:
    """Return the calls of which a functional model consists, each after those that it depends on.

    Touches `_nodes_by_depth` and a node's `operation`, `arguments` and `output_tensors`. The public
    `get_config` has them, too, but fails for layers that cannot be written to a file.

    Returns:
        For each call the layer, its arguments and its symbolic outputs; `None` for a model that is
        no graph of layers.
    """
    by_depth = getattr(model, "_nodes_by_depth", None)
    if by_depth is None:
        return None
    return [
        (node.operation, (node.arguments.args, node.arguments.kwargs), node.output_tensors)
        for depth in sorted(by_depth, reverse=True)
        for node in by_depth[depth]
    ]


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


def profiles_batches(callback: keras.callbacks.Callback) -> bool:
    """Tell whether a `TensorBoard` callback profiles single batches.

    Touches `_should_trace`: its argument `profile_batch` is not kept, and may have several forms.
    """
    return bool(getattr(callback, "_should_trace", False))


def epoch_to_begin_with(model: keras.Model) -> int | None:
    """Return the number of the first epoch, if a callback has set it as training began.

    Touches `Trainer._initial_epoch`, which `BackupAndRestore` sets and `fit` reads.
    """
    return model._initial_epoch


def compilation_of(model: keras.Model) -> object:
    """Return an object that every call of `compile` makes anew.

    Touches `Trainer._loss_tracker`. Nothing public tells one compilation from the next.
    """
    return model._loss_tracker


def set_trainable_flags(model: keras.Model, flags: list[bool]) -> None:
    """Set what is trainable in a model: a flag for each layer, then one for each weight.

    Touches `Layer._trainable`. Setting the public `trainable` would set all layers inside as well.
    """
    layers = layers_of(model)
    for layer, flag in zip(layers, flags, strict=False):
        layer._trainable = flag
    for weight, flag in zip(model.weights, flags[len(layers) :], strict=True):
        weight.trainable = flag


def set_steps_per_execution(model: keras.Model, steps: int) -> None:
    """Let `fit` run several steps per call.

    Clears `train_function` and `test_function`, which hold the old number: Keras documents the
    number as an argument of `compile` only, and compiling again would lose the optimizer's state.
    """
    if model.steps_per_execution != steps:
        model.steps_per_execution = steps
        model.train_function = model.test_function = None


@contextlib.contextmanager
def shapes_only() -> Iterator[None]:
    """Let models be built whose variables have shapes and no values, and are forgotten afterwards.

    Touches `global_state` of `keras.src.backend.common`: the public `StatelessScope` leaves them in
    a list, and Keras would create them all when it infers the shapes of another model.
    """
    from keras.src.backend.common import global_state

    waiting = list(global_state.get_global_attribute("uninitialized_variables") or ())
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        global_state.set_global_attribute("uninitialized_variables", waiting)


def dynamic_backend() -> type:
    """Return the class of what layers such as `Normalization` compute with in a data pipeline.

    Touches `DynamicBackend` of `keras.src.utils.backend_utils`, which is not public.
    """
    from keras.src.utils.backend_utils import DynamicBackend

    return DynamicBackend


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


def compile_arguments(model: keras.Model) -> list[Any]:
    """Return loss, weights of losses, metrics and weighted metrics as `compile` was given them.

    Touches `_compile_loss`, `_compile_metrics`, `_user_loss_weights`, `_user_metrics` and
    `_user_weighted_metrics`. The public
    `get_compile_config` turns functions into their names.
    """
    loss, metrics = model._compile_loss, model._compile_metrics
    return [
        model.loss,
        getattr(loss, "_user_loss_weights", None),
        getattr(metrics, "_user_metrics", None),
        getattr(metrics, "_user_weighted_metrics", None),
    ]


def learning_rate_of(optimizer: keras.optimizers.Optimizer) -> Any:
    """Return the variable or the schedule that an optimizer takes its rate from.

    Touches `_learning_rate`. The public `learning_rate` is the value of a schedule at this step.
    """
    return optimizer._learning_rate


def trained_variables_of(optimizer: Any) -> list[Any]:
    """Return the variables that an optimizer was built for, in their order.

    Touches `_trainable_variables`; nothing public tells.
    """
    return list(optimizer._trainable_variables)


def adam_averages(adam: Any, variables: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Return Adam's averages of gradients and of their squares, a variable for each weight.

    Touches `_momentums`, `_velocities` and `_get_variable_index`; nothing public tells which of
    `Adam.variables` is which.

    Raises:
        KeyError: if the optimizer was built for other weights.
    """
    indices = [adam._get_variable_index(variable) for variable in variables]
    return [adam._momentums[i] for i in indices], [adam._velocities[i] for i in indices]


def is_weight_decayed(optimizer: Any, variable: Any) -> bool:
    """Tell whether an optimizer's weight decay applies to a variable.

    Touches `_use_weight_decay`: `exclude_from_weight_decay` is public, what it decided is not.
    """
    return bool(optimizer._use_weight_decay(variable))


def is_deterministic() -> bool:
    """Tell whether TensorFlow was told to compute the same bits in every run.

    Touches `is_op_determinism_enabled` of `tensorflow.python.framework.config`: only what switches
    it on is public.
    """
    from tensorflow.python.framework import config

    return bool(config.is_op_determinism_enabled())


def runtime_state() -> object:
    """Return the object that holds TensorFlow's devices and functions in this process.

    Touches `context.context` of `tensorflow.python.eager`. Tests that change the devices replace
    it; graphs of the old one then run without an error, and do nothing.
    """
    from tensorflow.python.eager import context

    return context.context()


def call_with_captures(graph: Any, arguments: list[Any], captures: list[Any]) -> Any:
    """Call a `ConcreteFunction` with other tensors in place of those that it captured.

    Touches `ConcreteFunction._call_flat`. Nothing public runs a graph on other variables than those
    that it was traced with.
    """
    return graph._call_flat(arguments, captures)


@contextlib.contextmanager
def without_graph_optimizer() -> Iterator[None]:
    """Let the graphs that are called skip TensorFlow's graph optimizer, in this thread.

    Touches `function_call_options` of `tensorflow.python.eager.context`. The public
    `tf.config.optimizer` changes the whole process.
    """
    from tensorflow.python.eager import context

    before = context.context().function_call_options
    context.context().function_call_options = _unoptimized(before)
    try:
        yield
    finally:
        context.context().function_call_options = before


def _unoptimized(options: Any) -> Any:
    """Return options that leave the graph optimizer out.

    Touches `config_proto_serialized` of the options, and `tensorflow.core.protobuf.config_pb2`; see
    `without_graph_optimizer`.
    """
    known = _UNOPTIMIZED.get(options.config_proto_serialized)
    if known is None:
        from tensorflow.core.protobuf.config_pb2 import ConfigProto

        config = ConfigProto.FromString(options.config_proto_serialized)
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        known = type(options)(options.executor_type, config)
        _UNOPTIMIZED[options.config_proto_serialized] = known
    return known


_UNOPTIMIZED: dict[bytes, Any] = {}


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


def abort_collectives(reason: str) -> None:
    """Let all operations fail, now and later, that wait for other workers of a strategy.

    Touches `abort_collective_ops` of `tensorflow.python.eager.context`, and a code of
    `tensorflow.python.framework.errors`. Nothing public ends a graph that runs; without this it
    waits for a worker that does not answer.
    """
    from tensorflow.python.eager import context
    from tensorflow.python.framework import errors

    context.context().abort_collective_ops(errors.UNAVAILABLE, reason)


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
