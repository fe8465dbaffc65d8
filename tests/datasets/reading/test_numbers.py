"""Numbers with separators: read where all of a column can be read in one way only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kerazoo.datasets.reading.numbers import find_marks, read_numbers

ONE_WAY = {
    "points for thousands beside decimal commas": (";", ["950", "1.002"], ["3,14", "2,5"], 1002),
    "the same between tabs": ("\t", ["10.000", "10.002"], ["3,14", "0,123"], 10002),
    "three decimals beside others": (";", ["1.000", "1.002"], ["3.14", "2.5"], 1.002),
    "three decimals between commas": (",", ["950", "1.002"], ["", ""], 1.002),
    "a number below 1000 without a mark": (",", ["950", "1,000", "1,002"], [""] * 3, 1002),
    "won": (",", ["₩10,000", "₩10,002"], ["", ""], 10002),
    "원": (",", ["10,000원", "10,002원"], ["", ""], 10002),
    "beside decimal points": (",", ["10,000", "10,002"], ["2.5", "3.5"], 10002),
    "beside decimal commas": (";", ["10,000", "10,002"], ["2,5", "3,5"], 10.002),
    "a zero in front": (",", ["0,950", "1,002"], ["", ""], 1.002),
    "two groups": (",", ["1,000,000", "1,000,002"], ["", ""], 1000002),
}
TWO_WAYS = {
    "nothing tells": (",", ["10,000", "10,002"]),
    "dollars": (",", ["$10,000", "$10,002"]),
    "points between semicolons": (";", ["950", "1.002"]),
    "points between tabs": ("\t", ["950", "1.002"]),
}


@pytest.mark.parametrize("name", ONE_WAY)
def test_read_in_one_way(name):
    delimiter, cells, others, last = ONE_WAY[name]
    frame = pd.DataFrame({"sold": cells, "other": others})
    numbers = read_numbers(frame["sold"], "sold", find_marks(frame, delimiter))
    assert numbers.ways == 1
    assert not numbers.wrong.any()
    np.testing.assert_allclose(numbers.values[-1], last, rtol=1e-12)


@pytest.mark.parametrize("name", TWO_WAYS)
def test_two_ways_are_counted(name):
    delimiter, cells = TWO_WAYS[name]
    frame = pd.DataFrame({"sold": cells})
    assert read_numbers(frame["sold"], "sold", find_marks(frame, delimiter)).ways == 2


def test_what_was_read_otherwise_than_python_reads_it_is_said():
    frame = pd.DataFrame({"sold": ["950", "1.002"], "share": ["0,5", "0,25"]})
    marks = find_marks(frame, ";")
    (note,) = read_numbers(frame["sold"], "sold", marks).notes
    assert note == "'1.002' in column 'sold' was read as 1002"
    (note,) = read_numbers(pd.Series(["1.000", "1.002"]), "x", find_marks(frame[[]], ";")).notes
    assert note == "'1.000' in column 'x' was read as 1"
