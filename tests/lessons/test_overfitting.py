"""The numbers of the lesson on overfitting, and the answers to its exercises."""

from __future__ import annotations

import re

import numpy as np

from tests.lessons.printed import printed_by


def worst_units(rows: int) -> int:
    """At how many random features least squares on so many rows of noise is worst elsewhere."""
    random = np.random.default_rng(0)
    x, others = random.normal(size=(2, rows, 13))
    y, of_others = x.sum(axis=1) + random.normal(size=rows), others.sum(axis=1)

    def error(units: int) -> float:
        hidden = random.normal(size=(13, units))
        output = np.linalg.lstsq(np.maximum(x @ hidden, 0), y, rcond=None)[0]
        return float(np.mean((np.maximum(others @ hidden, 0) @ output - of_others) ** 2))

    units = [rows // 4, rows // 2, rows, 2 * rows, 4 * rows]
    return max(units, key=lambda count: np.median([error(count) for _ in range(9)]))


ANSWERS = {
    "penalty": 2 - 0.1 * 2 * 0.01 * 2,
    "zero": round(0.03 / (0.1 * 0.05)),
    "peak": worst_units(60),
}


def test_the_error_is_largest_at_as_many_units_as_rows() -> None:
    assert [worst_units(rows) for rows in (40, 60)] == [40, 60]


def test_the_lesson_takes_a_share_by_l2_and_a_fixed_amount_by_l1() -> None:
    printed = printed_by("overfitting")
    kept = 1 - 2 * 0.1 * 0.05  # the share that is left after a step
    assert (f"{2 * kept:.3f}", f"{0.1 * kept:.3f}") == ("1.980", "0.099")
    for row in (r"2\.0 +1\.980 +1\.995", r"0\.1 +0\.099 +0\.095", r"-0\.5 +-0\.495 +-0\.495"):
        assert re.search(row, printed), row


def test_every_remedy_comes_closer_to_the_truth_than_none() -> None:
    printed = printed_by("overfitting")
    names = ("none", "early stopping", "L2", "L1", "dropout", "input noise")
    errors = [float(re.search(rf"^{name} +(\d\.\d+)", printed, re.M)[1]) for name in names]
    assert errors[0] == max(errors)
