"""The compiled program: one or more epochs, validation included, as one TensorFlow graph.

The file is in the order in which a program comes into being, from the inside out:

    Program.run(orders)                          Python: NumPy arrays in, NumPy arrays out
    |  one graph, compiled once                  make_program
    |  |  count times, each with its order       _stack_epochs
    |  |  |  training pass                       run_pass: reset metrics, all steps, read metrics
    |  |  |  |  while full batches are left
    |  |  |  |  |  gather rows, train_step       traced in prepare_pass
    |  |  |  |  the partial batch, if any
    |  |  |  validation pass                     run_pass: the same with test_step, rows as they are

1. `prepare_pass` puts the data on the device and traces the model's own `train_step` or
   `test_step`, so that whatever these do happens as in `keras.Model.fit`. The result is an
   `EpochPass`, which is a plan: nothing has run yet.
2. `run_pass` is called while the program is traced. It repeats the step for all batches of a pass.
3. `_stack_epochs` repeats the passes of an epoch, so that Python runs only after several epochs.
4. `make_program` puts these together; `Program` traces and compiles them when it is first run.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kerazoo.engine.data import Arrays, map_arrays
from kerazoo.engine.distribution import create_variables, replicas_of, run_on_replicas
from kerazoo.engine.keras_internals import compile_metrics
from kerazoo.engine.random_numbers import drawing_as_keras_does
from kerazoo.engine.recurrent.layers import keras_loops, whole_sequences
from kerazoo.engine.updates import short_updates

Logs = dict[str, Any]
"""Values by name, as `fit` reports them: scalars, or arrays for metrics of several values."""


# 1. Trace the step.


@dataclass(frozen=True)
class EpochPass:
    """One pass over all rows, to train or to test: a step of the model, and its data.

    Args:
        step: `model.train_step` or `model.test_step`, traced where that is possible.
        tensors: the data, in the structure that the step unpacks.
        rows: number of rows.
        prefix: what the names of the values begin with: `"val_"` or nothing.
        zeros: a zero for each value, in its shape.
        last_step_counts: whether the values are what the last step returned, not the metrics.
    """

    step: Callable[[Any], Logs]
    tensors: Any
    rows: int
    prefix: str
    zeros: Logs
    last_step_counts: bool


def prepare_pass(
    model: keras.Model, data: Arrays, *, step_name: str, prefix: str, jit_compile: bool
) -> EpochPass:
    """Put data on the device, trace the step, and create variables that do not exist yet.

    Args:
        model: a compiled Keras model.
        data: the rows; they stay in the type that they have.
        step_name: `"train_step"` or `"test_step"`.
        prefix: what the names of the values begin with: `"val_"` or nothing.
        jit_compile: whether XLA compiles the program.
    """

    def step(batch: Any) -> Logs:
        with drawing_as_keras_does() if jit_compile else contextlib.nullcontext():
            return getattr(model, step_name)(batch)

    traced, returned = step, None
    if replicas_of(model) > 1:
        create_variables(model, map_arrays(tf.convert_to_tensor, data[:1].parts))
    else:
        _create_known_variables(model, data)
        # Tracing creates the other variables. Inside the loop of a program none can be created.
        with whole_sequences(model, jit_compile), short_updates(model):
            traced = make_graph_of(step, [_batch_spec(data)], jit_compile=False)
        returned = traced.structured_outputs
    metrics = model.get_metrics_result()
    # Keras reports the metrics, unless a `train_step` of one's own returns other names.
    last_step_counts = isinstance(returned, dict) and set(returned) != set(metrics)
    values = _flatten_logs(returned or {} if last_step_counts else metrics, prefix)
    # The traced step serves batches of every size. XLA cannot compile Keras' loops over time
    # unless it knows the size: there the program traces the step again, once for each size.
    knows_size = jit_compile and keras_loops(model)
    return EpochPass(
        step=step if knows_size else traced,
        tensors=map_arrays(tf.convert_to_tensor, data.parts),
        rows=data.rows,
        prefix=prefix,
        zeros={name: tf.zeros(value.shape, value.dtype) for name, value in values.items()},
        last_step_counts=last_step_counts,
    )


def make_graph_of(
    function: Callable[..., Any], signature: Sequence[Any], *, jit_compile: bool
) -> Any:
    """Trace a function of tensors, and return the graph, which is called in the same way."""
    return tf.function(
        function, input_signature=signature, jit_compile=jit_compile or None, autograph=False
    ).get_concrete_function()


def _batch_spec(data: Arrays) -> Any:
    # As in Keras' `fit`, a step does not know how many rows a batch has. One graph then serves full
    # and partial batches, and whatever depends on the size in Keras has the same result.
    return map_arrays(
        lambda array: tf.TensorSpec([None, *array.shape[1:]], array.dtype), data.parts
    )


def _create_known_variables(model: keras.Model, data: Arrays) -> None:
    """Create the variables of optimizer and metrics, if it is certain which ones there will be.

    A function that creates variables is traced twice, which takes a second for a large network.
    """
    names = ("train_step", "test_step", "compute_loss", "compute_metrics")
    as_keras = all(getattr(type(model), name) is getattr(keras.Model, name) for name in names)
    target: Any = data.parts[1] if len(data.parts) > 1 else None
    if not as_keras or not hasattr(target, "dtype") or len(getattr(model, "outputs", ())) != 1:
        return
    if isinstance(model.optimizer, keras.optimizers.Optimizer) and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    metrics = compile_metrics(model)
    if metrics is not None and not metrics.built:
        shape = (None, *target.shape[1:])
        metrics.build(keras.KerasTensor(shape, str(target.dtype)), model.outputs[0])


# 2. Wrap it in an epoch pass.


def run_pass(model: keras.Model, epoch_pass: EpochPass, order: Any, *, batch_size: int) -> Logs:
    """Run all steps of a pass, and return its values as `fit` would report them.

    Args:
        model: the model that the pass was prepared for.
        epoch_pass: what is run.
        order: index of each row, `(rows,)`, or `None` for the rows as they are.
        batch_size: rows in a step. A last partial batch is a step of its own.
    """

    def step_on(indices: Any) -> Logs:
        return epoch_pass.step(  # each tensor (rows, ...) becomes (batch, ...)
            map_arrays(lambda tensor: tf.gather(tensor, indices), epoch_pass.tensors)
        )

    def step(start: Any, size: int) -> Logs:
        # (size,): a Python number, so that XLA knows the shapes of full and partial batch
        indices = start + tf.range(size) if order is None else tf.slice(order, [start], [size])
        if replicas_of(model) > 1:
            run_on_replicas(model, step_on, indices, size)
            return {}
        logs = step_on(indices)
        return _flatten_logs(logs, epoch_pass.prefix) if epoch_pass.last_step_counts else {}

    model.reset_metrics()
    full, rest = divmod(epoch_pass.rows, batch_size)
    # The loop carries values only where the last step counts; metrics are variables.
    logs = epoch_pass.zeros if epoch_pass.last_step_counts else {}
    if full:
        _, logs = tf.while_loop(
            lambda number, _: number < full,
            lambda number, _: (number + 1, step(number * batch_size, batch_size)),
            (tf.constant(0), logs),
            parallel_iterations=1,  # every step needs the weights of the one before
        )
    if rest:
        logs = step(full * batch_size, rest)
    if epoch_pass.last_step_counts:
        return logs
    return _flatten_logs(model.get_metrics_result(), epoch_pass.prefix)


def _flatten_logs(logs: Logs, prefix: str) -> Logs:
    """Return the values as tensors in one flat dictionary, sorted as Keras reports them."""
    flat: Logs = {}
    for name, value in sorted(logs.items()):
        if isinstance(value, dict):
            flat |= _flatten_logs(value, prefix)
        else:
            flat[prefix + name] = tf.convert_to_tensor(value)
    return flat


# 3. Wrap epochs in a call.


def _stack_epochs(
    run_epoch: Callable[[Any], Logs], zeros: Logs, count: Any, *, capacity: int
) -> Logs:
    """Run `count` epochs, and return their values as rows; rows after `count` stay zero.

    A graph returns tensors of fixed shapes, but how many epochs a call runs changes from call to
    call. So there are always `capacity` rows.

    Args:
        run_epoch: maps the number of the epoch in this call, from 0, to its values.
        zeros: a zero for each value, in its shape.
        count: number of epochs, a tensor.
        capacity: the largest `count`.
    """

    def run(number: Any, stacked: Logs) -> tuple[Any, Logs]:
        logs = run_epoch(number)
        return number + 1, {
            name: tf.tensor_scatter_nd_update(rows, [[number]], [logs[name]])
            for name, rows in stacked.items()
        }

    # A scalar () becomes (capacity,), a confusion matrix (k, k) becomes (capacity, k, k).
    stacked = {name: tf.zeros([capacity, *zero.shape], zero.dtype) for name, zero in zeros.items()}
    _, stacked = tf.while_loop(
        lambda number, _: number < count, run, (tf.constant(0), stacked), parallel_iterations=1
    )
    return stacked


# 4. Put the parts together, and run them.


def make_program(
    model: keras.Model,
    *,
    train: Arrays | None = None,
    test: Arrays | None = None,
    batch_size: int,
    capacity: int = 1,
    jit_compile: bool,
) -> Program:
    """Make the program that trains a compiled model, tests it, or does both in turn.

    Args:
        model: a compiled Keras model; variables that do not exist yet are created.
        train: rows to train on; put on the device once, in the type that they have.
        test: rows to test on after each epoch; the names of its values begin with `val_`.
        batch_size: rows in a step. A last partial batch is a step of its own.
        capacity: how many epochs one call can run.
        jit_compile: whether XLA compiles the whole program.
    """
    passes = [
        prepare_pass(model, data, step_name=name, prefix=prefix, jit_compile=jit_compile)
        for data, name, prefix in ((train, "train_step", ""), (test, "test_step", "val_"))
        if data is not None
    ]
    zeros = {name: zero for one in passes for name, zero in one.zeros.items()}

    def run_epoch(order: Any) -> Logs:
        logs: Logs = {}
        for one in passes:
            logs |= run_pass(model, one, None if one.prefix else order, batch_size=batch_size)
        return logs

    def run_epochs(orders: Any, count: Any) -> Logs:  # orders: (capacity, rows), count: ()
        if capacity == 1:
            return {name: value[None] for name, value in run_epoch(orders[0]).items()}
        return _stack_epochs(
            lambda number: run_epoch(orders[number]), zeros, count, capacity=capacity
        )

    def trace(jit_compile: bool) -> Any:
        rows = train.rows if train else 0
        signature = (tf.TensorSpec([capacity, rows], tf.int32), tf.TensorSpec([], tf.int32))
        with whole_sequences(model, jit_compile), short_updates(model):
            return make_graph_of(run_epochs, signature, jit_compile=jit_compile)

    return Program(trace, capacity, jit_compile)


class Program:
    """A program, traced and compiled when it is first needed.

    Args:
        trace: makes the graph, with XLA or without; the graph is called as `graph(orders, count)`.
        capacity: how many epochs one call can run.
        jit_compile: whether XLA compiles it. What XLA cannot compile runs without.
    """

    def __init__(self, trace: Callable[[bool], Any], capacity: int, jit_compile: bool) -> None:
        self.trace = trace
        self.capacity = capacity
        self.jit_compile = jit_compile
        self._graph: Any = None

    def run(self, orders: Sequence[np.ndarray]) -> list[Logs]:
        """Run one epoch for each order of the rows, and return the values of each."""
        padding = [orders[-1]] * (self.capacity - len(orders))
        stacked = self._call(tf.constant(np.stack([*orders, *padding])), tf.constant(len(orders)))
        values = {name: value.numpy() for name, value in stacked.items()}
        return [
            {name: _to_python(rows[epoch]) for name, rows in values.items()}
            for epoch in range(len(orders))
        ]

    @property
    def variables(self) -> Sequence[Any]:
        """Every variable that the program reads or writes."""
        return self._traced().variables

    def _traced(self) -> Any:
        # Not before training begins: a callback may change, in `on_train_begin`, what the graph
        # holds as a constant.
        if self._graph is None:
            self._graph = self.trace(self.jit_compile)
        return self._graph

    def _call(self, orders: Any, count: Any) -> Any:
        try:
            return self._traced()(orders, count)
        except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError) as error:
            if not self.jit_compile:
                raise
            # XLA refuses a whole program before it runs any of it, so nothing has changed yet.
            warnings.warn(f"XLA cannot compile this training: {error.message}", stacklevel=2)
            self.jit_compile = False
            self._graph = None
            return self._traced()(orders, count)


def _to_python(value: np.ndarray) -> Any:
    return float(value) if value.ndim == 0 else value
