"""Lessons are the same in both languages, executed, listed, and know right answers from wrong ones.

Continuous integration executes them; here they are only read.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import kerazoo
from kerazoo import lessons
from kerazoo.lessons._exercises import Exercise, agrees, digest_of
from tests.conftest import ROOT
from tests.test_notebooks import load_tool

nbformat = pytest.importorskip("nbformat", reason="needs pip install 'kerazoo[test]'")

NAMES = lessons.list_lessons()
SOURCES = sorted((ROOT / "lessons").glob("*.py"))
EXERCISES = [(name, exercise) for name in NAMES for exercise in lessons.list_exercises(name)]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def answers_of(name: str) -> dict[str, object]:
    return importlib.import_module(f"tests.lessons.test_{name}").ANSWERS


def test_every_lesson_is_written_in_both_languages() -> None:
    assert sorted(f"{name}.{language}" for name in NAMES for language in ("en", "ko")) == [
        path.stem for path in SOURCES
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_lesson_was_executed_and_has_the_code_of_the_other_language(root, path) -> None:
    assert load_tool(root).check(path) == ""


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("A step has no slope", "It has no slope"), "differs from"),
        (("[1, 1], -1.5", "[1, 1], -1.4"), "the code of cell"),
        (("# %% [markdown]\n# ## Counting", "# %%\n# ## Counting"), "kinds of cells"),
        (("def count", "# by layers\ndef count"), "differs from"),  # a comment is no code
    ],
)
def test_drift_between_the_languages_is_found(root, tmp_path, change, complaint) -> None:
    for path in (root / "lessons").glob("neurons_and_gates.*"):
        (tmp_path / path.name).write_text(text_of(path), encoding="utf-8")
    source = tmp_path / "neurons_and_gates.en.py"
    tool = load_tool(root)
    assert tool.check(source) == ""
    assert change[0] in text_of(source)
    source.write_text(text_of(source).replace(*change), encoding="utf-8")
    assert complaint in tool.check(source)
    (tmp_path / "neurons_and_gates.ko.py").unlink()
    assert "is in Korean and in English" in tool.check(source)


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_listed_where_it_is_looked_for(root, name) -> None:
    for page in ("docs/lessons.md", "lessons/README.md", "docs/course.md"):
        assert f"{name}.en.ipynb" in text_of(root / page), page
    for page in ("docs/lessons.md", "lessons/README.md"):
        assert f"{name}.ko.ipynb" in text_of(root / page), page


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_lesson_is_small_and_quiet_and_has_no_plotting_code(path) -> None:
    notebook = nbformat.read(path.with_suffix(".ipynb"), as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert "matplotlib" not in text_of(path)
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    assert path.with_suffix(".ipynb").stat().st_size < 300_000


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_lesson_asks_its_exercises_in_its_last_cell(path) -> None:
    name, _, language = path.stem.partition(".")
    last = nbformat.read(path.with_suffix(".ipynb"), as_version=4).cells[-1]
    asked = re.findall(r'"(\w+)": \.\.\.', last.source)
    assert asked == list(lessons.list_exercises(name))
    assert f'lessons.check(\n    "{name}"' in last.source or f'check("{name}"' in last.source
    assert f'"{language}"' in last.source
    for exercise in asked:
        assert f"`{exercise}`" in text_of(path)


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_the_right_answer_is_right_and_others_are_wrong(name, exercise) -> None:
    answer = answers_of(name)[exercise]
    decimals = lessons.list_exercises(name)[exercise].decimals
    assert lessons.is_right(name, exercise, answer)
    wrong = f"{answer}1" if isinstance(answer, str) else 1.01 * answer + 2.5 * 10**-decimals
    assert not lessons.is_right(name, exercise, wrong)
    for language in ("en", "ko"):
        table = lessons.check(name, {exercise: answer}, language)
        assert table.rows[0][1] in ("correct", "정답")


def test_answers_are_compared_as_a_person_means_them() -> None:
    def exercise(answer: object, decimals: int) -> Exercise:
        return Exercise(digest_of("a/b", answer, decimals), "", "", decimals)

    third = exercise(1 / 3, 3)
    for right in (0.333, 0.3334, "1/3", " 0.3333333 ", [1 / 3], 0.334, 0.332):
        assert agrees(third, "a/b", right), right
    for wrong in (0.33, 0.335, 0.331, "a third", "", None, "1/0", float("nan"), range(20)):
        assert not agrees(third, "a/b", wrong), wrong
    assert not agrees(third, "a/c", 1 / 3)  # the digest is of one exercise
    shape = exercise((3, 5, 5), 0)
    for right in ("(3, 5, 5)", "3×5×5", "3 5 5", [3, 5, 5], kerazoo.load_dataset("xor").train.x):
        assert agrees(shape, "a/b", right) == (not hasattr(right, "shape")), right
    assert not agrees(shape, "a/b", "3 5 5.5")
    assert agrees(exercise("ReLU", 0), "a/b", "'relu'")


def test_hints_are_in_the_language_that_is_asked_for() -> None:
    answers = {"parameters": 1, "tables": ...}
    assert "층마다" in str(lessons.check("neurons_and_gates", answers, "ko"))
    assert "each layer" in str(lessons.check("neurons_and_gates", answers))
    with pytest.raises(kerazoo.UnknownName, match="unknown language 'de'"):
        lessons.check("neurons_and_gates", answers, "de")  # type: ignore[arg-type]
