"""Forecasts: right where the answer is known, wider with every step, and drawn."""

from __future__ import annotations

import csv
import json
import warnings
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import kerazoo
from kerazoo.datasets.about import Series
from kerazoo.datasets.nyse import sample
from kerazoo.datasets.reading.windows import split_windows
from kerazoo.plots import plot_forecast
from tests.processes import run_forked


def repeat_last(lag: int, columns: int, place: int = 0, horizon: int = 1) -> keras.Model:
    """A network that forecasts the last value of one column."""
    inputs = keras.Input((lag, columns))
    last = keras.layers.Reshape((lag * columns,))(inputs)
    layer = keras.layers.Dense(horizon, use_bias=False, name="last")
    model = keras.Model(inputs, layer(last), name="repeat_last")
    weights = np.zeros((lag * columns, horizon), "float32")
    weights[(lag - 1) * columns + place] = 1
    layer.set_weights([weights])
    return model


def split(values: np.ndarray, lag: int, horizon: int = 1, **options: object) -> kerazoo.Splits:
    names = tuple("abc"[: values.shape[1]])
    series = Series(names, "a", lag, horizon, **options)
    rows = len(values)
    return split_windows(
        values.astype("float32"), None, series, validation=rows // 3, test=rows * 2 // 3
    )


@pytest.mark.parametrize("horizon", [1, 4])
def test_the_interval_of_a_random_walk_grows_with_the_root_of_the_steps(horizon: int) -> None:
    """After k steps of standard deviation 1, 90 % of the walks are within 1.645 sqrt(k)."""
    steps = np.random.default_rng(0).normal(size=(9000, 1))
    steps[3000:6000] -= steps[3000:6000].mean()  # or the interval would go on with that drift
    walk = steps.cumsum(axis=0)
    splits = split(walk, lag=3, horizon=horizon)
    model = repeat_last(3, 1, horizon=horizon)
    after = kerazoo.forecast(model, walk, 16, splits=splits, paths=8000)
    np.testing.assert_allclose(after.values, walk[-1, 0], rtol=1e-5)
    expected = 1.645 * np.sqrt(np.arange(1, 17))
    np.testing.assert_allclose(after.upper - walk[-1, 0], expected, rtol=0.06, atol=0.05)
    np.testing.assert_allclose(walk[-1, 0] - after.lower, expected, rtol=0.06, atol=0.05)
    half = kerazoo.forecast(model, walk, 16, splits=splits, paths=8000, coverage=0.5)
    np.testing.assert_allclose(
        half.upper - half.lower, 0.41 * (after.upper - after.lower), rtol=0.1
    )


def test_what_is_predicted_is_fed_back() -> None:
    """Each value is half the one before, however far ahead."""
    values = np.random.default_rng(0).normal(size=(300, 1))
    model = repeat_last(2, 1)
    model.get_layer("last").set_weights([np.array([[0.0], [0.5]], "float32")])
    after = kerazoo.forecast(model, [[3.0], [8.0]], 4, splits=split(values, 2), paths=3)
    assert after.values.tolist() == [4, 2, 1, 0.5]


def test_other_columns_go_on_by_their_own_regression_or_as_told() -> None:
    """The forecast is the other column, which a sine goes on exactly."""
    time = np.arange(400)
    values = np.column_stack([np.sin(0.3 * (time - 1)), np.sin(0.3 * time)])
    splits = split(values, lag=5)
    model = repeat_last(5, 2, place=1)
    after = kerazoo.forecast(model, values, 30, splits=splits, paths=3)
    np.testing.assert_allclose(after.values, np.sin(0.3 * (400 - 1 + np.arange(30))), atol=1e-3)
    told = kerazoo.forecast(model, values, 4, splits=splits, paths=3, future={"b": [5, 6, 7, 8]})
    np.testing.assert_allclose(told.values, [values[-1, 1], 5, 6, 7], rtol=1e-6)


def test_weekdays_come_from_the_calendar_or_from_the_future() -> None:
    """The forecast is 1 for a Monday: from the column that tells the next row's day."""
    dates = pd.bdate_range("2024-01-01", periods=60)  # ends on a Friday
    history = pd.DataFrame({"day": dates, "a": np.random.default_rng(0).normal(size=60)})
    series = Series(("a",), "a", 2, date="day", weekdays=(0, 1, 2, 3, 4))
    days = dates.day_of_week.to_numpy()
    splits = split_windows(history[["a"]].to_numpy("float32"), days, series, validation=20, test=40)
    model = repeat_last(2, 6, place=1)
    after = kerazoo.forecast(model, history, 7, splits=splits, paths=3)
    assert after.values.tolist() == [1, 0, 0, 0, 0, 1, 0]
    assert after.dates is not None
    assert after.dates[0] == pd.Timestamp("2024-03-25")
    holiday = {"day": dates[-1] + pd.to_timedelta([4, 5, 6, 7], "D"), "x": [0, 0, 0, 0]}
    later = kerazoo.forecast(model, history, 4, splits=splits, paths=3, future=holiday)
    assert later.values.tolist() == [0, 0, 0, 0]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, keras.Model, kerazoo.Splits]:
    splits = kerazoo.load_dataset("nyse", lag=5, weekday=True)
    keras.utils.set_random_seed(0)
    model = kerazoo.build_lstm((5, 8), units=(4,))
    kerazoo.compile_model(model, "lstm", variant="documented")
    kerazoo.fit_model(model, splits.train, epochs=3, verbose=0)
    path = tmp_path_factory.mktemp("forecaster") / "m"
    arguments = {"input_shape": (5, 8), "units": (4,)}
    kerazoo.save_model(model, path, name="lstm", splits=splits, builder_arguments=arguments)
    return path, model, splits


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("history") / "nyse.csv"
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows(sample(400))
    return path


