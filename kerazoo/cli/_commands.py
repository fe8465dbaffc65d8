"""Commands: how their options are read and shown, and when their files are imported.

A command's file is imported when the command is run or its help is shown: all files together take
longer to import than `kerazoo serve` and `kerazoo predict` need for their answers.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup

_OPTIONS_OF_TASKS = {
    "train": "TrainCommand",
    "search": "TrainCommand",
    "rate": "TrainCommand",
    "backtest": "TrainCommand",
    "predict": "PredictCommand",
}
"""Commands whose options follow the task of a network, and their classes in `_options.py`."""

_OLD_SPELLING = re.compile(r"^--output(?==|$)")

# A shell makes the home folder of `--out ~/runs`, and most leave `--out=~/runs` as it is.
_HOME = re.compile(r"^(--[\w-]+=)(~(?=/|$))")


def _to_home(found: re.Match[str]) -> str:
    return found[1] + os.path.expanduser(found[2])


class Command(TyperCommand):
    """A command; `--output`, as `--out` was called before, still means it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments."""
        args = [_HOME.sub(_to_home, _OLD_SPELLING.sub("--out", one)) for one in args]
        rest: list[str] = super().parse_args(ctx, args)
        return rest

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters."""
        return _prepared(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, each paragraph filled to the width of the terminal."""
        self.help = re.sub(r"(?<!\n)\n(?!\n)", " ", self.help or "")
        super().format_help(ctx, formatter)


class Commands(TyperGroup):
    """The command line itself, `kerazoo data` and `kerazoo lesson`."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters."""
        return _prepared(super().get_params(ctx))


def _prepared(parameters: list[Any]) -> list[Any]:
    """Let the help show no type of an option that takes no value, and plain values be read here."""
    for one in parameters:
        if getattr(one, "is_flag", False):
            one.metavar = ""
        if getattr(one, "_runtime_param", _MISSING) is None:
            one._runtime_param = _ReadsPlainValues()
    return parameters


_MISSING = object()


class _ReadsPlainValues:
    """Reads values that need no conversion; Typer reads all others, and imports pydantic for it.

    Without that, which takes a tenth of a second, `kerazoo serve` and `kerazoo predict` begin to
    answer so much earlier. Touches `_runtime_param` of Typer's parameters, which it makes when the
    first value is read: there is no public way.
    """

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return a value as the command takes it."""
        kind, parser = param.type_descriptor.annotation, param.type_descriptor.parameter_info.parser
        takes_several = param.multiple or param.nargs == -1
        if value is None and not takes_several:
            return None
        if parser is not None and not takes_several:
            with contextlib.suppress(ValueError):  # which Typer puts into words
                return parser(value)
        texts = value if takes_several and isinstance(value, list | tuple) else [value]
        if kind in _TEXTS or get_origin(kind) is Literal:
            allowed = get_args(kind) if get_origin(kind) is Literal else texts
            if all(isinstance(text, str) and text in allowed for text in texts):
                return list(value) if takes_several else value
        param._runtime_param = None
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


_TEXTS = (str, list[str])


class CommandsInFiles(MutableMapping[str, Any]):
    """Commands by name, each made when it is first looked up.

    Args:
        names: of files of this folder. Each defines a function of the same name, or `app`, a group
            of commands, or `list_command` where the name would hide one of Python's.
        made: further commands.
    """

    def __init__(self, names: Sequence[str], made: MutableMapping[str, Any]) -> None:
        self._names = names
        self._made = made

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = _command_in_file(name)
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._names, *self._made]))

    def __len__(self) -> int:
        return len({*self._names, *self._made})


def _command_in_file(name: str) -> Any:
    module = importlib.import_module(f"kerazoo.cli.{name}")
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False)
        cls: Any = Command
        if name in _OPTIONS_OF_TASKS:
            cls = getattr(importlib.import_module("kerazoo.cli._options"), _OPTIONS_OF_TASKS[name])
        function = getattr(module, name, None) or getattr(module, f"{name}_command")
        app.command(name, cls=cls)(function)
    command = typer.main.get_command(app)
    command.name = name
    return command
