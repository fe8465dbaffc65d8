"""The column that is predicted: classes or a number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.numbers import Marks
from kerazoo.datasets.reading.target import Target, read_target, read_target_like
from kerazoo.errors import InvalidInput

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
ROWS = range(120)


def target(
    cells: object, predict: str = "auto", labels: str = "index", points: bool = False
) -> Target:
    return read_target(
        pd.Series(cells, name="y"), predict, labels, marks=Marks(points=points), source="table"
    )


CLASSES = {
    "words": (["b", "a"] * 60, ("a", "b"), [1, 0]),
    "whole numbers": ([10, 9, 2] * 40, ("2", "9", "10"), [2, 1, 0]),
    "their texts": (["10", "9", "2"] * 40, ("2", "9", "10"), [2, 1, 0]),
    "floats that are whole": ([1.0, 0.0] * 60, ("0", "1"), [1, 0]),
    "booleans": ([True, False] * 60, ("False", "True"), [1, 0]),
    "texts of these": (["true", "false"] * 60, ("False", "True"), [1, 0]),
    "signs": (["-1", "1"] * 60, ("-1", "1"), [0, 1]),
}


@pytest.mark.parametrize(("cells", "names", "first"), CLASSES.values(), ids=CLASSES)
def test_classes_have_names_in_order(
    cells: list[object], names: tuple[str, ...], first: list[int]
) -> None:
    found = target(cells)
    assert found.class_names == names
    assert found.values[: len(first)].tolist() == first
    assert found.values.dtype == np.int32
    one_hot = target(cells, labels="one_hot").values
    np.testing.assert_array_equal(one_hot.argmax(axis=1), found.values)
    assert one_hot.shape == (120, len(names))


NUMBERS = {
    "many whole numbers": (list(ROWS), 119.0),
    "decimals": ([0.5, 1.5] * 60, 1.5),
    "texts": ([f"{n}.5" for n in ROWS], 119.5),
    "decimal commas": ([f"{n},25" for n in ROWS], 119.25),
    "few rows of few numbers": ([1, 2, 3, 4] * 2, 4.0),
    "huge": ([n * 1e12 for n in ROWS], 119e12),
    "tiny": ([n * 1e-12 for n in ROWS], 119e-12),
}


@pytest.mark.parametrize(("cells", "last"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_are_predicted_as_they_are(cells: list[object], last: float) -> None:
    found = target(cells)
    assert found.class_names == ()
    assert found.indices is None
    assert found.values.shape == (len(cells), 1)
    assert found.values[-1, 0] == np.float32(last)


def test_what_is_asked_for_counts() -> None:
    assert target([1, 2] * 60, predict="number").values[:2].tolist() == [[1], [2]]
    assert target(list(range(60)) * 2, predict="classes").class_names[:2] == ("0", "1")


WRONG = {
    "one class": (["a"] * 120, "auto", r"'y' is 'a' in every row; there is nothing to predict"),
    "one number": ([7] * 120, "auto", r"'y' is '7' in every row"),
    "always the same number": ([7.5] * 120, "number", r"'y' is '7\.5' in every row"),
    "all different": ([f"w{n}" for n in ROWS], "auto", r"120 classes in 120 rows"),
    "a word among numbers": ([*range(119), "x"], "auto", r"row 120, column 'y' is 'x'"),
    "words as a number": (["a", "b"] * 60, "number", r"row 1, column 'y' is 'a'"),
    "infinity": ([*range(119), "inf"], "auto", r"row 120, column 'y' is 'inf'"),
    "beyond float32": ([n * 1e37 for n in ROWS], "auto", r"row 36, column 'y' is '3\.5"),
    "in two ways": ([f"{n},{n:03d}" for n in range(1, 120)], "auto", "read in two ways"),
}


@pytest.mark.parametrize(("cells", "predict", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_predicted_is_refused(
    cells: list[object], predict: str, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        target(cells, predict)


def test_digits_that_are_lost_are_said() -> None:
    with pytest.warns(UserWarning, match="digits are lost"):
        target([2**40 + n for n in ROWS])


def test_rare_classes_are_said() -> None:
    with pytest.warns(UserWarning, match="too few rows of 'c'"):
        target([*["a", "b"] * 60, "c"])


@pytest.mark.parametrize("cells", [["1", "0"], [1, 0], [1.0, 0.0], ["1.0", "0.0"]])
def test_classes_are_those_that_the_network_knows(cells: list[object]) -> None:
    about = Table(("x",), class_names=("0", "1"))
    series = pd.Series(cells, name="y")
    found = read_target_like(series, about, "index", marks=Marks(), source="table")
    assert found.values.tolist() == [1, 0]


def test_a_class_that_it_does_not_know_is_refused() -> None:
    about = Table(("x",), class_names=("a", "b"))
    with pytest.raises(InvalidInput, match="has the class 'c'; the network knows 'a', 'b'"):
        read_target_like(pd.Series(["a", "c"], name="y"), about, "index", marks=Marks(), source="t")
