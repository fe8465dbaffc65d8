"""What a command shows while it works: on a terminal for how long, in a file once."""

from __future__ import annotations

import io
import threading

import pytest

from kerazoo.cli import _console
from kerazoo.cli._console import fitted, progress_bar, said_if_slow

SENTENCE = "the network is worse than autoregression: use that instead, or train it on more data"
DOING = "judging on the 10,000 rows of the test part, with measures of samples and likelihood"


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_console, "_PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(_console, "_REDRAW_SECONDS", 0.0)
    monkeypatch.setattr("kerazoo._progress._TICK_SECONDS", 0.01)
    monkeypatch.setenv("COLUMNS", "60")


def wait_for_more(capsys: pytest.CaptureFixture[str]) -> str:
    shown = ""
    while not shown:
        shown = capsys.readouterr().err
        threading.Event().wait(0.005)
    return shown


def test_a_terminal_shows_for_how_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    before = threading.active_count()
    with said_if_slow(DOING):
        first, second = wait_for_more(capsys), wait_for_more(capsys)
    frames = [frame for frame in (first + second).split("\r\x1b[2K") if frame]
    assert all(len(frame) <= 59 and frame.startswith("judging on the") for frame in frames)
    assert frames[0].endswith("\u2026 0.0 s")
    assert capsys.readouterr().err.endswith("\r\x1b[2K")  # nothing is left of it
    assert threading.active_count() == before


def test_a_file_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    with said_if_slow(DOING):
        assert wait_for_more(capsys) == f"{DOING} ...\n"
    assert capsys.readouterr().err == ""


def test_what_is_quick_is_not_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_console, "_PATIENCE_SECONDS", 60.0)
    for is_terminal in (True, False):
        monkeypatch.setattr("sys.stderr.isatty", lambda answer=is_terminal: answer)
        with said_if_slow(DOING):
            pass
    assert capsys.readouterr().err == ""


def test_a_share_is_shown_as_epochs_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress_bar("folder/wines.csv") as report:
        report(0.5)
    frame, end = capsys.readouterr().err.split("\r\x1b[2K")[1:]
    assert frame == "wines.csv |##########          |  50%  0.0 s left"
    assert end == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_lines_and_a_program_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = fitted(SENTENCE, Terminal()).split("\n")
    assert len(lines) == 2
    assert max(map(len, lines)) <= 60
    assert " ".join(" ".join(lines).split()) == SENTENCE
    assert fitted(SENTENCE, io.StringIO()) == SENTENCE
    assert fitted("short", Terminal()) == "short"
