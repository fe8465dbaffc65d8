"""Hitters: the split of the lab, and its baselines."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import Part
from kerazoo.tasks._baselines import score_baseline


def test_rows_without_a_salary_are_left_out_and_words_are_0_or_1() -> None:
    splits = kerazoo.load_dataset("hitters")
    assert (len(splits.train.x), len(splits.test.x)) == (175, 88)
    assert len(splits.feature_names) == 19
    for name in ("League", "Division", "NewLeague"):
        column = splits.train.x[:, splits.feature_names.index(name)]
        assert set(column.tolist()) == {0.0, 1.0}
    assert np.isfinite(splits.train.x).all()


def test_nothing_is_held_out_unless_that_is_asked_for() -> None:
    whole, held_out = (
        kerazoo.load_dataset("hitters", validation_fraction=share) for share in (0.0, 0.2)
    )
    assert whole.validation is whole.train
    assert (len(held_out.train.x), len(held_out.validation.x)) == (140, 35)
    assert np.array_equal(held_out.test.x, whole.test.x)


def test_least_squares_gives_the_error_of_the_lab() -> None:
    """Which it does only if the rows, the split and the words are those of the lab."""
    found = score_baseline("least_squares", kerazoo.load_dataset("hitters"))
    assert found["mean_absolute_error"] == pytest.approx(259.7153, abs=0.05)


def test_a_copy_of_the_training_part_is_not_counted_twice() -> None:
    """On the other side of a fold it would choose no penalty at all; lasso is chosen by folds."""
    splits = kerazoo.load_dataset("hitters")
    copied = dataclasses.replace(splits, validation=Part(*splits.train))
    once, twice = (score_baseline("lasso", one)["mean_absolute_error"] for one in (splits, copied))
    assert 230 < once < 259
    assert once != twice
