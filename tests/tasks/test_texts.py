"""Classes of texts: what is recognized, and the command line from a folder to an answer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.errors import WrongUsage
from kerazoo.experiments.recognize import choose_network
from kerazoo.tasks import load_task
from tests.cli.conftest import cli as cli
from tests.small_texts import write_folder, write_table


def test_what_is_recognized(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "reviews", 2)
    assert choose_network(folder, {}) == ("imdb_mlp", "texts in 2 folders")
    table = write_table(tmp_path / "reviews.csv", 2)
    assert choose_network(table, {}) == ("imdb_mlp", "a table of 4 texts")
    rows = "size,note,label\n1,a,x\n2,b,y\n"
    (tmp_path / "rows.csv").write_text(rows)
    assert choose_network(tmp_path / "rows.csv", {})[0] == "tabm"
    assert choose_network(tmp_path / "rows.csv", {"text": "note"})[0] == "imdb_mlp"
    (folder / "loose.txt").write_text("running text")
    assert choose_network(folder, {})[0] == "word2vec"


def test_from_a_folder_to_an_answer(
    cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / "reviews")
    status, out, err = cli("train", "--data", "reviews", "--epochs", 30)
    assert status == 0, err
    assert "texts in 2 folders; imdb_mlp learns from it." in err
    assert "majority_class" in out
    assert "tf_idf_words" in out
    (tmp_path / "asked.txt").write_text("what a lovely, funny film\nit was so tedious\n")
    status, out, err = cli("predict", "runs/imdb_mlp", "asked.txt", "--format", "jsonl")
    assert status == 0, err
    assert [json.loads(line)["class"] for line in out.splitlines()] == ["good", "bad"]
    assert "each line is a text" in err
    status, out, err = cli("predict", "runs/imdb_mlp", "reviews/good", "--format", "csv")
    assert out.splitlines()[0] == "file,class,probability_bad,probability_good"
    status, out, err = cli("evaluate", "runs/imdb_mlp", "--data", "reviews", "--json")
    assert status == 0, err
    assert json.loads(out)["same_data"]
    assert json.loads(out)["scores"]["accuracy"] == 1.0
    status, out, err = cli("predict", "runs/imdb_mlp", "nothing.txt")
    assert (status, len(err.splitlines())) == (1, 1)


def test_a_network_that_reads_in_order_takes_three_classes() -> None:
    texts = [f"{kind} word {number}" for number in range(20) for kind in ("red", "blue", "green")]
    frame = {"text": texts, "label": [text.split()[0] for text in texts]}
    run = kerazoo.train("imdb_lstm", data=frame, epochs=1, options={"length": 6, "keep": "first"})
    assert run.model.input_shape == (None, 6)
    assert run.model.output_shape == (None, 3)
    assert run.splits.about.keep == "first"
    with pytest.raises(WrongUsage, match="leave out --keep"):
        kerazoo.train("imdb_mlp", data=frame, options={"keep": "first"})


def test_baselines_see_the_words_of_each_text() -> None:
    splits = kerazoo.load_dataset(
        "labeled_texts",
        path={"text": ["good day", "bad day"] * 20, "label": ["a", "b"] * 20},
        length=4,
    )
    recipe = kerazoo.load_recipe("imdb_mlp")
    scores = load_task("texts").baselines("imdb_mlp", recipe, splits)
    assert {name: value["accuracy"] for name, value in scores.items()} == {
        "majority_class": 0.5,
        "lasso_words": 1.0,
        "tf_idf_words": 1.0,
    }
    assert np.asarray(splits.test.y).mean() == 0.5
