"""Options that each task adds to `train` and `predict`."""

from __future__ import annotations

import abc
import contextlib
import copy
import dataclasses
import inspect
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import typer

from kerazoo import registry
from kerazoo.cli._arguments import number
from kerazoo.cli._commands import Command
from kerazoo.cli._console import quietly
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.registry import list_tasks
from kerazoo.saved.reading import Location, open_saved
from kerazoo.tasks import Option, load_task, open_for_task

_MODEL_FILE = ".py"
_METAVARS = {int: "N", float: "X", str: "TEXT", Path: "PATH"}


def check_log(trackers: Sequence[str]) -> None:
    """Refuse a tracker that does not exist or is not installed, before anything is trained."""
    if not trackers:
        return

    def check() -> None:
        from kerazoo.experiments.trackers import check_trackers  # it imports Keras

        check_trackers(trackers)

    quietly(check)


@dataclasses.dataclass(frozen=True)
class _Known:
    """An option, and the tasks that have it."""

    name: str
    option: Option
    tasks: Sequence[str]
    is_shown: bool


class TaskCommand(Command, abc.ABC):
    """A command whose first argument names a network, and whose options follow its task.

    `kerazoo train NAME --help` shows them. What was set is in
    `context.obj["options"]`; an option of another task is refused.
    """

    which: ClassVar[Literal["TRAIN_OPTIONS", "PREDICT_OPTIONS"]]
    argument: ClassVar[str]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, with the options of all tasks: those of others are hidden."""
        own = list(self.params)
        everyones = self._options_of_tasks()
        try:
            self.params = own + _to_parameters(_merge(everyones, "").values())
            name = self._network(ctx, args)
            task = None
            if name is not None:
                with contextlib.suppress(KerazooError, OSError):  # the command itself says why
                    name = self._resolve(name)
                    everyones = self._options_of_tasks()  # a model file may bring its own task
                    task = self._task(name)
            merged = _merge(everyones, task or "")
            self.params = self._own_params(own, task) + _to_parameters(merged.values())
            rest: list[str] = super().parse_args(ctx, args)
        finally:
            self.params = own
        ctx.obj = {**(ctx.obj or {}), "options": self._chosen(ctx, merged, name, task)}
        return rest

    def _network(self, ctx: Any, args: list[str]) -> str | None:
        """Return what stands for the network, without judging the rest."""
        try:
            found, _, _ = self.make_parser(ctx).parse_args(args=list(args))
        except typer.TyperException:
            return next((word for word in args if not word.startswith("-")), None)
        value = found.get(self.argument)
        return value if isinstance(value, str) else None

    def _resolve(self, name: str) -> str:
        return name

    def _own_params(self, own: list[Any], task: str | None) -> list[Any]:
        """Return the options of the command itself, as they are for networks of a task."""
        return own

    @abc.abstractmethod
    def _task(self, name: str) -> str:
        """Return the task of a network or model of this name."""

    def _options_of_tasks(self) -> dict[str, Mapping[str, Option]]:
        return {task: getattr(load_task(task), self.which) for task in list_tasks()}

    def _chosen(
        self, ctx: Any, merged: Mapping[str, _Known], name: str | None, task: str | None
    ) -> dict[str, Any]:
        chosen = {}
        for key, known in merged.items():
            value = ctx.params.pop(key, None)
            if value is None or (known.option.kind is bool and not value):
                continue
            flag = _flag(key)
            if task is not None and task not in known.tasks:
                raise WrongUsage(
                    f"{flag} is for networks of {' and '.join(known.tasks)}; {name} is one of "
                    f"{task}. Leave it out."
                )
            chosen[key] = value
        return chosen


class TrainCommand(TaskCommand):
    """`kerazoo train`: the argument is a network, or a file of the user's that defines one."""

    which = "TRAIN_OPTIONS"
    argument = "name"

    _seen = ""
    _chosen_name: str | None = None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments; `context.obj["network"]` is what data without a name was given to.

        `context.obj["seen"]` says why.
        """
        self._seen, self._chosen_name = "", None
        rest = super().parse_args(ctx, args)
        named = ctx.params.get(self.argument) or ctx.params.get("data")
        named = named or ctx.params.get("start_from") or ctx.params.get("recipe_file")
        if named is None and not ctx.resilient_parsing:  # as a shell that completes a word does
            raise WrongUsage(
                f"say which network is trained: {ctx.command_path} NAME; or on what: "
                f"{ctx.command_path} --data PATH. kerazoo list shows the networks."
            )
        ctx.obj |= {"network": self._chosen_name, "seen": self._seen}
        return rest

    def _network(self, ctx: Any, args: list[str]) -> str | None:
        """Return the network that is named, or the one that takes the data."""
        name = super()._network(ctx, args)
        if name is not None:
            return name
        found, _, _ = self.make_parser(ctx).parse_args(args=list(args))
        if (path := found.get("recipe_file")) is not None:
            from kerazoo.experiments.recipe_file import read_recipe

            with contextlib.suppress(KerazooError, OSError):  # the command itself says why
                self._chosen_name = read_recipe(path).network
            return self._chosen_name
        if (start := found.get("start_from")) is not None:
            with contextlib.suppress(KerazooError, OSError):  # the command itself says why
                self._chosen_name = open_saved(start).card.name
            return self._chosen_name
        data = found.get("data")
        if data is None:
            return None
        from kerazoo.experiments.recognize import choose_network  # imports pandas

        with contextlib.suppress(KerazooError, OSError):  # the command itself says why
            self._chosen_name, self._seen = choose_network(
                Path(data), {key: value for key, value in found.items() if value}
            )
        return self._chosen_name

    def _resolve(self, name: str) -> str:
        return resolve_network(name)

    def _task(self, name: str) -> str:
        return registry.load_recipe(name).task

    def _own_params(self, own: list[Any], task: str | None) -> list[Any]:
        if task is None:
            return own
        takes = load_task(task).OWN_DATA
        copies = [copy.copy(one) if one.name == "data" else one for one in own]
        for one in copies:
            if one.name == "data":
                one.help = f"Your own data: {takes}." if takes else "Not for this network yet."
        return copies


class PredictCommand(TaskCommand):
    """`kerazoo predict`: the argument is a saved model."""

    which = "PREDICT_OPTIONS"
    argument = "model"

    _opened: tuple[str, Location] | None = None

    def _task(self, name: str) -> str:
        self._opened = open_for_task(name)
        return self._opened[0]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments; `context.obj["opened"]` is the model, so that it is found once."""
        self._opened = None
        rest = super().parse_args(ctx, args)
        ctx.obj["opened"] = self._opened
        return rest


