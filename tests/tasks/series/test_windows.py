"""What a prediction sees of your own series unless it is set: what helps on validation rows."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.tasks import load_task


def choose(folder: Path, dates: pd.DatetimeIndex, values: np.ndarray, **options: Any) -> Any:
    """Return the recipe for a series, and the lines that were said."""
    path = folder / "series.csv"
    pd.DataFrame({"day": dates, "sold": values}).to_csv(path, index=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        recipe, splits = load_task("series").own_data(
            "lstm", kerazoo.load_recipe("lstm"), path, {"target": "sold", **options}
        )
    assert list(splits.train.x.shape[1:]) == recipe.builder_arguments["input_shape"]
    said = [str(one.message) for one in caught if "a prediction sees" in str(one.message)]
    return recipe.dataset_arguments, said


DAYS = pd.date_range("2023-01-02", periods=400)
NOISE = np.random.default_rng(0).normal(0, 1, 400)


def test_a_week_is_seen_by_the_day_of_the_week(tmp_path: Path) -> None:
    chosen, said = choose(tmp_path, DAYS, NOISE + 20 * (DAYS.day_of_week >= 5))
    assert chosen["weekday"] is True
    assert said == [
        "a prediction sees 5 rows, and the day of the week: chosen on the validation rows; --lag "
        "and --weekday set it otherwise."
    ]


def test_or_by_a_window_that_is_long_enough(tmp_path: Path) -> None:
    values = NOISE + 20 * (DAYS.day_of_week >= 5)
    chosen, said = choose(tmp_path, DAYS, values, no_weekday=True)
    assert chosen["weekday"] is False
    assert chosen["lag"] >= 7
    assert said[0].endswith("chosen on the validation rows; --lag sets it otherwise.")


def test_noise_gets_the_usual_window(tmp_path: Path) -> None:
    chosen, _ = choose(tmp_path, DAYS, NOISE)
    assert (chosen["lag"], chosen["weekday"]) == (5, False)


def test_a_year_of_months(tmp_path: Path) -> None:
    months = pd.date_range("1985-01-01", periods=400, freq="MS")
    chosen, _ = choose(tmp_path, months, NOISE + 20 * (months.month == 12))
    assert chosen["lag"] in (12, 24, 48)
    assert chosen["weekday"] is False


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    values = NOISE + 20 * (DAYS.day_of_week >= 5)
    chosen, said = choose(tmp_path, DAYS, values, lag=3, no_weekday=True)
    assert (chosen["lag"], chosen["weekday"], said) == (3, False, [])
    with pytest.raises(kerazoo.KerazooError, match="exclude each other"):
        choose(tmp_path, DAYS, values, weekday=True, no_weekday=True)


def test_windows_of_several_rows_ahead_are_chosen_too(tmp_path: Path) -> None:
    week = np.tile([5.0, 1, 2, 3, 4, 9, 8], 58)[:400]
    chosen, _ = choose(tmp_path, DAYS, week + NOISE / 10, horizon=3, no_weekday=True)
    assert (chosen["lag"], chosen["horizon"]) == (7, 3)
