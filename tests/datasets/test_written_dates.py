"""Dates as people write them: every form, and days that are in one part only."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from kerazoo.datasets import written_dates
from kerazoo.datasets.reading.characters import BEGINNING, Encoder
from kerazoo.datasets.written_dates import ENGLISH, KOREAN, make_pairs, spell_korean, write_date
from kerazoo.errors import InvalidInput

DAY = datetime.date(2011, 10, 22)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("{A}, {B} {d}, {Y}", "Saturday, October 22, 2011"),
        ("{a} {b} {d} {Y}", "Sat Oct 22 2011"),
        ("{o} {B} {Y}", "22nd October 2011"),
        ("{mm}/{dd}/{Y}", "10/22/2011"),
        ("{dd}.{mm}.{Y}", "22.10.2011"),
        ("{Y}{mm}{dd}", "20111022"),
        ("{Y}년 {m}월 {d}일 {k}요일", "2011년 10월 22일 토요일"),
        ("{y}년 {m}월 {d}일", "11년 10월 22일"),
        ("{KY}년 {KM}월 {KD}일", "이천십일년 시월 이십이일"),
    ],
)
def test_forms(form: str, text: str) -> None:
    assert form in (*ENGLISH, *KOREAN)
    assert write_date(DAY, form) == text


def test_no_two_days_are_written_alike_in_one_form_or_in_two() -> None:
    days = [datetime.date(1950, 1, 1) + datetime.timedelta(n) for n in range(0, 36525, 7)]
    meant: dict[str, datetime.date] = {}
    for form in (*ENGLISH, *KOREAN):
        for day in days:
            text = write_date(day, form)
            assert meant.setdefault(text, day) == day
            assert len(text) <= written_dates.READ


@pytest.mark.parametrize(
    ("number", "words"), [(1, "일"), (10, "십"), (11, "십일"), (1000, "천"), (2049, "이천사십구")]
)
def test_korean_numbers(number: int, words: str) -> None:
    assert spell_korean(number) == words


@pytest.mark.parametrize(
    ("day", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (13, "13th"), (31, "31st")],
)
def test_english_endings(day: int, text: str) -> None:
    assert write_date(datetime.date(2000, 1, day), "{o} {B} {Y}").startswith(text + " ")


def test_days_of_the_test_are_in_no_other_part() -> None:
    train, validation, test = make_pairs(12000, seed=0)
    days = [{day for _, day in part} for part in (train, validation, test)]
    assert not days[0] & days[2]
    assert not days[0] & days[1]
    assert not days[1] & days[2]
    assert not {text for text, _ in train} & {text for text, _ in test}
    assert (len(train), len(validation), len(test)) == (12000, 2000, 2000)
    assert make_pairs(60, 0) == make_pairs(60, 0) != make_pairs(60, 1)


def test_a_row_holds_what_is_read_and_what_goes_before() -> None:
    splits = written_dates.tiny()
    about = splits.about
    encode = Encoder(about)
    pairs = make_pairs(300, 0)[0]
    assert encode.decode(splits.train.x[:, : about.read]) == [text for text, _ in pairs]
    assert encode.decode(splits.train.y) == [day for _, day in pairs]
    before = splits.train.x[:, about.read :]
    assert (before[:, 0] == BEGINNING).all()
    np.testing.assert_array_equal(before[:, 1:], splits.train.y[:, :-1])


def test_what_is_refused() -> None:
    with pytest.raises(InvalidInput, match="rows is 5; pass at least 6"):
        written_dates.load(rows=5)
