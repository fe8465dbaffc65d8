"""Networks that give distributions: forecasts are drawn from these, and judged as such."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.saved.gaussian import is_gaussian
from kerazoo.tasks import load_task
from kerazoo.tasks.series.reasons import explain_forecast
from tests.processes import run_forked
from tests.tasks.series.test_certainty import walk

pytestmark = pytest.mark.filterwarnings("ignore:.*(rows? of|is scaled by|chosen on the|not used)")


def run(*arguments: object) -> tuple[int, str, str]:
    done = run_forked(*arguments)
    return done.returncode, done.stdout, done.stderr


def last_and(spread: float, lag: int = 5) -> keras.Model:
    """A network that is as sure of the last value as it is told to be."""
    inputs = keras.Input((lag, 1))
    layer = keras.layers.Dense(2, name="mean_and_spread")
    outputs = keras.layers.Reshape((1, 2))(layer(keras.layers.Flatten()(inputs)))
    model = keras.Model(inputs, outputs, name="last_and")
    kernel = np.zeros((lag, 2), "float32")
    kernel[-1, 0] = 1
    layer.set_weights([kernel, np.array([0, spread], "float32")])
    return model


@pytest.fixture(scope="module")
def splits() -> kerazoo.Splits:
    return walk()


def test_paths_are_drawn_from_the_distributions_step_by_step(splits: kerazoo.Splits) -> None:
    """Of a spread of 2, whatever the residuals are: 90 % are within 1.645 times 2 sqrt(k)."""
    history = splits.timelines[0].values
    model = last_and(2.0)
    after = kerazoo.forecast(model, history, 9, splits=splits, paths=20_000)
    np.testing.assert_allclose(after.values, history[-1, 0], rtol=1e-5)
    expected = 1.645 * 2 * np.sqrt(np.arange(1, 10))
    np.testing.assert_allclose(after.upper - after.values, expected, rtol=0.05)
    np.testing.assert_allclose(after.values - after.lower, expected, rtol=0.05)
    assert after.samples is not None
    assert after.samples.shape == (20_000, 9)
    middle = kerazoo.forecast(model, history, 9, splits=splits, paths=20_000, coverage=0.5)
    np.testing.assert_array_equal(middle.samples, after.samples)
    np.testing.assert_allclose(middle.upper - middle.values, 0.41 * expected, rtol=0.08)
    low, high = after.quantiles((0.05, 0.95))
    np.testing.assert_allclose([low, high], [after.lower, after.upper])
    with pytest.raises(kerazoo.InvalidInput, match="no quantile of 1; pass shares"):
        after.quantiles((0.5, 1.0))


def test_a_seed_decides_what_is_drawn(splits: kerazoo.Splits) -> None:
    history = splits.timelines[0].values

    def samples(seed: int) -> np.ndarray:
        model = last_and(1.0)
        return kerazoo.forecast(model, history, 3, splits=splits, paths=9, seed=seed).samples

    np.testing.assert_array_equal(samples(3), samples(3))
    assert not np.isclose(samples(3), samples(4)).any()


def test_the_task_scores_and_draws_distributions(splits: kerazoo.Splits) -> None:
    task = load_task("series")
    values = last_and(1.0).predict(splits.test.x, verbose=0)
    assert is_gaussian(values)
    scores = task.score(splits, values)
    assert scores["crps"] == pytest.approx(0.564, rel=0.05)
    assert scores["coverage_90"] == pytest.approx(0.9, abs=0.03)
    plain = task.score(splits, values[..., 0])
    assert "crps" not in plain
    assert plain["r2_score"] == scores["r2_score"]
    figures = task.figures(splits, values, None)
    assert {"residuals", "series", "autocorrelation"} <= figures.keys()
    (band,) = figures["series"].axes[0].collections
    assert band.get_label() == "interval"


def write_shops(path: Path, shops: str, rows: int = 150) -> Path:
    """Sales with a week, of the same shape in each shop; noise doubles on weekends."""
    days = pd.date_range("2024-01-01", periods=rows)
    week = np.asarray(days.day_of_week)
    parts = []
    for number, shop in enumerate(shops, start=1):
        noise = np.random.default_rng(number).normal(size=rows) * np.where(week > 4, 2, 1)
        sold = number * 10 * (5 + (week > 4) + 0.2 * noise)
        parts.append(pd.DataFrame({"day": days, "shop": shop, "sold": sold.round(2)}))
    pd.concat(parts).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shops")
    data = write_shops(folder / "shops.csv", "ABC")
    options = {"target": "sold", "series": "shop", "lag": 7, "weekday": True}
    run = kerazoo.train("deepar", data=data, options=options, epochs=3, out=folder / "m")
    assert {"crps", "coverage_90", "width_90"} <= run.metrics.keys()
    return folder


def test_one_network_forecasts_every_shop_in_its_own_units(saved: Path) -> None:
    for number, shop in enumerate("ABC", start=1):
        after = kerazoo.forecast(saved / "m", saved / "shops.csv", 7, series=shop)
        assert np.all((after.lower > 10 * number) & (after.upper < 100 * number))
        assert np.all(after.lower < after.values)
    other = write_shops(saved / "other.csv", "XYZWV")
    with pytest.warns(UserWarning, match="'V' was not trained on; it is scaled by the rows"):
        new = kerazoo.forecast(saved / "m", other, 7, series="V")
    assert np.all((new.values > 50) & (new.values < 500))


def test_a_mean_is_explained_in_the_units_of_its_series(saved: Path) -> None:
    predictor = kerazoo.load_predictor(saved / "m")
    for shop in "AC":
        after = kerazoo.forecast(predictor, saved / "shops.csv", 3, series=shop)
        (why,) = explain_forecast(predictor, after, pairs=8)
        assert why.outputs == ("sold",)
        assert why.columns[0] == "sold 7 rows before"
        found = why.baseline[0] + why.values.sum()
        assert found == pytest.approx(after.values[0], rel=1e-4)


def test_the_commands_give_intervals_quantiles_and_scores(saved: Path) -> None:
    status, out, said = run("predict", saved / "m", saved / "shops.csv", "--steps", 2)
    assert status == 0, said
    wide = list(csv.DictReader(out.splitlines()))
    assert [row["shop"] for row in wide] == ["A", "A", "B", "B", "C", "C"]
    command = ("predict", saved / "m", saved / "shops.csv", "--steps", 2)
    options = ("--coverage", 0.5, "--quantiles", "0.25,0.5,0.75", "--format", "json")
    status, out, said = run(*command, *options)
    assert status == 0, said
    for row, before in zip(json.loads(out), wide, strict=True):
        assert row["sold"] == pytest.approx(float(before["sold"]))
        assert float(before["lower"]) < row["lower"] < row["upper"] < float(before["upper"])
        assert (row["quantile_0.25"], row["quantile_0.75"]) == (row["lower"], row["upper"])
        assert row["lower"] < row["quantile_0.5"] < row["upper"]
    status, _, said = run(*command, "--quantiles", "0.5,1")
    assert (status, "no quantile of 1; pass shares" in said) == (1, True)
    status, _, said = run(*command, "--quantiles", "half")
    assert (status, "--quantiles half" in said) == (2, True)
    status, out, said = run("evaluate", saved / "m", "--data", saved / "shops.csv", "--json")
    assert status == 0, said
    found = json.loads(out)
    for name in ("crps", "coverage_90", "width_90", "mean_absolute_error"):
        assert found["scores"][name] == pytest.approx(found["saved"][name], rel=1e-3)
    assert "mase" in found["scores"]


def test_other_forecasters_are_judged_with_their_residuals(tmp_path: Path) -> None:
    data = write_shops(tmp_path / "shops.csv", "AB")
    options = {"target": "sold", "series": "shop", "lag": 7}
    kerazoo.train("tcn", data=data, options=options, epochs=1, out=tmp_path / "m")
    status, out, said = run("evaluate", tmp_path / "m", "--data", data, "--json")
    assert status == 0, said
    scores = json.loads(out)["scores"]
    assert 0.5 < scores["coverage_90"] <= 1
    assert 0 < scores["crps"] < scores["mean_absolute_error"]


def test_a_backtest_walks_with_the_means(saved: Path) -> None:
    options = {"target": "sold", "series": "shop", "lag": 7}
    result = kerazoo.backtest(
        "deepar", data=saved / "shops.csv", options=options, every=15, epochs=1
    )
    assert result.forecasts["deepar"].shape == result.true.shape
    assert np.isfinite(result.scores["deepar"]["mean_absolute_error"])


@pytest.mark.parametrize("name", ["tcn", "deepar"])
def test_what_cannot_be_learned_is_said(name: str, tmp_path: Path) -> None:
    frame = pd.read_csv(write_shops(tmp_path / "shops.csv", "AB"))
    data = tmp_path / "changed.csv"
    for changed, options, message in (
        (frame.assign(sold=5.0)[:150], {}, "'sold' is 5 in all .* rows trained on"),
        (frame[:150], {"series": "shop"}, "so there is one series. Leave --series"),
        (frame[:9], {"lag": 7}, "9 rows are too few: with lag 7 .* nothing is left to predict"),
    ):
        changed.to_csv(data, index=False)
        with pytest.raises(kerazoo.InvalidInput, match=message):
            kerazoo.train(name, data=data, options={"target": "sold", **options})


def test_several_rows_at_once_are_for_other_networks(saved: Path) -> None:
    options = {"target": "sold", "series": "shop", "horizon": 3}
    with pytest.raises(kerazoo.KerazooError, match="no horizon to choose"):
        kerazoo.train("deepar", data=saved / "shops.csv", options=options)
