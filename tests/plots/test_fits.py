"""Fits of one sample, or of many."""

from __future__ import annotations

import numpy as np
import pytest

from kerazoo import plots
from kerazoo.errors import InvalidInput

X = np.linspace(0, 1, 5)


def test_mean_of_many_fits_is_drawn() -> None:
    many = np.stack([X, 3 * X])
    axes = plots.plot_fits(X, {"lines": many}, X**2).axes[0]
    labels = {line.get_label(): line for line in axes.lines}
    np.testing.assert_allclose(labels["mean of fits"].get_ydata(), 2 * X)
    np.testing.assert_allclose(labels["truth"].get_ydata(), X**2)


def test_a_single_fit_has_no_mean() -> None:
    axes = plots.plot_fits(X, {"a line": X}, X**2, points=(X, X)).axes[0]
    assert [line.get_label() for line in axes.lines][:2] == ["one fit", "truth"]
    assert len(axes.lines) == 3


def test_a_curve_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'truth' has 1 value; expected 5"):
        plots.plot_fits(X, {"fit": X}, [1])
    with pytest.raises(InvalidInput, match="'fit' has 2 values; expected 5"):
        plots.plot_fits(X, {"fit": [1, 2]}, X)
    with pytest.raises(InvalidInput, match="no fits"):
        plots.plot_fits(X, {}, X)
