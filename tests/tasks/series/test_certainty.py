"""CRPS against its closed form, its definition and samples; intervals that hold what they say."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.windows import split_windows
from kerazoo.tasks import load_task
from kerazoo.tasks.series.certainty import (
    crps_of_gaussians,
    crps_of_samples,
    score_gaussian_baselines,
    score_gaussians,
    score_residuals,
)

CASES = [(0.0, 0.0, 1.0), (3.0, 1.0, 0.5), (-40.0, 2.0, 7.0), (1e4, 1e4 + 1, 3.0)]


@pytest.mark.parametrize(("y", "mean", "spread"), CASES)
def test_crps_of_a_gaussian_is_the_area_between_two_distribution_functions(
    y: float, mean: float, spread: float
) -> None:
    grid = np.linspace(min(y, mean - 10 * spread), max(y, mean + 10 * spread), 2_000_001)
    below = np.array([0.5 * (1 + math.erf((one - mean) / spread / 2**0.5)) for one in grid[::40]])
    area = np.trapezoid((below - (grid[::40] >= y)) ** 2, grid[::40])
    found = crps_of_gaussians(*np.array([[y], [mean], [spread]]))
    np.testing.assert_allclose(found, area, rtol=1e-3)


@pytest.mark.parametrize(("y", "mean", "spread"), CASES)
def test_crps_of_a_gaussian_is_that_of_its_samples(y: float, mean: float, spread: float) -> None:
    samples = mean + spread * np.random.default_rng(0).normal(size=200_000)
    found = crps_of_gaussians(*np.array([[y], [mean], [spread]]))
    np.testing.assert_allclose(crps_of_samples(np.array([y]), samples), found, rtol=0.01)


def test_crps_of_samples_is_its_definition() -> None:
    random = np.random.default_rng(0)
    y, samples = random.normal(size=9), random.normal(size=7)
    between = np.abs(samples[:, None] - samples).mean() / 2
    expected = np.abs(y[:, None] - samples).mean(axis=1) - between
    np.testing.assert_allclose(crps_of_samples(y, samples), expected)
    np.testing.assert_allclose(crps_of_samples(y, np.array([2.0])), np.abs(y - 2))


def test_the_true_distribution_scores_best_and_its_intervals_hold_nine_tenths() -> None:
    random = np.random.default_rng(0)
    mean, spread = random.normal(size=(20_000, 1)), random.uniform(1, 3, size=(20_000, 1))
    y = mean + spread * random.normal(size=mean.shape)

    def score(mean: np.ndarray, spread: np.ndarray) -> dict[str, float]:
        return score_gaussians(y, np.stack([mean, spread], axis=-1))

    true = score(mean, spread)
    assert true["coverage_90"] == pytest.approx(0.9, abs=0.01)
    assert true["width_90"] == pytest.approx(2 * 1.6449 * spread.mean(), rel=1e-3)
    assert true["crps"] == pytest.approx(spread.mean() / math.sqrt(math.pi), rel=0.02)
    for worse in (score(mean + 1, spread), score(mean, 2 * spread), score(mean, spread / 2)):
        assert worse["crps"] > 1.05 * true["crps"]
    assert score(mean, spread / 2)["coverage_90"] < 0.65
    with pytest.raises(kerazoo.InvalidInput, match=r"shape \(20000, 1\) are no distributions"):
        score_gaussians(y, mean)


def test_residuals_are_scored_as_samples_around_a_forecast() -> None:
    random = np.random.default_rng(0)
    y, forecasts = random.normal(size=(50, 2)), random.normal(size=(50, 2))
    residuals = random.normal(size=(30, 2))
    found = score_residuals(y, forecasts, residuals)
    each = [
        crps_of_samples(y[[row], step], forecasts[row, step] + residuals[:, step])
        for row in range(50)
        for step in range(2)
    ]
    assert found["crps"] == pytest.approx(np.mean(each))
    low, high = np.quantile(residuals, (0.05, 0.95), axis=0)
    holds = (y >= forecasts + low) & (y <= forecasts + high)
    assert found["coverage_90"] == pytest.approx(holds.mean())


def walk(rows: int = 6000, horizon: int = 1) -> kerazoo.Splits:
    values = np.random.default_rng(0).normal(size=(rows, 1)).cumsum(axis=0).astype("float32")
    series = Series(("a",), "a", 5, horizon)
    return split_windows(values, None, series, validation=rows // 2, test=rows * 2 // 3)


def test_simple_methods_are_as_sure_as_they_were_right_before() -> None:
    """The last value of a random walk is off by a standard normal number; k rows ahead by more."""
    scores = score_gaussian_baselines(("last_value", "season_7", "climate_mean"), walk())
    assert list(scores) == ["last_value", "season_7"]
    assert scores["last_value"]["crps"] == pytest.approx(1 / math.sqrt(math.pi), rel=0.05)
    assert scores["season_7"]["crps"] == pytest.approx(math.sqrt(7 / math.pi), rel=0.1)
    assert scores["last_value"]["coverage_90"] == pytest.approx(0.9, abs=0.03)
    ahead = score_gaussian_baselines(("last_value",), walk(horizon=4))["last_value"]
    spread = np.sqrt(np.arange(1, 5)).mean()
    assert ahead["crps"] == pytest.approx(spread / math.sqrt(math.pi), rel=0.07)


def test_baselines_have_a_crps_where_the_recipe_asks_for_it() -> None:
    splits = kerazoo.load_dataset("nyse")
    recipe = kerazoo.load_recipe("deepar")
    scores = load_task("series").baselines("deepar", recipe, splits)
    assert all({"crps", "coverage_90", "r2_score"} <= one.keys() for one in scores.values())
    plain = load_task("series").baselines("lstm", replace(recipe, measures=()), splits)
    for name, one in plain.items():
        assert "crps" not in one
        assert one["r2_score"] == scores[name]["r2_score"]
    assert scores["autoregression"]["crps"] < scores["last_value"]["crps"]
