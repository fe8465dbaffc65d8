"""Series as they come: dates, numbers and gaps are read in one way, said, or refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kerazoo.datasets.reading.calendar import continue_dates, describe_gaps, natural_season
from kerazoo.datasets.reading.series import SeriesTable, read_series
from kerazoo.errors import InvalidInput

DAYS = pd.date_range("2023-01-02", periods=200)
FORMS: dict[str, Callable[[pd.Timestamp], str]] = {
    "iso": lambda d: d.strftime("%Y-%m-%d"),
    "slashes": lambda d: d.strftime("%Y/%m/%d"),
    "points": lambda d: d.strftime("%d.%m.%Y"),
    "no zeros": lambda d: f"{d.day}.{d.month}.{d.year}",
    "US": lambda d: d.strftime("%m/%d/%Y"),
    "month name": lambda d: d.strftime("%d %b %Y"),
    "month name first": lambda d: d.strftime("%B %d, %Y"),
    "spreadsheet": lambda d: d.strftime("%d-%b-%y"),
    "weekday": lambda d: d.strftime("%a, %d %b %Y"),
    "compact": lambda d: d.strftime("%Y%m%d"),
    "Korean": lambda d: f"{d.year}년 {d.month}월 {d.day}일",
    "Korean, short": lambda d: f"{d.year % 100}년 {d.month:02}월 {d.day:02}일",
    "Korean points": lambda d: f"{d.year}. {d.month}. {d.day}.",
    "Chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "midnight": lambda d: d.strftime("%Y/%m/%d 00:00:00"),
    "afternoon": lambda d: d.strftime("%m/%d/%Y 12:00 AM"),
}


def write(folder: Path, **columns: object) -> Path:
    path = folder / "a.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def notes(source: object, **options: object) -> tuple[SeriesTable, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        table = read_series(source, **options)  # type: ignore[arg-type]
    return table, [str(warning.message) for warning in caught]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("as_frame", [False, True])
@pytest.mark.parametrize("date", [None, "day"])
def test_dates_of_one_reading_are_read(
    tmp_path: Path, form: str, as_frame: bool, date: str | None
) -> None:
    texts = [FORMS[form](day) for day in DAYS[::-1]]
    columns = {"sold": np.arange(200)[::-1], "level": -np.arange(200) - 1, "day": texts}
    source = pd.DataFrame(columns) if as_frame else write(tmp_path, **columns)
    table, said = notes(source, date=date)
    assert table.date == "day"
    assert table.names == ("sold", "level")
    pd.testing.assert_index_equal(table.dates, DAYS, check_names=False, exact="equiv")
    assert table.values[:, 0].tolist() == list(range(200))
    assert any("rows were sorted by 'day'" in one for one in said)


@pytest.mark.parametrize(
    "index",
    [
        DAYS[::-1],
        DAYS[::-1].strftime("%Y/%m/%d"),
        pd.Index([day.date() for day in DAYS[::-1]]),
        pd.PeriodIndex(DAYS[::-1], freq="D"),
        DAYS[::-1].tz_localize("Asia/Seoul"),
    ],
    ids=["times", "texts", "date objects", "periods", "zone"],
)
def test_the_index_of_a_frame_may_hold_the_dates(index: pd.Index) -> None:
    frame = pd.DataFrame({"a": np.arange(200.0)[::-1]}, index=index)
    for source in (frame, frame.reset_index(names="when")):
        table, _ = notes(source)
        assert list(table.dates) == list(DAYS)
        assert table.values[:, 0].tolist() == list(range(200))
    assert list(notes(frame, date="day")[0].dates) == list(DAYS)


@pytest.mark.parametrize("numbers", [-np.arange(1001, 1201), np.arange(200) + 1, DAYS.year])
def test_numbers_are_no_dates(tmp_path: Path, numbers: object) -> None:
    table, said = notes(write(tmp_path, level=numbers, a=range(200)))
    assert (table.date, table.names) == ("", ("level", "a"))
    assert any("no column of dates: rows in the order of the file" in one for one in said)
    named, _ = notes(write(tmp_path, level=numbers, day=days_in("iso"), a=range(200)))
    assert named.date == "day"


def days_in(form: str) -> list[str]:
    return [FORMS[form](day) for day in DAYS]


@pytest.mark.parametrize("last", ["Total", "Average", "", "2023-13-01"])
def test_a_row_that_is_no_day_is_refused_with_its_number(tmp_path: Path, last: str) -> None:
    path = write(tmp_path, day=[*days_in("iso"), last], sold=[*range(200), 12345])
    with pytest.raises(InvalidInput, match=r"row 201, column 'day' is .*leave it out"):
        read_series(path)


def test_dates_of_two_readings_are_refused(tmp_path: Path) -> None:
    for form in ("%d/%m/%Y", "%m-%d-%Y", "%d.%m.%y"):
        path = write(tmp_path, day=DAYS[:9].strftime(form), a=range(9))
        for date in (None, "day"):
            with pytest.raises(InvalidInput, match=r"two ways, as .* and as .*2020-12-31"):
                read_series(path, date=date)


def test_texts_of_digits_are_left_out_and_named() -> None:
    columns = {"version": ["1.2.3", "1.2.4", "2"], "share": ["5%", "x", "y"], "a": [1, 2, 3]}
    table, said = notes(columns)
    assert table.names == ("a",)
    assert any("'version' ('1.2.3' is no number)" in one for one in said)
    _, said = notes({"m": ["Jan-24", "Feb-24"], "a": [1, 2]})
    assert any("if 'm' holds them" in one for one in said)


def test_an_index_of_several_levels_is_read() -> None:
    index = pd.MultiIndex.from_product([DAYS[:3].strftime("%Y-%m-%d"), ["Seoul"]])
    table, _ = notes(pd.DataFrame({"a": [1, 2, 3]}, index=index))
    assert list(table.dates) == list(DAYS[:3])
    assert table.names == ("a",)


def test_what_looks_like_dates_is_named(tmp_path: Path) -> None:
    _, said = notes(write(tmp_path, when=["spring", "summer"], a=[1, 2]))
    assert any("if 'when' holds them" in one for one in said)
    assert any("not used: 'when' (no numbers)" in one for one in said)


def test_local_times_keep_their_days_and_hours(tmp_path: Path) -> None:
    zones = {
        "Asia/Seoul": pd.bdate_range("2023-01-02", periods=99),
        "Europe/Berlin": pd.date_range("2024-10-25", periods=99, freq="h"),
        "America/New_York": pd.date_range("2024-03-01", periods=99),
    }
    for zone, local in zones.items():
        times = pd.date_range(local[0], periods=99, freq=local.freq, tz=zone)
        frame = pd.DataFrame({"t": times, "a": range(99)})
        for source in (frame, write(tmp_path, t=times.map(str), a=range(99)), frame.set_index("t")):
            table, said = notes(source)
            assert list(table.dates) == list(times.tz_localize(None)), zone
            assert describe_gaps(table.dates, table.instants) == ""
            assert table.values[:, 0].tolist() == list(range(99))
            assert said == []


def test_several_zones_become_utc_and_that_is_said() -> None:
    when = ["2024-01-01T09:00+09:00", "2024-01-02T00:00Z", "2024-01-03T00:00-05:00"]
    table, said = notes({"when": when, "a": [1, 2, 3]})
    assert table.dates[2] == pd.Timestamp("2024-01-03 05:00")
    assert any("of several zones and were turned into UTC" in one for one in said)


HOURS = pd.date_range("2024-01-01", periods=24 * 40, freq="h")
CALENDARS = {
    "2D": pd.date_range("2023-01-02", periods=60, freq="2D"),
    "W": pd.date_range("2023-01-04", periods=60, freq="W-WED"),
    "the 15th": pd.date_range("2020-01-01", periods=60, freq="MS") + pd.Timedelta(days=14),
    "the 30th": pd.DatetimeIndex(
        [pd.Timestamp(2020 + m // 12, m % 12 + 1, 30 if m % 12 != 1 else 28 + (m == 1))
         for m in range(48)]
    ),
    "1st and 15th": pd.DatetimeIndex(
        [pd.Timestamp(2020 + m // 12, m % 12 + 1, d) for m in range(30) for d in (1, 15)]
    ),
    "quarters": pd.date_range("2010-01-01", periods=40, freq="QS"),
    "quarter ends": pd.date_range("2010-01-01", periods=40, freq="QE"),
    "last business days": pd.date_range("2015-01-01", periods=60, freq="BME"),
    "business days": pd.bdate_range("2023-01-02", periods=100),
    "Sunday to Thursday": DAYS[DAYS.day_of_week.isin([6, 0, 1, 2, 3])],
    "Monday, Wednesday, Friday": DAYS[DAYS.day_of_week.isin([0, 2, 4])],
    "business hours": HOURS[(HOURS.day_of_week < 5) & (HOURS.hour >= 9) & (HOURS.hour < 17)],
    "daytime": HOURS[(HOURS.hour >= 8) & (HOURS.hour < 20)],
    "at 20:00": DAYS + pd.Timedelta(hours=20),
    "every 15 minutes": pd.date_range("2024-01-01", periods=200, freq="15min"),
}  # fmt: skip


@pytest.mark.parametrize("name", CALENDARS)
def test_calendars_go_on_as_they_were(name: str) -> None:
    dates = CALENDARS[name]
    known, later = dates[:-12], dates[-12:]
    assert list(continue_dates(known, 12)) == list(later)
    assert list(continue_dates(known.delete([7]), 12)) == list(later), "with a gap"
    assert describe_gaps(known) == ""
    assert describe_gaps(known.delete([7])).startswith("1 gap in the dates; the longest, 2 steps")


def test_days_of_the_week_do_not_make_hours_days() -> None:
    hours = HOURS[:200]
    assert list(continue_dates(hours, 30, weekdays=range(7))) == list(HOURS[200:230])


@pytest.mark.parametrize(
    ("dates", "season"),
    [
        (DAYS, 7),
        (CALENDARS["business days"], 5),
        (CALENDARS["quarters"], 4),
        (CALENDARS["W"], 52),
        (HOURS, 24),
        (CALENDARS["the 15th"], 12),
        (CALENDARS["2D"], 0),
    ],
)
def test_natural_seasons(dates: pd.DatetimeIndex, season: int) -> None:
    assert natural_season(dates) == season


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["12,345", "1,234,567", "999"], [12345, 1234567, 999]),
        (["3,14", "2,5", "-7,125"], [3.14, 2.5, -7.125]),
        (["1.234,5", "0,25", "12,125"], [1234.5, 0.25, 12.125]),
        (["52%", "3.5 %", "-1%"], [52, 3.5, -1]),
        (["1 234", "12\u00a0345", "7"], [1234, 12345, 7]),
        (["1'234.5", "2'345.25", "9"], [1234.5, 2345.25, 9]),
        (["₩1,234,567", "₩5", "-₩7"], [1234567, 5, -7]),
        (["\u22125.5", "3", "4"], [-5.5, 3, 4]),
    ],
)
@pytest.mark.parametrize("as_frame", [False, True])
def test_numbers_of_one_reading_are_read(
    tmp_path: Path, cells: list[str], values: list[float], as_frame: bool
) -> None:
    columns = {"day": days_in("iso")[:3], "a": [0.5, 1.5, 2.5], "b": cells}
    table, said = notes(pd.DataFrame(columns) if as_frame else write(tmp_path, **columns))
    assert table.names == ("a", "b")
    np.testing.assert_allclose(table.values[:, 1], values, rtol=1e-12)
    assert any("in column 'b' was read as" in one for one in said) or cells[0][0] == "\u2212"


def test_commas_of_two_readings_follow_the_table_or_are_not_used(tmp_path: Path) -> None:
    table, _ = notes(write(tmp_path, a=["0.5", "1.5"], b=["46,682", "46,932"]))
    assert table.values[:, 1].tolist() == [46682, 46932]
    path = write(tmp_path, a=[1, 2], b=["46,682", "46,932"])
    table, said = notes(path)
    assert table.names == ("a",)
    assert any("not used: 'b' ('46,682' can be read in two ways)" in one for one in said)
    with pytest.raises(InvalidInput, match="'46,682' in column 'b' can be read in two ways"):
        read_series(path, ["b"])


@pytest.mark.parametrize("mark", ["?", ".", "-", "#N/A", "<NA>", "\\N", "n/a", "NULL", ""])
def test_marks_of_missing_values(tmp_path: Path, mark: str) -> None:
    path = write(tmp_path, day=days_in("iso")[:4], a=["1.5", mark, "3.5", "4.5"])
    with pytest.raises(InvalidInput, match=r"1 cell is empty.*--missing forward"):
        read_series(path)
    table, said = notes(path, missing="forward")
    assert table.values[:, 0].tolist() == [1.5, 1.5, 3.5, 4.5]
    assert any("filled with the value before them: 1 of 'a'" in one for one in said)


def test_blanks_at_the_end_are_left_out_or_refused(tmp_path: Path) -> None:
    days = days_in("iso")[:5]
    path = write(tmp_path, day=days, a=["1", "2", "", "", ""], b=["1", "2", "3", "", ""])
    table, said = notes(path, missing="forward")
    assert table.values[:, 1].tolist() == [1, 2, 3]
    assert len(table.dates) == 3
    assert any("2 rows at the end are empty and were left out" in one for one in said)
    with pytest.raises(InvalidInput, match="1 cell at the end of column 'a' is empty"):
        read_series(path, missing="forward", needed=("a",))


def test_suspicious_values_are_named() -> None:
    values = np.sin(np.arange(100)) + 20
    values[[3, 30, 60]] = -200
    _, said = notes({"day": DAYS[:100], "a": values})
    assert len(said) == 1
    assert "'a' is -200 in 3 rows, far from all other values" in said[0]
    values = np.r_[np.sin(np.arange(80)), np.zeros(20)]
    assert "is 0 in all of the last 20 rows" in notes({"day": DAYS[:100], "a": values})[1][0]
    assert notes({"day": DAYS[:100], "a": np.arange(100) % 5})[1] == []


def test_tables_as_spreadsheets_write_them(tmp_path: Path) -> None:
    """In CP949, with semicolons, and with decimal commas: the same numbers as in plain CSV."""
    path = tmp_path / "series.csv"
    rows = [(f"2024-01-{day:02d}", f"{day}.5", f"{day * 10}") for day in range(1, 29)]
    plain = "\n".join(["날짜,판매량,기온과습도", *(",".join(row) for row in rows)])
    path.write_text(plain, encoding="utf-8")
    expected = read_series(path)
    assert expected.dates is not None
    semicolons = plain.replace(",", ";").replace(".5", ",5")
    for text, encoding in ((plain, "cp949"), (semicolons, "utf-8"), (semicolons, "cp949")):
        path.write_text(text, encoding=encoding)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = read_series(path)
        assert found.names == expected.names
        assert found.dates is not None
        np.testing.assert_array_equal(found.values, expected.values)
        np.testing.assert_array_equal(found.dates, expected.dates)
        said = " ".join(str(one.message) for one in caught)
        assert ("read as CP949" in said) == (encoding == "cp949")
        assert ("separated by semicolons" in said) == (text is semicolons)
