"""The compiled program: one or more epochs, validation included, as one TensorFlow graph.

    Program.run(orders)                          Python: NumPy arrays in, NumPy arrays out
    |  one graph, compiled once per structure    tracer.py, program_cache.py

1. `make_program` creates all variables of the model, and puts the data on the device. If it cannot
   be known which variables the model's own `train_step` and `test_step` will create, it traces
   them. Nothing has run yet.
2. When `Program` is first run, it looks for a graph that was traced for a model of the same
   structure, and runs it on the variables of this one. If there is none, it traces one, and keeps
   it for the next model.
"""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kerazoo.engine.data import Arrays, flatten
from kerazoo.engine.distribution import create_variables, replicas_of
from kerazoo.engine.feeding import as_keras_feeds, share_memory, to_tensors
from kerazoo.engine.freezing import trainable_as_compiled
from kerazoo.engine.graph_files import KeptGraph
from kerazoo.engine.hyperparameters import find_hyperparameters, values_of
from kerazoo.engine.keras_internals import (
    call_with_captures,
    compile_metrics,
    creation_number,
    is_replica,
    runtime_state,
    without_graph_optimizer,
)
from kerazoo.engine.program_cache import (
    create_like,
    find_graph,
    keep_graph,
    list_variables,
    signature_of,
)
from kerazoo.engine.structure import structure_of
from kerazoo.engine.tracer import EpochPass, Logs, Tracer, trace_step


def make_program(
    model: keras.Model,
    *,
    train: Arrays | None = None,
    test: Arrays | None = None,
    batch_size: int,
    test_batch_size: int | None = None,
    rows_per_epoch: int | None = None,
    capacity: int = 1,
    jit_compile: bool,
    in_blocks: bool = False,
) -> Program:
    """Make the program that trains a compiled model, tests it, or does both in turn.

    Args:
        model: a compiled Keras model; variables that do not exist yet are created.
        train: rows to train on; put on the device once, in the type that they have.
        test: rows to test on after each epoch; the names of its values begin with `val_`.
        batch_size: rows in a step. A last partial batch is a step of its own.
        test_batch_size: the same for `test`, if it differs.
        rows_per_epoch: how many rows most epochs train on, if not on all.
        capacity: how many epochs one call can run.
        jit_compile: whether XLA compiles the whole program.
        in_blocks: whether the rows only show types and shapes, and `Program.feed` will bring those
            to work on, a block of an epoch at a time. The metrics go on from block to block.
    """
    passes = []
    plan = functools.partial(_plan_pass, model, in_blocks=in_blocks)
    if train is not None:
        passes.append(plan(train, "train_step", "", batch_size))
    if test is not None:
        passes.append(plan(test, "test_step", "val_", test_batch_size or batch_size))
    rows = rows_per_epoch or train.rows if train else 0
    program = Program(model, passes, rows, capacity, jit_compile)
    if not all(one.as_keras for one in passes) and not create_like(program.key(rows), model):
        program.trace_steps()  # which creates the other variables
    return program


def variables_of(model: keras.Model, programs: Sequence[Program | None]) -> list[Any]:
    """Return all that programs of a model touch, in an order that every process agrees on."""
    named = [*model.variables, *getattr(model.optimizer, "variables", ())]
    variables = {id(variable.value): variable.value for variable in named}
    for program in programs:
        # A graph gives its variables as a set; the order of their creation is always the same.
        for variable in sorted(program.variables, key=creation_number) if program else ():
            # A replica's copy is already there, as part of one variable of the strategy.
            if not is_replica(variable):
                variables.setdefault(id(variable), variable)
    return list(variables.values())


def finalize_weights(model: keras.Model) -> None:
    """Let the optimizer put averaged weights in place, as Keras' `fit` does at the end."""
    if isinstance(model.optimizer, keras.optimizers.Optimizer):
        model.optimizer.finalize_variable_values(model.trainable_weights)


def evaluate_rows(model: keras.Model, rows: Arrays, *, batch_size: int) -> Logs:
    """Return the loss and the metrics of a compiled model on some rows.

    Args:
        model: a compiled Keras model.
        rows: what it is tested on.
        batch_size: rows in a step.
    """
    one = _plan_pass(model, rows, "test_step", "", batch_size)
    program = Program(model, [one], 0, capacity=1, jit_compile=False)
    if not one.as_keras and not create_like(program.key(0), model):
        program.trace_steps()
    return program.run([np.empty(0, np.int32)])[0]


