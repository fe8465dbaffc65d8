"""Ctrl-C at any moment: exit 130, nothing lost, and a training goes on where it stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kerazoo
from kerazoo.saved import load_card

pytestmark = pytest.mark.thorough

# Single rows in a step: an epoch takes long enough to be interrupted in the middle.
SLOWLY = ("--epochs", "4000", "--batch-size", "1")


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-um", "kerazoo", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # A shell that runs the tests in the background has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def interrupt(*arguments: object) -> tuple[int, str]:
    """Press Ctrl-C once epochs have been printed; return exit status and standard error."""
    process = start("train", "boston", *arguments)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("epoch "):
            break
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=120)
    return process.returncode, error


def test_a_training_goes_on_where_ctrl_c_stopped_it(tmp_path: Path) -> None:
    """No checkpoint is due so early: the one that is resumed was written at the interrupt."""
    out = tmp_path / "model"
    status, error = interrupt(*SLOWLY, "--out", out)
    assert status == 130, error
    last = error.strip().splitlines()[-1]
    found = re.search(r"interrupted after (\d+) epochs? of seed 0; saved to .*--resume", last)
    assert found, error
    assert "stopping after this epoch" in error
    process = start("train", "boston", *SLOWLY, "--out", out, "--resume")
    assert process.stdout is not None
    first = next(line for line in process.stdout if line.startswith("epoch "))
    process.kill()
    process.communicate()
    assert first.startswith(f"epoch {int(found[1]) + 1}/4000")


def test_a_finished_network_is_not_replaced_by_an_interrupted_one(tmp_path: Path) -> None:
    out = tmp_path / "model"
    kerazoo.train("boston", recipe=None, out=out, seed=1)
    before = (out / "card.json").read_bytes()
    status, error = interrupt(*SLOWLY, "--out", out, "--force")
    assert status == 130, error
    assert f"{out} is as it was" in error
    assert (out / "card.json").read_bytes() == before


def test_a_training_that_is_judged_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(*arguments: object) -> dict[str, float]:
        raise KeyboardInterrupt

    monkeypatch.setattr("kerazoo.experiments.judging.judge", press)
    run = kerazoo.train("xor", out=tmp_path / "model")
    assert run.interrupted
    assert load_card(tmp_path / "model").metrics == {"0": {}}
    monkeypatch.undo()
    resumed = kerazoo.train("xor", out=tmp_path / "model", resume=True)
    assert resumed.metrics["accuracy"] == 1.0
    assert resumed.history == run.history  # no epoch more: it is judged, and that is all
    assert load_card(tmp_path / "model").metrics["0"]["accuracy"] == 1.0
    assert not (tmp_path / "model.checkpoint").exists()
    assert kerazoo.load_model(tmp_path / "model").get_layer("hidden").units == 2


def test_nothing_is_resumed_where_there_is_nothing(tmp_path: Path) -> None:
    kerazoo.train("xor", out=tmp_path / "model")
    before = (tmp_path / "model" / "card.json").read_bytes()
    with pytest.raises(kerazoo.KerazooError, match="there is nothing to resume"):
        kerazoo.train("xor", out=tmp_path / "model", resume=True)
    assert (tmp_path / "model" / "card.json").read_bytes() == before


@pytest.mark.parametrize(
    "arguments", [("predict", "wine_multiclass", "-"), ("train", "boston", "--out", "model")]
)
@pytest.mark.parametrize("seconds", [0.3, 1.5])
def test_ctrl_c_exits_with_130(
    arguments: tuple[str, ...], seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # Before the package's first line, Python itself ends with a traceback. A busy machine needs
    # longer to come there.
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import kerazoo"], check=True)
    to_start = time.monotonic() - began
    process = start(*arguments)
    time.sleep(max(seconds, 2 * to_start))
    process.send_signal(signal.SIGINT)
    # Standard input stays open, as a terminal's does.
    process.wait(timeout=60)
    assert process.stdin is not None
    process.stdin.close()
    assert process.stderr is not None
    assert (process.returncode, process.stderr.read()) == (130, "error: interrupted.\n")
