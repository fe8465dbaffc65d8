"""The numbers of the lesson on vanishing gradients, and the answers to its exercises."""

from __future__ import annotations

import math
import re

import pytest
import tensorflow as tf

from tests.lessons.printed import printed_by


def slope(activation: str, z: float) -> float:
    variable = tf.Variable(z, dtype="float64")
    with tf.GradientTape() as tape:
        result = getattr(tf.nn, activation)(variable)
    return float(tape.gradient(result, variable))


ANSWERS = {
    "bound": math.ceil(math.log(1e-6) / math.log(0.25)),
    "tanh": slope("tanh", 1.0),
    "elu": slope("elu", -2.0),
    "dead": slope("relu", -1.0),
}


def test_ten_sigmoids_leave_a_millionth_at_most() -> None:
    assert 0.25**10 < 1e-6 < 0.25**9
    assert ANSWERS["bound"] == 10
    assert "9.536743e-07" in printed_by("vanishing_gradients")


def test_what_a_layer_of_sigmoids_leaves_is_about_a_quarter() -> None:
    (factor,) = re.findall(r"leaves (\S+) of the gradient", printed_by("vanishing_gradients"))
    assert float(factor) == pytest.approx(0.25, abs=0.05)
