"""Language models of one's own text on the command line, from a file to an answer."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.reading.next_words import Windows


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that has learned a text in which every word but one is sure."""
    folder = tmp_path_factory.mktemp("language")
    text = "The film was good. The plot was bad.\n" * 60
    (folder / "text.txt").write_text(text, encoding="utf-8")
    run = kerazoo.train(
        "language_model",
        data=folder / "text.txt",
        options={"context": 3},
        out=folder / "model",
    )
    assert run.splits.about.length == 3
    # One of five words is open, film or plot, each as often.
    assert run.metrics["perplexity"] == pytest.approx(2**0.2, rel=0.02)
    assert run.metrics["perplexity"] == pytest.approx(math.exp(run.metrics["loss"]))
    return folder / "model"


def test_own_text_from_training_to_an_answer(
    saved: Path, tmp_path: Path, cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    language = kerazoo.load_language_model(saved)
    (first, chance), (second, other) = language.next_words("The", 2)
    assert {first, second} == {"film", "plot"}
    assert chance + other == pytest.approx(1, abs=0.05)
    assert language.next_words("The plot was", 1)[0][0] == "bad"
    assert language.write("The plot", 2) == "The plot was bad"
    by_keras = kerazoo.load_language_model(saved, runtime="keras")
    assert by_keras.score("The film.").perplexity == pytest.approx(
        language.score("The film.").perplexity, rel=1e-3
    )
    rows, words = Windows(language.about)([("The plot was bad", True)])
    chances = kerazoo.load_model(saved).predict(rows, verbose=0)
    expected = np.log(chances[np.arange(len(words)), words]).sum()
    score = language.score("The plot was bad.")
    assert score.log_probability == pytest.approx(float(expected), rel=1e-3)

    (tmp_path / "asked.txt").write_text("The plot was bad.\nThe film\n")
    monkeypatch.chdir(tmp_path)
    options = ("--words", 2, "--topn", 1, "--seed", 1, "--temperature", 0.5)
    status, out, err = cli("predict", saved, "asked.txt", "--format", "jsonl", *options)
    assert status == 0, err
    whole, part = map(json.loads, out.splitlines())
    assert (whole["words"], part["words"], whole["unknown"]) == (5, 2, 0)
    assert whole["log10_probability"] == pytest.approx(math.log10(0.5), abs=0.05)
    assert list(part["next_words"]) == ["was"]
    assert part["continued"] == "The film was good"
    status, out, err = cli("predict", saved, "asked.txt", "--format", "csv", "--words", 0)
    assert out.splitlines()[0] == "text,words,unknown,log10_probability,perplexity,next_words"
    status, out, err = cli("predict", saved, "asked.txt", "--format", "table")
    assert out.splitlines()[0] == "The plot was bad."
    assert "perplexity" in out.splitlines()[1]
    (tmp_path / "bad.txt").write_text("The film\n...\nThe plot\n")
    status, out, err = cli("predict", saved, "bad.txt")
    assert (status, len(err.splitlines())) == (1, 2)  # how it is read, and what is wrong
    assert "bad.txt: row 2 has no words" in err


def test_own_text_is_judged(saved: Path, cli) -> None:
    status, out, err = cli("evaluate", saved, "--json")
    assert status == 0, err
    found = json.loads(out)
    assert found["same_data"]
    assert found["scores"]["perplexity"] == pytest.approx(2**0.2, rel=0.02)
