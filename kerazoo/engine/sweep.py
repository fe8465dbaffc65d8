"""A sweep: one pass over rows, training or testing, as part of a compiled program.

It calls the model's own `train_step` or `test_step`, so that whatever these do happens as in
`keras.Model.fit`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from kerazoo.engine.arrays import Arrays, map_arrays
from kerazoo.engine.distribution import create_variables, replicas_of, run_on_replicas
from kerazoo.engine.lstm import whole_sequences
from kerazoo.engine.random_numbers import drawing_as_keras_does

Logs = dict[str, Any]


@dataclass(frozen=True)
class Sweep:
    """One pass over rows: a step of the model, and what it is given.

    Args:
        step: `model.train_step` or `model.test_step`.
        tensors: the data, in the structure that the step unpacks.
        rows: how many there are.
        prefix: put before the names of the values: `"val_"` or nothing.
        blank: zeros in the shape of the values.
        last_step_counts: whether the values are what the last step returned, not the metrics.
    """

    step: Callable[[Any], Logs]
    tensors: Any
    rows: int
    prefix: str
    blank: Logs
    last_step_counts: bool


def make_sweep(
    model: keras.Model, step_name: str, prefix: str, data: Arrays, jit_compile: bool
) -> Sweep:
    """Put data on the device, and create the variables of a model that do not exist yet.

    Args:
        model: a compiled Keras model.
        step_name: `"train_step"` or `"test_step"`.
        prefix: put before the names of the values: `"val_"` or nothing.
        data: what the step is given; it stays in the type that it has.
        jit_compile: whether XLA compiles the program.
    """

    def step(batch: Any) -> Logs:
        with drawing_as_keras_does() if jit_compile else contextlib.nullcontext():
            return getattr(model, step_name)(batch)

    traced, returned = step, None
    if replicas_of(model) > 1:
        create_variables(model, map_arrays(tf.convert_to_tensor, data[:1].parts))
    else:
        _create_what_is_known(model, data)
        # Tracing creates what is missing; in the loop of a program it would be too late for that.
        with whole_sequences(model, jit_compile):
            traced = make_graph_of(step, [_batch_spec(data)], jit_compile=False)
        returned = traced.structured_outputs
    logs = model.get_metrics_result()
    last_step_counts = isinstance(returned, dict) and set(returned) != set(logs)
    values = _named(returned or {} if last_step_counts else logs, prefix)
    return Sweep(
        step=step if jit_compile and _has_recurrent_layer(model) else traced,
        tensors=map_arrays(tf.convert_to_tensor, data.parts),
        rows=data.rows,
        prefix=prefix,
        blank={name: tf.zeros(value.shape, value.dtype) for name, value in values.items()},
        last_step_counts=last_step_counts,
    )


def run_sweep(model: keras.Model, sweep: Sweep, batch_size: int, order: Any) -> Logs:
    """Run all steps of a pass, and return its values as `fit` would report them."""

    def step_on(rows: Any) -> Logs:
        return sweep.step(map_arrays(lambda tensor: tf.gather(tensor, rows), sweep.tensors))

    def step(start: Any, size: int) -> Logs:
        rows = start + tf.range(size) if order is None else tf.slice(order, [start], [size])
        if replicas_of(model) > 1:
            run_on_replicas(model, step_on, rows, size)
            return {}
        logs = step_on(rows)
        return _named(logs, sweep.prefix) if sweep.last_step_counts else {}

    model.reset_metrics()
    full, rest = divmod(sweep.rows, batch_size)
    logs = sweep.blank if sweep.last_step_counts else {}
    if full:
        _, logs = tf.while_loop(
            lambda number, _: number < full,
            lambda number, _: (number + 1, step(number * batch_size, batch_size)),
            (tf.constant(0), logs),
            parallel_iterations=1,
        )
    if rest:
        logs = step(full * batch_size, rest)
    return logs if sweep.last_step_counts else _named(model.get_metrics_result(), sweep.prefix)


def make_graph_of(function: Callable[..., Any], signature: Sequence[Any], jit_compile: bool) -> Any:
    """Trace a function of tensors, and return the graph, which is called in the same way."""
    return tf.function(
        function, input_signature=signature, jit_compile=jit_compile or None, autograph=False
    ).get_concrete_function()


def _batch_spec(data: Arrays) -> Any:
    # As in Keras' fit a step does not know how many rows a batch has, so that one graph serves full
    # and partial batches, and whatever depends on it in Keras has the same result.
    return map_arrays(
        lambda array: tf.TensorSpec([None, *array.shape[1:]], array.dtype), data.parts
    )


def _create_what_is_known(model: keras.Model, data: Arrays) -> None:
    """Create the variables of optimizer and metrics where it is plain which ones there will be.

    A function that creates variables is traced twice, which takes a second for a large network.
    """
    names = ("train_step", "test_step", "compute_loss", "compute_metrics")
    as_keras = all(getattr(type(model), name) is getattr(keras.Model, name) for name in names)
    target: Any = data.parts[1] if len(data.parts) > 1 else None
    if not as_keras or not hasattr(target, "dtype") or len(getattr(model, "outputs", ())) != 1:
        return
    if isinstance(model.optimizer, keras.optimizers.Optimizer) and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    metrics = model._compile_metrics
    if metrics is not None and not metrics.built:
        shape = (None, *target.shape[1:])
        metrics.build(keras.KerasTensor(shape, str(target.dtype)), model.outputs[0])


def _has_recurrent_layer(model: keras.Model) -> bool:
    # XLA cannot compile Keras' recurrent layers unless it knows the size of the batch.
    return any(isinstance(layer, keras.layers.RNN) for layer in model._flatten_layers())


def _named(logs: Logs, prefix: str) -> Logs:
    """Return the values as tensors in one flat dictionary, sorted as Keras reports them."""
    flat: Logs = {}
    for name, value in sorted(logs.items()):
        if isinstance(value, dict):
            flat |= _named(value, prefix)
        else:
            flat[prefix + name] = tf.convert_to_tensor(value)
    return flat
