"""Own tables whose rows count differently, and test rows in a table of their own."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets import table_csv
from kerazoo.datasets.about import Table
from kerazoo.datasets.splits import WeightedPart
from tests.tables import make_table


def load(*args: Any, **options: Any) -> tuple[kerazoo.Splits, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        splits = kerazoo.load_table(*args, **options)
    return splits, [str(one.message) for one in caught]


@pytest.fixture
def frame() -> pd.DataFrame:
    table = make_table()
    table["bought"] = np.where(table["size"].fillna(0) > 75, "yes", "no")
    table["w"] = np.arange(len(table)) % 5
    return table


def test_weights_are_no_input_and_keep_the_size_of_a_loss(frame: pd.DataFrame) -> None:
    splits, said = load(frame, target="price", weights="w")
    assert "w" not in splits.feature_names
    assert "the table: left out: 80 rows of 400 of weight 0." in said
    assert "rows count by 'w', a weight from 1 to 4." in said
    for part in (splits.train, splits.validation, splits.test):
        assert isinstance(part, WeightedPart)
        x, y, weight = part
        assert len(x) == len(y) == len(weight)
        assert np.mean(weight) == pytest.approx(1)
    # Each weight belongs to its own row.
    assert splits.test_rows is not None
    rows = np.asarray(splits.test_rows["row"]) - 1
    np.testing.assert_allclose(splits.test.y[:, 0], frame["price"][rows], rtol=1e-6)
    own = frame["w"][rows].to_numpy()
    np.testing.assert_allclose(splits.test.weight, own / own.mean(), rtol=1e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([-1.0], "row 1, column 'w' is -1; expected a weight"),
        ([None], "row 1, column 'w' is empty; expected the weight of the row"),
        (["much"], "'w'.*'much'"),
        ([0.0] * 400, "'w' is 0 in every row"),
        ([np.inf], "'w'"),
    ],
)
def test_weights_that_are_none(frame: pd.DataFrame, cells: list[Any], message: str) -> None:
    frame["w"] = [*cells, *frame["w"].astype(object)[len(cells) :]]
    with pytest.raises(kerazoo.InvalidInput, match=message):
        kerazoo.load_table(frame, target="price", weights="w")


@pytest.mark.parametrize("use", ["target", "categorical", "numeric", "group", "time"])
def test_weights_that_are_something_else_too(frame: pd.DataFrame, use: str) -> None:
    told: dict[str, Any] = {"target": "price", "weights": "w"}
    told[use] = ["w"] if use in ("categorical", "numeric") else "w"
    with pytest.raises(kerazoo.InvalidInput, match="name another column as"):
        kerazoo.load_table(frame, **told)


def test_balanced_classes_count_the_same(frame: pd.DataFrame) -> None:
    splits, said = load(frame.drop(columns=["w", "size"]), target="bought", balance=True)
    assert any(one.startswith("classes are balanced: a row counts") for one in said)
    _, y, weight = splits.train
    totals = [weight[y == index].sum() for index in range(2)]
    assert totals[0] == pytest.approx(totals[1], rel=1e-4)
    assert splits.validation.weight is not None
    assert splits.test.weight is None
    about = splits.about
    assert isinstance(about, Table)
    assert about.weighed_by == {"classes": "balanced"}


@pytest.mark.filterwarnings("ignore")
def test_numbers_cannot_be_balanced(frame: pd.DataFrame) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=r"--balance.*'price' is a number"):
        kerazoo.load_table(frame, target="price", balance=True)


def test_a_test_of_its_own_is_read_as_the_training_was(frame: pd.DataFrame) -> None:
    known, new = frame[:300], frame[290:].copy().reset_index(drop=True)
    new.loc[20, "color"] = "pink"
    new = new[[*new.columns[::-1]]]
    splits, said = load(known, target="price", test=new, drop=["w", "bought"])
    assert (len(splits.train.x) + len(splits.validation.x), len(splits.test.x)) == (300, 110)
    assert "the table: 110 rows, the test." in said
    assert any("10 rows of 110 are in the table, too" in one for one in said), said
    assert any("taken as another word" in one and "'pink'" in one for one in said)
    column = splits.feature_names.index("color")
    assert splits.test.x[20, column] == 3
    without, _ = load(known, target="price", drop=["w", "bought"])
    assert splits.feature_names == without.feature_names


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="color"), "column 'color' is missing"),
        (lambda f: f.drop(columns="bought"), "column 'bought' is missing"),
        (lambda f: f.assign(bought="perhaps"), "has the class 'perhaps'"),
        (lambda f: f.assign(size="big"), "'size'"),
    ],
)
def test_a_test_of_another_kind(
    frame: pd.DataFrame, change: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=message):
        kerazoo.load_table(frame, target="bought", test=change(frame.copy()))


def test_a_group_that_is_in_both_is_said(frame: pd.DataFrame) -> None:
    _, said = load(frame[:300], target="price", test=frame[300:], group="zip")
    assert any("4 values of 'zip' are in the table, too, such as '00042'" in one for one in said)


@pytest.mark.filterwarnings("ignore")
def test_the_same_parts_are_found_again(frame: pd.DataFrame, tmp_path: Path) -> None:
    for options in (
        {"weights": "w"},
        {"balance": True},
        {"weights": "w", "balance": True, "labels": "one_hot"},
    ):
        splits = kerazoo.load_table(frame, target="bought", **options)  # type: ignore[arg-type]
        labels: Any = options.get("labels", "index")
        again = table_csv.load_like(splits.about, frame, labels=labels, trained_on=splits.hash())
        assert again.hash() == splits.hash(), options
    splits = kerazoo.load_table(frame[:300], target="bought", test=frame[300:])
    again = table_csv.load_like(splits.about, frame[300:], trained_on=splits.hash())
    about = splits.about
    assert isinstance(about, Table)
    assert (about.split_by or {})["test"] == again.hash()
    with pytest.warns(UserWarning, match="is not the test rows that the network was judged on"):
        table_csv.load_like(about, frame[:300], trained_on=splits.hash())
    weighed = replace(about, weighed_by={"column": "gone"})
    with pytest.warns(UserWarning, match="no column 'gone', so that every row counts the same"):
        table_csv.load_like(weighed, frame, trained_on=splits.hash())


@pytest.mark.filterwarnings("ignore")
def test_words_of_the_command_line_are_those_of_python() -> None:
    import inspect

    from kerazoo.tasks import rows

    known = inspect.signature(kerazoo.load_table).parameters
    assert known.keys() >= rows.TRAIN_OPTIONS.keys()
    assert json.dumps(sorted(rows.TRAIN_OPTIONS))  # plain names


def test_rows_that_repeat_others_are_said(frame: pd.DataFrame) -> None:
    _, said = load(pd.concat([frame, frame[:7]]), target="price")
    assert "the table: 7 rows of 407 repeat others; equal rows stay in one part." in said
    _, said = load(frame, target="price")
    assert not any("repeat" in one for one in said)
    _, said = load(frame[["color", "flag"]], target="flag")
    assert any(one.endswith("repeat others.") for one in said)


def test_a_leak_is_said_of_few_rows_too() -> None:
    y = np.arange(60) * 1.5
    _, said = load({"x": np.arange(60) * 7 % 13, "leak": y * 2, "y": y}, target="y")
    assert any("the column 'leak' alone decides the target" in one for one in said)