def test_a_saved_forecaster_needs_nothing_but_the_history(saved, history: Path) -> None:
    path, model, splits = saved
    after = kerazoo.forecast(path, history, 10)
    live = kerazoo.forecast(model, pd.read_csv(history), 10, splits=splits)
    np.testing.assert_allclose(after.values, live.values, atol=1e-5)
    assert (after.lower < after.values).all()
    assert (after.values < after.upper).all()
    width = after.upper - after.lower
    # Of 1,071 residuals the card keeps a thousand, so that other ones are drawn.
    np.testing.assert_allclose(width, live.upper - live.lower, rtol=0.25)
    again = kerazoo.forecast(kerazoo.load_predictor(path), history, 10)
    np.testing.assert_array_equal(again.upper, after.upper)
    assert not np.array_equal(kerazoo.forecast(path, history, 10, seed=1).upper, after.upper)


def test_one_step_intervals_hold_as_many_days_of_the_test_as_they_say(saved) -> None:
    path, model, splits = saved
    residuals = kerazoo.load_predictor(path).card.residuals.decode()
    lower, upper = np.quantile(residuals, (0.05, 0.95))
    error = splits.test.y - model.predict(splits.test.x, verbose=0)
    assert 0.85 < ((error > lower) & (error < upper)).mean() < 0.95


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"steps": 0}, "steps is 0"),
        ({}, {"coverage": 1.0}, "coverage is 1.0"),
        ({"rows": 4}, {}, "the history has 4 rows; 5 are needed"),
        ({"rows": 40}, {"steps": 2}, "DJ_return, log_volatility must go on too.*features=\\[\\]"),
        ({"drop": "log_volatility"}, {}, "unknown column 'log_volatility'"),
        ({"drop": "date"}, {}, "unknown column 'date'"),
        ({}, {"steps": 3, "future": {"DJ_return": [0, 0]}}, "future has 2 rows; expected 3"),
        ({}, {"future": {"date": ["1980-01-01"], "DJ_return": [0]}}, "begins before the history"),
    ],
)
def test_what_cannot_be_forecast_is_refused(
    saved, history: Path, change: dict[str, object], options: dict[str, object], message: str
) -> None:
    frame = pd.read_csv(history).tail(change.get("rows", 400)).reset_index(drop=True)
    if "drop" in change:
        frame = frame.drop(columns=change["drop"])
    with pytest.raises(kerazoo.KerazooError, match=message):
        kerazoo.forecast(saved[0], frame, **options)


def test_what_is_no_forecaster_is_refused(saved, tmp_path: Path) -> None:
    with pytest.raises(kerazoo.KerazooError, match="pass splits="):
        kerazoo.forecast(saved[1], [[1.0]])
    path = kerazoo.save_model(kerazoo.build_xor(), tmp_path / "xor")
    with pytest.raises(kerazoo.KerazooError, match="was not saved as a forecaster"):
        kerazoo.forecast(path, [[1.0]])
    with pytest.raises(kerazoo.InvalidInput, match="this network looks at the day of the week"):
        kerazoo.forecast(saved[0], np.ones((9, 3)))
    with pytest.raises(kerazoo.InvalidInput, match=r"takes windows of 5 rows.*kerazoo\.forecast"):
        kerazoo.load_predictor(saved[0]).predict({"log_volume": [1.0]})


def test_the_figure_shows_history_forecast_and_interval(saved, history: Path) -> None:
    after = kerazoo.forecast(saved[0], history, 20)
    axes = plot_forecast(after, rows=100).axes[0]
    past, future = (line.get_ydata() for line in axes.lines)
    np.testing.assert_array_equal(past, after.history[-100:])
    np.testing.assert_array_equal(future, [past[-1], *after.values])
    assert len(axes.collections) == 1
    with pytest.raises(kerazoo.InvalidInput, match="rows is 0"):
        plot_forecast(after, rows=0)


