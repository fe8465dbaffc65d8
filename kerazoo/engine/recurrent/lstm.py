"""LSTM: input, forget and output gate i, f, o, and the candidate g.

The four lie side by side in the order i, f, g, o, as in Keras:

    z = x W + h U + b                                           # (batch, 4 * units)
    i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o);  g = tanh(z_g)
    c = f c + i g;  h = o tanh(c)                               # (batch, units)

Longer loop bodies, other layouts, and products by parts within the loops gain nothing. Without XLA,
TensorFlow's own LSTM operation is as fast as these loops are, and need not be compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
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


def _forward(x: Any, mask: Any, states: Any, weights: Any) -> Any:
    (h, c), (kernel, recurrent, bias) = states, weights  # kernel (features, 4 * units)
    steps, rows, _ = sizes(x)  # (time, batch, features)
    units = recurrent.shape[0]  # (units, 4 * units)
    # sigmoid(z) = (1 + tanh(z / 2)) / 2: one call of tanh for all four gates.
    scale = tf.constant(np.repeat([0.5, 0.5, 1, 0.5], units), tf.float32)  # (4 * units,)
    # Tanh of the gates where a step is masked: i = 0, f = 1, o = 0.
    masked = tf.constant(np.repeat([-1, 1, 0, -1], units), tf.float32)  # (4 * units,)
    z = split_like(
        tf.matmul(merge(x), kernel * scale) + bias * scale, x
    )  # (time, batch, 4 * units)
    scaled = recurrent * scale  # (units, 4 * units)

    def step(t: Any, h: Any, c: Any, tanhs: Any, hs: Any, cs: Any) -> tuple[Any, ...]:
        tanh = tf.tanh(xla_row(tanhs, t) + tf.matmul(h, scaled))  # (batch, 4 * units)
        if mask is not None:
            tanh = tf.where(xla_row(mask, t), tanh, masked)
        i, f, g, o = _gates(tanh)  # (batch, units) each
        c = f * c + i * g
        new = o * tf.tanh(c)
        h = new if mask is None else tf.where(xla_row(mask, t), new, h)
        tanhs = with_xla_row(tanhs, t, tanh)
        return h, c, tanhs, with_xla_row(hs, t + 1, h), with_xla_row(cs, t + 1, c)

    # Row t + 1 is the state after step t; row 0 is the state that the sequence begins with.
    blank = tf.zeros([steps, rows, units])
    hs, cs = tf.concat([h[None], blank], 0), tf.concat([c[None], blank], 0)  # time + 1 rows
    # Each step replaces its row of z by tanh of the whole sum: one array serves both.
    h, c, tanhs, hs, cs = loop(steps, step, (h, c, z, hs, cs))
    return (hs, cs, tanhs), (h, c)


def _backward(x: Any, mask: Any, weights: Any, kept: Any, d_outputs: Any, d_states: Any) -> Any:
    (kernel, recurrent, _), (hs, cs, tanhs), (dh, dc) = weights, kept, d_states
    steps = sizes(x)[0]
    i, f, g, o = _gates(tanhs)  # (time, batch, units) each
    tanh_c, before = tf.tanh(cs)[1:], cs[:-1]  # after and before each step
    # What does not depend on the step after is computed for all steps at once. With the
    # derivatives s (1 - s) of sigmoid and 1 - t^2 of tanh:
    c_by_h = o * (1 - tanh_c * tanh_c)  # dh/dc
    slopes = tf.concat(  # dc/dz_i, dc/dz_f, dc/dz_g, dh/dz_o: (time, batch, 4 * units)
        [g * i * (1 - i), before * f * (1 - f), i * (1 - g * g), tanh_c * o * (1 - o)], 2
    )  # All are 0 where a step is masked.

    def step(number: Any, dh: Any, dc: Any, dzs: Any) -> tuple[Any, ...]:
        t = steps - 1 - number
        dh += xla_row(d_outputs, t)  # (batch, units)
        dc += dh * xla_row(c_by_h, t)
        # XLA makes vector instructions of this, but not of a product that broadcasts dc.
        dz = tf.concat([dc, dc, dc, dh], 1) * xla_row(slopes, t)  # (batch, 4 * units)
        through = tf.matmul(dz, recurrent, transpose_b=True)
        dh = through if mask is None else tf.where(xla_row(mask, t), through, dh)
        return dh, dc * xla_row(f, t), with_xla_row(dzs, t, dz)

    dh, dc, dzs = loop(steps, step, (dh, dc, tf.zeros_like(slopes)))
    dz = merge(dzs)  # (time * batch, 4 * units)
    dx = split_like(tf.matmul(dz, kernel, transpose_b=True), x)
    return dx, (dh, dc), gradients_of_weights(x, hs, dz)


def _gates(tanhs: Any) -> tuple[Any, ...]:
    """Return i, f, g, o from tanh of the scaled sums: `(..., 4 * units)` to `(..., units)` each."""
    i, f, g, o = tf.split(tanhs, 4, axis=-1)
    return 0.5 + 0.5 * i, 0.5 + 0.5 * f, g, 0.5 + 0.5 * o


LSTM = Recurrence(_forward, _backward)


def run_lstm_operation(
    x: Any, states: Sequence[Any], weights: Sequence[Any]
) -> tuple[Any, list[Any]]:
    """Run a sequence with TensorFlow's LSTM operation, which XLA and masks do not have.

    The arguments and results are those of `loops.run_loops`.
    """
    kernel, recurrent, bias = weights
    features, units = kernel.shape[0], recurrent.shape[0]
    steps = tf.shape(x, tf.int64)[0]
    unused = tf.zeros([units])  # weights of peepholes, which Keras' LSTM has not

    def run(x: Any, h: Any, c: Any, weights: Any, bias: Any) -> Any:
        inputs = {"seq_len_max": steps, "x": x, "cs_prev": c, "h_prev": h, "w": weights, "b": bias}
        inputs |= {"wci": unused, "wcf": unused, "wco": unused, "use_peephole": False}
        done = tf.raw_ops.BlockLSTMV2(**inputs, cell_clip=0)  # h, cs: (time, batch, units)

        def gradient(d_outputs: Any, dh: Any, dc: Any) -> tuple[Any, ...]:
            # The operation takes gradients of all steps: the last h and c are those of the last.
            later = tf.zeros_like(d_outputs[1:])  # (time - 1, batch, units)
            gradients = tf.raw_ops.BlockLSTMGradV2(
                **inputs,
                **done._asdict(),
                h_grad=d_outputs + tf.concat([later, dh[None]], 0),
                cs_grad=tf.concat([later, dc[None]], 0),
            )
            return (
                gradients.x_grad,
                gradients.h_prev_grad,
                gradients.cs_prev_grad,
                gradients.w_grad,
                gradients.b_grad,
            )

        return (done.h, done.h[-1], done.cs[-1]), gradient

    joined = tf.ensure_shape(tf.concat([kernel, recurrent], 0), [features + units, 4 * units])
    outputs, *last = tf.custom_gradient(run)(x, *states, joined, bias)
    return outputs, last
