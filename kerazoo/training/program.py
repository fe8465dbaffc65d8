"""The compiled program: every step of one or more epochs, validation included, as one graph.

Python starts it once and gets back the values of every epoch. It calls the model's own
`train_step` and `test_step`, so whatever they do happens as in `keras.Model.fit`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kerazoo.training.arrays import Arrays, map_arrays

Logs = dict[str, Any]


class Program:
    """A compiled program.

    Args:
        make_graph: makes the graph, with XLA or without: called as `graph(orders, count)`.
        capacity: how many epochs one call can run.
        jit_compile: whether XLA compiles it. What XLA cannot compile runs without.
    """

    def __init__(self, make_graph: Callable[[bool], Any], capacity: int, jit_compile: bool) -> None:
        self.make_graph = make_graph
        self.capacity = capacity
        self.jit_compile = jit_compile
        self._graph = make_graph(jit_compile)

    def run(self, orders: Sequence[np.ndarray]) -> list[Logs]:
        """Run one epoch per order of the rows, and return the values of each."""
        padding = [orders[-1]] * (self.capacity - len(orders))
        stacked = self._call(np.stack([*orders, *padding]), np.int32(len(orders)))
        values = {name: value.numpy() for name, value in stacked.items()}
        return [
            {name: _to_python(value[epoch]) for name, value in values.items()}
            for epoch in range(len(orders))
        ]

    @property
    def variables(self) -> Sequence[Any]:
        """Every variable that the program reads or writes."""
        return self._graph.get_concrete_function().variables

    def _call(self, *arguments: Any) -> Any:
        try:
            return self._graph(*arguments)
        except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError) as error:
            if not self.jit_compile:
                raise
            # XLA refuses a whole program before it runs any of it, so nothing has changed yet.
            warnings.warn(f"XLA cannot compile this training: {error.message}", stacklevel=2)
            self.jit_compile = False
            self._graph = self.make_graph(False)
            return self._graph(*arguments)


@dataclass(frozen=True)
class _Sweep:
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
        train: what is trained on; put on the device once, in the type it has.
        test: what is tested on after each epoch; its values are named `val_...`.
        batch_size: rows in a step. A last partial batch is a step of its own.
        capacity: how many epochs one call can run.
        jit_compile: whether XLA compiles the whole program.
    """
    # XLA cannot compile Keras' recurrent layers unless it knows the size of the batch.
    sized = jit_compile and any(isinstance(v, keras.layers.RNN) for v in model._flatten_layers())
    sweeps = []
    if train is not None:
        sweeps.append(_make_sweep(model, "train_step", "", train, sized))
    if test is not None:
        sweeps.append(_make_sweep(model, "test_step", "val_", test, sized))
    blank = {name: zero for sweep in sweeps for name, zero in sweep.blank.items()}

    def run_epoch(order: Any) -> Logs:
        logs: Logs = {}
        for sweep in sweeps:
            logs |= _run_sweep(model, sweep, batch_size, None if sweep.prefix else order)
        return logs

    def run_epochs(orders: Any, count: Any) -> Logs:
        if capacity == 1:
            return {name: value[None] for name, value in run_epoch(orders[0]).items()}
        return _stack_epochs(lambda number: run_epoch(orders[number]), blank, count, capacity)

    def make_graph(jit_compile: bool) -> Any:
        rows = train.rows if train else 0
        signature = (tf.TensorSpec([capacity, rows], tf.int32), tf.TensorSpec([], tf.int32))
        return _graph(run_epochs, signature, jit_compile)

    return Program(make_graph, capacity, jit_compile)


def _run_sweep(model: keras.Model, sweep: _Sweep, batch_size: int, order: Any) -> Logs:
    """Run all steps of a pass, and return its values as `fit` would report them."""

    def step(start: Any, size: int) -> Logs:
        rows = start + tf.range(size) if order is None else tf.slice(order, [start], [size])
        logs = sweep.step(map_arrays(lambda tensor: tf.gather(tensor, rows), sweep.tensors))
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


def _stack_epochs(epoch: Callable[[Any], Logs], blank: Logs, count: Any, capacity: int) -> Logs:
    """Run `count` epochs and stack their values in rows; further rows stay zero."""

    def run(number: Any, rows: Logs) -> tuple[Any, Logs]:
        logs = epoch(number)
        return number + 1, {
            name: tf.tensor_scatter_nd_update(row, [[number]], [logs[name]])
            for name, row in rows.items()
        }

    rows = {name: tf.zeros([capacity, *value.shape], value.dtype) for name, value in blank.items()}
    _, rows = tf.while_loop(
        lambda number, _: number < count, run, (tf.constant(0), rows), parallel_iterations=1
    )
    return rows


def _make_sweep(
    model: keras.Model, step_name: str, prefix: str, data: Arrays, sized: bool
) -> _Sweep:
    # Tracing a step also creates the variables that do not exist yet: it cannot be done in a loop.
    step = _graph(getattr(model, step_name), [_batch_spec(data)], jit_compile=False)
    returned = step.get_concrete_function().structured_outputs
    logs = model.get_metrics_result()
    last_step_counts = isinstance(returned, dict) and set(returned) != set(logs)
    values = _named(returned if last_step_counts else logs, prefix)
    return _Sweep(
        step=getattr(model, step_name) if sized else step,
        tensors=map_arrays(tf.convert_to_tensor, data.parts),
        rows=data.rows,
        prefix=prefix,
        blank={name: tf.zeros(value.shape, value.dtype) for name, value in values.items()},
        last_step_counts=last_step_counts,
    )


def _batch_spec(data: Arrays) -> Any:
    # As in Keras' fit a step does not know how many rows a batch has, so that one graph serves full
    # and partial batches, and whatever depends on it in Keras has the same result.
    return map_arrays(
        lambda array: tf.TensorSpec([None, *array.shape[1:]], array.dtype), data.parts
    )


def _graph(function: Callable[..., Any], signature: Sequence[Any], jit_compile: bool) -> Any:
    return tf.function(
        function, input_signature=signature, jit_compile=jit_compile or None, autograph=False
    )


def _named(logs: Logs, prefix: str) -> Logs:
    """Return the values as tensors in one flat dictionary, sorted as Keras reports them."""
    flat: Logs = {}
    for name, value in sorted(logs.items()):
        if isinstance(value, dict):
            flat |= _named(value, prefix)
        else:
            flat[prefix + name] = tf.convert_to_tensor(value)
    return flat


def _to_python(value: np.ndarray) -> Any:
    return float(value) if value.ndim == 0 else value
