"""Texts of one's own on the command line, from a folder to an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.small_texts import write_folder


def test_from_a_folder_to_an_answer(cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path / "reviews")
    status, out, err = cli("train", "--data", "reviews", "--epochs", 120)
    assert status == 0, err
    assert "texts in 2 folders; imdb_mlp learns from it." in err
    assert "tf idf words" in out
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
