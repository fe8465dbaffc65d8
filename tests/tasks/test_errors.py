"""What was answered to each test row: which row it was, in the units that a person reads."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets import load_dataset
from kerazoo.tasks._errors import errors_of
from tests.tables import make_table


@pytest.mark.filterwarnings("ignore")
def test_rows_are_those_of_the_file() -> None:
    frame = make_table()
    frame.loc[7, "price"] = None  # left out, and the numbers after it stay
    splits = kerazoo.load_table(frame, target="price")
    columns = errors_of(splits, splits.test.y + 2)
    rows = np.asarray(columns["row"])
    np.testing.assert_allclose(columns["truth"], frame["price"][rows - 1], rtol=1e-6)
    np.testing.assert_allclose(columns["error"], 2, rtol=1e-3)


@pytest.mark.filterwarnings("ignore")
def test_classes_have_the_probability_of_the_answer_and_the_truth() -> None:
    frame = make_table()
    splits = kerazoo.load_table(frame, target="flag")
    p = np.linspace(0.1, 0.9, len(splits.test.y))[:, None]
    columns = errors_of(splits, p)
    truth, answer = np.asarray(columns["truth"]), np.asarray(columns["answer"])
    rows = np.asarray(columns["row"]) - 1
    assert (truth == frame["flag"][rows].astype(str).to_numpy()).all()
    assert ((truth == answer) == np.asarray(columns["right"], bool)).all()
    of_truth = np.where(truth == "True", p[:, 0], 1 - p[:, 0])
    np.testing.assert_allclose(columns["probability_of_truth"], of_truth)
    np.testing.assert_allclose(columns["probability"], np.maximum(p, 1 - p)[:, 0])


@pytest.mark.parametrize("horizon", [1, 3])
def test_a_series_has_a_line_for_each_row_ahead(tmp_path: Path, horizon: int) -> None:
    days = pd.date_range("2024-01-01", periods=100)
    frame = pd.DataFrame({"day": days, "sold": np.round(np.sin(np.arange(100.0)) + 5, 3)})
    frame.to_csv(tmp_path / "sales.csv", index=False)
    options = {"path": tmp_path / "sales.csv", "target": "sold", "lag": 4, "horizon": horizon}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        splits = load_dataset("time_series_csv", **options)
    columns = errors_of(splits, np.asarray(splits.test.y))
    rows, dates = np.asarray(columns["row"]) - 1, np.asarray(columns["date"])
    np.testing.assert_allclose(columns["truth"], frame["sold"][rows], rtol=1e-6)
    assert (dates == days.to_numpy()[rows]).all()
    assert set(columns["ahead"]) == {*range(1, horizon + 1)}
    assert len(rows) == len(splits.test.y) * horizon


def test_several_series_are_in_their_own_units(tmp_path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=60).astype(str)
    frames = [
        pd.DataFrame({"day": days, "shop": shop, "sold": (np.sin(np.arange(60.0)) + 5) * size})
        for shop, size in (("small", 1), ("large", 1000))
    ]
    pd.concat(frames).to_csv(tmp_path / "shops.csv", index=False)
    options = {"path": tmp_path / "shops.csv", "target": "sold", "series": "shop", "lag": 3}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        splits = load_dataset("time_series_csv", **options)
    columns = errors_of(splits, np.asarray(splits.test.y))
    for shop, frame in zip(("small", "large"), frames, strict=True):
        mine = np.asarray(columns["series"]) == shop
        rows = np.asarray(columns["row"])[mine] - 1
        np.testing.assert_allclose(
            np.asarray(columns["truth"])[mine], frame["sold"].to_numpy()[rows], rtol=1e-4
        )
