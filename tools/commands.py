"""The page of the command line, from what `--help` says; a part of the hook `site.py`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

import typer

from kerazoo import registry
from kerazoo.cli import app
from kerazoo.report.table import Table
from kerazoo.tasks import load_task


def commands_page() -> str:
    """Render what `--help` says: of each command, and of the options that tasks add."""
    parts = [
        "# Command line",
        "`kerazoo COMMAND --help` says the same. Exit status: 0 done, 1 failed, 2 wrong usage, 130 "
        "interrupted. Nothing that is there already is replaced without `--force`.",
    ]
    for path, command in _commands(typer.main.get_command(app), ()):
        parts += [f"## kerazoo {' '.join(path)}", _paragraphs(command.help), *_parameters(command)]
        for task, options in _options_of_tasks(command).items():
            parts += [f"Networks of {task}:", _options_table(options)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, one in command.commands.items():
        yield from _commands(one, (*path, name))


def _paragraphs(text: str | None) -> str:
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(text or ""))


def _parameters(command: Any) -> Iterator[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    if arguments:
        yield _options_table({one.metavar: (one.help or "", "") for one in arguments})
    if options:
        yield _options_table({_spelling(one): _help_and_default(one) for one in options})


def _spelling(option: Any) -> str:
    """Return how an option is written, with the values that it can have."""
    value = "" if option.is_flag else option.metavar or option.display_type(None) or ""
    # A bar would end the cell of a table.
    return " ".join([*option.opts, value.strip("<>").replace("|", ", ")]).strip()


def _help_and_default(option: Any) -> tuple[str, str]:
    default = option.show_default if isinstance(option.show_default, str) else option.default
    return option.help or "", "" if default is None or default is False else str(default)


def _options_of_tasks(command: Any) -> dict[str, dict[str, tuple[str, str]]]:
    which = getattr(command, "which", None)
    if which is None:
        return {}
    found = {task: getattr(load_task(task), which) for task in registry.list_tasks()}
    return {
        task: {f"--{name.replace('_', '-')}": (one.help, one.default) for name, one in own.items()}
        for task, own in found.items()
        if own
    }


def _options_table(rows: Mapping[str, tuple[str, str]]) -> str:
    lines = tuple((f"`{name}`", text, default) for name, (text, default) in rows.items())
    return Table(("", "", "default"), lines).markdown()
