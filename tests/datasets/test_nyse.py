"""The NYSE series: the published split and figures, and nothing of the future in the training."""

from __future__ import annotations

import csv
import dataclasses
import lzma
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import nyse, sources
from kerazoo.tasks._baselines import score_baseline

pytestmark = pytest.mark.thorough


def raw_rows() -> list[dict[str, str]]:
    text = lzma.decompress((sources.BUNDLED / "NYSE.csv.xz").read_bytes()).decode()
    return list(csv.DictReader(text.splitlines()))


def test_pairs_are_the_documented_ones() -> None:
    splits = kerazoo.load_dataset("nyse", lag=5)
    assert len(splits.train.x) + len(splits.validation.x) == 4276
    assert len(splits.test.x) == 1770
    assert splits.train.x.shape[1:] == (5, 3)


def test_the_test_begins_where_the_file_itself_says() -> None:
    rows = raw_rows()
    first = next(number for number, row in enumerate(rows) if row["train"] == "FALSE")
    splits = kerazoo.load_dataset("nyse", lag=20)
    assert splits.test.y[:, 0].tolist() == pytest.approx(
        [float(row["log_volume"]) for row in rows[first:]]
    )
    before = [[float(row[name]) for name in nyse.COLUMNS] for row in rows[first - 20 : first]]
    np.testing.assert_allclose(splits.test.x[0], before, rtol=1e-6)


def test_the_last_row_of_a_window_tells_the_day_that_is_predicted() -> None:
    rows = raw_rows()
    splits = kerazoo.load_dataset("nyse", lag=7, weekday=True)
    days = ("mon", "tues", "wed", "thur", "fri")
    predicted = [days[day] for day in splits.test.x[:, -1, 3:].argmax(axis=1)]
    assert predicted == [row["day_of_week"] for row in rows if row["train"] == "FALSE"]
    assert (splits.test.x[:, :, 3:].sum(axis=2) == 1).all()


def test_any_lag_is_validated_and_tested_on_the_same_days() -> None:
    short, long = (kerazoo.load_dataset("nyse", lag=lag) for lag in (1, 60))
    np.testing.assert_array_equal(short.validation.y, long.validation.y)
    np.testing.assert_array_equal(short.test.y, long.test.y)


@pytest.mark.parametrize(
    ("baseline", "weekday", "r2"),
    [
        ("last_value", False, 0.1803),
        ("autoregression", False, 0.4129),
        ("autoregression", True, 0.4596),
    ],
)
def test_published_baselines_are_reproduced(baseline: str, weekday: bool, r2: float) -> None:
    splits = kerazoo.load_dataset("nyse", weekday=weekday)
    assert score_baseline(baseline, splits)["r2_score"] == pytest.approx(r2, abs=5e-5)


def test_a_baseline_of_series_needs_a_series() -> None:
    with pytest.raises(ValueError, match="windows of a series"):
        score_baseline("autoregression", kerazoo.load_dataset("boston"))


@pytest.fixture
def write(tmp_path: Path):
    """Write the series with all rows from some number on in another order, but the dates."""

    def write(name: str, shuffled_from: int | None = None) -> Path:
        rows = raw_rows()[:1500]
        order = np.arange(len(rows))
        if shuffled_from is not None:
            np.random.default_rng(0).shuffle(order[shuffled_from:])
        path = tmp_path / f"{name}.csv"
        with open(path, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["date", *nyse.COLUMNS])
            for row, other in zip(rows, order, strict=True):
                writer.writerow([row["date"], *(rows[other][column] for column in nyse.COLUMNS)])
        return path

    return write


def load(path: Path) -> kerazoo.Splits:
    return kerazoo.load_dataset("time_series_csv", path=path, target="log_volume", weekday=True)


def train(splits: kerazoo.Splits, patience: int | None) -> kerazoo.experiments.run.Run:
    recipe = dataclasses.replace(
        kerazoo.load_recipe("lstm", "documented"),
        builder_arguments={"units": (4,)},
        epochs=6 if patience else 2,
        patience=patience,
        restore_best_weights=patience is not None,
        optimizer={"class_name": "Adam", "config": {"learning_rate": 0.03}},
    )
    return kerazoo.train("lstm", recipe=recipe, splits=splits)


@pytest.mark.filterwarnings("ignore:.*gaps in the dates")
def test_the_future_changes_nothing_of_what_was_learned(write) -> None:
    rows = 1500
    test, validation = int(rows * 0.8), int(int(rows * 0.8) * 0.8)
    splits = load(write("original"))

    # Other test years: the same data to fit on, and the same training, early stopping included.
    other = load(write("other_test", shuffled_from=test))
    for part in ("train", "validation"):
        for array, same in zip(getattr(splits, part), getattr(other, part), strict=True):
            np.testing.assert_array_equal(array, same)
    assert not np.array_equal(splits.test.y, other.test.y)
    first, second = train(splits, patience=1), train(other, patience=1)
    assert first.history == second.history
    assert_same_weights(first.model, second.model)
    assert first.metrics != second.metrics

    # Another validation part too: the same windows and scalers, and the same training while it is
    # not stopped early.
    other = load(write("other_validation", shuffled_from=validation))
    for array, same in zip(splits.train, other.train, strict=True):
        np.testing.assert_array_equal(array, same)
    first, second = train(splits, patience=None), train(other, patience=None)
    assert first.history["loss"] == second.history["loss"]
    assert first.history["val_loss"] != second.history["val_loss"]
    assert_same_weights(first.model, second.model)


def assert_same_weights(one: keras.Model, other: keras.Model) -> None:
    """Scalers included: they are weights that are not trained."""
    assert any("standardize" in weight.path for weight in one.weights)
    for weight, same in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)
