"""The numbers of the lesson on bias and variance, and the answers to its exercises."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from tests.lessons.printed import printed_by

ANSWERS = {
    "distinct": 1 - (4 / 5) ** 5,
    "vote": 0.5 * math.log((1 - 0.2) / 0.2),
    "correlated": 0.5 + (1 - 0.5) / 10,
}


def test_bootstrap_samples_and_means_are_as_the_formulas_say() -> None:
    random = np.random.default_rng(0)
    drawn = random.integers(5, size=(20_000, 5))
    assert np.mean([len(set(one)) / 5 for one in drawn]) == pytest.approx(
        ANSWERS["distinct"], abs=0.01
    )
    models = random.multivariate_normal(np.zeros(10), 0.5 + 0.5 * np.eye(10), size=20_000)
    assert models.mean(axis=1).var() == pytest.approx(ANSWERS["correlated"], abs=0.02)


def test_parts_of_the_error_add_up_to_what_is_measured() -> None:
    rows = re.findall(
        r"^(1|3|15) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+)$", printed_by("bias_and_variance"), re.M
    )
    assert len(rows) == 3
    for _, bias, variance, noise, total, measured in rows:
        assert float(bias) + float(variance) + float(noise) == pytest.approx(float(total), abs=2e-3)
        assert float(total) == pytest.approx(float(measured), rel=0.03)


def test_wrong_rows_have_half_of_the_weight_after_a_round() -> None:
    printed = printed_by("bias_and_variance")
    assert f"{0.5 * math.log(0.7 / 0.3):.4f}" == "0.4236"
    assert "alpha = 0.4236" in printed
    wrong, right = 3 * 0.1667, 7 * 0.0714
    assert wrong == pytest.approx(right, abs=1e-3)
    assert {"0.1667", "0.0714"} <= set(printed.split())


def test_five_trees_on_fifths_beat_one_on_all_and_five_lines_do_not() -> None:
    """E, line 957."""
    printed = printed_by("bias_and_variance")
    one = re.search(r"^one, 10,000 rows +(\S+) +(\S+)$", printed, re.M)
    five = re.search(r"^mean of 5, 2,000 rows each +(\S+) +(\S+)$", printed, re.M)
    assert float(five[1]) < 0.5 * float(one[1])
    assert float(five[2]) == pytest.approx(float(one[2]), abs=0.001)
