"""TensorFlow's random functions are replaced for the thread that traces, and put back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from kerazoo.engine.random_numbers import drawing_as_keras_does

SEED = [3, 5]


def functions() -> tuple[Any, ...]:
    return (
        tf.random.stateless_uniform,
        tf.random.stateless_normal,
        tf.nn.experimental.stateless_dropout,
    )


def in_a_thread(function: Callable[[], Any]) -> Any:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


def test_they_are_put_back_also_after_an_error() -> None:
    before = functions()

    def interrupt() -> None:
        with drawing_as_keras_does():
            assert all(a is not b for a, b in zip(functions(), before, strict=True))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert functions() == before


def test_another_thread_draws_without_xla_meanwhile() -> None:
    """The replacements hold an operation that only XLA can compile."""

    def draw() -> list[np.ndarray]:
        return [
            tf.random.stateless_uniform([4], SEED).numpy(),
            tf.random.stateless_normal([4], SEED).numpy(),
            tf.nn.experimental.stateless_dropout(tf.ones([4]), 0.5, SEED).numpy(),
        ]

    expected = draw()
    with drawing_as_keras_does():
        found = in_a_thread(draw)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_second_thread_waits_and_everything_is_put_back() -> None:
    before = functions()
    entered, leave = threading.Event(), threading.Event()
    order: list[str] = []

    def first() -> None:
        with drawing_as_keras_does():
            entered.set()
            leave.wait(10)
            order.append("first")

    def second() -> None:
        entered.wait(10)
        threading.Timer(0.1, leave.set).start()
        with drawing_as_keras_does():
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order == ["first", "second"]
    assert functions() == before


@pytest.mark.parametrize("shape", [[7], [3, 5]])
def test_the_same_numbers_as_without(shape: list[int]) -> None:
    @tf.function(jit_compile=True)
    def draw() -> Any:
        return tf.random.stateless_uniform(shape, SEED), tf.random.stateless_normal(shape, SEED)

    expected = tf.random.stateless_uniform(shape, SEED), tf.random.stateless_normal(shape, SEED)
    with drawing_as_keras_does():
        found = draw()
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-5, atol=1e-6)
