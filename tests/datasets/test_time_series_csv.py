"""A user's own CSV file: what is read, what is said, what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets.about import Series
from kerazoo.datasets.reading.calendar import continue_dates, describe_gaps
from kerazoo.datasets.reading.series import read_series
from kerazoo.tasks import task_of

# What is always said is tested in reading/test_series.py.
pytestmark = pytest.mark.filterwarnings("ignore:.*(not used|no column of dates)")
Write = Callable[..., Path]
DAYS = pd.date_range("2024-01-01", periods=60, freq="D")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write sixty days of two columns, changed as asked, to a CSV file."""

    def write(change: Callable[[pd.DataFrame], pd.DataFrame] | None = None) -> Path:
        time = np.arange(60)
        frame = pd.DataFrame(
            {
                "day": DAYS.strftime("%Y-%m-%d"),
                "sold": np.round(np.sin(time) + time / 10, 4).astype(str),
                "price": (time % 7).astype(str),
                "shop": "Seoul",
            }
        )
        path = tmp_path / "sales.csv"
        (frame if change is None else change(frame)).to_csv(path, index=False)
        return path

    return write


def load(path: Path, **options: object) -> kerazoo.Splits:
    return kerazoo.load_dataset("time_series_csv", **{"path": path, "target": "sold", **options})


