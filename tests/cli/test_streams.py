"""Standard streams that are closed or full, and folders that are gone: one line, exit 1."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kerazoo
from kerazoo.errors import KerazooError

COMMANDS = ["list", "version", "show xor", "data list", "predict xor -"]


def run(command: str, redirection: str, cwd: Path) -> tuple[int, str]:
    """Run a command in a shell, which can close a stream."""
    line = f'"{sys.executable}" -m kerazoo {command} {redirection}'
    done = subprocess.run(
        ["sh", "-c", line], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_standard_output_is_said(command: str, tmp_path: Path) -> None:
    assert run(command, ">&-", tmp_path) == (
        1,
        "error: standard output is closed. Send it to a file, or to /dev/null.\n",
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no full device")
@pytest.mark.parametrize("command", COMMANDS[:-1])
def test_a_full_standard_output_is_said(command: str, tmp_path: Path) -> None:
    assert run(command, ">/dev/full", tmp_path) == (
        1,
        "error: nothing more can be written: the disk is full. Make room, or write elsewhere.\n",
    )


@pytest.mark.parametrize("command", ["predict xor -", "predict lstm - --steps 2"])
def test_a_closed_standard_input_is_said(command: str, tmp_path: Path) -> None:
    assert run(command, "<&-", tmp_path) == (
        1,
        "error: standard input is closed, so - has no data. Pass a file, or open it.\n",
    )


def test_closed_streams_that_nobody_needs_do_no_harm(tmp_path: Path) -> None:
    assert run("list", "<&- 2>&-", tmp_path) == (0, "")
    assert run("show nothing", "2>&-", tmp_path) == (2, "")


def test_a_working_directory_that_is_gone_is_said(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    status, errors = run("train xor", f'2>"{tmp_path}/errors" & rmdir "{gone}"; wait $!', gone)
    errors = (tmp_path / "errors").read_text()
    assert (status, errors) == (
        1,
        "error: the working directory does not exist any more. Change to another one.\n",
    )


@pytest.mark.parametrize("out", [".", "", "../b", "/", ".."])
def test_no_model_takes_the_place_of_the_working_directory(
    out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    status, _, errors = cli("train", "xor", "--out", out)
    assert status == 1
    assert errors.count("\n") == 1
    assert "is the working directory, or one above it" in errors
    with pytest.raises(KerazooError, match="is the working directory"):
        kerazoo.save_model(kerazoo.build_xor(), out)
