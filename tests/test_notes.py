"""What a user should know points to the user's own line, not to one of the package."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kerazoo

SERIES = "day,sold\n" + "".join(
    f"2023-01-{day:02},{day}\n" for day in (*range(1, 12), *range(15, 29))
)


def gaps(folder: Path) -> Any:
    (folder / "sales.csv").write_text(SERIES)
    return kerazoo.load_dataset("time_series_csv", path=folder / "sales.csv", target="sold", lag=2)


def other_separator(folder: Path) -> Any:
    (folder / "xor.csv").write_text("a;b\n0;1\n")
    return kerazoo.load_predictor("xor").predict(folder / "xor.csv")


def other_column(folder: Path) -> Any:
    return kerazoo.load_predictor("xor").predict({"a": [0], "b": [1], "id": [7]})


def other_unit(folder: Path) -> Any:
    return kerazoo.load_predictor("xor").predict([[0, 1e6]])


def a_script_without_spaces(folder: Path) -> Any:
    return kerazoo.read_corpus(["猫が好きです 犬も"], min_count=1)


@pytest.mark.parametrize(
    "cause", [gaps, other_separator, other_column, other_unit, a_script_without_spaces]
)
def test_notes_point_to_the_code_of_the_user(cause: Callable[[Path], Any], tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cause(tmp_path)
    assert caught
    assert {warning.filename for warning in caught} == {__file__}
