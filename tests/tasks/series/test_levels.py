"""Series whose level leaves the range that is trained on are forecast from their last value."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.windows import split_windows
from kerazoo.engine.normalization import adapt_normalization
from kerazoo.tasks import load_task
from kerazoo.tasks._baselines import score_baseline
from kerazoo.tasks.series.levels import columns_to_difference

ROWS = 200
DAYS = np.arange(ROWS, dtype="float64")
RANDOM = np.random.default_rng(0)
WEEK = 10 * np.sin(2 * np.pi * DAYS / 7)
NOISE = RANDOM.normal(size=ROWS)
GROWING = 100 + 0.5 * DAYS + WEEK + NOISE


def write(path: Path, **columns: np.ndarray) -> Path:
    first = np.datetime64("2023-01-02")
    lines = [",".join(("day", *columns))]
    lines += [
        f"{first + n}," + ",".join(f"{column[n]:.3f}" for column in columns.values())
        for n in range(ROWS)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("columns", "chosen"),
    [
        ([GROWING], (0,)),
        ([100 + WEEK + NOISE], ()),
        ([NOISE], ()),
        ([NOISE, GROWING], ()),
        ([GROWING[::-1], NOISE, 3 * DAYS], (0, 2)),
    ],
    ids=["growing", "season", "noise", "only_an_input_grows", "falling_with_a_counter"],
)
def test_levels_that_leave_their_range_are_told(
    columns: list[np.ndarray], chosen: tuple[int, ...]
) -> None:
    values = np.stack(columns, axis=1).astype("float32")
    names = tuple("abc"[: len(columns)])
    splits = split_windows(values, None, Series(names, "a", lag=5), validation=128, test=160)
    assert columns_to_difference(splits) == chosen


def test_a_new_network_forecasts_the_last_value_and_the_mean_change() -> None:
    values = GROWING.astype("float32")[:, np.newaxis]
    splits = split_windows(values, None, Series(("a",), "a", lag=5), validation=128, test=160)
    model = kerazoo.build_lstm((5, 1), (4,), differences=(0,))
    assert adapt_normalization(model, *splits.train) == ["standardize", "change"]
    model.get_layer("standardized_forecast").set_weights([np.zeros((4, 1)), np.zeros(1)])
    changes = splits.train.y[:, 0] - splits.train.x[:, -1, 0]
    expected = splits.test.x[:, -1] + changes.mean()
    np.testing.assert_allclose(model.predict(splits.test.x, verbose=0), expected, rtol=1e-6)
    raised = model.predict(splits.test.x + 1000, verbose=0)
    np.testing.assert_allclose(raised, expected + 1000, rtol=1e-6)


def test_columns_that_are_not_there_are_refused() -> None:
    with pytest.raises(kerazoo.KerazooError, match="names column 3; a row has 2 columns: use"):
        kerazoo.build_lstm((5, 2), differences=(0, 3))


@pytest.mark.filterwarnings("ignore:.*sales.csv", "ignore:a prediction sees")
def test_few_rows_are_trained_on_in_small_batches(tmp_path: Path) -> None:
    path = write(tmp_path / "sales.csv", sold=GROWING)
    recipe = kerazoo.load_recipe("lstm")
    task = load_task("series")
    adapted, splits = task.own_data("lstm", recipe, path, {"target": "sold", "lag": 5})
    assert (adapted.batch_size, len(splits.train.x)) == (8, 123)
    assert adapted.builder_arguments["differences"] == [0]
    chosen = dataclasses.replace(recipe, batch_size=64)
    assert task.own_data("lstm", chosen, path, {"target": "sold", "lag": 5})[0].batch_size == 64
    simple = kerazoo.load_recipe("nyse_rnn")
    assert (
        "differences"
        not in task.own_data("nyse_rnn", simple, path, {"target": "sold", "lag": 5})[
            0
        ].builder_arguments
    )


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:.*sales.csv", "ignore:a prediction sees")
def test_a_growing_series_is_forecast_beyond_what_was_trained_on(tmp_path: Path) -> None:
    path = write(tmp_path / "sales.csv", sold=GROWING, other=NOISE[::-1])
    recipe, splits = load_task("series").own_data(
        "lstm", kerazoo.load_recipe("lstm"), path, {"target": "sold"}
    )
    run = kerazoo.train("lstm", recipe=recipe, splits=splits, out=tmp_path / "m")
    reached = score_baseline("autoregression", splits)["r2_score"]
    assert run.metrics["r2_score"] > reached - 0.03
    ahead = kerazoo.forecast(tmp_path / "m", path, 28)
    truth = 100 + 0.5 * (ROWS + np.arange(28)) + 10 * np.sin(2 * np.pi * (ROWS + np.arange(28)) / 7)
    assert np.abs(ahead.values - truth).mean() < 6
    rows = splits.test.x + np.float32([50, 0])  # far beyond training, also without Keras
    litert = kerazoo.load_predictor(tmp_path / "m", "litert").predict(rows).values
    loaded = kerazoo.load_model(tmp_path / "m").predict(rows, verbose=0)
    np.testing.assert_allclose(litert, loaded, rtol=1e-5)
    np.testing.assert_allclose(litert, run.model.predict(splits.test.x, verbose=0) + 50, rtol=1e-5)