@pytest.mark.thorough
def test_the_command_forecasts_and_draws(saved, history: Path, tmp_path: Path) -> None:
    image = tmp_path / "out.png"
    done = run_forked("predict", saved[0], history, "--steps", 20, "--plot", image)
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"drawn to {image}\n"
    rows = list(csv.DictReader(done.stdout.splitlines()))
    expected = kerazoo.forecast(saved[0], history, 20)
    np.testing.assert_allclose(
        [float(row["log_volume"]) for row in rows], expected.values, rtol=1e-5
    )
    assert rows[0]["date"] == "1987-01-01"
    refused = run_forked("predict", saved[0], history, "--plot", image)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"--plot {image} exists already" in refused.stderr
    again = run_forked("predict", saved[0], history, "--plot", image, "--force")
    assert again.returncode == 0, again.stderr
    upper = run_forked("predict", saved[0], history, "--plot", tmp_path / "B.PNG")
    assert upper.returncode == 0, upper.stderr
    assert {path.name for path in tmp_path.iterdir()} >= {"out.png", "B.PNG"}
    pixels = np.asarray(Image.open(image).convert("RGB")).reshape(-1, 3)
    assert len(np.unique(pixels, axis=0)) > 50
    piped = run_forked("predict", saved[0], "-", "--format", "json", input=history.read_text())
    assert [record["step"] for record in json.loads(piped.stdout)] == [1]


def test_the_command_says_what_is_wrong_in_one_line(saved, history: Path, tmp_path: Path) -> None:
    xor = kerazoo.save_model(kerazoo.build_xor(), tmp_path / "xor")
    for arguments, status, message in (
        ((saved[0], history, history), 1, "goes on from one file, not from 2"),
        ((saved[0], history, "--plot", tmp_path / "out.doc"), 2, "ends in .png"),
        ((saved[0], tmp_path / "none.csv"), 1, "there is no file"),
        ((xor, history, "--steps", 3), 2, "--steps is for networks of series; "),
    ):
        done = run_forked("predict", *arguments)
        assert done.returncode == status, arguments
        assert message in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("steps", [1, 2, 6, 7, 8])
def test_other_columns_go_on_within_the_horizon_too(steps: int) -> None:
    """With two to `horizon` steps, which no second window follows."""
    values = np.random.default_rng(0).normal(size=(400, 2))
    splits = split(values, lag=5, horizon=7)
    model = repeat_last(5, 2, horizon=7)
    after = kerazoo.forecast(model, values, steps, splits=splits, paths=3)
    np.testing.assert_allclose(after.values, np.full(steps, values[-1, 0]), rtol=1e-6)


def test_a_season_before_is_a_baseline_however_far_ahead() -> None:
    """A week that comes again is forecast exactly; what is not known yet is not used."""
    week = np.tile([5.0, 1, 2, 3, 4, 9, 8], 60)[:, np.newaxis]
    for horizon in (1, 3, 10):
        scores = kerazoo.score_baseline("season_7", split(week, lag=3, horizon=horizon))
        assert scores["r2_score"] == 1
    trend = week + 10 * np.arange(len(week))[:, np.newaxis]
    error = kerazoo.score_baseline("season_7", split(trend, lag=3, horizon=10))
    # Seven rows are 70, and the last three of ten steps need the week before.
    assert error["mean_absolute_error"] == pytest.approx((7 * 70 + 3 * 140) / 10)
    with pytest.raises(kerazoo.InvalidInput, match="a season of 500 rows is longer"):
        kerazoo.score_baseline("season_500", split(week, lag=3))


def test_days_of_a_file_and_of_an_index_are_the_same(saved, history: Path) -> None:
    frame = pd.read_csv(history)
    with pytest.warns(UserWarning, match="rows were sorted by 'date'"):
        turned = kerazoo.forecast(saved[0], frame[::-1].set_index("date").rename_axis(None), 3)
    expected = kerazoo.forecast(saved[0], history, 3)
    np.testing.assert_array_equal(turned.values, expected.values)
    assert list(turned.dates) == list(expected.dates)


def test_a_history_in_another_unit_is_said(saved, history: Path) -> None:
    frame = pd.read_csv(history)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        kerazoo.forecast(saved[0], frame, paths=2)
    assert not any("unit" in str(one.message) for one in told)
    far = frame.assign(log_volume=1000 + frame["log_volume"])
    with pytest.warns(
        UserWarning, match="'log_volume' is 999.* at the end .*check the unit"
    ) as told:
        kerazoo.forecast(saved[0], far, 3, paths=2)
    assert sum("unit" in str(one.message) for one in told) == 1


@pytest.mark.parametrize(
    "option", [{"steps": 1.5}, {"steps": "2"}, {"coverage": "x"}, {"paths": 0}]
)
def test_numbers_of_another_type(saved, history: Path, option: dict[str, object]) -> None:
    ((name, value),) = option.items()
    with pytest.raises(kerazoo.KerazooError, match=f"{name} is {value!r}; pass"):
        kerazoo.forecast(saved[0], history, **option)


def test_values_that_are_masked_are_refused() -> None:
    values = np.ma.masked_greater(np.arange(40.0)[:, np.newaxis], 30)
    model, splits = repeat_last(5, 1), split(np.arange(40.0)[:, np.newaxis], 5)
    with pytest.raises(kerazoo.InvalidInput, match="the history is a masked array with 9 values"):
        kerazoo.forecast(model, values, splits=splits)
