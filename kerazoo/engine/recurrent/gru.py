"""GRU: update gate z, reset gate r, and the candidate g.

The three lie side by side in the order z, r, g, as in Keras. With kernel W, recurrent kernel U and
bias b of each:

    z = sigmoid(x W_z + h U_z + b_z);  r = sigmoid(x W_r + h U_r + b_r)
    g = tanh(x W_g + b_g + r (h U_g + b'))      reset after the product, which has its own bias b'
    g = tanh(x W_g + b_g + (r h) U_g)           reset before the product
    h = z h + (1 - z) g                         # (batch, units)

A masked step has z = 1: it leaves h as it is, and only the gradient of h passes.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import tensorflow as tf

from kerazoo.engine.keras_internals import with_xla_row, xla_row
from kerazoo.engine.recurrent.loops import Recurrence, loop, merge, sizes, split_like


def _forward(reset_after: bool, x: Any, mask: Any, states: Any, weights: Any) -> Any:
    (h,), (kernel, recurrent, bias) = states, weights  # kernel (features, 3 * units)
    steps, rows, _ = sizes(x)  # (time, batch, features)
    units = recurrent.shape[0]  # (units, 3 * units)
    both = 2 * units  # The columns of z and r come first.
    if reset_after:  # bias (2, 3 * units)
        inner_bias = bias[1, both:]  # (units,)
        bias = tf.concat([bias[0, :both] + bias[1, :both], bias[0, both:]], 0)  # (3 * units,)
    # sigmoid(z) = (1 + tanh(z / 2)) / 2: one call of tanh for both gates.
    scale = tf.constant(np.repeat([0.5, 0.5, 1], units), tf.float32)  # (3 * units,)
    sums = split_like(tf.matmul(merge(x), kernel * scale) + bias * scale, x)
    scaled = recurrent * scale  # (units, 3 * units)

    def step(t: Any, h: Any, gates: Any, hs: Any) -> tuple[Any, ...]:
        by_x = xla_row(gates, t)  # (batch, 3 * units)
        by_h = tf.matmul(h, scaled if reset_after else scaled[:, :both])
        z_r = 0.5 + 0.5 * tf.tanh(by_x[:, :both] + by_h[:, :both])  # (batch, 2 * units)
        z, r = z_r[:, :units], z_r[:, units:]
        if reset_after:
            inner = r * (by_h[:, both:] + inner_bias)  # (batch, units)
        else:
            inner = tf.matmul(r * h, scaled[:, both:])
        g = tf.tanh(by_x[:, both:] + inner)
        if mask is not None:
            z = tf.where(xla_row(mask, t), z, 1.0)
        h = z * h + (1 - z) * g
        gates = with_xla_row(gates, t, tf.concat([z, r, g], 1))
        return h, gates, with_xla_row(hs, t + 1, h)

    # Row t + 1 is the state after step t; row 0 is the state that the sequence begins with.
    hs = tf.concat([h[None], tf.zeros([steps, rows, units])], 0)  # (time + 1, batch, units)
    # Each step replaces its row of sums by the gates: one array serves both.
    h, gates, hs = loop(steps, step, (h, sums, hs))
    return (hs, gates), (h,)


def _backward_after(
    x: Any, mask: Any, weights: Any, kept: Any, d_outputs: Any, d_states: Any
) -> Any:
    (kernel, recurrent, bias), (hs, gates), (dh,) = weights, kept, d_states
    steps = sizes(x)[0]
    both = 2 * recurrent.shape[0]
    z, r, g = tf.split(gates, 3, 2)  # (time, batch, units) each
    before = hs[:-1]  # the state before each step
    inner = split_like(tf.matmul(merge(before), recurrent[:, both:]) + bias[1, both:], x)
    # What does not depend on the step after is computed for all steps at once. With the
    # derivatives s (1 - s) of sigmoid and 1 - t^2 of tanh:
    by_g = (1 - z) * (1 - g * g)  # of h by the sum that is g before tanh
    slopes = tf.concat(  # of h by the three columns of h U: (time, batch, 3 * units)
        [(before - g) * z * (1 - z), by_g * inner * r * (1 - r), by_g * r], 2
    )

    def step(number: Any, dh: Any, dhs: Any) -> tuple[Any, ...]:
        t = steps - 1 - number
        dh += xla_row(d_outputs, t)  # (batch, units)
        dhs = with_xla_row(dhs, t, dh)
        by_h = tf.concat([dh, dh, dh], 1) * xla_row(slopes, t)  # (batch, 3 * units)
        return dh * xla_row(z, t) + tf.matmul(by_h, recurrent, transpose_b=True), dhs

    dh, dhs = loop(steps, step, (dh, tf.zeros_like(z)))
    by_h = merge(tf.concat([dhs, dhs, dhs], 2) * slopes)  # (time * batch, 3 * units)
    by_x = tf.concat([by_h[:, :both], merge(dhs * by_g)], 1)  # (time * batch, 3 * units)
    d_bias = tf.stack([tf.reduce_sum(by_x, 0), tf.reduce_sum(by_h, 0)])
    d_recurrent = tf.matmul(merge(before), by_h, transpose_a=True)
    return _to_inputs(x, kernel, by_x), (dh,), (_by(x, by_x), d_recurrent, d_bias)


def _backward_before(
    x: Any, mask: Any, weights: Any, kept: Any, d_outputs: Any, d_states: Any
) -> Any:
    (kernel, recurrent, _), (hs, gates), (dh,) = weights, kept, d_states
    steps = sizes(x)[0]
    both = 2 * recurrent.shape[0]
    to_gates, to_candidate = recurrent[:, :both], recurrent[:, both:]
    z, r, g = tf.split(gates, 3, 2)  # (time, batch, units) each
    before = hs[:-1]  # the state before each step
    by_z, by_g = (before - g) * z * (1 - z), (1 - z) * (1 - g * g)
    by_r = before * r * (1 - r)  # of r h, not of h

    def step(number: Any, dh: Any, d_sums: Any) -> tuple[Any, ...]:
        t = steps - 1 - number
        dh += xla_row(d_outputs, t)  # (batch, units)
        d_g = dh * xla_row(by_g, t)
        d_rh = tf.matmul(d_g, to_candidate, transpose_b=True)
        d_gates = tf.concat([dh * xla_row(by_z, t), d_rh * xla_row(by_r, t)], 1)
        d_sums = with_xla_row(d_sums, t, tf.concat([d_gates, d_g], 1))  # (batch, 3 * units)
        dh = dh * xla_row(z, t) + d_rh * xla_row(r, t)
        return dh + tf.matmul(d_gates, to_gates, transpose_b=True), d_sums

    dh, d_sums = loop(steps, step, (dh, tf.zeros_like(gates)))
    d_sums = merge(d_sums)  # (time * batch, 3 * units)
    d_recurrent = tf.concat([_by(before, d_sums[:, :both]), _by(r * before, d_sums[:, both:])], 1)
    d_weights = _by(x, d_sums), d_recurrent, tf.reduce_sum(d_sums, 0)
    return _to_inputs(x, kernel, d_sums), (dh,), d_weights


def _by(x: Any, d_sums: Any) -> Any:
    """Return the gradient of the weights that x is multiplied by, summed over time and batch."""
    return tf.matmul(merge(x), d_sums, transpose_a=True)


def _to_inputs(x: Any, kernel: Any, d_sums: Any) -> Any:
    return split_like(tf.matmul(d_sums, kernel, transpose_b=True), x)


RESET_AFTER = Recurrence(functools.partial(_forward, True), _backward_after)
RESET_BEFORE = Recurrence(functools.partial(_forward, False), _backward_before)
