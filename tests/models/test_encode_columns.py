"""Columns of a table in a form that a network can learn from, whatever is in them."""

from __future__ import annotations

import numpy as np
import pytest

import kerazoo

NUMBERS = np.random.default_rng(0).normal(size=100)
COLUMNS = {
    "tiny": NUMBERS * 1e-9,
    "huge": NUMBERS * 1e9,
    "hardly in float32": NUMBERS * 1e37,
    "next to nothing": NUMBERS * 1e-38,
    "denormal": NUMBERS * 1e-42,
    "signed zeros": np.where(NUMBERS > 0, 0.0, -0.0),
    "constant": np.full(100, 7.0),
    "empty": np.full(100, np.nan),
    "mostly empty": np.where(NUMBERS > 2, NUMBERS, np.nan),
    "one far away": np.where(NUMBERS.max() == NUMBERS, 1e30, NUMBERS),
}
LATER = np.array([0, -1, 1e-30, 1e30, -3e38, 3e38, np.nan], "float32")


@pytest.mark.parametrize("column", COLUMNS.values(), ids=COLUMNS)
@pytest.mark.parametrize("name", ["tabm", "boston"])
def test_answers_are_finite_whatever_a_column_held(name: str, column: np.ndarray) -> None:
    x = np.stack([column, NUMBERS], axis=1).astype("float32")
    arguments = {"classes": 1, "members": 2} if name == "tabm" else {}
    model = kerazoo.load_builder(name)(columns=(0, 0), hidden_units=(4, 4), **arguments)
    kerazoo.adapt_normalization(model, x, NUMBERS[:, None].astype("float32"))
    assert np.isfinite(model(x).numpy()).all()
    later = np.stack([LATER, np.zeros_like(LATER)], axis=1)
    assert np.isfinite(model(later).numpy()).all()
