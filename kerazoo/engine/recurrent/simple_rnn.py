"""SimpleRNN: h = tanh(x W + h U + b), or relu instead of tanh."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from kerazoo.engine.keras_internals import with_xla_row, xla_row
from kerazoo.engine.recurrent.loops import (
    Recurrence,
    gradients_of_weights,
    loop,
    merge,
    sizes,
    split_like,
)

Activation = Callable[[Any], Any]


def _forward(activation: Activation, x: Any, mask: Any, states: Any, weights: Any) -> Any:
    (h,), (kernel, recurrent, bias) = states, weights  # (features, units), (units, units), (units,)
    steps = sizes(x)[0]  # (time, batch, features)
    z = split_like(tf.matmul(merge(x), kernel) + bias, x)  # (time, batch, units)

    def step(t: Any, h: Any, hs: Any) -> tuple[Any, ...]:
        # Row t + 1 holds z of step t until the state after step t replaces it.
        new = activation(xla_row(hs, t + 1) + tf.matmul(h, recurrent))  # (batch, units)
        h = new if mask is None else tf.where(xla_row(mask, t), new, h)
        return h, with_xla_row(hs, t + 1, h)

    h, hs = loop(steps, step, (h, tf.concat([h[None], z], 0)))  # hs: (time + 1, batch, units)
    return (hs,), (h,)


def _backward(
    slope: Activation, x: Any, mask: Any, weights: Any, kept: Any, d_outputs: Any, d_states: Any
) -> Any:
    (kernel, recurrent, _), (hs,), (dh,) = weights, kept, d_states
    steps = sizes(x)[0]
    slopes = slope(hs[1:])  # dh/dz: (time, batch, units)
    if mask is not None:
        slopes = tf.where(mask, slopes, 0.0)

    def step(number: Any, dh: Any, dzs: Any) -> tuple[Any, ...]:
        t = steps - 1 - number
        dh += xla_row(d_outputs, t)  # (batch, units)
        dz = dh * xla_row(slopes, t)
        through = tf.matmul(dz, recurrent, transpose_b=True)
        dh = through if mask is None else tf.where(xla_row(mask, t), through, dh)
        return dh, with_xla_row(dzs, t, dz)

    dh, dzs = loop(steps, step, (dh, tf.zeros_like(slopes)))
    dz = merge(dzs)  # (time * batch, units)
    dx = split_like(tf.matmul(dz, kernel, transpose_b=True), x)
    return dx, (dh,), gradients_of_weights(x, hs, dz)


def _recurrence(activation: Activation, slope: Activation) -> Recurrence:
    return Recurrence(functools.partial(_forward, activation), functools.partial(_backward, slope))


# The slope of an activation, as a function of what it returns.
TANH = _recurrence(tf.tanh, lambda h: 1 - h * h)
RELU = _recurrence(tf.nn.relu, lambda h: tf.cast(h > 0, h.dtype))
