"""Baselines that are fitted to a table of the user's own."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import load_dataset
from kerazoo.tasks._baselines import score_baseline


def table(**columns: object) -> kerazoo.Splits:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what each column is
        return load_dataset("table_csv", path=columns, target="y")


def test_the_order_of_equal_rows_tells_nothing() -> None:
    """As in a table that is sorted by its target: the first of many equal rows are of one class."""
    word = np.tile(["a", "b"], 300)
    y = np.where(np.arange(600) < 200, "rare", "usual")
    splits = table(word=word, y=y)
    assert score_baseline("nearest_neighbors", splits)["accuracy"] > 0.5


@pytest.mark.parametrize("name", ["nearest_neighbors", "gradient_boosting", "least_squares"])
def test_gaps_and_words_are_inputs(name: str) -> None:
    generator = np.random.default_rng(0)
    size = generator.normal(size=300)
    word = generator.choice(["low", "high"], 300)
    y = size + 5 * (word == "high")
    size[::9] = np.nan
    splits = table(size=size, word=word, y=y)
    beaten = score_baseline("mean_of_training", splits)["mean_absolute_error"]
    assert score_baseline(name, splits)["mean_absolute_error"] < beaten / 2
