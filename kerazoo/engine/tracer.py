"""The graph of a program, traced from the inside out. `program.py` says where it belongs.

    run_epochs                                   the graph
    |  count times, each with its order          _stack_epochs
    |  |  training pass                          run_pass: reset metrics, all steps, read metrics
    |  |  |  for every batch
    |  |  |  |  gather rows, train_step          make_step
    |  |  validation pass                        the same with test_step, rows as they are

The graph takes as arguments whatever may differ from model to model: data, orders, the numbers of
`hyperparameters`. Everything else that differs is in variables.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from kerazoo._sparse_products import allowing_sparse_products
from kerazoo.engine.data import Arrays
from kerazoo.engine.distribution import replicas_of, run_on_replicas
from kerazoo.engine.feeding import as_keras_feeds, batch_spec
from kerazoo.engine.fused_update import (
    NotFusableError,
    can_fuse,
    fused,
    read_averages,
    write_averages,
)
from kerazoo.engine.hyperparameters import find_hyperparameters, reading_from
from kerazoo.engine.keras_internals import compile_metrics, layers_of
from kerazoo.engine.normalization import statistics_as_variables
from kerazoo.engine.random_numbers import drawing_as_keras_does
from kerazoo.engine.recurrent.layers import whole_sequences
from kerazoo.engine.updates import short_updates

Logs = dict[str, Any]
"""Values by name, as `fit` reports them: scalars, or arrays for metrics of several values."""

# Tracing replaces attributes of a model and functions of TensorFlow for a moment.
_tracing = threading.RLock()


@dataclass(frozen=True)
class EpochPass:
    """One pass over all rows, to train or to test: a step of the model, and its data.

    Args:
        step_name: `"train_step"` or `"test_step"`.
        prefix: what the names of the values begin with: `"val_"` or nothing.
        data: the rows; they stay in the type that they have.
        tensors: the same on the device, one after the other.
        batch_size: rows in a step. A last partial batch is a step of its own.
        as_keras: whether Keras' own step does nothing but the usual.
        traced: the step as a graph, where it is not as Keras' own.
        resets: whether the metrics begin anew: not where the rows are a part of the epoch.
    """

    step_name: str
    prefix: str
    data: Arrays
    tensors: list[Any]
    batch_size: int
    as_keras: bool
    traced: Any = None
    resets: bool = True

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.data.rows


def trace_step(model: keras.Model, one: EpochPass, jit_compile: bool) -> EpochPass:
    """Trace a step apart from its loop, in which no variable can be created."""
    if one.as_keras or one.traced is not None:
        return one
    hyperparameters = find_hyperparameters(model)

    def step(batch: Any, numbers: Any) -> Any:
        with reading_from(numbers, hyperparameters), statistics_as_variables(model):
            return _call_step(model, one.step_name, batch, jit_compile)

    signature = [batch_spec(one.data), _numbers_spec(hyperparameters)]
    with _tracing, whole_sequences(model, jit_compile), short_updates(model):
        return dataclasses.replace(one, traced=make_graph_of(step, signature, jit_compile=False))


def _numbers_spec(hyperparameters: list[tuple[Any, str]]) -> Any:
    return tf.TensorSpec([len(hyperparameters), 2], tf.float32)


def make_graph_of(
    function: Callable[..., Any], signature: Sequence[Any], *, jit_compile: bool
) -> Any:
    """Trace a function of tensors, and return the graph, which is called in the same way."""
    program = tf.function(
        function, input_signature=signature, jit_compile=jit_compile or None, autograph=False
    )
    with allowing_sparse_products():
        return program.get_concrete_function()


def _call_step(model: keras.Model, step_name: str, batch: Any, jit_compile: bool) -> Any:
    with drawing_as_keras_does() if jit_compile else contextlib.nullcontext():
        return getattr(model, step_name)(as_keras_feeds(batch))


class Tracer:
    """Traces the program of one model.

    Args:
        model: a compiled model, all variables of which exist.
        passes: the training pass, the validation pass, or both.
        rows: how many rows an epoch trains on; not needed without XLA.
        capacity: the most epochs of a call; not needed without XLA.
        jit_compile: whether XLA compiles the program.
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
        self.hyperparameters = find_hyperparameters(model)
        trains = passes[0].step_name == "train_step"
        # Replicas update by Keras' own rule, as gradients have to be added up first.
        alone = replicas_of(model) == 1
        self.fuses = trains and alone and passes[0].as_keras and can_fuse(model, jit_compile)
        # Under XLA the shapes of all arguments are known, without it all shapes will do.
        self.fixed = jit_compile or replicas_of(model) > 1
        # XLA cannot compile Keras' loops over time unless it knows the size of a batch, and makes
        # faster ones of ours if it does: there the step is traced once for each size.
        self.knows_size = jit_compile and any(
            isinstance(layer, keras.layers.RNN) for layer in layers_of(model)
        )

    def trace(self) -> Any:
        """Return the graph: `graph(orders, count, numbers, *tensors)` gives values by name."""
        signature = [
            tf.TensorSpec([self.capacity, self.rows] if self.fixed else [None, None], tf.int32),
            tf.TensorSpec([], tf.int32),
            _numbers_spec(self.hyperparameters),
        ]
        signature += [
            tf.TensorSpec(tensor.shape if self.fixed else [None, *tensor.shape[1:]], tensor.dtype)
            for one in self.passes
            for tensor in one.tensors
        ]
        sequences = whole_sequences(self.model, self.jit_compile)
        with _tracing, _without_collection(), sequences, short_updates(self.model):
            try:
                return make_graph_of(self.run_epochs, signature, jit_compile=self.jit_compile)
            except NotFusableError:
                self.fuses = False
                return make_graph_of(self.run_epochs, signature, jit_compile=self.jit_compile)

    def run_epochs(self, orders: Any, count: Any, numbers: Any, *tensors: Any) -> Logs:
        """Run `count` epochs: `orders` is `(capacity, rows)`, `count` is `()`."""
        with (
            reading_from(numbers, self.hyperparameters),
            statistics_as_variables(self.model),
        ):
            steps = [self.make_step(one, numbers) for one in self.passes]
            averages = read_averages(self.model) if self.fuses else ()

            def run_epoch(order: Any, averages: Any) -> tuple[Logs, Any]:
                logs: Logs = {}
                left = list(tensors)
                for one, step in zip(self.passes, steps, strict=True):
                    own = [left.pop(0) for _ in one.tensors]
                    rows = None if one.prefix else order
                    if one.step_name == "test_step":
                        values, _ = self.run_pass(one, step, own, None, ())
                    else:
                        values, averages = self.run_pass(one, step, own, rows, averages)
                    logs |= values
                return logs, averages

            if self.fixed and self.capacity == 1:
                logs, averages = run_epoch(orders[0], averages)
                logs = {name: value[None] for name, value in logs.items()}
            else:
                zeros = {n: z for one in self.passes for n, z in self._zeros_of(one).items()}
                logs, averages = _stack_epochs(
                    run_epoch, zeros, orders, count=count, averages=averages
                )
            if self.fuses:
                write_averages(self.model, averages)
            return logs

    def make_step(self, one: EpochPass, numbers: Any) -> Callable[[Any, Any], tuple[Any, Any]]:
        """Return the step as a function of a batch and Adam's averages, which returns both anew."""
        model, name, jit = self.model, one.step_name, self.jit_compile

        def call(batch: Any, averages: Any) -> tuple[Any, Any]:
            if not averages:
                return _call_step(model, name, batch, jit), ()
            with fused(model, averages) as adam:
                returned = _call_step(model, name, batch, jit)
            return returned, adam.averages

        if one.traced is not None and not self.knows_size:
            return lambda batch, _: (one.traced(batch, numbers), ())
        if replicas_of(model) > 1 or self.knows_size or not jit:
            return call
        # XLA knows two sizes, of full batches and of the last one: both call the same graph.
        spec = [batch_spec(one.data)]
        zeros = read_averages(model) if self.fuses and name == "train_step" else ()
        spec += [tuple(tf.TensorSpec(zero.shape, zero.dtype) for zero in zeros)]
        return make_graph_of(call, spec, jit_compile=False)

    def run_pass(
        self, one: EpochPass, step: Any, tensors: list[Any], order: Any, averages: Any
    ) -> tuple[Logs, Any]:
        """Run all steps of a pass, and return its values as `fit` would report them.

        Args:
            one: the pass.
            step: what `make_step` returned for it.
            tensors: its data, `(rows, ...)` each.
            order: index of each row that is taken, or `None` for all rows as they are.
            averages: Adam's, if the update is fused.
        """
        model = self.model
        zeros = self._zeros_of(one) if self._last_step_counts(one) else {}

        def step_on(indices: Any, averages: Any = ()) -> tuple[Any, Any]:
            batch = _pack(one.data, [tf.gather(tensor, indices) for tensor in tensors])
            return step(batch, averages)  # each tensor (rows, ...) became (batch, ...)

        def run(start: Any, size: Any, averages: Any) -> tuple[Logs, Any]:
            # (size,): under XLA a Python number, so that the shapes of both batches are known
            indices = start + tf.range(size) if order is None else tf.slice(order, [start], [size])
            if replicas_of(model) > 1:
                run_on_replicas(model, step_on, indices, size)
                return {}, averages
            logs, averages = step_on(indices, averages)
            return (_flatten_logs(logs, one.prefix) if zeros else {}), averages

        if one.resets:
            model.reset_metrics()
        if self.fixed:
            rows = one.rows if order is None else self.rows
        else:
            rows = tf.shape(tensors[0] if order is None else order)[0]
        full, rest = rows // one.batch_size, rows % one.batch_size
        if not self.fixed:
            full, rest = full + tf.cast(rest > 0, tf.int32), 0

        def body(number: Any, _: Any, averages: Any) -> tuple[Any, Logs, Any]:
            start, size = number * one.batch_size, one.batch_size
            if not self.fixed:
                size = tf.minimum(size, rows - start)  # the last batch may be a part of one
            return number + 1, *run(start, size, averages)

        # The loop carries values only where the last step counts; metrics are variables.
        logs: Logs = zeros
        if not self.fixed or full:
            _, logs, averages = tf.while_loop(
                lambda number, *_: number < full,
                body,
                (tf.constant(0), logs, averages),
                parallel_iterations=1,  # every step needs the weights of the one before
            )
        if self.fixed and rest:
            logs, averages = run(full * one.batch_size, rest, averages)
        if not zeros:
            logs = _flatten_logs(model.get_metrics_result(), one.prefix)
        return logs, averages

    def _last_step_counts(self, one: EpochPass) -> bool:
        """Tell whether the values of a pass are what its last step returned, not the metrics.

        Keras reports the metrics, unless a `train_step` of one's own returns other names.
        """
        returned = None if one.traced is None else one.traced.structured_outputs
        if not isinstance(returned, dict):
            return False
        metrics = compile_metrics(self.model)
        if metrics is not None and not metrics.built:  # the step does not know of them
            return True
        return set(returned) != set(self.model.get_metrics_result())

    def _zeros_of(self, one: EpochPass) -> Logs:
        """Return a zero for each value of a pass, in its shape."""
        counts = self._last_step_counts(one)
        logs = one.traced.structured_outputs if counts else self.model.get_metrics_result()
        values = _flatten_logs(logs, one.prefix) if not counts else _flat_specs(logs, one.prefix)
        return {name: tf.zeros(value.shape, value.dtype) for name, value in values.items()}


