"""`kerazoo --lang ko`: the list, a network and what a training comes to, in Korean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kerazoo
from kerazoo._wording import columns_of
from kerazoo.cli import _korean
from tests.processes import run_forked

KOREAN = re.compile("[가-힣]")


def test_every_network_of_the_list_is_described_in_korean() -> None:
    lines = run_forked("--lang", "ko", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == kerazoo.list_models()
    assert all(KOREAN.search(line) for line in lines)


def test_the_environment_chooses_and_the_option_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAZOO_LANG", "ko")
    assert KOREAN.search(run_forked("list").stdout)
    assert not KOREAN.search(run_forked("--lang", "en", "list").stdout)


def test_an_unknown_language_is_refused() -> None:
    done = run_forked("--lang", "fr", "list")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'en', 'ko'" in done.stderr


def test_a_network_is_shown_in_korean() -> None:
    text = run_forked("--lang", "ko", "show", "wine_multiclass").stdout
    for heading in ("층:", "레시피(튜닝함):", "기록된 결과:", "모수: "):
        assert heading in text
    assert "judged by" not in text
    assert all(columns_of(line) <= 100 for line in text.splitlines())


def test_a_training_is_summed_up_in_korean(tmp_path: Path) -> None:
    arguments = ("train", "boston", "--epochs", "1", "--quiet", "--out", tmp_path / "out")
    quiet = run_forked("--lang", "ko", *arguments)
    assert quiet.returncode == 0
    loud = run_forked(
        "--lang", "ko", "train", "boston", "--epochs", "1", "--seeds", "2", "--out", tmp_path / "b"
    )
    lines = loud.stdout.splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("지표"))
    assert "기준 모델" in lines[head]
    assert any("학습 2번, 모두 2 에포크" in line for line in lines)
    # Columns stand below each other where a letter takes two.
    column = columns_of(lines[head][: lines[head].index("결과")])
    below = lines[head + 1]
    assert columns_of(below[: re.search(r"\d\S* ± ", below).start()]) == column


@pytest.mark.parametrize("english", list(_korean.LINES))
def test_a_translation_has_the_same_values(english: str) -> None:
    fields = re.compile(r"\{(\w+)\}")
    assert sorted(fields.findall(english)) == sorted(fields.findall(_korean.LINES[english]))
