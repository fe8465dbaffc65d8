"""What each column of a table is found to be, and what its cells are read as."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from kerazoo.datasets.reading.numbers import Marks
from kerazoo.datasets.reading.roles import (
    MOST_WORDS,
    choose_words,
    encode_words,
    infer_roles,
    read_column,
    say_other_words,
    word_of,
    words_of,
)
from kerazoo.errors import InvalidInput

ROWS = 60
COUNT = range(ROWS)


def texts(cells: Sequence[object]) -> pd.Series:
    return pd.Series([str(cell) for cell in cells], name="x")


def role(cells: Sequence[object] | pd.Series, column: str = "x", **told: object) -> tuple[str, str]:
    frame = pd.DataFrame({column: cells})
    marks = Marks(points=bool(told.pop("points", False)))
    (found,) = infer_roles(frame, marks=marks, source="table", **told)  # type: ignore[arg-type]
    return found.kind, found.reason


def read(cells: pd.Series, kind: str, **options: object) -> list[float]:
    options = {"marks": Marks(), **options}
    found = read_column(cells.rename("x"), kind, source="table", **options)
    return found.values.tolist()


KINDS = {
    "whole numbers": ([3 * n % 11 for n in COUNT], "number"),
    "numbers": ([n * 1.37 for n in COUNT], "number"),
    "numbers with gaps": ([n * 1.37 if n % 3 else "" for n in COUNT], "number"),
    "numbers and marks": ([n * 1.37 if n % 3 else "?" for n in COUNT], "number"),
    "mostly empty": ([n * 1.37 if n % 20 == 0 else "NA" for n in COUNT], "number"),
    "percent": ([f"{3 * n % 11}%" for n in COUNT], "number"),
    "money": ([f"${3 * n % 11}.50" for n in COUNT], "number"),
    "decimal commas": ([f"{n},25" for n in COUNT], "number"),
    "grouped by points": ([f"1.{n:03d},5" for n in COUNT], "number"),
    "exponents": ([f"{n}e-9" for n in COUNT], "number"),
    "signed zeros": (["-0" if n % 2 else n for n in COUNT], "number"),
    "a sign for each": ([f"+{n % 7}" for n in COUNT], "number"),
    "years": ([1990 + n % 30 for n in COUNT], "number"),
    "words": (["red" if n % 2 else "blue" for n in COUNT], "category"),
    "words and gaps": ([("red", "", "blue")[n % 3] for n in COUNT], "category"),
    "one word and gaps": (["yes" if n % 2 else "" for n in COUNT], "category"),
    "booleans": ([n % 2 == 0 for n in COUNT], "category"),
    "leading zeros": ([f"{n % 7:05d}" for n in COUNT], "category"),
    "ranges": ([("20-29", "30-39")[n % 2] for n in COUNT], "category"),
    "hexadecimal": ([("0x1f", "0x2e", "0xa")[n % 3] for n in COUNT], "category"),
    "hours": ([f"{n % 9}:30" for n in COUNT], "category"),
    "ISO dates": ([f"2024-01-{n % 28 + 1:02d}" for n in COUNT], "date"),
    "dates with gaps": ([f"2024-01-{n % 28 + 1:02d}" if n % 5 else "" for n in COUNT], "date"),
    "day first": ([f"{n % 28 + 1}/{n % 12 + 1}/2024" for n in COUNT], "date"),
    "Korean dates": ([f"2024년 1월 {n % 28 + 1}일" for n in COUNT], "date"),
    "times": ([f"2024-01-{n % 28 + 1:02d}T10:30:00+09:00" for n in COUNT], "date"),
}


@pytest.mark.parametrize(("cells", "kind"), KINDS.values(), ids=KINDS)
def test_a_column_is_what_its_cells_are(cells: list[object], kind: str) -> None:
    assert role(texts(cells)) == (kind, "")


TWO_WAYS = "dates in more than one way: write them as 2024-12-31"
LEFT_OUT = {
    "a date that may be two": (
        [f"{n % 5 + 1}/{n % 4 + 1}/2024" for n in COUNT],
        "x",
        TWO_WAYS,
    ),
    "dates in two formats": (
        [f"2024-02-{n % 9 + 1:02d}" if n % 3 else f"{n % 9 + 1}.2.2024" for n in COUNT],
        "x",
        TWO_WAYS,
    ),
    "empty": ([""] * ROWS, "x", "empty"),
    "marks": (["?", "NA", "-"] * 20, "x", "empty"),
    "constant number": (["5", "5.0"] * 30, "x", "the same in every row"),
    "constant word": (["a"] * ROWS, "x", "the same in every row"),
    "counts the rows": (list(COUNT), "x", "numbers each row"),
    "an id": ([1000 + 7 * n for n in COUNT], "customer_id", "numbers each row"),
    "an index that was saved": ([n * 7 % 61 for n in COUNT], "", "numbers each row"),
    "that of pandas": ([n * 7 % 61 for n in COUNT], "Unnamed: 0", "numbers each row"),
    "names": ([f"name{n}" for n in COUNT], "x", "different in nearly every row"),
    "sentences": ([f"this is text {n}" for n in COUNT], "x", "free text"),
    "long": ([("a" * 50, "b" * 50)[n % 2] for n in COUNT], "x", "free text"),
}


@pytest.mark.parametrize(("cells", "column", "reason"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_says_nothing_of_a_new_row_is_left_out(
    cells: list[object], column: str, reason: str
) -> None:
    assert role(texts(cells), column) == ("", reason)


TYPED = {
    "bool": (pd.Series([True, False] * 30), "category"),
    "nullable bool": (pd.Series([True, False, None] * 20, dtype="boolean"), "category"),
    "whole": (pd.Series(range(ROWS)) % 7, "number"),
    "nullable whole": (pd.Series([1, 5, None] * 20, dtype="Int64"), "number"),
    "float": (pd.Series([1.5, np.nan, 3] * 20), "number"),
    "categorical": (pd.Series(["a", "b"] * 30, dtype="category"), "category"),
    "time": (pd.Series(pd.date_range("2024", periods=ROWS, freq="3D")), "date"),
    "time in a zone": (pd.Series(pd.date_range("2024", periods=ROWS, tz="Asia/Seoul")), "date"),
    "period": (pd.Series(pd.period_range("2024", periods=ROWS, freq="M")), "date"),
    "date": (pd.Series([datetime.date(2024, 1, n % 28 + 1) for n in COUNT]), "date"),
}


@pytest.mark.parametrize(("cells", "kind"), TYPED.values(), ids=TYPED)
def test_a_column_of_another_library_is_what_its_cells_are(cells: pd.Series, kind: str) -> None:
    assert role(cells) == (kind, "")


def test_what_is_told_counts() -> None:
    numbers = texts([n % 3 for n in COUNT])
    assert role(numbers, categorical=["x"]) == ("category", "")
    assert role(texts(list(COUNT)), numeric=["x"]) == ("number", "")
    assert role(texts([20240101 + n % 28 for n in COUNT]), date=["x"]) == ("date", "")
    assert role(numbers, drop=["x"]) == ("", "as asked")


def test_a_mistake_among_numbers_is_named_with_its_row() -> None:
    cells = texts(["", *range(50), "1O"])
    with pytest.raises(InvalidInput, match=r"row 52, column 'x' is '1O'.*--drop x"):
        role(cells)


@pytest.mark.parametrize("points", [False, True])
def test_thousands_are_told_from_decimals_by_the_other_columns(points: bool) -> None:
    cells = texts([f"{n},{7 * n:03d}" for n in range(1, 60)])
    if not points:
        with pytest.raises(InvalidInput, match=r"'1,007' .* can be read in two ways"):
            role(cells, points=False)
    else:
        assert read(cells.iloc[:2], "number", marks=Marks(points=True)) == [1007, 2014]


def test_numbers_are_read_as_they_were_written_before() -> None:
    one = pd.Series(["1.234"])
    assert read(one, "number") == [1.234]
    assert read(one, "number", written="decimal comma") == [1234]
    assert read(pd.Series(["1,234"]), "number", written="decimal comma") == [1.234]
    assert read(pd.Series(["1,234"]), "number", written="thousands") == [1234]
    # 1.5 is of another way of writing, and so are its neighbors.
    assert read(pd.Series(["1.234", "1.5"]), "number", written="decimal comma") == [1.234, 1.5]
    assert read(pd.Series([1.234]), "number", written="decimal comma") == [1.234]


def test_dates_are_read_in_the_order_that_they_had_before() -> None:
    first = (datetime.date(2024, 4, 3) - datetime.date(1970, 1, 1)).days
    other = (datetime.date(2024, 3, 4) - datetime.date(1970, 1, 1)).days
    one = pd.Series(["3/4/2024"])
    assert read(one, "date", written="day first") == [first]
    assert read(one, "date", written="month first") == [other]
    with pytest.raises(InvalidInput, match="can be read in two ways"):
        read(one, "date")
    said = read_column(texts(["3/4/2024", "25/4/2024"]), "date", marks=Marks(), source="table")
    assert said.written == "day first"


def test_a_date_is_what_the_clock_showed_whatever_the_other_rows_are() -> None:
    cells = [f"2024-01-01T12:00:00{zone}" for zone in ("", "+09:00", "-05:00", "Z")]
    alone = [read(pd.Series([cell]), "date")[0] for cell in cells]
    assert read(pd.Series(cells), "date") == alone == [19723.5] * 4


@pytest.mark.parametrize(("date", "days"), [("9999-12-31", 2932896), ("0101-01-01", -682638)])
def test_dates_far_away_are_right(date: str, days: int) -> None:
    assert read(pd.Series([date, "2024-01-01"]), "date") == [days, 19723]


def test_a_wrong_date_is_named_with_the_row_that_it_has_in_the_file() -> None:
    cells = pd.Series(["", "2024-01-01", "", "2024-13-01"])
    with pytest.raises(InvalidInput, match="row 4, column 'x' is '2024-13-01'"):
        read(cells, "date")


def test_rows_that_cannot_be_read_do_not_spoil_the_others() -> None:
    bad: dict[int, str] = {}
    found = read(pd.Series(["", "2024-01-01", "soon", "2024-01-03"]), "date", bad=bad)
    np.testing.assert_equal(found, [np.nan, 19723, np.nan, 19725])
    assert list(bad) == [2]
    bad.clear()
    found = read(pd.Series(["1,5", "", "x", "2,25", "1e39"]), "number", bad=bad)
    np.testing.assert_equal([found[0], found[1], found[3]], [1.5, np.nan, 2.25])
    assert list(bad) == [2, 4]


@pytest.mark.parametrize("cell", ["inf", "-inf", "1e39", "1e400", "nan%", "1_000", "0x10", "1 2 3"])
def test_what_is_no_finite_number_is_refused(cell: str) -> None:
    with pytest.raises(InvalidInput, match="expected a finite number"):
        read(pd.Series(["1", cell]), "number")


def test_truth_is_a_number_where_numbers_are_expected() -> None:
    assert read(pd.Series([True, False]), "number") == [1, 0]


@pytest.mark.parametrize(
    "cell", ["1" + " " * 10**6 + "x", "1/1/2024" + " " * 10**6 + "x", "a" + " " * 10**6 + "(x"]
)
def test_a_huge_cell_takes_no_time(cell: str) -> None:
    """A search that tries every way to divide the spaces would take hours."""
    start = time.process_time()
    assert role(texts([cell, *["1"] * 9, *["a (mon)", "b"] * 9])) == ("category", "")
    with pytest.raises(InvalidInput, match="expected a finite number"):
        role(texts([cell, *range(9)]))
    assert time.process_time() - start < 10


def test_words_are_the_same_however_they_were_read() -> None:
    assert [word_of(cell) for cell in (1, 1.0, "1", " 1.00 ", np.int8(1))] == ["1"] * 5
    assert [word_of(cell) for cell in (True, "true", "TRUE", "True")] == ["True"] * 4
    assert word_of("1.50") == "1.50"
    kinds = ("object", "category", "string", "str")
    assert {tuple(words_of(pd.Series(["a", "b "], dtype=kind))) for kind in kinds} == {("a", "b")}


def test_words_can_be_written_into_a_card() -> None:
    assert word_of("net\nweight\t(kg)") == "net weight (kg)"
    assert word_of("a\x1b[2J\0b\u202ec\ud800") == "a [2J b c"
    assert len(word_of("x" * 10**6)) == 200
    assert word_of("می\u200cخواهم") == "می\u200cخواهم"


def test_rare_words_are_taken_together() -> None:
    few = ["a", "b"] * 10 + ["once", None]
    assert choose_words(np.array(few, object)) == ("a", "b", "once")
    many = [f"w{n:02d}" for n in range(30)] * 2 + ["once"]
    assert choose_words(np.array(many, object)) == tuple(sorted(set(many) - {"once"}))
    each_once = [f"w{n:02d}" for n in range(30)]
    assert choose_words(np.array(each_once, object)) == tuple(each_once)
    thousand = [f"w{n:03d}" for n in range(1000)] * 2 + ["w999"] * 5
    chosen = choose_words(np.array(thousand, object))
    assert len(chosen) == MOST_WORDS
    assert "w999" in chosen


def test_words_that_are_not_known_have_a_code_of_their_own_and_are_said() -> None:
    found = np.array(["b", None, "new", "a", "newer"], object)
    codes = encode_words(found, ("a", "b"))
    np.testing.assert_equal(codes, [1, np.nan, 2, 0, 2])
    notes: list[str] = []
    say_other_words(found[codes == 2], 2, "t: 'x'", notes.append)
    assert notes == ["t: 'x': 2 cells taken as another word than the 2 known ones: 'new', 'newer'."]
