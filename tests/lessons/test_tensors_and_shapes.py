"""The numbers of the lesson on tensors, and the answers to its exercises."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.lessons.printed import printed_by

ANSWERS = {"batch": "(32, 64, 48, 3)", "rank": 5, "sum": "8 7 6", "trap": 50 * 50}


def test_the_answers_are_what_numpy_and_keras_do() -> None:
    image = keras.utils.img_to_array(np.zeros((64, 48, 3)))
    assert str(np.stack([image] * 32).shape) == ANSWERS["batch"]
    assert np.broadcast_shapes((8, 1, 6), (7, 1)) == (8, 7, 6)
    assert (np.zeros((50, 1)) - np.zeros(50)).size == ANSWERS["trap"]


@pytest.mark.parametrize(
    "text",
    [
        "(3, 2, 4)",  # B, lines 936-966
        "(3, 5, 5, 3)",  # B, lines 972-1009
        "86.4000",  # million bytes of the films there
        "windows: 6046  each: (5, 3)",  # A, lines 428-441
        "175     32     6",  # A, lines 177-178
        "10000    100   100",  # C, lines 303-306
        "(6, 3072) -> (6, 10)",  # D, lines 203-206
    ],
)
def test_the_lesson_prints_the_numbers_of_the_course(text: str) -> None:
    printed = " ".join(printed_by("tensors_and_shapes").split())
    assert " ".join(text.split()) in printed
