"""LSTM layers on a CPU: a whole sequence as one operation with its own gradient.

Keras steps through a sequence in a loop and leaves its gradient to TensorFlow, which stores every
intermediate result of every step and adds up the gradient of the weights as often. Here the inputs
of all steps are multiplied by their weights before the loop, and the gradient of the weights is one
product after it. The loops only do what depends on the step before.

Shapes: `time` steps, `batch` rows, `features` inputs, `units` outputs. Time comes first, so a step
is one contiguous piece of memory. The four gates lie side by side in the order i, f, g, o (input,
forget, candidate, output), as in Keras:

    z = x W + h U + b                                           # (batch, 4 * units)
    i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o);  g = tanh(z_g)
    c = f c + i g;  h = o tanh(c)                               # (batch, units)

Measured on two cores, 32 units over 180 steps, batch 32, in microseconds per time step, forward
and backward: Keras' loop under XLA 33, PyTorch 16 to 20, the loops below under XLA 11 to 14,
TensorFlow's LSTM operation without XLA 19. Longer loop bodies, other layouts, and products by parts
within the loop gain nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from kerazoo.engine.distribution import replicas_of
from kerazoo.engine.keras_internals import layers_of, with_xla_row, xla_row

RunSequence = Callable[..., tuple[Any, Any, Any]]
"""Maps inputs `(time, batch, features)`, states h and c `(batch, units)`, kernel `(features,
4 * units)`, recurrent kernel `(units, 4 * units)` and bias `(4 * units,)` to the outputs of all
time steps, `(time, batch, units)`, and the last h and c."""


@contextlib.contextmanager
def whole_sequences(model: keras.Model, jit_compile: bool) -> Iterator[None]:
    """While a graph is traced, let LSTM layers run whole sequences; then put things back.

    Only a plain float32 `keras.layers.LSTM` with its usual activations is run in this way. Left to
    Keras are recurrent dropout, masks, kept states, models that compute gradients themselves,
    several replicas, and GPUs.

    Args:
        model: a compiled model.
        jit_compile: whether XLA compiles the graph.
    """
    layers = _layers_to_run(model)
    run_sequence = run_with_xla if jit_compile else run_without_xla
    try:
        for layer in layers:
            layer.inner_loop = _make_inner_loop(layer, run_sequence, static=jit_compile)
        yield
    finally:
        for layer in layers:
            # The attribute of the layer hid the method of its class.
            layer.__dict__.pop("inner_loop", None)


def run_with_xla(x: Any, h: Any, c: Any, kernel: Any, recurrent: Any, bias: Any) -> Any:
    """Run a sequence of known length and batch size, with operations that only XLA has.

    The arguments and results are those of `RunSequence`.
    """
    steps, rows, _ = x.shape  # (time, batch, features)
    units = recurrent.shape[0]  # (units, 4 * units)
    # sigmoid(z) = (1 + tanh(z / 2)) / 2: one call of tanh for all four gates.
    scale = tf.constant(np.repeat([0.5, 0.5, 1, 0.5], units), tf.float32)  # (4 * units,)

    def run(x: Any, h: Any, c: Any, kernel: Any, recurrent: Any, bias: Any) -> Any:
        z = tf.matmul(_merge(x), kernel * scale) + bias * scale  # (time * batch, 4 * units)
        z = tf.reshape(z, [steps, rows, 4 * units])  # (time, batch, 4 * units)
        scaled = recurrent * scale  # (units, 4 * units)

        def step(t: Any, h: Any, c: Any, tanhs: Any, hs: Any, cs: Any) -> tuple[Any, ...]:
            tanh = tf.tanh(xla_row(tanhs, t) + tf.matmul(h, scaled))  # (batch, 4 * units)
            i, f, g, o = _gates(tanh)  # (batch, units) each
            c = f * c + i * g
            h = o * tf.tanh(c)
            tanhs = with_xla_row(tanhs, t, tanh)
            return h, c, tanhs, with_xla_row(hs, t + 1, h), with_xla_row(cs, t + 1, c)

        # Row t + 1 is the state after step t; row 0 is the state that the sequence begins with.
        blank = tf.zeros([steps, rows, units])
        states = tf.concat([h[None], blank], 0), tf.concat([c[None], blank], 0)  # time + 1 rows
        # Each step replaces its row of z by tanh of the whole sum: one array serves both.
        h, c, tanhs, hs, cs = _loop(steps, step, (h, c, z, *states))

        def gradient(d_outputs: Any, dh: Any, dc: Any) -> tuple[Any, ...]:
            dz, dh, dc = _run_back(tanhs, cs, recurrent, (d_outputs, dh, dc))
            ones = tf.ones([steps, rows, 1])
            merged = _merge(
                tf.concat([hs[:-1], x, ones], 2)
            )  # (time * batch, units + features + 1)
            # The gradients of all weights in one product: recurrent kernel, kernel, bias.
            weights = tf.matmul(merged, dz, transpose_a=True)  # (units + features + 1, 4 * units)
            dx = tf.reshape(tf.matmul(dz, kernel, transpose_b=True), x.shape)
            return dx, dh, dc, weights[units:-1], weights[:units], weights[-1]

        return (hs[1:], h, c), gradient

    return tf.custom_gradient(run)(x, h, c, kernel, recurrent, bias)


def _run_back(
    tanhs: Any, cs: Any, recurrent: Any, upstream: tuple[Any, Any, Any]
) -> tuple[Any, Any, Any]:
    """Return the gradients of z, `(time * batch, 4 * units)`, and of the first h and c.

    Args:
        tanhs: tanh of the scaled gates, `(time, batch, 4 * units)`.
        cs: the cell state before the first and after each step, `(time + 1, batch, units)`.
        recurrent: the recurrent kernel, `(units, 4 * units)`.
        upstream: gradients of all outputs, `(time, batch, units)`, and of the last h and c.
    """
    d_outputs, dh, dc = upstream
    steps, rows, _ = d_outputs.shape
    i, f, g, o = _gates(tanhs)  # (time, batch, units) each
    tanh_c, before = tf.tanh(cs)[1:], cs[:-1]  # after and before each step
    # What does not depend on the step after is computed for all steps at once. With the
    # derivatives s (1 - s) of sigmoid and 1 - t^2 of tanh:
    c_by_h = o * (1 - tanh_c * tanh_c)  # dh/dc
    slopes = tf.concat(  # dc/dz_i, dc/dz_f, dc/dz_g, dh/dz_o: (time, batch, 4 * units)
        [g * i * (1 - i), before * f * (1 - f), i * (1 - g * g), tanh_c * o * (1 - o)], 2
    )

    def step(number: Any, dh: Any, dc: Any, dzs: Any) -> tuple[Any, ...]:
        t = steps - 1 - number
        dh += xla_row(d_outputs, t)  # (batch, units)
        dc += dh * xla_row(c_by_h, t)
        # XLA makes vector instructions of this, but not of a product that broadcasts dc.
        dz = tf.concat([dc, dc, dc, dh], 1) * xla_row(slopes, t)  # (batch, 4 * units)
        dh = tf.matmul(dz, recurrent, transpose_b=True)
        return dh, dc * xla_row(f, t), with_xla_row(dzs, t, dz)

    dh, dc, dzs = _loop(steps, step, (dh, dc, tf.zeros_like(slopes)))
    return tf.reshape(dzs, [steps * rows, slopes.shape[2]]), dh, dc


def run_without_xla(x: Any, h: Any, c: Any, kernel: Any, recurrent: Any, bias: Any) -> Any:
    """Run a sequence with TensorFlow's LSTM operation, which XLA does not have.

    The arguments and results are those of `RunSequence`.
    """
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

    weights = tf.ensure_shape(tf.concat([kernel, recurrent], 0), [features + units, 4 * units])
    return tf.custom_gradient(run)(x, h, c, weights, bias)


def _make_inner_loop(layer: keras.layers.LSTM, run_sequence: RunSequence, *, static: bool) -> Any:
    """Return what takes the place of `LSTM.inner_loop`, which Keras calls on a whole sequence.

    Args:
        layer: the layer.
        run_sequence: runs the sequence.
        static: whether that needs a known batch size, as XLA does.
    """
    keras_loop, cell = layer.inner_loop, layer.cell

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        known = sequences.shape if static else sequences.shape[1:]
        if mask is not None or None in known or 0 in known:
            return keras_loop(sequences, initial_state, mask, training=training)
        if training and cell.dropout:
            # One mask for all steps: Keras draws one for a whole sequence, too.
            sequences *= cell.get_dropout_mask(sequences[:, 0, :])[:, None]
        x = tf.transpose(sequences, [1, 0, 2])  # (batch, time, ...) to (time, batch, ...)
        if layer.go_backwards:
            x = tf.reverse(x, [0])
        bias = tf.zeros([4 * layer.units]) if cell.bias is None else cell.bias
        weights = map(tf.convert_to_tensor, (cell.kernel, cell.recurrent_kernel, bias))
        outputs, h, c = run_sequence(x, *initial_state, *weights)
        # Last output, all outputs, last states. Keras uses all outputs only where it returns them.
        return h, tf.transpose(outputs, [1, 0, 2]), [h, c]

    return inner_loop


def _layers_to_run(model: keras.Model) -> list[keras.layers.LSTM]:
    on_accelerator = any(device.device_type != "CPU" for device in tf.config.list_logical_devices())
    # A model that computes gradients itself may want a gradient of a gradient: there is none here.
    usual = all(
        getattr(type(model), name) is getattr(keras.Model, name)
        for name in ("train_step", "compute_loss")
    )
    if on_accelerator or not usual or replicas_of(model) > 1:
        return []
    return [layer for layer in layers_of(model) if _is_plain_lstm(layer)]


def _is_plain_lstm(layer: keras.layers.Layer) -> bool:
    return (
        type(layer) is keras.layers.LSTM
        and layer.activation is keras.activations.tanh
        and layer.recurrent_activation is keras.activations.sigmoid
        and layer.compute_dtype == "float32"
        and layer.cell.implementation == 2  # one dropout mask; 1 draws one per gate
        and layer.use_cudnn is not True
        and not (layer.recurrent_dropout or layer.stateful or layer.unroll)
    )


def _loop(steps: int, step: Callable[..., tuple[Any, ...]], state: tuple[Any, ...]) -> Any:
    return tf.while_loop(
        lambda t, *_: t < steps,
        lambda t, *state: (t + 1, *step(t, *state)),
        (tf.constant(0), *state),
        parallel_iterations=1,
    )[1:]


def _gates(tanhs: Any) -> tuple[Any, ...]:
    """Return i, f, g, o from tanh of the scaled sums: `(..., 4 * units)` to `(..., units)` each."""
    i, f, g, o = tf.split(tanhs, 4, axis=-1)
    return 0.5 + 0.5 * i, 0.5 + 0.5 * f, g, 0.5 + 0.5 * o


def _merge(x: Any) -> Any:
    """Merge time and batch, for one large product: `(time, batch, n)` to `(time * batch, n)`."""
    return tf.reshape(x, [x.shape[0] * x.shape[1], x.shape[2]])
