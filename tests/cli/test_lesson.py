"""`kerazoo lesson`: the list of lessons, and right and wrong answers."""

from __future__ import annotations

from kerazoo import lessons


def test_the_commands_list_and_check(cli) -> None:
    status, printed, _ = cli("lesson")
    assert status == 0
    assert [line.split()[0] for line in printed.splitlines()] == lessons.list_lessons()
    assert cli("lesson", "list")[1] == printed
    assert cli("lesson", "check", "neurons_and_gates", "nand", "1", "2") == (0, "correct\n", "")
    status, printed, said = cli("lesson", "check", "neurons_and_gates", "tables", "-3.5")
    assert (status, printed) == (1, "")
    assert said.startswith("error: not yet. A hint: XOR is one of those")
    status, _, said = cli("lesson", "check", "neurons_and_gates", "nan", "1")
    assert status == 2
    assert "unknown exercise 'nan'. Did you mean 'nand'?" in said
    status, _, said = cli("lesson", "check", "neurons", "nand", "1")
    assert status == 2
    assert "Did you mean 'neurons_and_gates'?" in said
