"""Cards of networks of ratings say what can be, or are refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kerazoo
from kerazoo.datasets import load_dataset_module
from kerazoo.errors import DamagedFile
from kerazoo.saved import load_card
from tests.saved_networks import forge

SIZES = {"users": 20, "items": 15, "dimension": 2}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    splits = load_dataset_module("ratings_csv").tiny()
    model = kerazoo.build_matrix_factorization(**SIZES)
    path = tmp_path_factory.mktemp("cards") / "model"
    return kerazoo.save_model(model, path, splits=splits, builder_arguments=SIZES)


def test_the_card_knows_users_items_and_scale(folder: Path) -> None:
    about = load_card(folder).about
    assert about == load_dataset_module("ratings_csv").tiny().about
    assert load_card(folder).task == "ranking"


def about(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    return lambda plain: change(plain["about"])


FORGERIES = {
    "a scale upside down": about(lambda a: a.update(scale=[5.0, 1.0])),
    "a scale of one end": about(lambda a: a.update(scale=[5.0])),
    "a user twice": about(lambda a: a["users"].append(a["users"][0])),
    "an item without a name": about(lambda a: a["items"].append("")),
    "nobody": about(lambda a: a.update(users=[])),
    "a title too few": about(lambda a: a.update(titles=["one"])),
    "two columns": about(lambda a: a.update(columns=["user", "item"])),
    "one column twice": about(lambda a: a.update(columns=["user", "user", "rating"])),
    "a name that steers a terminal": about(lambda a: a["items"].append("\x1b[2J")),
    "ids of float32": lambda plain: plain["inputs"][0].update(dtype="float32"),
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_card_that_says_what_cannot_be_is_refused(
    folder: Path, tmp_path: Path, forgery: Callable[[dict[str, Any]], object]
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    forge(copy, forgery)
    with pytest.raises(DamagedFile, match="not a kerazoo card"):
        load_card(copy)


def test_more_names_than_the_network_has_rows_are_answered_with_an_error(
    folder: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    forge(copy, about(lambda a: a["users"].extend(f"more {n}" for n in range(5))))
    with pytest.raises(DamagedFile):
        kerazoo.load_recommender(copy)
