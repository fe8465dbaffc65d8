"""The answers of the lesson on convolutions, by Keras; its numbers of the course are printed."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.lessons.printed import printed_by

ANSWERS = {"size": 14, "same": 3, "parameters": 18_496, "field": 15}


def test_the_answers_are_what_keras_does() -> None:
    shape = keras.layers.Conv2D(1, 5, 2).compute_output_shape((None, 32, 32, 1))
    assert shape[1] == ANSWERS["size"]
    padded = 32 + 2 * ANSWERS["same"]
    assert keras.layers.Conv2D(1, 7).compute_output_shape((None, padded, padded, 1))[1] == 32
    layer = keras.layers.Conv2D(64, 3)
    layer.build((None, 8, 8, 32))
    assert layer.count_params() == ANSWERS["parameters"]


def test_the_gradient_reaches_as_many_pixels_as_the_field_is_wide() -> None:
    layers = [keras.layers.Conv2D(1, 3, 2, kernel_initializer="ones") for _ in range(3)]
    image = tf.Variable(tf.ones((1, 63, 63, 1)))
    with tf.GradientTape() as tape:
        one = keras.Sequential(layers)(image)[0, 2, 2, 0]
    reached = np.nonzero(np.any(tape.gradient(one, image).numpy()[0, :, :, 0], axis=0))[0]
    assert np.ptp(reached) + 1 == ANSWERS["field"]


@pytest.mark.parametrize(
    "text",
    [
        "6 3 1 4 4 4.0",  # A, lines 302-306
        "7 3 2 3 3 2.5",  # where the course's rule is wrong
        "116×156×12",  # B, lines 1416-1420
        "58×78×12",
        "73,728",  # 18 C^2 for 64 channels
        "102,400",  # 25 C^2
        "(28, 28, 32) (14, 14, 32) (14, 14, 64) (7, 7, 64) (3136,) (10,)",  # E, lines 574-664
    ],
)
def test_the_lesson_prints_the_numbers_of_the_course(text: str) -> None:
    printed = " ".join(printed_by("convolution_arithmetic").split())
    assert text in printed
