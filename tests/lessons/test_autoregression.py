"""The numbers of the lesson on autoregression, and the answers to its exercises."""

from __future__ import annotations

import re

import pytest

import kerazoo
from tests.lessons.printed import printed_by


def pairs(lag: int) -> int:
    splits = kerazoo.load_dataset("nyse", lag=lag)
    return sum(len(part.x) for part in (splits.train, splits.validation, splits.test))


ANSWERS = {
    "pairs": pairs(10),
    "coefficients": 3 * 10 + 1,
    "fading": next(steps for steps in range(100) if 0.5**steps < 0.001),
}


def test_the_lesson_prints_the_numbers_of_the_course() -> None:
    """A, lines 428-452 and 787-793."""
    printed = printed_by("autoregression")
    assert pairs(5) == 6046
    assert "5: 6046" in printed
    assert "R² = 0.180" in printed  # yesterday's value
    assert "AR(5): 16 coefficients, R² = 0.413" in printed
    assert kerazoo.load_recipe("nyse_rnn").parameters == 205


def test_backpropagation_through_all_steps_is_the_numerical_derivative() -> None:
    printed = printed_by("autoregression")
    numerical = re.search(r"numerical derivative: (\S+)", printed)[1]
    by_steps = re.search(r"^derivative +(.+)$", printed, re.M)[1].split()
    assert by_steps[-1] == numerical
    assert float(by_steps[-2]) == pytest.approx(float(numerical), abs=1e-4)


def test_what_a_truncated_gradient_does_not_see_is_not_learned() -> None:
    assert re.search(r"^u +0\.1 +0\.1 +0\.1 +1\.0$", printed_by("autoregression"), re.M)
