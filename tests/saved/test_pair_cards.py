"""The card of a network that writes: what it says about characters is checked, too."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import load_dataset_module
from kerazoo.errors import DamagedFile, InvalidInput
from kerazoo.saved import load_card
from tests.saved_networks import forge

pytestmark = pytest.mark.thorough  # a network is saved

CHANGES = {
    "another length": lambda p: p["about"].update(read=31),
    "nothing written": lambda p: p["about"].update(written=0, read=42),
    "a character twice": lambda p: p["about"]["characters"].append(p["about"]["characters"][0]),
    "a character of two": lambda p: p["about"]["characters"].append("ab"),
    "more than the network knows": lambda p: p["about"]["characters"].extend("€§"),
    "no column of texts": lambda p: p["about"].pop("text_name"),
    "ids of another type": lambda p: p["inputs"][0].update(dtype="float32"),
}


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    splits = load_dataset_module("written_dates").tiny()
    arguments = {"characters": len(splits.about.characters) + 1, "units": 4, "architecture": "lstm"}
    path = tmp_path_factory.mktemp("writer") / "m"
    model = kerazoo.build_seq2seq(**arguments)
    return kerazoo.save_model(model, path, splits=splits, builder_arguments=arguments)


def test_the_characters_travel_with_the_network(writer: Path) -> None:
    card = load_card(writer)
    assert card.task == "translation"
    assert card.about == load_dataset_module("written_dates").tiny().about
    # Of more characters than there are, none is written.
    assert "\ufffd" not in kerazoo.load_translator(writer).translate("5 May 2026")[0].written


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_hostile_card_is_refused(writer: Path, tmp_path: Path, change) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(writer, copy)
    forge(copy, change)
    with pytest.raises(DamagedFile, match=r"card\.json"):
        load_card(copy)


def test_a_predictor_says_how_it_is_asked(writer: Path) -> None:
    predictor = kerazoo.load_predictor(writer)
    with pytest.raises(InvalidInput, match=r"Ask it by kerazoo\.load_translator"):
        predictor.predict(["5 May 2026"])
    assert predictor.predict(np.zeros((2, 42), "int32")).values.shape[:2] == (2, 10)