def _flat_specs(logs: Logs, prefix: str) -> Logs:
    flat: Logs = {}
    for name, value in sorted(logs.items()):
        if isinstance(value, dict):
            flat |= _flat_specs(value, prefix)
        else:
            flat[prefix + name] = value
    return flat


def _pack(data: Arrays, tensors: list[Any]) -> Any:
    """Put tensors in the structure of a batch; an empty tuple stands for `None`."""
    left = iter(tensors)
    return keras.tree.map_structure(lambda array: () if array is None else next(left), data.parts)


def _flatten_logs(logs: Logs, prefix: str) -> Logs:
    """Return the values as tensors in one flat dictionary, sorted as Keras reports them."""
    flat: Logs = {}
    for name, value in sorted(logs.items()):
        if isinstance(value, dict):
            flat |= _flatten_logs(value, prefix)
        else:
            flat[prefix + name] = tf.convert_to_tensor(value)
    return flat


def _stack_epochs(
    run_epoch: Callable[[Any, Any], tuple[Logs, Any]],
    zeros: Logs,
    orders: Any,
    *,
    count: Any,
    averages: Any,
) -> tuple[Logs, Any]:
    """Run `count` epochs, and return their values as rows; rows after `count` stay zero.

    A graph returns tensors of fixed shapes, but how many epochs a call runs changes from call to
    call. So there are as many rows as there are orders.

    Args:
        run_epoch: maps an order and Adam's averages to the values of an epoch and the averages.
        zeros: a zero for each value, in its shape.
        orders: `(capacity, rows)`.
        count: number of epochs, a tensor.
        averages: Adam's, if the update is fused.
    """

    def run(number: Any, stacked: Logs, averages: Any) -> tuple[Any, Logs, Any]:
        logs, averages = run_epoch(orders[number], averages)
        rows = {
            name: tf.tensor_scatter_nd_update(rows, [[number]], [logs[name]])
            for name, rows in stacked.items()
        }
        return number + 1, rows, averages

    capacity = orders.shape[0] or tf.shape(orders)[0]
    # A scalar () becomes (capacity,), a confusion matrix (k, k) becomes (capacity, k, k).
    stacked = {name: tf.zeros([capacity, *zero.shape], zero.dtype) for name, zero in zeros.items()}
    _, stacked, averages = tf.while_loop(
        lambda number, *_: number < count,
        run,
        (tf.constant(0), stacked, averages),
        parallel_iterations=1,
    )
    return stacked, averages


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Tracing makes many objects and frees few: looking for garbage takes a tenth of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
