"""Classes of texts: what is recognized, and what is learned."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.errors import WrongUsage
from kerazoo.experiments.recognize import choose_network
from kerazoo.tasks import load_task
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
        path={
            "text": [f"{word} day {n}" for n in range(20) for word in ("good", "bad")],
            "label": ["a", "b"] * 20,
        },
        length=4,
    )
    recipe = kerazoo.load_recipe("imdb_mlp")
    recipe = dataclasses.replace(recipe, baselines=(*recipe.baselines, "naive_bayes_words"))
    scores = load_task("texts").baselines("imdb_mlp", recipe, splits)
    assert {name: value["accuracy"] for name, value in scores.items()} == {
        "majority_class": 0.5,
        "naive_bayes_words": 1.0,
        "lasso_words": 1.0,
        "tf_idf_words": 1.0,
    }
    assert np.asarray(splits.test.y).mean() == 0.5
