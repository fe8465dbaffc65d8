"""`kerazoo train --log`, and the line of each epoch in the folder of the run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import kerazoo

TRAIN = ("train", "boston", "--batch-size", "1", "--epochs", "700", "--quiet")


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]


def test_a_tracker_that_is_missing_is_said_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Any
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    out = tmp_path / "run"
    status, shown, error = cli(
        "train", "xor", "--out", out, "--log", "mlflow", "--log", "tensorboard"
    )
    assert (status, shown) == (1, "")
    assert error == (
        "error: mlflow and tensorboard are not installed. Install them: pip install "
        "'kerazoo[mlflow,tensorboard]'.\n"
    )
    assert cli("train", "xor", "--out", out, "--log", "mlflo") == (
        2,
        "",
        "error: unknown tracker 'mlflo'. Did you mean 'mlflow'? Known: mlflow, tensorboard, "
        "wandb.\n",
    )
    assert not out.exists()


def test_the_seeds_of_a_command_share_a_file(tmp_path: Path, cli: Any) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / "history.jsonl").write_text('{"seed": 1, "epoch": 1}\n')
    status, _, error = cli("train", "xor", "--epochs", 5, "--seeds", 2, "--out", out)
    assert status == 0, error
    found = [(row["seed"], row["epoch"]) for row in lines(out)]
    assert found == [(seed, epoch) for seed in (0, 1) for epoch in range(1, 6)]
    (older,) = (out / "logs").iterdir()
    assert older.name.startswith("history-")


def test_quietly_nothing_but_what_was_saved_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Any
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    out = tmp_path / "run"
    assert cli("train", "xor", "--out", out, "--quiet") == (0, f"saved to {out}\n", "")


def start(*arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "kerazoo", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # A shell that runs the tests in the background has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for_epoch(number: int, folder: Path) -> None:
    path = folder / "history.jsonl"
    while not path.exists() or path.read_bytes().count(b"\n") < number:
        time.sleep(0.02)


@pytest.mark.thorough
def test_whoever_is_killed_leaves_whole_lines_and_no_epoch_twice(tmp_path: Path) -> None:
    """Ctrl-C writes a checkpoint; the kill that follows comes long after it."""
    out = tmp_path / "run"
    process = start(*TRAIN, "--out", out)
    wait_for_epoch(50, out)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    at_checkpoint = len(lines(out))
    process = start(*TRAIN, "--out", out, "--resume")
    wait_for_epoch(at_checkpoint + 100, out)
    process.kill()
    process.communicate()
    assert out.joinpath("history.jsonl").read_bytes().endswith(b"\n")
    killed = lines(out)
    process = start(*TRAIN, "--out", out, "--resume")
    _, error = process.communicate(timeout=240)
    assert process.returncode == 0, error
    found = lines(out)
    assert [row["epoch"] for row in found] == list(range(1, 701))
    assert found[: len(killed)] == killed
    whole = kerazoo.train("boston", epochs=700, batch_size=1)
    assert [row["val_loss"] for row in found] == whole.history["val_loss"]
    assert os.listdir(tmp_path) == ["run"]
