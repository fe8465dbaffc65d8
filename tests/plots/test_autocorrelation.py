"""The memory of a series, as numbers that are known."""

from __future__ import annotations

import numpy as np
import pytest

import kerazoo
from kerazoo import plots


def bars(axes) -> list[float]:
    return [patch.get_height() for patch in axes.patches]


def test_a_series_with_a_memory_forgets_as_it_should() -> None:
    """v(t) = 0.8 v(t - 1) + noise: the correlation at lag l is 0.8 to the l."""
    noise = np.random.default_rng(0).normal(size=40_000)
    values = np.zeros(len(noise))
    for row in range(1, len(noise)):
        values[row] = 0.8 * values[row - 1] + noise[row]
    (axes,) = plots.plot_autocorrelation(values, lags=10, name="v").axes
    np.testing.assert_allclose(bars(axes), 0.8 ** np.arange(1, 11), atol=0.03)
    assert axes.get_title() == "v"


def test_noise_lies_between_the_lines() -> None:
    values = np.random.default_rng(0).normal(size=4000)
    (axes,) = plots.plot_autocorrelation(values, lags=200).axes
    upper = max(line.get_ydata()[0] for line in axes.lines)
    assert upper == pytest.approx(1.96 / np.sqrt(4000))
    assert np.mean(np.abs(bars(axes)) < upper) == pytest.approx(0.95, abs=0.04)


def test_of_windows_each_column_of_the_training_rows_is_drawn() -> None:
    splits = kerazoo.load_dataset("nyse", weekday=True)
    figure = plots.plot_autocorrelation(splits, lags=5)
    assert [axes.get_title() for axes in figure.axes] == list(splits.about.columns)
    timeline = splits.timelines[0]
    volume = timeline.values[: timeline.validation, 1].astype("float64")
    expected = np.corrcoef(volume[3:], volume[:-3])[0, 1]
    assert bars(figure.axes[1])[2] == pytest.approx(expected, abs=0.01)
    assert len(bars(plots.plot_autocorrelation(np.arange(10.0)).axes[0])) == 5


@pytest.mark.parametrize(
    ("values", "lags", "reason"),
    [
        ([1.0, 2, 3], 3, "fewer than there are rows"),
        ([1.0, np.nan, 3], 1, "NaN or infinity"),
        ([2.0, 2, 2, 2], 1, "all 4 values are 2"),
        (np.zeros((3, 2)), 1, "one value for each row"),
    ],
)
def test_what_has_no_memory_to_measure_is_refused(values, lags: int, reason: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        plots.plot_autocorrelation(values, lags)


def test_a_table_is_no_series() -> None:
    with pytest.raises(kerazoo.InvalidInput, match="not one whole series"):
        plots.plot_autocorrelation(kerazoo.load_dataset("boston"))
