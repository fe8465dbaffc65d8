"""Cards of the first format, which had a field for each family, load as those of today do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kerazoo
import kerazoo.saved
from kerazoo import DamagedFile
from kerazoo.saved import load_card
from tests.saved_networks import forge

OLD = [
    name
    for name in kerazoo.list_models()
    if json.loads((kerazoo.saved.locate_model(name) / "card.json").read_text())["format"] == 1
]


def with_old_card(tmp_path: Path) -> Path:
    """A saved table model as the first version wrote it; of its files only the card is read."""
    folder = tmp_path / "copy"
    folder.mkdir()
    shutil.copy(Path(__file__).with_name("format_1.json"), folder / "card.json")
    return folder


@pytest.mark.parametrize("name", OLD)
def test_task_and_variant_are_those_of_the_recipe(name: str) -> None:
    card, recipe = load_card(name), kerazoo.load_recipe(name)
    assert card.task == recipe.task
    assert card.recipe == recipe.hash()
    assert len(card.ranges) == len(card.columns)


SERIES = [n for n in kerazoo.list_models() if kerazoo.load_recipe(n).task == "series"]


@pytest.mark.parametrize("name", SERIES)  # their cards are of the newest format by now
def test_what_it_is_about_is_what_its_data_set_says(name: str) -> None:
    recipe = kerazoo.load_recipe(name)
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    assert load_card(name).about == splits.about


def test_so_it_is_of_a_table(tmp_path: Path) -> None:
    recipe = kerazoo.load_recipe("boston")
    splits = kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)
    card = load_card(with_old_card(tmp_path))
    assert card.about == splits.about
    low, high = splits.train.x.min(axis=0), splits.train.x.max(axis=0)
    assert [(c.minimum, c.maximum) for c in card.columns] == list(
        zip(low.tolist(), high.tolist(), strict=True)
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain.pop("columns"),
        lambda plain: plain.pop("class_names"),
        lambda plain: plain.pop("files"),
        lambda plain: plain.update(columns="all"),
        lambda plain: plain.update(series=[1]),
        lambda plain: plain.update(about={"kind": "table"}),
        lambda plain: plain.update(format=2),
        lambda plain: plain.update(format=3),
        lambda plain: plain.update(picture_fit="tile", class_names=["a"], columns=[]),
        lambda plain: plain["columns"].append(plain["columns"][0]),
    ],
)
def test_a_wrong_one_is_refused(change: Callable[[dict[str, Any]], object], tmp_path: Path) -> None:
    copy = with_old_card(tmp_path)
    load_card(copy)
    forge(copy, change)
    with pytest.raises(DamagedFile, match=r"card\.json"):
        load_card(copy)
