"""The answers of the lesson on optimizers, by Keras' own."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.lessons.printed import printed_by


def steps(optimizer: keras.optimizers.Optimizer, gradient: float, count: int) -> list[float]:
    """How long the steps are if the gradient is always the same."""
    weight = keras.Variable(0.0)
    places = [0.0]
    for _ in range(count):
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
        places.append(float(weight.value))
    return np.abs(np.diff(places)).tolist()


ANSWERS = {"first": 0.01, "swing": 0.1 / (1 - 0.9), "tired": 0.1, "edge": 2 / 8}


def test_the_answers_are_what_keras_does() -> None:
    (first,) = steps(keras.optimizers.Adam(0.01), 1000.0, 1)
    assert first == pytest.approx(ANSWERS["first"], rel=1e-5)
    swing = steps(keras.optimizers.SGD(0.1, momentum=0.9), 1.0, 60)[-1]
    assert swing == pytest.approx(ANSWERS["swing"], rel=5e-3)
    after_99_steps = keras.optimizers.Adagrad(1.0, initial_accumulator_value=99.0)
    (tired,) = steps(after_99_steps, 1.0, 1)
    assert tired == pytest.approx(ANSWERS["tired"], rel=1e-5)


@pytest.mark.parametrize(("rate", "grows"), [(0.249, False), (0.251, True)])
def test_gradient_descent_flies_off_beyond_two_by_the_bend(rate: float, grows: bool) -> None:
    assert (abs(1 - rate * 8) > 1) is grows  # w becomes w - rate * 8 w
    assert (rate > ANSWERS["edge"]) is grows


def test_by_hand_and_by_keras_agree_in_the_lesson() -> None:
    lines = printed_by("optimizers").splitlines()
    names = ["SGD", "momentum", "Nesterov", "Adagrad", "RMSprop", "Adadelta", "Adam"]
    rows = [line.split() for line in lines if line.split() and line.split()[0] in names]
    assert [row[0] for row in rows] == names
    for _, *numbers in rows:
        first, second, *by_keras = map(float, numbers)
        assert by_keras == pytest.approx([first, second], abs=1.5e-6)
