"""A backtest: nothing of the future is known, and the figures are those of the forecasts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets.about import Series
from kerazoo.datasets.nyse import sample
from kerazoo.datasets.reading.windows import split_windows
from kerazoo.datasets.time_series_csv import tiny
from kerazoo.experiments.backtest import gentle
from kerazoo.report.backtest import Backtest
from kerazoo.tasks.series.walk import cut_pairs, forecast_baseline, plan_steps

ROWS, VALIDATION, TEST = 120, 60, 80


def split(values: np.ndarray, horizon: int = 1, lag: int = 5) -> kerazoo.Splits:
    series = Series(("DJ_return", "log_volume", "log_volatility"), "log_volume", lag, horizon)
    return split_windows(values, None, series, validation=VALIDATION, test=TEST)


@pytest.fixture(scope="module")
def days() -> np.ndarray:
    _, *rows = sample(ROWS)
    return np.array([cells[1:] for cells in rows], "float32")


@pytest.mark.thorough
def test_a_future_row_changes_no_earlier_forecast(days: np.ndarray) -> None:
    """Row 100 is seen, and trained on, by the forecasts of the rows after it alone."""
    changed = days.copy()
    changed[100] += 5
    before, after = (
        kerazoo.backtest("nyse_rnn", splits=split(values), every=7, epochs=2)
        for values in (days, changed)
    )
    assert before.trainings == 6
    for name, forecast in before.forecasts.items():
        same = (forecast == after.forecasts[name]).all(axis=1)
        # The forecasts are of rows 80 to 119.
        assert same[: 100 - TEST + 1].all(), name
        assert not same[100 - TEST + 1], name


@pytest.mark.parametrize("method", ["last_value", "season_7", "autoregression", "least_squares"])
def test_simple_methods_know_no_later_row_either(days: np.ndarray, method: str) -> None:
    changed = days.copy()
    changed[100] += 5
    forecasts = []
    for values in (days, changed):
        splits = split(values, horizon=3)
        pairs = cut_pairs(splits)
        steps = plan_steps(pairs, 1)
        forecasts.append([forecast_baseline(method, pairs, step, splits)[0] for step in steps])
    same = [bool((a == b).all()) for a, b in zip(*forecasts, strict=True)]
    assert all(same[: 100 - TEST + 1])
    assert not all(same)


def test_each_step_learns_from_all_that_lies_before_it(days: np.ndarray) -> None:
    pairs = cut_pairs(split(days, horizon=3))
    steps = plan_steps(pairs, 10)
    # Rows 80 to 117 can be the first of three.
    assert [len(step.ahead) for step in steps] == [10, 10, 10, 8]
    for step, first in zip(steps, (80, 90, 100, 110), strict=True):
        # The last row of a pair that is known is the one before; its window begins at row 0.
        assert pairs.row[step.known].tolist() == list(range(5, first - 2))
        assert pairs.row[step.ahead[0]] == first
    last = plan_steps(pairs, 10, rows=30)[-1]
    assert pairs.row[last.known].tolist() == list(range(78, 108))
    assert len(plan_steps(pairs)) == 38, "fewer than 250: at every row"


def test_trained_once_the_figures_are_those_of_the_baselines(days: np.ndarray) -> None:
    splits = split(days, lag=6)
    recipe = replace(
        kerazoo.load_recipe("nyse_rnn"),
        builder_arguments={"input_shape": (6, 3)},
        baselines=("last_value", "season_7", "autoregression", "least_squares"),
    )
    result = kerazoo.backtest("nyse_rnn", recipe=recipe, splits=splits, every=40, epochs=1)
    assert list(result.scores) == ["nyse_rnn", *recipe.baselines]
    for name in recipe.baselines:
        expected = kerazoo.score_baseline(name, splits)
        scores = {key: result.scores[name][key] for key in expected}
        assert scores == pytest.approx(expected, rel=1e-4), name


def test_the_frame_holds_every_forecast_and_its_date() -> None:
    splits = tiny(horizon=2)
    recipe = replace(
        kerazoo.load_recipe("lstm"),
        builder_arguments={"input_shape": (5, 3), "units": (4,), "horizon": 2},
    )
    result = kerazoo.backtest("lstm", recipe=recipe, splits=splits, every=40, epochs=1)
    frame = result.to_frame()
    known = pd.DataFrame(sample(400)[1:], columns=sample(1)[0]).set_index("date")["log_volume"]
    assert list(frame)[:4] == ["date", "step", "true", "lstm"]
    assert len(frame) == 2 * len(result) == 2 * 79
    shown = frame["date"].dt.strftime("%Y-%m-%d")
    np.testing.assert_allclose(frame["true"], known[shown].astype(float), rtol=1e-5)
    assert frame["step"].tolist()[:4] == [1, 2, 1, 2]
    off = np.abs(frame["lstm"] - frame["true"]).mean()
    assert result.scores["lstm"]["mean_absolute_error"] == pytest.approx(off)


def verdict(ours: np.ndarray, theirs: np.ndarray) -> str:
    true = np.zeros((len(ours), 1))
    forecasts = {"lstm": ours[:, np.newaxis], "last_value": theirs[:, np.newaxis]}
    scores = {
        name: {"root_mean_squared_error": float(np.sqrt(np.mean(values**2)))}
        for name, values in forecasts.items()
    }
    return Backtest("lstm", "sold", true, forecasts, scores, None, None, 1.0, 1, 1, 0.0).verdict


def test_the_verdict_asks_whether_a_difference_is_more_than_chance() -> None:
    noise = np.random.default_rng(0).normal(size=(2, 400))
    assert verdict(noise[0], 2 * noise[1]).startswith("lstm beats last value")
    assert verdict(2 * noise[0], noise[1]).startswith("lstm is worse than last value")
    assert "no more than chance" in verdict(noise[0], noise[1])


def test_a_training_that_goes_on_has_a_fiftieth_of_the_rate() -> None:
    for variant, expected in (("tuned", 0.00016), ("documented", 0.00002)):
        rate = gentle(kerazoo.load_recipe("lstm", variant)).optimizer["config"]["learning_rate"]
        if isinstance(rate, dict):
            rate = rate["config"]["initial_learning_rate"]
        assert rate == pytest.approx(expected)


def test_a_warm_start_begins_with_the_weights_of_before(days: np.ndarray) -> None:
    """Without a rate of learning, the network of the first training answers everywhere."""
    recipe = kerazoo.load_recipe("nyse_rnn", "documented")
    still = replace(recipe, optimizer={"class_name": "SGD", "config": {"learning_rate": 1e-30}})
    splits = split(days)
    warm = kerazoo.backtest("nyse_rnn", recipe=still, splits=splits, every=20, warm_epochs=1)
    once = kerazoo.backtest("nyse_rnn", recipe=still, splits=splits, every=40, epochs=1)
    assert (warm.trainings, once.trainings) == (2, 1)
    np.testing.assert_allclose(warm.forecasts["nyse_rnn"], once.forecasts["nyse_rnn"], rtol=1e-5)


def test_what_was_done_is_kept_after_ctrl_c(days: np.ndarray) -> None:
    def stop(share: float) -> None:
        if share > 0.4:
            raise KeyboardInterrupt

    result = kerazoo.backtest("nyse_rnn", splits=split(days), every=10, epochs=1, report=stop)
    assert (result.interrupted, len(result)) == (True, 20)
    assert {len(values) for values in result.forecasts.values()} == {20}


def test_what_cannot_be_walked_through_is_refused(days: np.ndarray) -> None:
    splits = split(days)
    for name, options, message in (
        ("boston", {}, "boston forecasts no series"),
        ("nyse_rnn", {"splits": splits, "rows": 500}, "before the test there are 75 windows"),
        ("nyse_rnn", {"splits": splits, "every": 0}, "every is 0"),
        ("nyse_rnn", {"splits": replace(splits, timelines=())}, "a whole series in time"),
        ("nyse_rnn", {"splits": replace(splits, test=splits.train)}, "as it was loaded"),
        (None, {}, "pass its name"),
    ):
        with pytest.raises(kerazoo.KerazooError, match=message):
            kerazoo.backtest(name, **options)
