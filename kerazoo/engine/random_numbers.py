"""Random numbers of an XLA program on a CPU: those that `keras.Model.fit` draws, and as fast.

Left alone, XLA takes another generator (ThreeFry) than TensorFlow does on a CPU (Philox): dropout
and noise take 5 to 14 times as long with it. It also makes other floats of the same random bits.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

from kerazoo.engine.keras_internals import computed_once

_PHILOX = 1
_SMALLEST = 1e-7  # TensorFlow's own bound, so that the logarithm is finite

# Two threads that replaced the functions at the same time would put back each other's replacements.
_replacing = threading.RLock()


@contextlib.contextmanager
def drawing_as_keras_does() -> Iterator[None]:
    """While a graph is traced, replace TensorFlow's random operations by equal ones for XLA.

    Replaced are `tf.random.stateless_uniform`, `tf.random.stateless_normal` and
    `tf.nn.experimental.stateless_dropout`: `keras.random` and the layers look these three up in the
    module `tf` whenever they draw, and offer no other place to step in.

    They are global, so two things are taken care of. Only the thread that traces gets the
    replacements: other threads, which may run without XLA, still draw with the original functions.
    And only one thread at a time replaces them: a second model that is traced meanwhile waits.
    Once the graph is traced, nothing is replaced any more; what was drawn with is in the graph.

    A GPU is left alone: Keras compiles with XLA there, too.
    """
    if any(device.device_type != "CPU" for device in tf.config.list_physical_devices()):
        yield
        return
    with _replacing:
        uniform, normal = tf.random.stateless_uniform, tf.random.stateless_normal
        dropout = tf.nn.experimental.stateless_dropout
        tracing = threading.get_ident()

        def is_replaced(dtype: Any) -> bool:
            return threading.get_ident() == tracing and tf.as_dtype(dtype) == tf.float32

        def draw_uniform(
            shape: Any,
            seed: Any,
            minval: Any = 0,
            maxval: Any = None,
            dtype: Any = tf.float32,
            **rest: Any,
        ) -> Any:
            if not is_replaced(dtype):
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
            if not is_replaced(dtype):
                return normal(shape, seed, mean, stddev, dtype, **rest)
            return _normal(shape, seed) * tf.cast(stddev, tf.float32) + tf.cast(mean, tf.float32)

        def drop(x: Any, rate: Any, seed: Any, rng_alg: Any = None, noise_shape: Any = None) -> Any:
            if threading.get_ident() != tracing:
                return dropout(x, rate, seed, rng_alg, noise_shape)
            if not is_replaced(x.dtype):
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


@contextlib.contextmanager
def drawing_for_shares(size: int, share: Callable[[], slice]) -> Iterator[None]:
    """While a step is traced for replicas, draw for the whole batch and take the own share of it.

    So dropout and noise are those of one device. What has no row of its own for each of the batch
    is drawn as ever. The same three functions are replaced as in `drawing_as_keras_does`; outside
    of a replica they are the original ones.

    Args:
        size: rows in the batch.
        share: tells, within a replica, which of them are its own.
    """
    with _replacing:
        uniform, normal = tf.random.stateless_uniform, tf.random.stateless_normal
        dropout = tf.nn.experimental.stateless_dropout

        def own_rows(shape: Any, draw: Callable[[Any], Any]) -> Any:
            if not _is_in_replica():
                return draw(shape)
            rows, known = share(), tf.get_static_value(tf.convert_to_tensor(shape))
            if known is not None and (not len(known) or known[0] != rows.stop - rows.start):
                return draw(shape)
            whole = [size, *tf.unstack(tf.convert_to_tensor(shape))[1:]]
            drawn = draw(whole)[rows]
            return drawn if known is None else tf.ensure_shape(drawn, known)

        def drop(x: Any, rate: Any, seed: Any, rng_alg: Any = None, noise_shape: Any = None) -> Any:
            def draw(shape: Any) -> Any:
                return dropout(tf.ones(shape, x.dtype), rate, seed, rng_alg)  # 0 or 1 / (1 - rate)

            if not _is_in_replica():
                return dropout(x, rate, seed, rng_alg, noise_shape)
            kept = x * own_rows(tf.shape(x) if noise_shape is None else noise_shape, draw)
            kept.set_shape(x.shape)
            return kept

        try:
            tf.random.stateless_uniform = lambda shape, seed, *settings, **named: own_rows(
                shape, lambda whole: uniform(whole, seed, *settings, **named)
            )
            tf.random.stateless_normal = lambda shape, seed, *settings, **named: own_rows(
                shape, lambda whole: normal(whole, seed, *settings, **named)
            )
            tf.nn.experimental.stateless_dropout = drop
            yield
        finally:
            tf.random.stateless_uniform, tf.random.stateless_normal = uniform, normal
            tf.nn.experimental.stateless_dropout = dropout


def _is_in_replica() -> bool:
    context = tf.distribute.get_replica_context()
    return context is not None and context.num_replicas_in_sync > 1


def _bits(shape: Any, seed: Any) -> Any:
    """Return 32 random bits per number, of the generator that TensorFlow takes on a CPU."""
    # XLA would make the key anew for every number: 12 times the time of a step with three dropouts.
    key, counter = computed_once(*tf.raw_ops.StatelessRandomGetKeyCounter(seed=seed))
    return tf.raw_ops.StatelessRandomUniformFullIntV2(
        shape=shape, key=key, counter=counter, alg=_PHILOX, dtype=tf.uint32
    )


def _to_uniform(bits: Any) -> Any:
    """Return floats in [0, 1) as TensorFlow makes them: 23 of the bits become the mantissa."""
    one = tf.constant(0x3F800000, tf.uint32)  # 1.0: the mantissa makes it a number in [1, 2)
    mantissa = tf.bitwise.bitwise_and(bits, tf.constant(0x7FFFFF, tf.uint32))
    return tf.bitcast(tf.bitwise.bitwise_or(mantissa, one), tf.float32) - 1.0


def _uniform(shape: Any, seed: Any) -> Any:
    return _to_uniform(_bits(shape, seed))


def _normal(shape: Any, seed: Any) -> Any:
    """Return normal numbers by the Box-Muller transform: two from each two uniform numbers.

    r = sqrt(-2 ln u), a = 2 pi v; then r sin a and r cos a are normal and independent.
    """
    size = tf.reduce_prod(shape)
    bits = tf.reshape(_bits([(size + 1) // 2 * 2], seed), [-1, 2])  # (pairs, 2): u and v
    radius = tf.sqrt(-2.0 * tf.math.log(tf.maximum(_to_uniform(bits[:, 0]), _SMALLEST)))
    angle = 2 * math.pi * _to_uniform(bits[:, 1])
    pairs = tf.stack([tf.sin(angle) * radius, tf.cos(angle) * radius], axis=1)  # (pairs, 2)
    return tf.reshape(tf.reshape(pairs, [-1])[:size], shape)
