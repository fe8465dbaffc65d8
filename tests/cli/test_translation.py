"""Pairs of texts on the command line, from a table of one's own to an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest


def write_numbers(path: Path) -> Path:
    """Write numbers of two digits, and what they are the other way around."""
    texts = [f"{n:02}" for n in range(100)]
    frame = pd.DataFrame({"number": texts * 6, "turned": [text[::-1] for text in texts] * 6})
    frame.to_csv(path, index=False)
    return path


@pytest.mark.thorough
def test_from_a_table_to_an_answer(cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_numbers(tmp_path / "numbers.csv")
    status, out, err = cli("train", "seq2seq", "--data", "numbers.csv", "--epochs", 40)
    assert status == 0, err
    assert "600 pairs of 'number' and 'turned'; up to 2 and 2 characters" in err
    assert "nearest text" in out
    (tmp_path / "asked.txt").write_text("12\n40\n")
    status, out, err = cli("predict", "runs/seq2seq", "asked.txt", "--format", "jsonl")
    assert status == 0, err
    first, second = map(json.loads, out.splitlines())
    assert (first["text"], first["written"], second["written"]) == ("12", "21", "04")
    assert 0.5 < first["probability"] <= 1
    status, out, err = cli("predict", "runs/seq2seq", "numbers.csv", "--format", "csv")
    assert out.splitlines()[0] == "text,written,probability,unknown"
    assert len(out.splitlines()) == 601
    status, out, err = cli("evaluate", "runs/seq2seq", "--json")
    assert status == 0, err
    found = json.loads(out)
    assert found["same_data"]
    assert found["scores"]["exact_match"] > 0.9


def test_texts_that_cannot_be_read(cli, tmp_path: Path) -> None:
    asked = tmp_path / "asked.txt"
    asked.write_text("5 March 2024\n\n2024-3-5\n" + "long " * 100_000 + "\n@@\n5 March@ 2024\n")
    status, out, err = cli("predict", "seq2seq", asked)
    assert (status, out) == (1, "")
    assert "asked.txt: row 2 is empty" in err
    status, out, err = cli("predict", "seq2seq", asked, "--skip-bad-rows", "--format", "jsonl")
    assert status == 0, err
    answers = [json.loads(line) for line in out.splitlines()]
    assert [one["written"] for one in answers][:3] == ["2024-03-05", "", "2024-03-05"]
    assert [one["written"] for one in answers][3:5] == ["", ""]
    assert answers[5]["unknown"] == "@"
    assert "3 rows without an answer" in err
    assert "row 4 has 499,999 characters; the network reads 32 at most" in err
    assert "row 5 has no character that the network knows" in err
