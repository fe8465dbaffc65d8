"""Curves over a number, and fits of many samples."""

from __future__ import annotations

import numpy as np
import pytest

from kerazoo import plots
from kerazoo.errors import InvalidInput

X = np.linspace(0, 1, 5)


def test_curves_points_and_marks_are_where_they_were_passed() -> None:
    figure = plots.plot_curves(
        X, {"square": X**2}, "x", "y", log="y", points={"seen": ([0.5], [0.3])}, marks={"end": 0.8}
    )
    axes = figure.axes[0]
    square, seen, mark = axes.lines
    np.testing.assert_allclose(square.get_ydata(), X**2)
    assert (seen.get_xdata(), seen.get_ydata()) == ([0.5], [0.3])
    assert list(mark.get_xdata()) == [0.8, 0.8]
    assert axes.get_yscale() == "log"
    assert axes.get_xscale() == "linear"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y")


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


@pytest.mark.parametrize("count", [0, 7])
def test_too_few_or_too_many_curves_are_refused(count: int) -> None:
    with pytest.raises(InvalidInput, match="pass 1 to 6"):
        plots.plot_curves(X, {str(number): X for number in range(count)})


def test_a_curve_of_another_length_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"'short' has 2 values; expected 5"):
        plots.plot_curves(X, {"short": [1, 2]})
    with pytest.raises(InvalidInput, match="'truth' has 1 value"):
        plots.plot_fits(X, {"fit": X}, [1])
    with pytest.raises(InvalidInput, match="no fits"):
        plots.plot_fits(X, {}, X)
