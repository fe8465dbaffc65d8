"""`kerazoo backtest`: a table and a verdict, files for the rest, and one line for a fault."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kerazoo.datasets.nyse import sample


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "nyse.csv"
    path.write_text("".join(",".join(cells) + "\n" for cells in sample(200)))
    return path


def test_the_command_prints_a_table_and_a_verdict_and_writes_all(
    cli, file: Path, tmp_path: Path
) -> None:
    out, image = tmp_path / "all.csv", tmp_path / "errors.png"
    quick = ("--target", "log_volume", "--every", "20", "--epochs", "1", "--lag", "5")
    own = ("backtest", "nyse_rnn", "--data", file, *quick, "--no-weekday")
    status, printed, said = cli(*own, "--out", out, "--plot", image)
    assert (status, "trained again every 20 rows (2 trainings" in printed) == (0, True), said
    assert [line.split()[0] for line in printed.splitlines()[2:7]] == [
        *("method", "nyse_rnn", "last", "season", "autoregression")
    ]
    frame = pd.read_csv(out)
    assert list(frame)[:3] == ["date", "true", "nyse_rnn"]
    assert len(frame) == 40
    assert image.stat().st_size > 10_000
    status, printed, _ = cli(*own, "--json")
    scores = json.loads(printed)["scores"]
    off = np.abs(frame["nyse_rnn"] - frame["true"]).mean()
    assert scores["nyse_rnn"]["mean_absolute_error"] == pytest.approx(off, rel=1e-5)
    status, _, said = cli(*own, "--out", out)
    assert (status, len(said.splitlines())) == (1, 1)
    assert "exists already" in said


def test_the_command_refuses_in_one_line(cli) -> None:
    for arguments, message in (
        (("boston",), "boston forecasts no series"),
        ((), "kerazoo backtest NAME"),
        (("lstm", "--target", "sold"), "add --data PATH"),
        (("lstm", "--every", "0"), "expected a whole number"),
    ):
        status, printed, said = cli("backtest", *arguments)
        assert (status, printed, len(said.splitlines())) == (2, "", 1), said
        assert message in said
