"""`kerazoo search` and `kerazoo rate`: a table, files, a recipe to train by, one line a fault."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kerazoo.saved import load_card

pytest.importorskip("optuna", reason="pip install 'kerazoo[search]'")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.thorough
def test_a_search_of_the_users_table_ends_in_a_recipe_to_train_by(cli, here: Path) -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(120, 2)), columns=["a", "b"])
    frame["price"] = frame["a"] * 3 + 10
    frame.to_csv("prices.csv", index=False)
    own = ("boston", "--data", "prices.csv", "--target", "price")
    # In one epoch the recipe, whose steps are a tenth of these, hardly begins to learn.
    quick = ("--epochs", "1", "--trials", "2", "--space", "rate=0.05:0.06", "--json")
    status, printed, said = cli("search", *own, *quick, "--promote", "found.json")
    assert status == 0, said
    found = json.loads(printed)
    assert [trial["state"] for trial in found["trials"]] == ["recipe", "complete"]
    assert found["is_better"], found
    assert sorted(path.name for path in (here / "runs/boston-search").iterdir()) == [
        *("search.journal", "search.png", "trials.csv")
    ]
    assert list(pd.read_csv(here / "runs/boston-search/trials.csv")["rate"])[1] >= 0.05
    status, printed, said = cli("train", "--recipe", "found.json", *own[1:], "--quiet")
    assert status == 0, said
    card = load_card("runs/boston")
    assert len(Path("runs/boston/history.jsonl").read_text().splitlines()) == 1
    assert card.name == "boston"


def test_a_rate_is_suggested_drawn_and_written(cli, here: Path) -> None:
    status, printed, said = cli("rate", "hitters", "--plot", "a.png", "--promote", "a.json")
    assert (status, len(printed.splitlines())) == (0, 1), said
    assert "is suggested for hitters" in printed
    assert (here / "a.png").stat().st_size > 10_000
    rate = json.loads((here / "a.json").read_text())["optimizer"]["config"]["learning_rate"]
    assert f"A learning rate of {rate['config']['initial_learning_rate']:g} is" in printed


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("search",), 2, "kerazoo search NAME"),
        (("search", "boston", "--space", "members=1:3"), 2, "setting of boston 'members'"),
        (("search", "boston", "--space", "rate=1"), 1, "nothing to choose"),
        (("search", "boston", "--space", "rate=2:1"), 1, "the first limit must be the lower"),
        (("search", "boston", "--trials", "0"), 2, "expected a whole number"),
        (("search", "boston", "--seeds", "0"), 2, "expected a whole number"),
        (("search", "dqn"), 2, "dqn is not trained on rows"),
        (("search", "xor"), 1, "of 20 rows or more"),
        (("search", "boston", "--promote", "a.txt"), 2, "ends in .json"),
        (("search", "boston", "--target", "price"), 2, "add --data PATH"),
        (("search", "boston", "--out", "taken"), 1, "no journal of a search"),
        (("rate", "vgg_transfer"), 2, "in one stage"),
        (("train", "--recipe", "missing.json"), 1, "missing.json cannot be read"),
        (("train", "hitters", "--recipe", "for_boston.json"), 2, "is for boston, not for hitters"),
        (
            ("train", "--recipe", "for_boston.json", "--variant", "tuned"),
            2,
            "leave one of them out",
        ),
    ],
    ids=str,
)
def test_faults_are_one_line(
    cli, here: Path, arguments: tuple[str, ...], status: int, message: str
) -> None:
    (here / "taken").mkdir()
    (here / "taken/search.journal").write_text("not a journal\n")
    (here / "for_boston.json").write_text('{"format": 1, "network": "boston"}')
    before = sorted(here.rglob("*"))
    found, printed, said = cli(*arguments)
    assert (found, printed, len(said.splitlines())) == (status, "", 1), said
    assert message in said
    made = set(here.rglob("*")) - set(before)
    assert {path.name for path in made} <= {"runs"}


def test_without_optuna_a_line_says_how_to_get_it(cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    status, printed, said = cli("search", "boston")
    assert (status, printed, len(said.splitlines())) == (1, "", 1)
    assert "pip install 'kerazoo[search]'" in said
