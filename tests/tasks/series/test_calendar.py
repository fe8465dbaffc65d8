"""Hours, months and holidays of the row that is predicted: in windows, and in forecasts."""

from __future__ import annotations

import sys
import types
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets import time_series_csv
from kerazoo.tasks import load_task
from tests.tasks.series.test_forecast import repeat_last

NOISE = np.random.default_rng(0).normal(0, 1, 2400)


def write(folder: Path, dates: pd.DatetimeIndex, values: np.ndarray) -> Path:
    path = folder / "sales.csv"
    pd.DataFrame({"when": dates, "sold": values}).to_csv(path, index=False)
    return path


def choose(path: Path, **options: object) -> tuple[dict, list[str]]:
    """Return the data set's arguments, and what was said of them."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        recipe, _ = load_task("series").own_data(
            "lstm", kerazoo.load_recipe("lstm"), path, {"target": "sold", **options}
        )
    said = [str(one.message) for one in caught if "a prediction sees" in str(one.message)]
    return dict(recipe.dataset_arguments), said


@pytest.mark.thorough
def test_an_hour_is_seen_where_it_helps(tmp_path: Path) -> None:
    """Sales at noon: the five hours before do not tell of them."""
    hours = pd.date_range("2024-01-01", periods=1200, freq="h")
    busy = 20 * (hours.hour == 12)
    chosen, said = choose(write(tmp_path, hours, busy + NOISE[:1200] / 10), lag=5)
    assert chosen["calendar"] == "hour"
    assert said[0].startswith("a prediction sees 5 rows, and the hour: chosen on the validation")
    assert "--calendar" in said[0]
    chosen, _ = choose(write(tmp_path, hours, NOISE[:1200]), lag=5)
    assert "calendar" not in chosen
    assert choose(tmp_path / "sales.csv", calendar="hour")[0]["calendar"] == "hour"


def test_windows_tell_the_hour_and_the_month_of_the_next_row(tmp_path: Path) -> None:
    hours = pd.date_range("2024-01-30", periods=200, freq="h")
    path = write(tmp_path, hours, NOISE[:200])
    splits = time_series_csv.load(path=path, target="sold", calendar="hour,month")
    names = splits.feature_names
    assert names[:2] == ("sold", "next_hour_is_0")
    assert names[-2:] == ("next_month_is_1", "next_month_is_2")
    line = splits.timelines[0]
    following = hours[1:]
    assert (line.values[:-1, 1:25].argmax(axis=1) == following.hour).all()
    assert (line.values[:-1, 26] == (following.month == 2)).all()


def test_a_forecast_knows_the_month_of_each_step(tmp_path: Path) -> None:
    """A network that repeats the mark of January forecasts January alone."""
    months = pd.date_range("2015-01-01", periods=120, freq="MS")
    splits = time_series_csv.load(
        path=write(tmp_path, months, NOISE[:120]), target="sold", calendar="month"
    )
    place = splits.feature_names.index("next_month_is_1")
    model = repeat_last(5, 13, place=place)
    after = kerazoo.forecast(model, tmp_path / "sales.csv", 14, splits=splits, paths=3)
    assert after.values.tolist() == [1.0, *[0.0] * 11, 1.0, 0.0]
    with pytest.raises(kerazoo.InvalidInput, match="an array has no dates"):
        kerazoo.forecast(model, np.ones((9, 1)), 1, splits=splits)


def fake_holidays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand for the package where it is not installed: two holidays of one country."""

    def country_holidays(code: str, subdiv: str | None, years: range) -> set[date]:
        if code != "KR":
            raise NotImplementedError
        return {date(2024, 3, 1), date(2024, 5, 1)}

    package = types.SimpleNamespace(country_holidays=country_holidays)
    monkeypatch.setitem(sys.modules, "holidays", package)


def test_holidays_are_seen_on_the_day_and_in_a_forecast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_holidays(monkeypatch)
    days = pd.date_range("2024-01-01", "2024-04-28", freq="D")
    path = write(tmp_path, days, NOISE[: len(days)])
    splits = time_series_csv.load(path=path, target="sold", holidays="KR")
    assert splits.feature_names == ("sold", "next_is_holiday")
    marked = np.flatnonzero(splits.timelines[0].values[:, 1])
    assert days[marked].strftime("%m-%d").tolist() == ["02-29"]
    model = repeat_last(5, 2, place=1)
    after = kerazoo.forecast(model, path, 4, splits=splits, paths=3)
    assert after.values.tolist() == [0, 0, 1, 0], "May 1"


def test_holidays_of_the_real_package() -> None:
    pytest.importorskip("holidays")
    from kerazoo.datasets.about import Series
    from kerazoo.datasets.reading.almanac import calendar_columns

    series = Series(("sold",), "sold", 5, holidays="KR")
    days = ["2024-03-01", "2024-03-04", "2024-10-09"]  # independence, a Monday, Hangul
    assert calendar_columns(days, series).ravel().tolist() == [1, 0, 1]


def test_what_no_calendar_knows_is_said_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = pd.date_range("2024-01-01", periods=60, freq="D")
    path = write(tmp_path, days, NOISE[:60])
    fake_holidays(monkeypatch)
    for options, message in (
        ({"holidays": "XX"}, "holidays of 'XX' are not known; expected a country of two letters"),
        ({"calendar": "hour"}, "every row trained on is of the same hour"),
        ({"calendar": "moth"}, "unknown column of a calendar 'moth'. Did you mean 'month'"),
    ):
        with pytest.raises(kerazoo.KerazooError, match=message):
            time_series_csv.load(path=path, target="sold", **options)
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(kerazoo.KerazooError, match=r"pip install 'kerazoo\[holidays\]'"):
        time_series_csv.load(path=path, target="sold", holidays="KR")
