"""The card of a network that takes texts: what it says about rows of ids is checked, too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import kerazoo
from kerazoo.datasets import load_dataset_module
from kerazoo.errors import DamagedFile
from kerazoo.saved import load_card
from kerazoo.saved.card import WORDS_FILE
from tests.saved_networks import forge

CHANGES = {
    "another length": lambda p: p["about"].update(length=11),
    "other words of a text": lambda p: p["about"].update(keep="middle"),
    "words in the card itself": lambda p: p["about"].update(words=["the"]),
    "more classes than outputs": lambda p: p["about"].update(class_names=["a", "b", "c"]),
    "ids of another type": lambda p: p["inputs"][0].update(dtype="float32"),
    "no file of words": lambda p: p["files"].pop(WORDS_FILE),
    "no column of texts": lambda p: p["about"].pop("text_name"),
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    splits = load_dataset_module("imdb_sentiment").tiny(length=10, keep="once", vocabulary_size=50)
    arguments = {"input_shape": [10], "vocabulary_size": 50, "units": [2]}
    path = tmp_path_factory.mktemp("reader") / "m"
    model = kerazoo.build_imdb_mlp(**arguments)
    return kerazoo.save_model(model, path, splits=splits, builder_arguments=arguments)


def test_the_words_have_a_file_of_their_own(reader: Path) -> None:
    card = load_card(reader)
    assert card.task == "texts"
    assert (card.about.length, card.about.keep, card.about.words) == (10, "once", ())
    words = load_dataset_module("imdb_sentiment").tiny(vocabulary_size=50).about.words
    assert (reader / WORDS_FILE).read_text(encoding="utf-8").split() == list(words)
    assert kerazoo.load_predictor(reader).card.about.words == words


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_hostile_card_is_refused(reader: Path, tmp_path: Path, change) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(reader, copy)
    forge(copy, change)
    with pytest.raises(DamagedFile, match=r"card\.json"):
        load_card(copy)
