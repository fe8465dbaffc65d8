"""Columns that are known beforehand: a window holds their value in the row that is predicted."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets import time_series_csv
from kerazoo.datasets.nyse import sample
from tests.processes import run_forked
from tests.tasks.series.test_forecast import repeat_last

pytestmark = pytest.mark.filterwarnings("ignore:.*(gaps? in the dates|no 'log_volume' yet)")
ROWS, AHEAD = 200, 4


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Real days; of the last four the volume is not there yet, as in a plan of promotions."""
    header, *rows = sample(ROWS)
    days = pd.DataFrame(rows, columns=header)[["date", "log_volume", "log_volatility"]]
    days.loc[ROWS - AHEAD :, "log_volume"] = ""
    return days


def load(folder: Path, frame: pd.DataFrame, **options: object) -> kerazoo.Splits:
    path = folder / "days.csv"
    frame.to_csv(path, index=False)
    options = {"known": "log_volatility", **options}
    return time_series_csv.load(path=path, target="log_volume", **options)


def test_a_window_holds_the_value_of_the_next_row(tmp_path: Path, frame: pd.DataFrame) -> None:
    splits = load(tmp_path, frame)
    assert splits.feature_names == ("log_volume", "log_volatility", "next_log_volatility")
    known = frame["log_volatility"].astype(float).to_numpy()
    # The test begins with row 156 of the 196 that have a volume.
    assert len(splits.test.x) == 40
    np.testing.assert_allclose(splits.test.x[0, :, 1], known[151:156], rtol=1e-5)
    np.testing.assert_allclose(splits.test.x[0, :, 2], known[152:157], rtol=1e-5)
    whole = load(tmp_path, frame[: ROWS - AHEAD])
    assert splits.hash() == whole.hash(), "rows without a volume are not trained on"
    with pytest.warns(UserWarning, match="4 rows at the end have no 'log_volume' yet"):
        load(tmp_path, frame)


def test_a_forecast_sees_it_in_rows_of_the_file_or_in_future(
    tmp_path: Path, frame: pd.DataFrame
) -> None:
    splits = load(tmp_path, frame)
    model = repeat_last(5, 3, place=2)  # what is known of the row that is forecast
    expected = frame["log_volatility"].astype(float).to_numpy()[-AHEAD:]
    after = kerazoo.forecast(model, frame, AHEAD, splits=splits, paths=3)
    np.testing.assert_allclose(after.values, expected, rtol=1e-6)
    assert [f"{day:%Y-%m-%d}" for day in after.dates] == frame["date"].tolist()[-AHEAD:]
    told = {"log_volatility": [5.0, 6.0]}
    past = frame[: ROWS - AHEAD]
    after = kerazoo.forecast(model, past, 2, splits=splits, paths=3, future=told)
    np.testing.assert_allclose(after.values, [5, 6], rtol=1e-6)
    for history, steps, there in ((past, 1, 0), (frame, AHEAD + 1, AHEAD)):
        with pytest.raises(kerazoo.InvalidInput, match=f"must be known of .* and is of {there}"):
            kerazoo.forecast(model, history, steps, splits=splits)


def test_a_saved_network_of_several_series_sees_it_too(tmp_path: Path, frame: pd.DataFrame) -> None:
    larger = frame.assign(log_volatility=frame["log_volatility"].astype(float) * 100)
    both = pd.concat([frame.assign(market="a"), larger.assign(market="b")])
    splits = load(tmp_path, both, series="market")
    network = kerazoo.build_lstm((5, 3), units=(2,))
    kerazoo.adapt_normalization(network, *splits.train)
    arguments = {"input_shape": (5, 3), "units": (2,)}
    folder = kerazoo.save_model(
        network, tmp_path / "lstm", name="lstm", splits=splits, builder_arguments=arguments
    )
    assert kerazoo.load_predictor(folder).card.about == splits.about
    done = run_forked("predict", folder, tmp_path / "days.csv", "--steps", AHEAD)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [row["market"] for row in rows] == ["a"] * AHEAD + ["b"] * AHEAD
    # In units of their own, the two are the same series.
    values = np.array([float(row["log_volume"]) for row in rows]).reshape(2, AHEAD)
    np.testing.assert_allclose(values[0], values[1], rtol=1e-3)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda f: f, {"known": "log_volatilty"}, "Did you mean 'log_volatility'"),
        (lambda f: f, {"known": ["log_volume"]}, "cannot be known beforehand"),
        (lambda f: f.replace(f["log_volatility"].iloc[-2], ""), {}, "is empty in row 3 of 4 after"),
        (lambda f: f.replace(f["log_volatility"].iloc[50], ""), {}, "1 cell is empty"),
    ],
)
def test_what_cannot_be_known_is_refused(
    tmp_path: Path, frame: pd.DataFrame, change, options: dict[str, object], message: str
) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        load(tmp_path, change(frame), **options)
