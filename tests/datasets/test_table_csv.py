"""A user's own table: read, split and encoded, from whatever holds it."""

from __future__ import annotations

import gzip
import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets import table_csv
from kerazoo.datasets.reading.asked import check_room
from kerazoo.errors import InvalidInput, KerazooError, UnknownName
from kerazoo.saved.card_text import LARGEST_CARD
from tests.tables import make_table

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
ROWS = 60


def load(path: Any, target: str = "y", **options: Any) -> kerazoo.Splits:
    return kerazoo.load_dataset("table_csv", path=path, target=target, **options)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str | bytes, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def lines(cell: Callable[[int], object], header: str = "x,y", rows: int = ROWS) -> str:
    return header + "\n" + "".join(f"{cell(n)},{n * 1.5}\n" for n in range(rows))


def number(n: int) -> object:
    return 3 * n % 11


def test_a_table_of_every_kind_is_encoded_as_it_says() -> None:
    frame = make_table()
    splits = load(frame, "price")
    about = splits.about
    assert about.kinds == {
        "size": "number",
        "count": "number",
        "color": "category",
        "flag": "category",
        "day": "date",
        "zip": "category",
    }
    assert about.categories["zip"] == ("00042", "00501", "01234", "99999")
    assert about.codes == (0, 0, 3, 2, -1, 4)
    x = np.concatenate([part.x for part in (splits.train, splits.validation, splits.test)])
    y = np.concatenate([part.y for part in (splits.train, splits.validation, splits.test)])
    assert x.dtype == y.dtype == np.float32
    assert sorted(y[:, 0]) == sorted(frame["price"].astype("float32"))
    assert np.isnan(x).sum() == frame.isna().to_numpy().sum()
    days = (frame["day"].dropna() - pd.Timestamp("1970-01-01")).dt.days
    assert sorted(x[~np.isnan(x[:, 4]), 4]) == sorted(days)


