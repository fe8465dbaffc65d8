"""The daily temperatures: four years, split by time."""

from __future__ import annotations

import csv
import lzma

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import sources


def test_the_last_year_is_the_test_and_each_day_is_halfway_between_its_extremes() -> None:
    text = lzma.decompress((sources.BUNDLED / "seattle-weather.csv.xz").read_bytes()).decode()
    rows = list(csv.DictReader(text.splitlines()))
    means = [(float(row["temp_max"]) + float(row["temp_min"])) / 2 for row in rows]
    first = next(number for number, row in enumerate(rows) if row["date"].startswith("2015"))
    splits = kerazoo.load_dataset("seattle_weather")
    assert splits.test.y[:, 0].tolist() == pytest.approx(means[first:], rel=1e-6)
    np.testing.assert_allclose(splits.test.x[0, :, 0], means[first - 180 : first], rtol=1e-6)
    assert splits.feature_names == ("mean_temperature",)


def test_any_share_may_be_held_out_before_the_test() -> None:
    few, many = (
        kerazoo.load_dataset("seattle_weather", validation_fraction=share) for share in (0.1, 1 / 3)
    )
    assert len(many.validation.y) == 366  # 2014, and a day of rounding
    assert len(few.train.y) + len(few.validation.y) == len(many.train.y) + len(many.validation.y)
    np.testing.assert_array_equal(few.test.y, many.test.y)
