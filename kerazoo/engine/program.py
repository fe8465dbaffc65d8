"""The compiled program: every step of one or more epochs, validation included, as one graph.

Python starts it once and gets back the values of every epoch.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kerazoo.engine.arrays import Arrays
from kerazoo.engine.lstm import whole_sequences
from kerazoo.engine.sweep import Logs, make_graph_of, make_sweep, run_sweep


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
        self._graph: Any = None

    def run(self, orders: Sequence[np.ndarray]) -> list[Logs]:
        """Run one epoch per order of the rows, and return the values of each."""
        padding = [orders[-1]] * (self.capacity - len(orders))
        stacked = self._call(tf.constant(np.stack([*orders, *padding])), tf.constant(len(orders)))
        values = {name: value.numpy() for name, value in stacked.items()}
        return [
            {name: _to_python(value[epoch]) for name, value in values.items()}
            for epoch in range(len(orders))
        ]

    @property
    def variables(self) -> Sequence[Any]:
        """Every variable that the program reads or writes."""
        return self._traced().variables

    def _traced(self) -> Any:
        # Not before the first epoch: callbacks may change what the graph holds as a constant.
        if self._graph is None:
            self._graph = self.make_graph(self.jit_compile)
        return self._graph

    def _call(self, *arguments: Any) -> Any:
        try:
            return self._traced()(*arguments)
        except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError) as error:
            if not self.jit_compile:
                raise
            # XLA refuses a whole program before it runs any of it, so nothing has changed yet.
            warnings.warn(f"XLA cannot compile this training: {error.message}", stacklevel=2)
            self.jit_compile = False
            self._graph = None
            return self._traced()(*arguments)


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
    sweeps = []
    if train is not None:
        sweeps.append(make_sweep(model, "train_step", "", train, jit_compile))
    if test is not None:
        sweeps.append(make_sweep(model, "test_step", "val_", test, jit_compile))
    blank = {name: zero for sweep in sweeps for name, zero in sweep.blank.items()}

    def run_epoch(order: Any) -> Logs:
        logs: Logs = {}
        for sweep in sweeps:
            logs |= run_sweep(model, sweep, batch_size, None if sweep.prefix else order)
        return logs

    def run_epochs(orders: Any, count: Any) -> Logs:
        if capacity == 1:
            return {name: value[None] for name, value in run_epoch(orders[0]).items()}
        return _stack_epochs(lambda number: run_epoch(orders[number]), blank, count, capacity)

    def make_graph(jit_compile: bool) -> Any:
        rows = train.rows if train else 0
        signature = (tf.TensorSpec([capacity, rows], tf.int32), tf.TensorSpec([], tf.int32))
        with whole_sequences(model, jit_compile):
            return make_graph_of(run_epochs, signature, jit_compile)

    return Program(make_graph, capacity, jit_compile)


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


def _to_python(value: np.ndarray) -> Any:
    return float(value) if value.ndim == 0 else value
