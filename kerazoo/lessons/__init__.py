"""What the notebooks in `lessons/` ask, and whether an answer is right: one lesson, one file.

A lesson's file says in its first line what the lesson is about, where it stands in the course
(`CHAPTER`), and what is right (`EXERCISES`). Right answers are kept as digests, so that nobody
reads one by accident. `_exercises.py` compares.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from types import ModuleType
from typing import Literal

from kerazoo.errors import unknown_name
from kerazoo.lessons._exercises import Exercise, agrees
from kerazoo.report.table import Table

Language = Literal["en", "ko"]
_WORDS: dict[str, tuple[str, str, str, str, str]] = {
    "en": ("exercise", "verdict", "correct", "not yet", "no answer yet"),
    "ko": ("문제", "결과", "정답", "아직 아님", "아직 답이 없음"),
}


def list_lessons() -> list[str]:
    """Return the names of the lessons, in the order in which the course teaches them.

    Example:
        >>> list_lessons()[0]
        'neurons_and_gates'
    """
    names = [one.name for one in pkgutil.iter_modules(__path__) if not one.name.startswith("_")]
    return sorted(names, key=lambda name: (_load(name).CHAPTER, name))


def describe_lesson(lesson: str) -> str:
    """Return what a lesson is about.

    Raises:
        UnknownName: if there is no such lesson.

    Example:
        >>> describe_lesson("neurons_and_gates")
        'what one neuron can compute, and what it cannot'
    """
    text = inspect.getdoc(_known(lesson)) or ""
    return text.partition("\n")[0].removeprefix(f"{lesson}: ").rstrip(".")


def list_exercises(lesson: str) -> dict[str, Exercise]:
    """Return the exercises of a lesson by name, in its order.

    Raises:
        UnknownName: if there is no such lesson.

    Example:
        >>> list(list_exercises("neurons_and_gates"))
        ['parameters', 'nand', 'tables']
    """
    return dict(_known(lesson).EXERCISES)


def is_right(lesson: str, exercise: str, answer: object) -> bool:
    """Tell whether an answer is right.

    Args:
        lesson: a name from `list_lessons()`.
        exercise: a name from `list_exercises(lesson)`.
        answer: a number, a word, or several of them: a text, a sequence, an array or a tensor. Of a
            number with decimals as many are compared as the exercise asks for.

    Raises:
        UnknownName: if there is no such lesson, or no such exercise in it.

    Example:
        >>> is_right("neurons_and_gates", "parameters", 30)
        False
    """
    exercises = list_exercises(lesson)
    if exercise not in exercises:
        raise unknown_name("exercise", exercise, exercises)
    return agrees(exercises[exercise], f"{lesson}/{exercise}", answer)


def check(lesson: str, answers: Mapping[str, object], language: Language = "en") -> Table:
    """Return a table that says which answers are right; `...` stands for an answer to come.

    Args:
        lesson: a name from `list_lessons()`.
        answers: an answer per exercise, as `is_right` takes it.
        language: of the verdicts and the hints, `"en"` or `"ko"`.

    Raises:
        UnknownName: if there is no such lesson, exercise or language.

    Example:
        >>> check("neurons_and_gates", {"parameters": ..., "tables": 7})
        exercise    verdict
        parameters  no answer yet
        tables      not yet: ...
    """
    if language not in _WORDS:
        raise unknown_name("language", language, _WORDS)
    exercise, verdict, correct, wrong, none = _WORDS[language]
    rows = []
    for name, answer in answers.items():
        right = is_right(lesson, name, 0 if answer is ... else answer)
        hint = list_exercises(lesson)[name].hint_in(language)
        judged = none if answer is ... else correct if right else f"{wrong}: {hint}"
        rows.append((name, judged))
    return Table((exercise, verdict), tuple(rows))


def _known(lesson: str) -> ModuleType:
    known = list_lessons()
    if lesson not in known:
        raise unknown_name("lesson", lesson, known)
    return _load(lesson)


def _load(lesson: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{lesson}")
