"""What a site holds, and what it says of networks that it cannot show."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.errors import DamagedFile, KerazooError, UnknownName, WrongUsage
from kerazoo.saved.reading import Saved, open_saved
from kerazoo.web import built, open_site
from kerazoo.web.page_card import page_card, page_of, read_network
from tests.conftest import run_python

pytestmark = pytest.mark.usefixtures("pages")


def test_every_file_that_it_names_can_be_read() -> None:
    site = open_site(["xor", "vae"])
    contents = {path: site.read(path) for path in site.paths()}
    assert {"index.html", "litert.wasm", "site.json", "models/vae/decoder.tflite"} <= set(contents)
    texts = open_site(["imdb_mlp"])
    assert texts.read("models/imdb_mlp/words.txt").startswith(b"the\n")
    assert "models/imdb_mlp/words.txt" in set(texts.paths())
    listed = json.loads(contents["site.json"])["models"]
    assert [one["name"] for one in listed] == ["xor", "vae"]
    assert listed[0]["summaryKorean"].startswith("유닛 하나로")
    card = json.loads(contents["models/vae/card.json"])
    for network in (card["network"], card["parts"]["decoder"]):
        content = contents[f"models/vae/{network['file']}"]
        assert hashlib.sha256(content).hexdigest() == network["sha256"]


@pytest.mark.parametrize(
    "path", ["", "models", "models/xor", "models/xor/model.keras", "../setup.cfg", "models/x/y"]
)
def test_nothing_else_can_be_read(path: str) -> None:
    with pytest.raises(UnknownName, match="no page has a file"):
        open_site(["xor"]).read(path)


def test_every_network_has_a_page() -> None:
    pages = {name: page_of(open_saved(name).card) for name in kerazoo.list_models()}
    assert pages["boston"] == pages["tabm"] == pages["xor"] == "rows"
    assert pages["cnn"] == pages["resnet"] == pages["vit"] == "images"
    assert pages["lstm"] == pages["deepar"] == "series"
    assert pages["vae"] == pages["gan"] == pages["autoencoder"] == "latent"
    texts = ("imdb_lstm", "bag_of_words", "transformer", "masked_language_model")
    assert {pages[name] for name in texts} == {"texts"}
    assert pages["ppo"] == pages["dqn"] == "cartpole"
    assert pages["seq2seq"] == "pairs"
    plain = [name for name, page in pages.items() if page == "plain"]
    assert plain == ["fcn", "yolo"]


def test_pages_need_neither_tensorflow_nor_keras() -> None:
    code = """
import sys
from kerazoo.saved.reading import open_saved
from kerazoo.web.page_card import page_card, read_network
for name in ("wine_multiclass", "vae"):
    page_card(name, open_saved(name), {}), read_network(open_saved(name))
print(sorted({"tensorflow", "keras", "h5py", "matplotlib"} & sys.modules.keys()))
"""
    found = run_python(code)
    assert (found.stdout, found.returncode) == ("[]\n", 0), found.stderr


def test_a_card_says_what_fields_and_bars_need() -> None:
    card = page_card("wine", open_saved("wine_multiclass"), {})
    color = next(column for column in card["columns"] if column["categories"])
    assert (color["name"], color["categories"]) == ("color", ("red", "white"))
    assert card["classes"] == list(open_saved("wine_multiclass").card.class_names)
    assert card["sample"]["shape"] == (64, 12)
    assert card["calibration"]["scores"]["plain"]["rows"] > 100
    assert card["network"]["rows"] == 64


def test_a_card_says_what_else_a_network_gives() -> None:
    site = open_site(["lenet", "seq2seq", "boston"])
    cards = {name: json.loads(site.read(f"models/{name}/card.json")) for name in site.models}
    inner = {name: card["network"]["inner"] for name, card in cards.items()}
    assert [(one["name"], one["shape"]) for one in inner["lenet"]] == [
        ("conv1", [28, 28, 6]),
        ("conv2", [10, 10, 16]),
    ]
    assert [(one["name"], one["shape"]) for one in inner["seq2seq"]] == [("attention", [10, 32])]
    assert inner["boston"] == []
    assert cards["seq2seq"]["pairs"]["written"] == 10


def test_a_network_that_answers_otherwise_is_refused() -> None:
    saved = open_saved("boston")
    outputs = saved.card.probe.outputs[0].decode() + np.float32(1)
    wrong = dataclasses.replace(
        saved.card.probe, outputs=(type(saved.card.probe.outputs[0]).of(outputs),)
    )
    forged = Saved(saved.folder, dataclasses.replace(saved.card, probe=wrong))
    with pytest.raises(KerazooError, match=r"answers otherwise .* off by 1"):
        read_network(forged)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "xor"
    shutil.copytree(open_saved("xor").folder, folder)
    content = bytearray((folder / "model.tflite").read_bytes())
    content[-10] ^= 1
    (folder / "model.tflite").write_bytes(content)
    with pytest.raises(DamagedFile):
        open_site([folder]).read("models/xor/card.json")


def test_a_model_without_a_litert_file_is_refused(tmp_path: Path) -> None:
    saved = open_saved("xor")
    files = {name: file for name, file in saved.card.files.items() if name != "model.tflite"}
    without = Saved(saved.folder, dataclasses.replace(saved.card, files=files))
    with pytest.raises(KerazooError, match=r"has no model\.tflite, which a browser needs"):
        read_network(without)


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(WrongUsage, match="both called 'xor'"):
        open_site(["xor", open_saved("xor").folder])


def test_networks_of_one_kind_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for name in ("mine", "yours"):
        shutil.copytree(open_saved("xor").folder, tmp_path / name)
    site = open_site([tmp_path / "mine", tmp_path / "yours", "xor"])
    assert list(site.models) == ["mine", "yours", "xor"]
    assert json.loads(site.read("models/mine/card.json"))["name"] == "mine"


def test_a_checkout_without_npm_says_how_to_build(pages: Path) -> None:
    (pages / built.PROGRAM).unlink()
    with pytest.raises(KerazooError, match="run `npm --prefix web ci && npm --prefix"):
        open_site(["xor"])
