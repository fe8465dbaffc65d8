"""Random numbers of an XLA program on a CPU: those that `keras.Model.fit` draws, and as fast.

Left alone, XLA takes another generator (ThreeFry) than TensorFlow does on a CPU (Philox): dropout
and noise take 5 to 14 times as long with it. It also makes other floats of the same random bits.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import tensorflow as tf
from tensorflow.compiler.tf2xla.ops import gen_xla_ops

_PHILOX = 1


@contextlib.contextmanager
def drawing_as_keras_does() -> Iterator[None]:
    """While a graph is traced, replace TensorFlow's random operations by equal ones for XLA.

    A GPU is left alone: Keras compiles with XLA there, too.
    """
    if any(device.device_type != "CPU" for device in tf.config.list_physical_devices()):
        yield
        return
    uniform, normal = tf.random.stateless_uniform, tf.random.stateless_normal
    dropout = tf.nn.experimental.stateless_dropout

    def draw_uniform(
        shape: Any,
        seed: Any,
        minval: Any = 0,
        maxval: Any = None,
        dtype: Any = tf.float32,
        **rest: Any,
    ) -> Any:
        if tf.as_dtype(dtype) != tf.float32:
            return uniform(shape, seed, minval, maxval, dtype, **rest)
        low = tf.cast(minval, tf.float32)
        high = tf.cast(1 if maxval is None else maxval, tf.float32)
        return _uniform(shape, seed) * (high - low) + low

    def draw_normal(
        shape: Any,
        seed: Any,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        dtype: Any = tf.float32,
        **rest: Any,
    ) -> Any:
        if tf.as_dtype(dtype) != tf.float32:
            return normal(shape, seed, mean, stddev, dtype, **rest)
        return _normal(shape, seed) * tf.cast(stddev, tf.float32) + tf.cast(mean, tf.float32)

    def drop(x: Any, rate: Any, seed: Any, rng_alg: Any = None, noise_shape: Any = None) -> Any:
        if x.dtype != tf.float32:
            return dropout(x, rate, seed, "philox", noise_shape)
        keep = _uniform(tf.shape(x) if noise_shape is None else noise_shape, seed) >= rate
        kept = tf.where(keep, x * (1 / (1 - rate)), tf.zeros_like(x))
        kept.set_shape(x.shape)
        return kept

    try:
        tf.random.stateless_uniform, tf.random.stateless_normal = draw_uniform, draw_normal
        tf.nn.experimental.stateless_dropout = drop
        yield
    finally:
        tf.random.stateless_uniform, tf.random.stateless_normal = uniform, normal
        tf.nn.experimental.stateless_dropout = dropout


def _bits(shape: Any, seed: Any) -> Any:
    key, counter = tf.raw_ops.StatelessRandomGetKeyCounter(seed=seed)
    # XLA would make the key anew for every number: 12 times the time of a step with three dropouts.
    key, counter = gen_xla_ops.xla_optimization_barrier([key, counter])
    return tf.raw_ops.StatelessRandomUniformFullIntV2(
        shape=shape, key=key, counter=counter, alg=_PHILOX, dtype=tf.uint32
    )


def _to_uniform(bits: Any) -> Any:
    # 23 random bits behind the point of a number in [1, 2).
    one = tf.constant(0x3F800000, tf.uint32)
    mantissa = tf.bitwise.bitwise_and(bits, tf.constant(0x7FFFFF, tf.uint32))
    return tf.bitcast(tf.bitwise.bitwise_or(mantissa, one), tf.float32) - 1.0


def _uniform(shape: Any, seed: Any) -> Any:
    return _to_uniform(_bits(shape, seed))


def _normal(shape: Any, seed: Any) -> Any:
    """Return normal numbers by the Box-Muller transform, two from each two random numbers."""
    size = tf.reduce_prod(shape)
    bits = tf.reshape(_bits([(size + 1) // 2 * 2], seed), [-1, 2])
    radius = tf.sqrt(-2.0 * tf.math.log(tf.maximum(_to_uniform(bits[:, 0]), 1e-7)))
    angle = 2 * math.pi * _to_uniform(bits[:, 1])
    pairs = tf.stack([tf.sin(angle) * radius, tf.cos(angle) * radius], axis=1)
    return tf.reshape(tf.reshape(pairs, [-1])[:size], shape)
