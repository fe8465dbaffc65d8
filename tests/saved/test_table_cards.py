"""Cards of networks for a user's own table: what they say of its columns must fit together."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.errors import KerazooError
from kerazoo.predict import load_predictor
from kerazoo.saved import load_card, load_model
from tests.saved_networks import Saved, forge

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def copy(cases: Saved, tmp_path: Path) -> Path:
    return Path(shutil.copytree(cases.path, tmp_path / "copy"))


def about(change: Change) -> Change:
    return lambda plain: change(plain["about"])


CARDS: dict[str, Change] = {
    "unknown kind": about(lambda a: a["kinds"].update(size="picture")),
    "kind that is no text": about(lambda a: a["kinds"].update(size=1)),
    "kinds as a list": about(lambda a: a.update(kinds=["number"] * 6)),
    "column without a kind": about(lambda a: a["kinds"].pop("size")),
    "kind without a column": about(lambda a: a["kinds"].update(other="number")),
    "numbers with words": about(lambda a: a["kinds"].update(color="number")),
    "words without words": about(lambda a: a["kinds"].update(size="category")),
    "no words": about(lambda a: a["categories"].update(color=[])),
    "words left out": about(lambda a: a["categories"].pop("color")),
    "words of no column": about(lambda a: a["categories"].update(other=["a"])),
    "the same word twice": about(lambda a: a["categories"].update(color=["a", "a", "b"])),
    "one word more": about(lambda a: a["categories"]["color"].append("pink")),
    "a word that is a number": about(lambda a: a["categories"].update(color=[1, 2, 3])),
    "a word of two lines": about(lambda a: a["categories"]["color"].__setitem__(0, "a\nb")),
    "a date for a number": about(lambda a: a["kinds"].update(size="date")),
    "a number for a date": about(lambda a: a["kinds"].update(day="number")),
    "no kinds": about(lambda a: a.pop("kinds")),
    "split by something": about(lambda a: a.update(split_by={"color": "size"})),
    "split by nothing": about(lambda a: a.update(split_by={"group": ""})),
    "split by a list": about(lambda a: a.update(split_by={"group": ["a"]})),
    "split as a text": about(lambda a: a.update(split_by="group")),
    "test that is no hash": about(lambda a: a.update(split_by={"test": "new.csv"})),
    "weighed by something": about(lambda a: a.update(weighed_by={"color": "size"})),
    "weighed by nothing": about(lambda a: a.update(weighed_by={"column": ""})),
    "classes weighed otherwise": about(lambda a: a.update(weighed_by={"classes": "rare"})),
    "written in no way": about(lambda a: a.update(written={"size": "backwards"})),
    "number written as a date": about(lambda a: a.update(written={"size": "day first"})),
    "words that are written": about(lambda a: a.update(written={"color": "thousands"})),
    "writing of no column": about(lambda a: a.update(written={"other": "thousands"})),
    "columns in another order": about(lambda a: a["feature_names"].reverse()),
}


@pytest.mark.parametrize("change", CARDS.values(), ids=CARDS)
def test_a_card_that_contradicts_itself_is_refused(copy: Path, change: Change) -> None:
    forge(copy, change)
    with pytest.raises(KerazooError, match=r"card\.json") as refusal:
        load_model(copy)
    assert str(refusal.value).isprintable()


COLUMNS: dict[str, object] = {
    "fewer": [0, 0, 3, 2, -1],
    "more": [0, 0, 3, 2, -1, 4, 0],
    "another order": [0, 0, 2, 3, -1, 4],
    "only numbers": [0] * 6,
    "huge": [2**20] * 6,
    "very huge": [10**12] * 6,
    "many": [0] * 100_000,
    "truth": [False, False, 3, 2, -1, 4],
    "fractions": [0.0, 0.0, 3.0, 2.0, -1.0, 4.0],
    "texts": ["0"] * 6,
    "a text": "000000",
    "a number": 6,
    "nothing": None,
    "a class": {"class_name": "Popen", "module": "subprocess"},
}


@pytest.mark.parametrize("columns", COLUMNS.values(), ids=COLUMNS)
def test_builder_arguments_are_the_columns_of_the_table(copy: Path, columns: object) -> None:
    forge(copy, lambda plain: plain["builder_arguments"].update(columns=columns))
    with pytest.raises(KerazooError, match="does not agree with the columns of the table"):
        load_model(copy)


def test_columns_of_a_users_own_builder_may_be_anything(wine: Saved, tmp_path: Path) -> None:
    def build(columns: str = "twelve") -> keras.Model:
        assert columns == "twelve"
        return keras.Sequential([keras.Input((12,)), keras.layers.Dense(3)], name="own")

    path = tmp_path / "own"
    arguments = {"columns": "twelve"}
    kerazoo.save_model(build(), path, splits=wine.splits, builder_arguments=arguments)
    assert load_model(path, builder=build).name == "own"


@pytest.mark.parametrize("columns", [[2**20] * 12, [1] * 12, [0] * 11, [0] * 13, [True] * 12])
def test_so_they_are_without_kinds(wine: Saved, tmp_path: Path, columns: list[int]) -> None:
    copy = Path(shutil.copytree(wine.path, tmp_path / "copy"))
    forge(copy, lambda p: p.update(name="tabm", builder_arguments={"columns": columns}))
    with pytest.raises(KerazooError, match="does not agree with the columns of the table"):
        load_model(copy)


def test_what_is_written_and_split_by_is_kept(copy: Path) -> None:
    told = {"written": {"size": "decimal comma", "day": "day first"}, "split_by": {"group": "x"}}
    forge(copy, about(lambda a: a.update(told)))
    card = load_card(copy)
    assert {"written": card.about.written, "split_by": card.about.split_by} == told
    one = {"size": "1.234", "day": "3/4/2024"}
    other = {"size": 1234, "day": "2024-04-03"}
    rest = {"count": 5, "color": "red", "flag": True, "zip": "00042"}
    predict = load_predictor(copy).predict
    answers = [predict({**row, **rest}).values for row in (one, other)]
    np.testing.assert_array_equal(*answers)


def test_a_table_of_many_columns_is_saved_and_answers(tmp_path: Path) -> None:
    names = [f"column {n}" for n in range(300)]
    numbers = np.random.default_rng(0).normal(size=(100, 300))
    table = {**dict(zip(names, numbers.T, strict=True)), "y": numbers[:, 0] * 2}
    splits = kerazoo.load_dataset("table_csv", path=table, target="y")
    arguments = {"columns": list(splits.about.codes), "classes": 1, "members": 1}
    model = kerazoo.build_tabm(**arguments, hidden_units=[4])
    kerazoo.adapt_normalization(model, *splits.train)
    arguments["hidden_units"] = [4]
    kerazoo.save_model(model, tmp_path / "tabm", splits=splits, builder_arguments=arguments)
    answer = load_predictor(tmp_path / "tabm").predict(table).values
    assert answer.shape == (100, 1)
    assert np.isfinite(answer).all()
    assert load_model(tmp_path / "tabm").input_shape == (None, 300)