def resolve_network(name: str) -> str:
    """Return the name of a network, which may be given as the path of its file.

    Raises:
        KerazooError: if there is no such file, or it defines no network.
    """
    if name.endswith(_MODEL_FILE) or os.sep in name:
        return registry.add_model_file(name)
    return name


def _merge(everyones: Mapping[str, Mapping[str, Option]], task: str) -> dict[str, _Known]:
    """Return each option once: as the given task has it, if it does."""
    merged: dict[str, _Known] = {}
    for owner, options in everyones.items():
        for name, option in options.items():
            tasks = [*merged[name].tasks, owner] if name in merged else [owner]
            if owner == task or name not in merged:
                merged[name] = _Known(name, option, tasks, owner == task)
            else:
                merged[name] = dataclasses.replace(merged[name], tasks=tasks)
    return merged


def _to_parameters(known: Iterable[_Known]) -> list[Any]:
    """Let Typer make parameters of options, by way of a function that has them."""

    def function(**values: Any) -> None:
        """Have a signature."""

    signature = inspect.Signature([_in_signature(one) for one in known])
    function.__signature__ = signature  # type: ignore[attr-defined]
    function.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    app = typer.Typer(add_completion=False)
    app.command()(function)
    return list(typer.main.get_command(app).params)


def _in_signature(known: _Known) -> inspect.Parameter:
    option, is_flag = known.option, known.option.kind is bool
    kind: Any = Literal[option.choices] if option.choices else option.kind
    info = typer.Option(
        _flag(known.name),
        help=option.help,
        hidden=not known.is_shown,
        metavar=option.metavar or _METAVARS.get(kind),
        parser=number(int(option.minimum or 0)) if option.kind is int else None,
        show_default=option.default or False,
        rich_help_panel=f"Options of networks of {' and '.join(known.tasks)}",
    )
    return inspect.Parameter(
        known.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=False if is_flag else None,
        annotation=Annotated[bool if is_flag else kind | None, info],
    )


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
