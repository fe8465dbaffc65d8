"""Multiplications, counted by hand."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.report.operations import count_operations


def test_a_filter_is_applied_at_every_pixel() -> None:
    first, second = 28 * 28 * 9 * 32, 14 * 14 * 9 * 32 * 64
    assert kerazoo.count_operations("mnist_cnn") == first + second + 3136 * 10


def test_a_transposed_filter_is_applied_at_every_pixel_that_comes_in() -> None:
    layers = [keras.Input((7, 7, 5)), keras.layers.Conv2DTranspose(3, 4, 2, padding="same")]
    assert count_operations(keras.Sequential(layers)) == 7 * 7 * 4 * 4 * 5 * 3


def test_lenet_by_hand() -> None:
    convolutions = 28 * 28 * 25 * 6 + 10 * 10 * 25 * 6 * 16
    assert count_operations("lenet") == convolutions + 400 * 120 + 120 * 84 + 84 * 10


def test_vit_by_hand() -> None:
    block = 49 * 4 * 64 * 64 + 2 * 49 * 49 * 64 + 49 * 2 * 64 * 128
    assert count_operations("vit") == 49 * 16 * 64 + 4 * block + 64 * 10


def test_attention_compares_all_tokens_with_all() -> None:
    """Seven tokens of 8 numbers in two heads: four dense layers, scores, and sums of values."""
    inputs = keras.Input((7, 8))
    model = keras.Model(inputs, keras.layers.MultiHeadAttention(2, 4)(inputs, inputs))
    assert count_operations(model) == 7 * 4 * 8 * 8 + 2 * 7 * 7 * 8


def test_four_times_the_pixels_are_four_times_the_work_but_for_the_classes() -> None:
    small, large = (count_operations(kerazoo.build_cnn((size, size, 3))) for size in (32, 64))
    assert large - 160 * 10 == 4 * (small - 160 * 10)


def test_it_is_what_is_multiplied() -> None:
    """A matrix that does what a convolution does has a row of its weights for each output."""
    layer = keras.layers.Conv2D(3, 2, use_bias=False, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((4, 5, 2)), layer])
    outputs = np.asarray(model(np.ones((1, 4, 5, 2))))  # without padding, all weights count
    assert count_operations(model) == int(outputs.sum())


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda: kerazoo.build_lstm(), "it repeats its own at every time step"),
        (lambda: kerazoo.build_cnn((None, None, 1), augmentation=()), "is not known"),
    ],
)
def test_refuses_what_is_not_known(build, reason: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        count_operations(build())
