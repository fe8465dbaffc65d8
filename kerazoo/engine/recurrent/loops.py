"""Forward and backward loop of a recurrent layer as one operation.

The loops are written with TensorFlow operations of which two exist in XLA only. If XLA compiles the
whole program, they are part of it. If not, XLA compiles the two loops alone: once per process and
shape, whichever model they belong to. A loop that TensorFlow runs itself takes several times as
long.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

_ROWS_AT_A_TIME = 32
"""Loops that are compiled alone run a multiple of so many rows: another size of the batch, such as
that of the last one, seldom needs another compilation."""


@dataclass(frozen=True)
class Recurrence:
    """The two loops of a kind of layer.

    Args:
        forward: maps inputs `(time, batch, features)`, a mask `(time, batch, 1)` or `None`, first
            states `(batch, units)` each, and weights to what `backward` needs and to the last
            states. The first thing that `backward` needs is the output before the first and after
            each step, `(time + 1, batch, units)`. A masked step leaves all states as they are.
        backward: maps inputs, mask, weights, what `forward` left for it, and the gradients of all
            outputs, `(time, batch, units)`, and of the last states to the gradients of inputs,
            first states and weights.
    """

    forward: Callable[..., tuple[tuple[Any, ...], tuple[Any, ...]]]
    backward: Callable[..., tuple[Any, tuple[Any, ...], tuple[Any, ...]]]

    @functools.cached_property
    def compiled(self) -> Recurrence:
        """The same, but XLA compiles each loop by itself."""
        return Recurrence(_compile(self.forward), _compile(self.backward))


def run_loops(
    recurrence: Recurrence, x: Any, mask: Any, states: Sequence[Any], weights: Sequence[Any]
) -> tuple[Any, list[Any]]:
    """Return all outputs, `(time, batch, units)`, and the last states.

    Args:
        recurrence: the loops.
        x: the inputs, `(time, batch, features)`.
        mask: which steps count, `(time, batch, 1)`, or `None` if all do.
        states: the first states, `(batch, units)` each.
        weights: tensors, as `recurrence` takes them.
    """

    def run(x: Any, *rest: Any) -> tuple[Any, Any]:
        first, weights = rest[: len(states)], rest[len(states) :]
        kept, last = recurrence.forward(x, mask, first, weights)

        def gradient(d_outputs: Any, *d_last: Any) -> tuple[Any, ...]:
            dx, d_first, d_weights = recurrence.backward(x, mask, weights, kept, d_outputs, d_last)
            return (dx, *d_first, *d_weights)

        return (kept[0][1:], *last), gradient

    outputs, *last = tf.custom_gradient(run)(x, *states, *weights)
    return outputs, last


def run_compiled_loops(
    recurrence: Recurrence, x: Any, mask: Any, states: Sequence[Any], weights: Sequence[Any]
) -> tuple[Any, list[Any]]:
    """Do the same in a program that XLA does not compile: it compiles the loops alone."""
    rows = tf.shape(x)[1]
    missing = -rows % _ROWS_AT_A_TIME
    x = tf.pad(x, [[0, 0], [0, missing], [0, 0]])
    mask = None if mask is None else tf.pad(mask, [[0, 0], [0, missing], [0, 0]])
    states = [tf.pad(state, [[0, missing], [0, 0]]) for state in states]
    outputs, last = run_loops(recurrence.compiled, x, mask, states, weights)
    return outputs[:, :rows], [state[:rows] for state in last]


def _compile(function: Callable[..., Any]) -> Callable[..., Any]:
    compiled = tf.function(function, jit_compile=True, autograph=False)

    def call(*arguments: Any) -> Any:
        # No tape watches what happens in here: the gradient is the one that a `Recurrence` gives.
        arguments = _map_tensors(tf.stop_gradient, arguments)
        with tf.init_scope():  # What is traced here outlives the graph that calls it.
            traced = compiled.get_concrete_function(*_map_tensors(_spec, arguments))
        return traced(*arguments)

    return call


def _map_tensors(function: Callable[[Any], Any], arguments: Any) -> Any:
    """Call a function on every tensor; a mask may be `None`."""
    return tf.nest.map_structure(lambda one: None if one is None else function(one), arguments)


def _spec(tensor: Any) -> Any:
    """Describe a tensor, time and batch of any size: XLA learns the sizes when it compiles."""
    shape = tensor.shape
    return tf.TensorSpec([None, None, shape[2]] if len(shape) == 3 else shape, tensor.dtype)


def loop(steps: Any, step: Callable[..., tuple[Any, ...]], state: tuple[Any, ...]) -> Any:
    """Return the state after all steps; `step` maps the number of the step and the state to it."""
    return tf.while_loop(
        lambda t, *_: t < steps,
        lambda t, *state: (t + 1, *step(t, *state)),
        (tf.constant(0), *state),
        parallel_iterations=1,
    )[1:]


def merge(x: Any) -> Any:
    """Merge time and batch, for one large product: `(time, batch, n)` to `(time * batch, n)`."""
    return tf.reshape(x, [-1, x.shape[2]])


def split_like(merged: Any, x: Any) -> Any:
    """Undo `merge`: `(time * batch, n)` to `(time, batch, n)`, with time and batch of `x`."""
    return tf.reshape(merged, [*sizes(x)[:2], merged.shape[1]])


def sizes(x: Any) -> list[Any]:
    """Return the shape: a number where it is known, else a tensor."""
    found = tf.shape(x)
    return [found[axis] if size is None else size for axis, size in enumerate(x.shape)]


def gradients_of_weights(x: Any, hs: Any, dz: Any) -> tuple[Any, Any, Any]:
    """Return the gradients of kernel, recurrent kernel and bias, where z = x W + h U + b.

    Args:
        x: the inputs, `(time, batch, features)`.
        hs: the state before the first and after each step, `(time + 1, batch, units)`.
        dz: the gradient of z, `(time * batch, n)`.
    """
    units = hs.shape[2]
    # All in one product.
    merged = merge(tf.concat([hs[:-1], x, tf.ones_like(x[..., :1])], 2))
    joined = tf.matmul(merged, dz, transpose_a=True)  # (units + features + 1, n)
    return joined[units:-1], joined[:units], joined[-1]