def _plan_pass(
    model: keras.Model,
    data: Arrays,
    step_name: str,
    prefix: str,
    batch_size: int,
    *,
    in_blocks: bool = False,
) -> EpochPass:
    as_keras = True
    if replicas_of(model) > 1:
        create_variables(model, as_keras_feeds(to_tensors(data[:1].parts)))
    else:
        as_keras = _create_known_variables(model, data)
    tensors = _specs_of(data) if in_blocks else list(map(tf.convert_to_tensor, flatten(data.parts)))
    resets = not in_blocks
    return EpochPass(step_name, prefix, data, tensors, batch_size, as_keras, resets=resets)


def _specs_of(data: Arrays) -> list[Any]:
    return [tf.TensorSpec(array.shape, array.dtype) for array in flatten(data.parts)]


def _create_known_variables(model: keras.Model, data: Arrays) -> bool:
    """Create the variables of optimizer and metrics, if it is certain which ones there will be.

    Returns:
        Whether that is all, so that a step can be traced without creating any.
    """
    names = ("train_step", "test_step", "compute_loss", "compute_metrics")
    as_keras = all(getattr(type(model), name) is getattr(keras.Model, name) for name in names)
    target: Any = data.parts[1] if len(data.parts) > 1 else None
    if not as_keras or not hasattr(target, "dtype") or len(getattr(model, "outputs", ())) != 1:
        return False
    if isinstance(model.optimizer, keras.optimizers.Optimizer) and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    metrics = compile_metrics(model)
    if metrics is not None and not metrics.built:
        shape = (None, *target.shape[1:])
        metrics.build(keras.KerasTensor(shape, str(target.dtype)), model.outputs[0])
    # Metrics of the user's own, and a few of Keras', create variables at their first update.
    return all(
        type(metric).__module__.startswith("keras.") and metric.variables
        for metric in getattr(metrics, "metrics", ())
    )