class Frame:
    """A DataFrame of a library that is not pandas, such as polars."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.columns = list(frame)
        self._frame = frame

    def __getitem__(self, name: str) -> list[object]:
        return self._frame[name].tolist()


def forms(folder: Path) -> dict[str, Any]:
    frame = make_table()
    frame.to_csv(folder / "t.csv", index=False)
    frame.to_csv(folder / "t.tsv", index=False, sep="\t")
    frame.to_csv(folder / "t.csv.gz", index=False)
    frame.to_csv(folder / "semicolons.csv", index=False, sep=";", decimal=",")
    frame.to_csv(folder / "utf16.csv", index=False, encoding="utf-16")
    frame.to_csv(folder / "quoted.csv", index=False, quoting=1, lineterminator="\r\n")
    frame.to_parquet(folder / "t.parquet")
    frame.set_index("color").to_parquet(folder / "index.parquet")
    files = {path.name: path for path in sorted(folder.iterdir())}
    return files | {
        "frame": frame,
        "columns in another order": frame[frame.columns[::-1]],
        "other rows before": pd.concat([frame, frame])[len(frame) :],
        "named index": frame.set_index("color"),
        "nullable": frame.convert_dtypes(),
        "arrow": frame.convert_dtypes(dtype_backend="pyarrow"),
        "categorical": frame.astype({"color": "category", "flag": "category", "zip": "category"}),
        "period": frame.assign(day=frame["day"].dt.to_period("D")),
        "in a zone": frame.assign(day=frame["day"].dt.tz_localize("Asia/Seoul")),
        "dates": frame.assign(day=frame["day"].dt.date),
        "of another library": Frame(frame),
        "dict": {name: frame[name].tolist() for name in frame},
        "dicts": frame.to_dict("records"),
    }


def test_a_table_is_split_alike_whatever_holds_it(tmp_path: Path) -> None:
    tables = forms(tmp_path)
    expected = load(tables["t.csv"], "price")
    for name, one in tables.items():
        # What is judged later is the same test part.
        assert table_csv.load_like(expected.about, one).hash() == expected.hash(), name
    for name in (
        "t.parquet",
        "semicolons.csv",
        "columns in another order",
        "of another library",
        "dicts",
    ):
        splits = load(tables[name], "price")
        order = [splits.feature_names.index(column) for column in expected.feature_names]
        for part, same in zip(
            (splits.train, splits.validation, splits.test),
            (expected.train, expected.validation, expected.test),
            strict=True,
        ):
            np.testing.assert_array_equal(part.x[:, order], same.x, err_msg=name)
            np.testing.assert_array_equal(part.y, same.y, err_msg=name)


@pytest.mark.parametrize("options", [{}, {"group": "zip"}, {"time": "day"}, {"seed": 3}])
def test_the_same_arguments_give_the_same_bytes(options: dict[str, Any]) -> None:
    frame = make_table()
    if "time" in options:
        frame = frame[frame["day"].notna()]
    first, second = (load(frame, "price", **options) for _ in range(2))
    assert first.hash() == second.hash()
    again = table_csv.load_like(first.about, frame, seed=options.get("seed", 0))
    assert again.hash() == first.hash()


def test_a_group_is_in_one_part_and_no_input() -> None:
    splits = load(make_table(), "price", group="zip")
    assert "zip" not in splits.feature_names
    assert splits.about.split_by == {"group": "zip"}
    assert len(splits.train.x) + len(splits.validation.x) + len(splits.test.x) == 400


def test_the_latest_rows_are_the_test() -> None:
    frame = make_table()
    splits = load(frame[frame["day"].notna()], "price", time="day")
    day = splits.feature_names.index("day")
    assert splits.train.x[:, day].max() < splits.validation.x[:, day].min()
    assert splits.validation.x[:, day].max() < splits.test.x[:, day].min()


def test_equal_rows_stay_together_however_they_are_written() -> None:
    rows = [(n, "a" if n % 2 else "b", n * 1.5) for n in range(100)]
    twice = [(f"{n}.0", f" {word} ", y) for n, word, y in rows[:40]]
    frame = pd.DataFrame([*rows, *twice], columns=["x", "w", "y"]).astype(str)
    frame["x"] = frame["x"].astype("float") * 7 % 101
    splits = load(frame)
    parts = [{tuple(row) for row in part.x} for part in (splits.train, splits.test)]
    assert not parts[0] & parts[1]


SHORT = {
    "a cell too few": ("1,2,3\n4,5\n", "row 2 has 2 cells, the header 3; expected as many"),
    "a cell too many": ("1,2,3\n4,5,6,7\n", "row 2 has 4 cells, the header 3; expected as many"),
    "cut in a row": ("1,2,3\n4", "row 2 has 1 cell, the header 3"),
    "quoted and short": ('"1",2,3\n"4,5",6\n', "row 2 has 2 cells, the header 3"),
    "an open quote": ('1,2,3\n"4,5,6\n', "a quote that opens in row 2 is never closed"),
}


@pytest.mark.parametrize(("rows", "message"), SHORT.values(), ids=SHORT)
def test_a_row_that_is_no_row_of_the_table_is_named(
    write: Callable[..., Path], rows: str, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        load(write("x,z,y\n" + rows))


@pytest.mark.parametrize("quote", ['"', ""])
def test_an_empty_last_cell_is_no_short_row(write: Callable[..., Path], quote: str) -> None:
    text = "y,x\n" + "".join(f"{quote}{n * 1.5}{quote},{n % 7 or ''}\n" for n in range(70))
    splits = load(write(text))
    assert np.isnan(splits.train.x).sum() > 0


NAMES = {
    "a line break": ('"net\nweight"', "net weight"),
    "a tab": ("net\tweight", "net weight"),
    "long": ("x" * 5000, "x" * 200),
    "a number sign": ("#net", "#net"),
    "spaces": ("  net ", "net"),
}


@pytest.mark.parametrize(("written", "name"), NAMES.values(), ids=NAMES)
def test_a_name_is_one_that_a_card_can_hold(
    write: Callable[..., Path], written: str, name: str
) -> None:
    assert load(write(lines(number, f"{written},y"))).feature_names == (name,)
    assert load({written.strip('"'): [number(n) for n in range(ROWS)], "y": range(ROWS)})


def test_a_name_that_steers_a_terminal_is_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(InvalidInput, match="signs in its name that cannot be printed; rename it"):
        load(write(lines(number, "net\x1b[2J,y")))


def test_comments_before_the_header_are_left_out(write: Callable[..., Path]) -> None:
    assert load(write("# made by hand\n#\n" + lines(number))).feature_names == ("x",)
    assert load(write(lines(number, "#x,y"))).feature_names == ("#x",)
    old = lines(number).replace("\n", "\r")
    assert load(write("# of an old Mac\r" + old)).feature_names == ("x",)


def test_a_column_that_is_empty_where_it_counts_is_left_out() -> None:
    days = pd.date_range("2024-01-01", periods=100)
    frame = pd.DataFrame({"day": days, "x": np.arange(100) * 7 % 31, "y": np.arange(100) * 1.5})
    frame["late"] = [np.nan] * 80 + [3, 1] * 10
    frame["word"] = [None] * 80 + ["a", "b"] * 10
    with pytest.warns(UserWarning, match=r"'late' \(empty in the rows that are trained on\)"):
        splits = load(frame, time="day")
    assert splits.feature_names == ("day", "x")
    assert table_csv.load_like(splits.about, frame).hash() == splits.hash()


def test_what_a_card_has_no_room_for_is_refused_before_it_is_read() -> None:
    wide = pd.DataFrame(np.zeros((3, 20_000)), columns=[f"c{n}" for n in range(20_000)])
    with pytest.raises(InvalidInput, match="20,001 columns to learn from, more than"):
        load(wide.assign(y=[1.5, 2, 3]))
    words = {f"c{n}": [f"{'말' * 30}{k}" for k in range(100)] for n in range(100)}
    with pytest.raises(InvalidInput, match=r"100 columns .* with 10,000 words, more than"):
        check_room(words, "table")
    check_room({name: words[name] for name in list(words)[:90]}, "table")
    assert LARGEST_CARD >= 2 * 2**20


TWICE = {
    "target as input": ({"numeric": ["y"]}, "'y' is the target; name another column as numeric"),
    "target as group": ({"group": "y"}, "'y' is the target; name another column as group"),
    "target as time": ({"time": "y"}, "'y' is the target"),
    "target left out": ({"drop": ["y"]}, "'y' is the target"),
    "two kinds": ({"numeric": ["x"], "categorical": ["x"]}, "'x' cannot be both"),
    "group and time": ({"group": "x", "time": "z"}, "by group .* or by time .*, not both"),
    "no such column": ({"drop": ["w"]}, "unknown column 'w'"),
    "no test": ({"test_fraction": 0.0}, "leave nothing"),
    "all held out": ({"test_fraction": 0.9, "validation_fraction": 0.1}, "leave nothing"),
    "no fraction": ({"test_fraction": float("nan")}, "leave nothing"),
}


@pytest.mark.parametrize(("options", "message"), TWICE.values(), ids=TWICE)
def test_contradictions_are_refused(options: dict[str, Any], message: str) -> None:
    frame = {"x": [1, 2, 3] * 20, "z": [1, 5, 7] * 20, "y": [1.5, 2.5, 9] * 20}
    with pytest.raises(KerazooError, match=message):
        load(frame, **options)


@pytest.mark.parametrize(
    "source", [5, {"x": 1, "y": 2}, {"x": [1, 2], "y": [1]}, None, np.zeros((4, 2)), [], "t.xlsx"]
)
def test_what_is_no_table_is_refused(source: object, write: Callable[..., Path]) -> None:
    with pytest.raises((InvalidInput, UnknownName)):
        load(write(b"PK\3\4", "t.xlsx") if isinstance(source, str) else source)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_parquet_file_that_is_none_is_refused(write: Callable[..., Path], content: bytes) -> None:
    with pytest.raises(InvalidInput, match="is not a whole Parquet file"):
        load(write(content, "t.parquet"))


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = gzip.compress(lines(number).encode())
    monkeypatch.setattr(
        "kerazoo.datasets.reading.text_tables.standard_input", lambda: io.BytesIO(content)
    )
    assert load("-").train.x.shape == (39, 1)


@pytest.mark.parametrize("scale", [1e-30, 1e-9, 1e9, 1e30])
def test_numbers_of_any_scale_are_kept(scale: float) -> None:
    values = np.arange(100) * 7 % 31 * scale
    x = load({"x": values, "y": values * 1.5}).train.x
    assert set(x[:, 0]) <= set(values.astype("float32"))
    assert len(set(x[:, 0])) > 20


def test_other_data_is_judged_as_a_whole_and_that_is_said(tmp_path: Path) -> None:
    frame = make_table()
    splits = load(frame, "price", group="zip")
    known = splits.hash()
    assert table_csv.load_like(splits.about, frame, trained_on=known).hash() == known
    for other in (frame[:2], frame[1:], frame.drop(columns="zip"), frame[::-1]):
        with pytest.warns(UserWarning, match=rf"all of its {len(other)} rows are judged"):
            whole = table_csv.load_like(splits.about, other, trained_on=known)
        assert (len(whole.train.x), len(whole.test.x)) == (0, len(other))


LEAKS = {
    "the target in other units": (lambda y, _: y * 2.54, True),
    "rounded too far": (lambda y, _: y.round(-1), False),
    "falls with it": (lambda y, _: -(y**3), True),
    "with noise": (lambda y, noise: y + noise, False),
    "mostly empty": (lambda y, _: np.where(np.arange(len(y)) % 2, y, np.nan), False),
}


@pytest.mark.parametrize(("make", "is_said"), LEAKS.values(), ids=LEAKS)
def test_a_column_that_decides_the_target_is_said(make: Callable, is_said: bool) -> None:
    generator = np.random.default_rng(0)
    y = generator.normal(50, 20, 200).round(2)
    noise, x = generator.normal(size=(2, 200))
    frame = {"copy": make(y, noise), "x": x, "y": y}
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        load(frame)
    found = [str(one.message) for one in said if "alone decide" in str(one.message)]
    assert bool(found) is is_said
    assert all("'copy' alone decides the target" in text for text in found)


def test_words_that_decide_the_class_are_said() -> None:
    word = np.tile(["a", "b", "c"], 60)
    frame = {"word": word, "x": np.arange(180) * 7 % 31, "y": np.where(word == "b", "yes", "no")}
    with pytest.warns(UserWarning, match="the column 'word' alone decides the target"):
        load(frame)
