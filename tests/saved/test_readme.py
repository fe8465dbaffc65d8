"""README.md of a saved model: made from the card, up to people where they wrote something."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
from pathlib import Path

import pytest

import kerazoo
from kerazoo.errors import DamagedFile
from kerazoo.saved import add_to_card, load_card, verify
from kerazoo.saved.readme import UNKNOWN_DATA, read_readme, readme_of, updated, write_readme
from tests.saved_networks import forge

yaml = pytest.importorskip("yaml", reason="front matter is read with PyYAML")


def front_matter(text: str) -> dict:
    _, head, _ = text.split("---\n", 2)
    return yaml.safe_load(head)


@pytest.fixture
def copy(wine, tmp_path: Path) -> Path:
    return Path(shutil.copytree(wine.path, tmp_path / "wine"))


def test_a_saved_model_has_a_readme_that_its_card_does_not_vouch_for(wine, copy: Path) -> None:
    text = (copy / "README.md").read_text(encoding="utf-8")
    card = load_card(copy)
    assert "README.md" not in card.files
    assert text == readme_of(card)
    for said in ("# wine_multiclass", "`alcohol`", "`bad`, `medium`, `good`", "CC BY 4.0"):
        assert said in text
    verify(copy)
    (copy / "README.md").write_text("anything")
    verify(copy)
    (copy / "README.md").unlink()
    assert kerazoo.load_predictor(copy).predict(wine.splits.test.x[:2]).values.shape == (2, 3)


@pytest.mark.parametrize("name", kerazoo.list_models())
def test_front_matter_is_what_the_hub_reads(name: str) -> None:
    card = load_card(name)
    text = readme_of(card)
    head = front_matter(text)
    assert head["library_name"] == "kerazoo"
    assert head["license"] == "apache-2.0"
    if "model-index" in head:
        (index,) = head["model-index"]
        assert index["name"] == name
        metrics = {one["type"]: one["value"] for one in index["results"][0]["metrics"]}
        seeds = list(card.metrics.values())
        for metric, mean in metrics.items():
            assert mean == pytest.approx(sum(s[metric] for s in seeds) / len(seeds), abs=1e-5)
    assert updated(text, card) == text
    assert text.count("<!-- begin ") == text.count("<!-- end ") == 8


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gan", 'generator = kerazoo.load_predictor("MODEL", part="generator")'),
        ("vae", "neither right nor wrong"),
        ("word2vec", "Vectors are neither right nor wrong"),
        ("language_model", "An input is one number, int32."),
        ("autoencoder", "An input is an array of 32 x 32 x 1, uint8."),
        ("boston", "With `--distance`, it says how far"),
    ],
)
def test_it_says_what_goes_for_its_kind_and_nothing_else(name: str, said: str) -> None:
    text = readme_of(load_card(name))
    assert said in text
    assert (
        "kerazoo calibrate MODEL" not in text
    )  # which refuses all but the last, and it has scores


def test_of_own_data_it_says_that_nobody_has_said_what_it_is(cases) -> None:
    text = readme_of(load_card(cases.path))
    assert UNKNOWN_DATA in text
    assert "license" not in front_matter(text)


def test_what_people_wrote_stays_when_the_card_says_more(copy: Path) -> None:
    text = readme_of(load_card(copy)).replace("## Data", "## Data\n\nMeasured in our cellar.")
    (copy / "README.md").write_text(text, encoding="utf-8")
    card = load_card(copy)
    assert card.calibration is not None
    add_to_card(copy, calibration=dataclasses.replace(card.calibration, temperature=2.5))
    after = (copy / "README.md").read_text(encoding="utf-8")
    assert "Measured in our cellar." in after
    assert "a temperature of 2.5" in after


def test_a_readme_without_markers_is_left_alone(copy: Path) -> None:
    (copy / "README.md").write_text("Mine alone.", encoding="utf-8")
    assert not write_readme(copy, load_card(copy), made={"judged": "new"})
    assert read_readme(copy) == "Mine alone."


def test_a_new_network_keeps_what_people_wrote_and_drops_what_was_judged(wine, copy: Path) -> None:
    write_readme(copy, load_card(copy), made={"judged": "accuracy of old"})
    text = (copy / "README.md").read_text(encoding="utf-8")
    text = text.replace("## Data", "## Data\n\nMeasured in our cellar.")
    (copy / "README.md").write_text(text, encoding="utf-8")
    recipe = kerazoo.load_recipe("wine_multiclass")
    kerazoo.save_model(
        wine.model,
        copy,
        name="wine_multiclass",
        splits=wine.splits,
        recipe=recipe,
        builder_arguments=recipe.builder_arguments,
        metrics={5: {"accuracy": 0.25}},
    )
    after = (copy / "README.md").read_text(encoding="utf-8")
    assert "Measured in our cellar." in after
    assert "accuracy of old" not in after
    (index,) = front_matter(after)["model-index"]
    assert index["results"][0]["metrics"][0]["value"] == 0.25


def test_names_of_columns_are_text_and_nothing_else(cases, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(cases.path, tmp_path / "cases"))
    evil = "<!-- end about --><script>|`x`"

    def change(plain: dict) -> None:
        text = json.dumps(plain["about"])
        old = plain["about"]["feature_names"][0]
        plain["about"] = json.loads(text.replace(json.dumps(old), json.dumps(evil)))

    forge(folder, change)
    text = readme_of(load_card(folder))
    assert "<script>" not in text
    assert len(re.findall("<!-- end about -->", text)) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * (2**20 + 1)])
def test_a_readme_that_is_no_text_is_said_and_never_stops_loading(copy, content) -> None:
    (copy / "README.md").write_bytes(content)
    with pytest.raises(DamagedFile, match="README"):
        read_readme(copy)
    kerazoo.load_predictor(copy)
    card = load_card(copy)
    add_to_card(copy, {"another experiment": {"accuracy": 0.5}})
    assert load_card(copy) != card
    assert (copy / "README.md").read_bytes() == content


def test_a_readme_that_is_a_link_is_not_followed(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (copy / "README.md").unlink()
    os.symlink(tmp_path / "secret", copy / "README.md")
    with pytest.raises(DamagedFile, match="link"):
        write_readme(copy, load_card(copy))
    assert (tmp_path / "secret").read_text() == "secret"
