"""Tables of a user's own, answered alike whatever holds them."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow
import pytest

from kerazoo.errors import InvalidInput
from kerazoo.predict import Predictor, load_predictor, sources
from kerazoo.saved import load_card
from tests.saved_networks import Saved
from tests.tables import make_table

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
COLUMNS = ("size", "count", "color", "flag", "day", "zip")
ROWS = 40


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return make_table()[:ROWS]


@pytest.fixture(scope="module")
def predictor(cases: Saved) -> Predictor:
    return load_predictor(cases.path)


@pytest.fixture(scope="module")
def expected(predictor: Predictor, frame: pd.DataFrame) -> np.ndarray:
    return predictor.predict(frame).values


def as_array(cases: Saved, frame: pd.DataFrame) -> np.ndarray:
    """Return numbers as the network itself takes them: codes, days, and NaN for empty cells."""
    categories = cases.splits.about.categories
    array = np.empty((len(frame), len(COLUMNS)), "float32")
    for index, name in enumerate(COLUMNS):
        column = frame[name]
        if name in categories:
            column = column.map({word: code for code, word in enumerate(categories[name])})
            if name == "flag":
                column = frame[name].astype(int)
        if name == "day":
            column = (column - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
        array[:, index] = column.to_numpy("float32", na_value=np.nan)
    return array


HELD_BY: dict[str, Callable[[pd.DataFrame], Any]] = {
    "columns in another order": lambda f: f[f.columns[::-1]],
    "further columns": lambda f: f.assign(other="x", more=1),
    "without the target": lambda f: f.drop(columns="price"),
    "rows of a larger one": lambda f: pd.concat([f, f])[len(f) :],
    "one label for all rows": lambda f: f.set_axis([0] * len(f)),
    "names of rows": lambda f: f.set_axis([f"r{n}" for n in range(len(f))]),
    "a column as the index": lambda f: f.set_index("color"),
    "two columns as the index": lambda f: f.set_index(["day", "color"]),
    "categorical": lambda f: f.astype({"color": "category", "flag": "category"}),
    "string": lambda f: f.astype({"color": "string", "zip": "str"}),
    "nullable": lambda f: f.convert_dtypes(),
    "of pyarrow": lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
    "floats for whole numbers": lambda f: f.astype({"count": "float64"}),
    "small whole numbers": lambda f: f.astype({"count": "int16"}),
    "texts": lambda f: f.astype({"count": str, "size": object}),
    "objects": lambda f: f.astype(object),
    "truth in small letters": lambda f: f.assign(flag=f["flag"].astype(str).str.lower()),
    "period": lambda f: f.assign(day=f["day"].dt.to_period("D")),
    "in a zone": lambda f: f.assign(day=f["day"].dt.tz_localize("Asia/Seoul")),
    "nanoseconds": lambda f: f.assign(day=f["day"].astype("datetime64[ns]")),
    "dates of Python": lambda f: f.assign(day=f["day"].dt.date),
    "dates of one digit": lambda f: f.assign(
        day=[None if pd.isna(d) else f"{d.year}/{d.month}/{d.day}" for d in f["day"]]
    ),
    "compact dates": lambda f: f.assign(day=f["day"].dt.strftime("%Y%m%d")),
    "dict of lists": lambda f: {name: f[name].tolist() for name in f},
    "dict of arrays": lambda f: {name: f[name].to_numpy() for name in f},
    "dict of series": lambda f: {name: f[name].set_axis(range(9, 9 + len(f))) for name in f},
    "dicts": lambda f: f.to_dict("records"),
    "dicts without empty cells": lambda f: [
        {name: cell for name, cell in row.items() if not pd.isna(cell)}
        for row in f.to_dict("records")
    ],
    "records of NumPy": lambda f: f.to_records(index=False),
    "array of objects": lambda f: f[list(COLUMNS)].to_numpy(object),
    "lists": lambda f: f[list(COLUMNS)].values.tolist(),
    "table of pyarrow": pyarrow.Table.from_pandas,
    "batch of pyarrow": pyarrow.RecordBatch.from_pandas,
}


@pytest.mark.parametrize("hold", HELD_BY.values(), ids=HELD_BY)
def test_answers_are_the_same_bit_for_bit(
    hold: Callable[[pd.DataFrame], Any],
    predictor: Predictor,
    frame: pd.DataFrame,
    expected: np.ndarray,
) -> None:
    np.testing.assert_array_equal(predictor.predict(hold(frame)).values, expected)


FILES: dict[str, Callable[[pd.DataFrame, Path], object]] = {
    "t.csv": lambda f, path: f.to_csv(path, index=False),
    "other.csv": lambda f, path: f[f.columns[::-1]].to_csv(
        path, index=False, lineterminator="\r\n"
    ),
    "quoted.csv": lambda f, path: f.to_csv(path, index=False, quoting=1),
    "t.tsv": lambda f, path: f.to_csv(path, index=False, sep="\t"),
    "t.csv.gz": lambda f, path: f.to_csv(path, index=False),
    "german.csv": lambda f, path: f.to_csv(path, index=False, sep=";", decimal=","),
    "utf16.csv": lambda f, path: f.to_csv(path, index=False, encoding="utf-16"),
    "marks.csv": lambda f, path: f.to_csv(path, index=False, na_rep="N/A"),
    "t.parquet": lambda f, path: f.to_parquet(path),
    "index.parquet": lambda f, path: f.set_index("zip").to_parquet(path),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_answered_as_its_rows(
    name: str, tmp_path: Path, predictor: Predictor, frame: pd.DataFrame, expected: np.ndarray
) -> None:
    FILES[name](frame, tmp_path / name)
    np.testing.assert_array_equal(predictor.predict(tmp_path / name).values, expected)


def test_arrays_hold_codes_days_and_empty_cells(
    tmp_path: Path,
    cases: Saved,
    predictor: Predictor,
    frame: pd.DataFrame,
    expected: np.ndarray,
) -> None:
    array = as_array(cases, frame)
    np.testing.assert_array_equal(predictor.predict(array).values, expected)
    np.testing.assert_array_equal(predictor.predict(array.astype("float64")).values, expected)
    np.save(tmp_path / "t.npy", array)
    np.testing.assert_array_equal(predictor.predict(tmp_path / "t.npy").values, expected)
    assert np.isfinite(predictor.predict(np.full((2, 6), np.nan, "float32")).values).all()


def test_a_row_alone_is_answered_as_among_others(
    predictor: Predictor, frame: pd.DataFrame, expected: np.ndarray
) -> None:
    for row in range(0, ROWS, 7):
        alone = frame.iloc[row]
        for one in (alone, alone[::-1], alone.to_dict(), [alone.to_dict()], frame.iloc[[row]]):
            np.testing.assert_allclose(predictor.predict(one).values, expected[[row]], rtol=1e-5)


REFUSED: dict[str, tuple[Callable[[pd.DataFrame], Any], str]] = {
    "missing": (lambda f: f.drop(columns="color"), "the column 'color' is missing"),
    "renamed": (lambda f: f.rename(columns={"color": "colour"}), "Is 'colour' meant to be it"),
    "twice": (lambda f: pd.concat([f, f[["zip"]]], axis=1), "two columns have the same name"),
    "no rows": (lambda f: f[:0], "has no rows"),
    "a word": (lambda f: f.assign(size="big"), "row 1, column 'size' is 'big'"),
    "infinity": (lambda f: f.assign(size=np.inf), "row 1, column 'size' is 'inf'"),
    "beyond float32": (lambda f: f.assign(size=1e39), r"column 'size' is '1e\+39'"),
    "no date": (lambda f: f.assign(day="soon"), "row 1, column 'day' is 'soon'"),
    "a date in two ways": (lambda f: f.assign(day="3/4/2024"), "can be read in two ways"),
    "a short column": (lambda f: {**f, "size": f["size"][:9]}, "one value per row in every"),
    "one value and many": (lambda f: {**f, "size": 5.0}, "one value per row in every"),
    "no dict": (lambda f: [*f.to_dict("records"), 5], "every row must be a dict"),
    "a dict without a column": (lambda f: [{"size": 5}], "are missing"),
    "an array too wide": (lambda f: np.zeros((3, 7)), r"shape \(3, 7\); expected \(rows, 6\)"),
    "a code too large": (lambda f: np.full((1, 6), 4.0), r"column 'color' is '4\.0'"),
    "half a code": (lambda f: np.full((1, 6), 0.5), r"column 'color' is '0\.5'"),
}


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_for_it_is_refused(
    change: Callable[[pd.DataFrame], Any],
    message: str,
    predictor: Predictor,
    frame: pd.DataFrame,
) -> None:
    with pytest.raises(InvalidInput, match=message):
        predictor.predict(change(frame))


@pytest.mark.filterwarnings("default::UserWarning")
def test_words_that_are_new_are_said(predictor: Predictor, frame: pd.DataFrame) -> None:
    known = predictor.predict(frame).values
    with pytest.warns(UserWarning, match="'color': 40 cells taken as another word than the 3"):
        other = predictor.predict(frame.assign(color="pink")).values
    assert np.isfinite(other).all()
    assert (other != known).any()


def read(content: bytes, cases: Saved, **options: Any) -> tuple[np.ndarray, dict[str, list[str]]]:
    path = cases.path.parent / "rows.csv"
    path.write_bytes(content)
    batches = list(sources.read_source(str(path), load_card(cases.path), **options))
    kept = {name: [c for b in batches for c in b.carried[name]] for name in options.get("keep", ())}
    return np.concatenate([batch.rows for batch in batches]), kept


def test_bad_rows_are_left_out_and_only_these(cases: Saved, frame: pd.DataFrame) -> None:
    good = frame.astype({"size": object, "day": object}).astype(str)
    spoilt = good.copy()
    spoilt.loc[3, "size"] = "big"
    spoilt.loc[5, "day"] = "soon"
    lines = spoilt.to_csv(index=False).splitlines(keepends=True)
    lines[8] = "1,2\n"
    lines[9] = lines[9].rstrip() + ",1,1\n"
    bad: list[str] = []
    rows, kept = read("".join(lines).encode(), cases, keep=["zip"], bad=bad)
    wrong = np.flatnonzero(np.isinf(rows).any(axis=1)).tolist()
    assert wrong == [3, 5, 7, 8]
    expected, _ = read(good.to_csv(index=False).encode(), cases)
    right = [row for row in range(ROWS) if row not in wrong]
    np.testing.assert_array_equal(rows[right], expected[right])
    assert [kept["zip"][row] for row in right] == frame["zip"].iloc[right].tolist()
    said = ["row 4, column 'size' is 'big'", "row 6, column 'day' is", "row 8 has 2", "row 9 has 9"]
    assert all(part in message for part, message in zip(said, bad, strict=True))


def test_of_bad_rows_nothing_else_is_said(tmp_path: Path, predictor: Predictor) -> None:
    (tmp_path / "t.csv").write_text(",".join(COLUMNS) + "\nbig,2,red,true,2020-01-02,01234\n")
    notes: list[str] = []
    bad: list[str] = []
    list(predictor.predict_source(tmp_path / "t.csv", note=notes.append, bad=bad))
    assert notes == []
    assert len(bad) == 1


def test_cells_that_are_kept_are_those_of_the_table(
    tmp_path: Path, cases: Saved, frame: pd.DataFrame
) -> None:
    path = tmp_path / "t.parquet"
    frame.to_parquet(path)
    card = load_card(cases.path)
    (batch,) = sources.read_source(str(path), card, keep=["color", "count"])
    assert list(batch.carried["color"]) == frame["color"].fillna("").tolist()
    assert list(batch.carried["count"]) == frame["count"].astype(str).tolist()
    with pytest.raises(InvalidInput, match="unknown column to keep 'colour'"):
        list(sources.read_source(str(path), card, keep=["colour"]))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input_is_answered(
    monkeypatch: pytest.MonkeyPatch,
    pack: Callable[[bytes], bytes],
    predictor: Predictor,
    frame: pd.DataFrame,
    expected: np.ndarray,
) -> None:
    content = pack(frame.to_csv(index=False).encode())
    monkeypatch.setattr(
        "kerazoo.datasets.reading.text_tables.standard_input", lambda: io.BytesIO(content)
    )
    np.testing.assert_array_equal(predictor.predict("-").values, expected)


@pytest.mark.parametrize("content", [b"", b"size,count,color,flag,day,zip\n", b"\n\n"])
def test_a_file_without_rows_is_refused(
    tmp_path: Path, content: bytes, predictor: Predictor
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"header and no rows|it is empty"):
        predictor.predict(tmp_path / "t.csv")
