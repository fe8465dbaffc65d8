"""Pairs of texts of one's own: which columns, what is left out, and what is held out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kerazoo.datasets import text_pairs
from kerazoo.datasets.about import Pairs
from kerazoo.datasets.reading.characters import UNKNOWN, Encoder
from kerazoo.errors import DatasetNotFound, InvalidInput

pytestmark = pytest.mark.filterwarnings("ignore:found in")


def frame(rows: int = 60, **more: Any) -> dict[str, Any]:
    texts = [f"number {n}" for n in range(rows)]
    return {"asked": texts, "answer": [text[::-1] for text in texts], **more}


def test_two_columns_need_no_names() -> None:
    with pytest.warns(UserWarning, match="60 pairs of 'asked' and 'answer'; up to 9 and 9"):
        splits = text_pairs.load(path=frame())
    about = splits.about
    assert (about.text_name, about.target_name, about.read, about.written) == (
        *("asked", "answer"),
        *(9, 9),
    )
    sizes = [len(part.x) for part in (splits.train, splits.validation, splits.test)]
    assert sizes == [48, 6, 6]
    back = text_pairs.load(path=frame(), text="answer")
    assert (back.about.text_name, back.about.target_name) == ("answer", "asked")
    named = text_pairs.load(path=frame(note=["x"] * 60), text="asked", target="answer")
    assert named.hash() == splits.hash()


def test_equal_texts_stay_in_one_part() -> None:
    texts = [f"text {n % 12}" for n in range(120)]
    splits = text_pairs.load(path={"a": texts, "b": [f"{n}" for n in range(120)]})
    encode = Encoder(splits.about)
    parts = (splits.train, splits.validation, splits.test)
    found = [set(encode.decode(part.x[:, : splits.about.read])) for part in parts]
    assert sum(map(len, found)) == 12 == len(set.union(*found))


def test_gaps_and_longer_texts_are_left_out() -> None:
    table = frame()
    table["answer"][3] = None
    table["asked"][5] = " "
    table["asked"][7] = "x" * 200
    with (
        pytest.warns(UserWarning, match="left out: 2 rows of 60 without one of both"),
        pytest.warns(UserWarning, match="left out: 1 pair of 58 with a text of more than 100"),
    ):
        splits = text_pairs.load(path=table)
    assert sum(len(part.x) for part in (splits.train, splits.validation, splits.test)) == 57


def test_nothing_is_left() -> None:
    with (
        pytest.warns(UserWarning, match="left out: 60 pairs of 60"),
        pytest.raises(
            InvalidInput, match=r"no pair of texts that is left; pass a larger --longest"
        ),
    ):
        text_pairs.load(path=frame(), longest=3)
    table = frame()
    table["answer"] = [""] * 60
    with pytest.raises(InvalidInput, match="no row with a text in both 'asked' and 'answer'"):
        text_pairs.load(path=table)


def test_judging_on_the_same_pairs_and_on_others(tmp_path: Path) -> None:
    import pandas as pd

    path = tmp_path / "pairs.csv"
    pd.DataFrame(frame()).to_csv(path, index=False)
    splits = text_pairs.load(path=path)
    assert text_pairs.load_like(splits.about, path).hash() == splits.hash()
    pd.DataFrame(frame(30)).to_csv(path, index=False)
    with pytest.warns(UserWarning, match="is not the data .* all of its 30 pairs are judged"):
        other = text_pairs.load_like(splits.about, path, trained_on=splits.hash())
    assert (len(other.train.x), len(other.test.x)) == (0, 30)
    short = Pairs(("n",), 2, 2, "asked", "answer")
    with pytest.raises(InvalidInput, match="has no pair of up to 2 and 2 characters"):
        text_pairs.load_like(short, path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "question"}, "no column 'question'; it has 'asked', 'answer', 'note'"),
        ({}, "expected one of texts and one of what each is to become"),
        ({"text": "asked", "target": "asked"}, "add --text COLUMN --target COLUMN"),
        ({"text": "asked", "target": "answer", "longest": 0}, "longest is 0; pass how many"),
    ],
)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        text_pairs.load(path=frame(note=["x"] * 60), **options)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(DatasetNotFound, match="expected a CSV or Parquet file with a column"):
        text_pairs.load(path=tmp_path / "none.csv")


def test_what_a_row_makes_of_odd_texts() -> None:
    encode = Encoder(Pairs(("가", "b"), read=4, written=2))
    composed, apart, odd = encode.texts(["가", "\u1100\u1161", "b \n b?"])
    assert composed.tolist() == apart.tolist() == [3, 0, 0, 0]
    assert odd.tolist() == [4, UNKNOWN, 4, UNKNOWN]
    assert encode.unknown("b?가!") == ["!", "?"]
    assert "row 1 is empty" in encode.why_not(" \n", "row 1")
    assert "has 500,000 characters; the network reads 4" in encode.why_not("b" * 500_000, "row 1")
    assert "has no character that the network knows" in encode.why_not("???", "row 1")
    assert not encode.why_not("b?", "row 1")
