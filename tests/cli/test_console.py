"""How messages look on a terminal, and to a program."""

from __future__ import annotations

import io

import pytest

from kerazoo.cli._console import fitted

SENTENCE = "the network is worse than autoregression: use that instead, or train it on more data"


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
