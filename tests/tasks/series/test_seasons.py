"""What is usual at a time of the year, as a baseline."""

from __future__ import annotations

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.windows import split_windows

DATES = np.arange("2001-01-01", "2006-01-01", dtype="datetime64[D]")
DAY = (DATES - DATES.astype("datetime64[Y]")).astype(int)


def split(values: np.ndarray, horizon: int = 1, **options: object) -> kerazoo.Splits:
    series = Series(("a",), "a", 3, horizon, date="date")
    cut = {"validation": 3 * 365, "test": len(values) - 365, "dates": DATES[: len(values)]}
    return split_windows(values.astype("float32")[:, None], None, series, **(cut | options))


def error(splits: kerazoo.Splits) -> float:
    return kerazoo.score_baseline("climate_mean", splits)["mean_absolute_error"]


@pytest.mark.parametrize("horizon", [1, 4])
def test_a_year_that_comes_again_is_known_up_to_the_week_around_each_day(horizon: int) -> None:
    """Over 15 days a wave of a year loses next to nothing, and noise nearly all."""
    wave = 10 * np.cos(2 * np.pi * DAY / 365.25)
    noise = np.random.default_rng(0).normal(0, 3, len(DAY))
    assert error(split(wave, horizon)) < 0.05
    assert error(split(wave + noise, horizon)) == pytest.approx(3 * np.sqrt(2 / np.pi), rel=0.08)


def test_nothing_of_the_test_is_in_the_mean() -> None:
    values = np.where(np.arange(len(DATES)) < len(DATES) - 365, 1.0, 5.0)
    values[0] = 1.5  # or the column would be constant
    assert error(split(values)) == pytest.approx(4, abs=0.02)


def test_the_turn_of_the_year_is_no_border() -> None:
    """The first days of January are near the last ones of December, the only ones known here."""
    values = np.zeros(357)  # from January 11 to January 2
    values[[0, *range(345, 355)]] = 1
    values[355:] = 3
    splits = split(values, validation=300, test=355, dates=DATES[10:367])
    assert error(splits) == pytest.approx(2)


def test_what_has_no_times_of_the_year_is_refused() -> None:
    values = np.arange(len(DATES)) % 7.0
    with pytest.raises(kerazoo.InvalidInput, match="needs one series with dates"):
        error(split(values, dates=None))
    with pytest.raises(kerazoo.InvalidInput, match="more than a year"):
        error(split(values[:500], validation=100, test=200))
    with pytest.raises(kerazoo.InvalidInput, match="windows of a series"):
        error(kerazoo.load_dataset("boston"))
