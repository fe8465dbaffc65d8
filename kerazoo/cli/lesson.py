"""`kerazoo lesson`: the lessons, and whether the answer to an exercise is right."""

from __future__ import annotations

from typing import Annotated

import typer

from kerazoo import lessons
from kerazoo.cli._commands import Command, Commands
from kerazoo.cli._console import say, wrap_named
from kerazoo.errors import KerazooError

app = typer.Typer(
    cls=Commands,
    invoke_without_command=True,
    add_completion=False,
    help="The lessons: list them with their exercises, and check an answer.",
)


@app.callback()
def lesson(context: typer.Context) -> None:
    """List the lessons, or check an answer."""
    if context.invoked_subcommand is None:
        lesson_list()


@app.command("list", cls=Command)
def lesson_list() -> None:
    """List the lessons with their exercises, in the order of the course."""
    names = lessons.list_lessons()
    width = max(map(len, names)) + 2
    for name in names:
        exercises = ", ".join(lessons.list_exercises(name))
        print(wrap_named(name, f"{lessons.describe_lesson(name)} ({exercises})", width))
    say("They are notebooks, in Korean and in English, in the folder lessons/ of the repository.")


@app.command("check", cls=Command, context_settings={"ignore_unknown_options": True})
def lesson_check(
    name: Annotated[str, typer.Argument(metavar="LESSON", help="A name from kerazoo lesson.")],
    exercise: Annotated[str, typer.Argument(metavar="EXERCISE", help="One of its exercises.")],
    answer: Annotated[
        list[str],
        typer.Argument(metavar="ANSWER", help="A number, a word, or several, such as 3 5 5."),
    ],
) -> None:
    """Check the answer to an exercise of a lesson: exit status 1 if it is not right."""
    if not lessons.is_right(name, exercise, " ".join(answer)):
        hint = lessons.list_exercises(name)[exercise].hint_in("en")
        raise KerazooError(f"not yet. A hint: {hint}")
    print("correct")