def put(row: int, column: str, cell: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[row, column] = cell
        return frame

    return change


def in_ambiguous_form(frame: pd.DataFrame) -> pd.DataFrame:
    """Twelve days of January, or the first days of twelve months."""
    return frame[:12].assign(day=DAYS[:12].strftime("%d/%m/%Y"))


def test_everything_that_holds_numbers_is_read(write: Write) -> None:
    splits = load(write(), lag=4, horizon=2)
    assert isinstance(splits.about, Series)
    assert splits.about.columns == ("sold", "price")
    assert splits.about.date == "day"
    # 48 of 60 rows before the test, 38 of these before validation.
    parts = (splits.train, splits.validation, splits.test)
    assert [len(part.x) for part in parts] == [38 - 4 - 1, 10 - 1, 12 - 1]
    sold = np.sin(np.arange(60)) + np.arange(60) / 10
    np.testing.assert_allclose(splits.test.y[:, 0], sold[48:59], atol=1e-4)
    np.testing.assert_allclose(splits.train.x[0, :, 0], sold[:4], atol=1e-4)


def test_chosen_features_weekdays_and_the_target_alone(write: Write) -> None:
    path = write()
    chosen = load(path, features=["price"], weekday=True)
    assert chosen.feature_names[:3] == ("price", "sold", "next_is_monday")
    assert chosen.train.x.shape[2] == 2 + 7
    assert load(path, features=[]).train.x.shape[2] == 1
    assert (
        load(path, data_dir=path.parent).hash()
        == load(Path(path.name), data_dir=path.parent).hash()
    )


def test_rows_are_sorted_by_date_and_that_is_said(write: Write) -> None:
    expected = load(write()).hash()
    path = write(lambda frame: frame.sample(frac=1, random_state=0))
    with pytest.warns(UserWarning, match="rows were sorted by 'day'"):
        assert load(path).hash() == expected


def test_gaps_are_reported(write: Write) -> None:
    path = write(lambda frame: frame.drop(index=[10, 11, 30]))
    with pytest.warns(
        UserWarning, match="2 gaps in the dates; the longest, 3 steps, is from 2024-01"
    ):
        load(path)


@pytest.mark.parametrize(
    ("dates", "gaps"),
    [
        (pd.date_range("2024-01-01", periods=9, freq="B"), ""),  # weekends are no gaps
        (pd.date_range("2024-01-31", periods=9, freq="ME"), ""),
        (pd.date_range("2024-01-01", periods=9, freq="h"), ""),
        (DAYS[[0, 1, 2, 4, 5]], "1 gap "),
        (DAYS[:1], ""),
    ],
)
def test_gaps_are_where_a_step_is_longer_than_usual(dates: pd.DatetimeIndex, gaps: str) -> None:
    assert describe_gaps(dates).startswith(gaps)
    assert bool(describe_gaps(dates)) == bool(gaps)


@pytest.mark.parametrize("frequency", ["D", "B", "h", "MS", "ME", "W-WED", "YS"])
def test_dates_go_on_as_they_were(frequency: str) -> None:
    dates = pd.date_range("2021-03-01", periods=30, freq=frequency)
    assert list(continue_dates(dates[:20], 10)) == list(dates[20:])


def test_missing_values_are_refused_or_taken_from_before(write: Write) -> None:
    path = write(put(20, "sold", ""))
    with pytest.raises(
        kerazoo.InvalidInput, match=r"1 cells? .*row 21 .*'sold'.*missing='forward'"
    ):
        load(path)
    table = read_series(path, missing="forward")
    assert table.values[20, 0] == table.values[19, 0]
    with pytest.raises(kerazoo.InvalidInput, match="begins with an empty cell"):
        load(write(put(0, "sold", "NA")), missing="forward")
    with pytest.raises(kerazoo.UnknownName, match="unknown way to treat missing values 'drop'"):
        load(path, missing="drop")


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (None, {"target": "slod"}, "unknown column 'slod'. Did you mean 'sold'"),
        (None, {"features": ["prise"]}, "unknown column 'prise'. Did you mean 'price'"),
        (None, {"date": "dya"}, "unknown column 'dya'. Did you mean 'day'"),
        (None, {"target": "shop"}, "row 1, column 'shop' is 'Seoul'; expected a finite number"),
        (None, {"target": None}, "needs path=.* and target="),
        (None, {"horizon": 0}, "horizon is 0"),
        (None, {"lag": 0}, "lag is 0"),
        (None, {"lag": 59}, "60 rows are too few: with lag 59"),
        (None, {"test_fraction": 1.0}, "a fraction of 1.0 cannot be held out"),
        (put(7, "price", "1,5"), {}, "row 8, column 'price' is '1,5'"),
        (put(7, "price", "inf"), {}, "row 8, column 'price' is 'inf'; expected a finite number"),
        (put(7, "price", "1e60"), {}, "row 8, column 'price' is '1e60'"),
        (put(7, "day", "2024-01-01"), {}, "2024-01-01 is there twice, in rows 1 and 8"),
        (put(7, "day", "8 Janury"), {"date": "day"}, "row 8, column 'day' is '8 Janury'"),
        (lambda f: f.assign(sold="3"), {}, "'sold' is 3 in all .* rows trained on"),
        (lambda f: f[:0], {}, "has a header and no rows"),
        (in_ambiguous_form, {"date": "day"}, "in two ways"),
        (lambda f: f.drop(columns="day"), {"weekday": True}, "weekday=True needs a column"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_the_reason(
    write: Write, change: object, options: dict[str, object], message: str
) -> None:
    with pytest.raises(kerazoo.KerazooError, match=message):
        load(write(change), **options)


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(kerazoo.InvalidInput, match=r"there is no file 'nowhere\.csv'"):
        load(Path("nowhere.csv"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read as a CSV file"),
        ("a,a\n1,2\n", "two columns are called 'a'"),
        ("a,b\n1,2,3\n", "row 1 has 3 cells, the header 2"),
        ("word\nhello\n", "no column of numbers"),
        (b"a\n\xff\xfe\n", "is not UTF-8 text"),
    ],
)
def test_files_that_are_no_table_are_refused(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(kerazoo.InvalidInput, match=message):
        read_series(path)


def test_dates_are_read_as_they_are_meant() -> None:
    named = {"when": ["13/01/2024", "14/01/2024"], "a": [1, 2]}
    assert read_series(named, date="when").dates[0] == pd.Timestamp("2024-01-13")
    zones = {"when": ["2024-01-01T09:00+09:00", "2024-01-02T00:00Z"], "a": [1, 2]}
    assert read_series(zones).dates[0] == pd.Timestamp("2024-01-01")
    index = pd.DataFrame({"a": [1.0, 2.0]}, index=DAYS[:2])
    assert read_series(index).date == "date"
    years = read_series({"year": ["2001", "2002"], "a": ["1", "2"]})
    assert (years.date, years.names) == ("", ("year", "a")), "a number is no date"


def test_a_frame_may_hold_numbers_and_none() -> None:
    frame = pd.DataFrame({"a": [1, None, 3], "b": [True, False, True]})
    assert read_series(frame, missing="forward").values[:, 0].tolist() == [1, 1, 3]
    assert not math.isnan(read_series({"a": [1, 2]}).values.sum())


def own_data(name: str, path: Path, options: dict) -> tuple[kerazoo.Recipe, kerazoo.Splits]:
    return task_of(name).own_data(name, kerazoo.load_recipe(name), path, options)


def test_the_command_line_fits_a_network_to_a_file(write: Write) -> None:
    path = write(lambda frame: frame.drop(index=[10]))
    options = {"target": "sold", "lag": 6, "horizon": 3}
    with pytest.warns(UserWarning, match="1 gap in the dates"):
        recipe, splits = own_data("lstm", path, options)
    assert kerazoo.build_lstm(**recipe.builder_arguments).output_shape == (None, 3)
    assert list(splits.train.x.shape[1:]) == recipe.builder_arguments["input_shape"] == [6, 2]
    with pytest.warns(UserWarning, match="1 gap"):
        lag = own_data("nyse_rnn", path, {"target": "sold"})[1].about.lag
    assert lag == 5, "as in the network's own recipe"
    for name, wrong, message in (
        ("lstm", {}, "add --target COLUMN"),
        ("xor", options, "it has no columns to choose. Use boston"),
        ("nyse_rnn", options, "it has no horizon to choose. Use lstm"),
    ):
        with pytest.raises(kerazoo.KerazooError, match=message):
            own_data(name, path, wrong)
