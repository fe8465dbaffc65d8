"""The numbers of the lesson on backpropagation, and the answers to its exercises."""

from __future__ import annotations

import math

import pytest
import tensorflow as tf

from tests.lessons.printed import printed_by


def gradients(function, *values: float) -> list[float]:
    variables = [tf.Variable(value, dtype="float64") for value in values]
    with tf.GradientTape() as tape:
        result = function(*variables)
    return [float(one) for one in tape.gradient(result, variables)]


ANSWERS = {
    "partial": "4 7",
    "router": "0 0 1",
    "chain": 0.75,
    "passes": 2 * 235_146,
}


def test_the_answers_are_those_of_tensorflow() -> None:
    assert gradients(lambda x, y: x**2 * y + 3 * y, 2, 1) == [4, 7]
    assert gradients(lambda a, b, c: tf.maximum(a * b, c), 2, -1, 3) == [0, 0, 1]
    assert gradients(lambda x: tf.sigmoid(3 * x), 0) == [ANSWERS["chain"]]


def test_the_gradients_of_the_drawn_graph() -> None:
    """Which the text reads: 2 for a, 7 for b, 0 for c."""
    assert gradients(lambda a, b, c: (a + b) * tf.maximum(b, c), 3, 2, -1) == [2, 7, 0]


def test_the_rules_of_the_course() -> None:
    """B, lines 465-501."""
    x, y = 1.2, -0.4
    found = gradients(lambda x, y: 3 * x + 2 * x * y + y**2, x, y)
    assert found == pytest.approx([3 + 2 * y, 2 * x + 2 * y])
    (found,) = gradients(lambda x: tf.exp(3 * x**2), 0.5)
    assert found == pytest.approx(math.exp(0.75) * 3)


def test_numpy_and_the_engine_agreed() -> None:
    assert "the weights agree to 1e-6" in printed_by("backpropagation")
