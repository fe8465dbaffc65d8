"""The answers of the lesson on losses; its worked numbers are in `tests/test_course_numbers.py`."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.lessons.printed import printed_by

RAIN, BELIEVED = np.array([0.3, 0.7]), np.array([0.5, 0.5])
ANSWERS = {
    "quarter": -math.log(0.25),
    "die": math.log2(6),
    "outlier": "exponential",
    "expected": float(np.sum(RAIN * np.log(RAIN / BELIEVED))),
}


def test_the_exponential_loss_is_the_largest_far_on_the_wrong_side() -> None:
    losses = {"0/1": 1, "log": math.log2(1 + math.exp(3)), "hinge": 4, "exponential": math.exp(3)}
    assert max(losses, key=losses.get) == ANSWERS["outlier"]


@pytest.mark.parametrize(
    "number", ["0.046667", "0.356675", "4.60517", "0.01005", "0.0461", "0.0099", "458.2", "0.0560"]
)
def test_the_lesson_prints_the_numbers_of_the_course(number) -> None:
    """B, lines 341-351; A, lines 664-677."""
    assert number in printed_by("losses_and_entropy")


def test_the_lesson_prints_what_certain_answers_cost() -> None:
    printed = printed_by("losses_and_entropy")
    assert "0.105361" in printed  # C, line 245, which cuts it at 0.1053
    assert "16.118" in printed  # for infinity
