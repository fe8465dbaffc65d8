"""A prediction locates its folder once, reads its card once, and verifies the file that it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerazoo.cli import app
from kerazoo.saved import reading, storage


def test_one_prediction_reads_one_card_and_one_network(
    wine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tmp_path / "rows.csv"
    names = wine.splits.feature_names
    row = [f"{value:g}" for value in wine.splits.test.x[0]]
    row[names.index("color")] = "red"
    rows.write_text(",".join(names) + "\n" + ",".join(row) + "\n")
    read: list[str] = []
    plain = storage.read_file

    def watched(path: Path, largest: int) -> bytes:
        read.append(path.name)
        return plain(path, largest)

    monkeypatch.setattr(storage, "read_file", watched)
    monkeypatch.setattr(reading, "read_file", watched)
    app(["predict", str(wine.path), str(rows)], standalone_mode=False)
    assert read == ["card.json", "model.tflite"]