class Program:
    """A program, traced and compiled when it is first needed, or found among those of before.

    Args:
        model: a compiled model, all variables of which exist.
        passes: the training pass, the validation pass, or both.
        rows: how many rows most epochs train on.
        capacity: how many epochs one call can run.
        jit_compile: whether XLA compiles it. What XLA cannot compile runs without.
    """

    def __init__(
        self,
        model: keras.Model,
        passes: Sequence[EpochPass],
        rows: int,
        capacity: int,
        jit_compile: bool,
    ) -> None:
        self.model = model
        self.passes = passes
        self.rows = rows
        self.capacity = capacity
        self.jit_compile = jit_compile
        self._bound: dict[int, _Bound] = {}

    def run(self, orders: Sequence[np.ndarray]) -> list[Logs]:
        """Run one epoch for each order of rows, all of one length, and return their values."""
        stacked = self._call(orders)
        values = {name: value.numpy() for name, value in stacked.items()}
        return [
            {name: _to_python(rows[epoch]) for name, rows in values.items()}
            for epoch in range(len(orders))
        ]

    def feed(self, block: Arrays | None) -> None:
        """Put a block of rows on the device, in place of the one before; `None` lets go of it."""
        (one,) = self.passes
        one.tensors[:] = _specs_of(one.data)
        if block is not None:
            one.tensors[:] = map(share_memory, flatten(block.parts))

    @property
    def variables(self) -> Sequence[Any]:
        """Every variable that the program reads or writes."""
        return self._bind(self.rows).variables

    @property
    def is_fixed(self) -> bool:
        """Whether the graph is for data of one size only."""
        return self.jit_compile or replicas_of(self.model) > 1

    def trace_steps(self) -> None:
        """Trace the steps that are not as Keras' own: only then all variables exist."""
        with self._as_compiled():
            self.passes = [trace_step(self.model, one, self.jit_compile) for one in self.passes]

    def _as_compiled(self) -> contextlib.AbstractContextManager[None]:
        # What is trainable is settled by the first training, not by an evaluation before it.
        trains = self.passes[0].step_name == "train_step"
        return trainable_as_compiled(self.model) if trains else contextlib.nullcontext()

    def key(self, rows: int) -> Hashable | None:
        """Return all that decides the graph, or `None` if the graph is this model's own.

        Args:
            rows: how many rows an epoch trains on.
        """
        structure = structure_of(self.model)
        # The variables of a strategy, even of one replica, cannot stand for one another.
        kept = [variable.value for variable in self.model.variables]
        if structure is None or any(isinstance(v, tf.distribute.DistributedValues) for v in kept):
            return None
        shapes = tuple(
            (
                one.step_name,
                one.prefix,
                one.batch_size,
                _structure_of_data(one.data, with_rows=self.jit_compile),
                *(() if one.resets else ("a block of an epoch",)),
            )
            for one in self.passes
        )
        sizes = (rows, self.capacity) if self.jit_compile else ()
        names: tuple[str, ...] = ()
        if any(isinstance(one.data.parts[0], Mapping) for one in self.passes):
            names = tuple(one.name for one in getattr(self.model, "inputs", None) or ())
        return structure, shapes, names, sizes, self.jit_compile, runtime_state()

    def _bind(self, rows: int) -> _Bound:
        """Return the graph for epochs of so many rows, and the variables to run it on."""
        rows = rows if self.is_fixed else 0
        # Not before training begins: a callback may change, in `on_train_begin`, what the graph
        # holds as a constant.
        if rows not in self._bound:
            with self._as_compiled():
                key = self.key(rows)
                self._bound[rows] = self._find(key) or self._trace(key, rows)
        return self._bound[rows]

    def _find(self, key: Hashable | None) -> _Bound | None:
        shared = find_graph(key)
        variables = list_variables(self.model)
        if shared is None or shared.signature != signature_of(variables):
            return None
        captures = shared.captures_of(variables)
        handles = {id(handle) for handle in captures}
        touched = [one for one in variables if id(one.handle) in handles]
        return _Bound(shared.graph, captures, touched, self._numbers())

    def _trace(self, key: Hashable | None, rows: int) -> _Bound:
        self.trace_steps()
        graph = Tracer(self.model, self.passes, rows, self.capacity, self.jit_compile).trace()
        runs = keep_graph(key, graph, self.model)
        return _Bound(runs, graph.captured_inputs, graph.variables, self._numbers())

    def _numbers(self) -> np.ndarray:
        # As training begins: what a callback changes later has no effect in Keras' `fit` either.
        return values_of(find_hyperparameters(self.model))

    def _call(self, orders: Sequence[np.ndarray]) -> Any:
        try:
            return self._call_graph(orders)
        except tf.errors.OpError as error:
            if not (self.jit_compile and _is_refused(error)):
                raise
            # XLA refuses a whole program before it runs any of it, so nothing has changed yet.
            warnings.warn(f"XLA cannot compile this training: {error.message}", stacklevel=2)
            self.jit_compile = False
            self._bound.clear()
            return self._call_graph(orders)

    def _call_graph(self, orders: Sequence[np.ndarray]) -> Any:
        bound = self._bind(len(orders[0]))
        capacity = self.capacity if self.is_fixed else len(orders)
        stacked = np.zeros((capacity, len(orders[0])), np.int32)
        stacked[: len(orders)] = orders
        count = np.int32(len(orders))
        arguments = [tf.constant(one) for one in (stacked, count, bound.numbers)]
        arguments += [tensor for one in self.passes for tensor in one.tensors]
        with without_graph_optimizer():
            if isinstance(bound.graph, KeptGraph):
                return bound.graph(arguments, bound.captures)
            return call_with_captures(bound.graph, arguments, bound.captures)


def _is_refused(error: tf.errors.OpError) -> bool:
    """Tell whether XLA cannot compile a program, or TensorFlow cannot write it to its cache."""
    kinds = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError)
    return isinstance(error, kinds) or "xla_compile_cache" in error.message


@dataclass(frozen=True)
class _Bound:
    """A graph, and the variables of one model for it.

    Args:
        graph: a `ConcreteFunction` or a `KeptGraph`.
        captures: what stands for the tensors that it captured.
        variables: those that it reads or writes.
        numbers: values of the model's hyperparameters.
    """

    graph: Any
    captures: list[Any]
    variables: Sequence[Any]
    numbers: np.ndarray


def _structure_of_data(data: Arrays, *, with_rows: bool) -> Hashable:
    leaves = keras.tree.flatten(data.parts)
    shapes = tuple(
        None if leaf is None else (leaf.shape[0 if with_rows else 1 :], str(leaf.dtype))
        for leaf in leaves
    )
    structure = keras.tree.map_structure(lambda leaf: 0 if leaf is None else 1, data.parts)
    return repr(structure), shapes


def _to_python(value: np.ndarray) -> Any:
    return float(value) if value.ndim == 0 else value
