"""Which recurrent layers run whole sequences, and what takes the place of Keras' loop in them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from kerazoo.engine.distribution import replicas_of
from kerazoo.engine.keras_internals import layers_of
from kerazoo.engine.recurrent import gru, lstm, simple_rnn
from kerazoo.engine.recurrent.loops import Recurrence, run_compiled_loops, run_loops


@contextlib.contextmanager
def whole_sequences(model: keras.Model, jit_compile: bool) -> Iterator[None]:
    """While a graph is traced, let recurrent layers run whole sequences; then put things back.

    Args:
        model: a compiled model.
        jit_compile: whether XLA compiles the graph.
    """
    layers = layers_to_run(model)
    try:
        for layer in layers:
            layer.inner_loop = _make_inner_loop(layer, jit_compile)
        yield
    finally:
        for layer in layers:
            # The attribute of the layer hid the method of its class.
            layer.__dict__.pop("inner_loop", None)


def layers_to_run(model: keras.Model) -> list[keras.layers.RNN]:
    """Return the layers that run whole sequences: LSTM, GRU and SimpleRNN in their usual form.

    Left to Keras are other activations, recurrent dropout, kept states, unrolled loops, mixed
    precision, models that compute gradients themselves, several replicas, and GPUs.
    """
    on_accelerator = any(device.device_type != "CPU" for device in tf.config.list_logical_devices())
    # A model that computes gradients itself may want a gradient of a gradient: there is none here.
    usual = all(
        getattr(type(model), name) is getattr(keras.Model, name)
        for name in ("train_step", "compute_loss")
    )
    if on_accelerator or not usual or replicas_of(model) > 1:
        return []
    return [layer for layer in layers_of(model) if _recurrence_of(layer) is not None]


def keras_loops(model: keras.Model) -> bool:
    """Tell whether any recurrent layer is left to Keras, which loops over its time steps."""
    recurrent = [layer for layer in layers_of(model) if isinstance(layer, keras.layers.RNN)]
    return len(recurrent) > len(layers_to_run(model))


def _recurrence_of(layer: keras.layers.Layer) -> Recurrence | None:
    """Return the loops of a layer, or `None` if it is left to Keras."""
    kind = type(layer)
    if kind not in (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN):
        return None
    if layer.recurrent_dropout or layer.stateful or layer.unroll:
        return None
    if layer.compute_dtype != "float32":
        return None
    tanh, relu = keras.activations.tanh, keras.activations.relu
    if kind is keras.layers.SimpleRNN:
        return {tanh: simple_rnn.TANH, relu: simple_rnn.RELU}.get(layer.activation)
    usual = (
        layer.activation is tanh
        and layer.recurrent_activation is keras.activations.sigmoid
        and layer.cell.implementation == 2  # one dropout mask; 1 draws one per gate
        and layer.use_cudnn is not True
    )
    if kind is keras.layers.LSTM:
        return lstm.LSTM if usual else None
    recurrence = gru.RESET_AFTER if layer.reset_after else gru.RESET_BEFORE
    return recurrence if usual else None


def _make_inner_loop(layer: keras.layers.RNN, jit_compile: bool) -> Any:
    """Return what takes the place of `inner_loop`, which Keras calls on a whole sequence."""
    keras_loop, cell = layer.inner_loop, layer.cell

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask  # (batch, time) or None
        if None in sequences.shape[1:] or 0 in sequences.shape:
            return keras_loop(sequences, initial_state, mask, training=training)
        if training and cell.dropout:
            # One mask for all steps: Keras draws one for a whole sequence, too.
            sequences *= cell.get_dropout_mask(sequences[:, 0, :])[:, None]
        x = tf.transpose(sequences, [1, 0, 2])  # (batch, time, ...) to (time, batch, ...)
        if mask is not None:
            mask = tf.transpose(tf.cast(mask, tf.bool))[..., None]  # (time, batch, 1)
        if layer.go_backwards:
            x = tf.reverse(x, [0])
            mask = None if mask is None else tf.reverse(mask, [0])
        outputs, states = _run(layer, x, mask, initial_state, jit_compile)
        # Compiled loops take any number of steps; layers that follow may need to know it.
        outputs.set_shape([*x.shape[:2], layer.units])
        last = states[0]  # the last output
        if mask is not None:
            # Keras gives the output before a masked step again, and zeros before the first step
            # that counts; or zeros for all that are masked.
            zeros = layer.zero_output_for_mask
            shown = mask if zeros else tf.cumsum(tf.cast(mask, tf.int32)) > 0  # (time, batch, 1)
            outputs, last = tf.where(shown, outputs, 0.0), tf.where(shown[-1], last, 0.0)
        # Keras uses all outputs only where it returns them.
        return last, tf.transpose(outputs, [1, 0, 2]), states

    return inner_loop


def _run(
    layer: keras.layers.RNN, x: Any, mask: Any, states: Sequence[Any], jit_compile: bool
) -> tuple[Any, list[Any]]:
    """Return all outputs, `(time, batch, units)`, and the last states."""
    recurrence, cell = _recurrence_of(layer), layer.cell
    assert recurrence is not None  # `layers_to_run` chose the layer
    weights = [cell.kernel, cell.recurrent_kernel, cell.bias]
    if cell.bias is None:
        columns = cell.kernel.shape[1]
        weights[2] = tf.zeros([2, columns] if recurrence is gru.RESET_AFTER else [columns])
    weights = [tf.convert_to_tensor(weight) for weight in weights]
    if jit_compile:
        return run_loops(recurrence, x, mask, states, weights)
    if recurrence is lstm.LSTM and mask is None:
        return lstm.run_lstm_operation(x, states, weights)
    return run_compiled_loops(recurrence, x, mask, states, weights)
