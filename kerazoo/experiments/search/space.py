"""The space of a search: which settings of a recipe are tried, and within which limits.

A setting is the learning rate, the weight decay, the batch size, the width and depth of the hidden
layers, a penalty, or an argument of the builder. What only changes a number of the compiled program
(rate, decay, dropout above 0) costs nothing to vary; what shapes it (batch size, width, depth) has
few values, so that most trials find their program compiled.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kerazoo.recipe import Recipe, for_training_on, with_learning_rate
from kerazoo.registry import load_builder, without_weights

Value = float | int | bool | str
_PLAIN = (bool, int, float, str)


@dataclass(frozen=True)
class Range:
    """All numbers from one to another, both included.

    Args:
        low: the smallest.
        high: the largest.
        log: whether a tenth and ten times as much are equally far away.
        whole: whether there are whole numbers only.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def __str__(self) -> str:
        return f"{self.low:g}:{self.high:g}"

    def __contains__(self, value: Any) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high


@dataclass(frozen=True)
class Choices:
    """Some values.

    Args:
        values: all of one kind.
    """

    values: tuple[Value, ...]

    def __str__(self) -> str:
        return ",".join(f"{one:g}" if isinstance(one, float) else str(one) for one in self.values)

    def __contains__(self, value: Any) -> bool:
        return any(type(one) is type(value) and one == value for one in self.values)


Space = Mapping[str, Range | Choices]

_OF_RECIPE: dict[str, type] = {
    "rate": float,
    "decay": float,
    "batch": int,
    "l1": float,
    "l2": float,
}
_OF_LAYERS: dict[str, type] = {"width": float, "depth": int}
_LAYERS = ("hidden_units", "units")  # arguments of builders that hold the units of hidden layers
_DROPOUTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)


def current_values(name: str, recipe: Recipe) -> dict[str, Value]:
    """Return every setting that a search can change, as the recipe has it.

    Args:
        name: the network.
        recipe: how it is trained.

    Example:
        >>> import kerazoo
        >>> values = current_values("hitters", kerazoo.load_recipe("hitters"))
        >>> values["rate"], values["decay"], values["batch"], values["depth"], values["dropout"]
        (0.0192, 2.45, 32, 1, 0.136)
    """
    values: dict[str, Value] = {"batch": recipe.batch_size}
    config = recipe.optimizer["config"]
    rate = config.get("learning_rate")
    if isinstance(rate, Mapping):
        rate = rate["config"].get("warmup_target") or rate["config"].get("initial_learning_rate")
    if rate is not None:
        values["rate"] = float(rate)
    values["decay"] = float(config.get("weight_decay") or 0.0)
    values |= {kind: float(recipe.penalty.get(kind, 0.0)) for kind in ("l1", "l2")}
    arguments = _arguments(name, recipe)
    layers = _layers(arguments)
    if layers is not None:
        values["width"] = 1.0
        if not isinstance(arguments[layers], int):
            values["depth"] = len(arguments[layers])
    opens = without_weights(name)
    for argument, value in arguments.items():
        if isinstance(value, _PLAIN) and argument not in (*opens, *values, *_FIXED):
            values[argument] = value
    return values


# What the data decides.
_FIXED = (
    "features",
    "classes",
    "vocabulary_size",
    "users",
    "items",
    "horizon",
    "states",
    "actions",
)


def default_space(name: str, recipe: Recipe, rows: int) -> dict[str, Range | Choices]:
    """Return what is searched unless a user says otherwise: around what the recipe has.

    Args:
        name: the network.
        recipe: how it is trained.
        rows: training rows.

    Example:
        >>> import kerazoo
        >>> space = default_space("hitters", kerazoo.load_recipe("hitters"), 175)
        >>> print({name: str(one) for name, one in space.items()})
        {'rate': '0.00192:0.192', 'decay': '0.245:24.5', 'batch': '16,32,64', ...
    """
    now = current_values(name, recipe)
    space: dict[str, Range | Choices] = {}
    for setting in ("rate", "decay"):
        value = now.get(setting)
        if isinstance(value, float) and value > 0:
            low, high = (float(f"{value * factor:.3g}") for factor in (0.1, 10))
            space[setting] = Range(low, high, log=True)
    batch = recipe.batch_size
    sizes = sorted({max(1, batch // 2), batch, 2 * batch})
    space["batch"] = Choices(tuple(one for one in sizes if one == batch or one <= rows))
    # Some builders have a width or depth of their own, which takes other values.
    has_layers = _layers(_arguments(name, recipe)) is not None
    if has_layers:
        space["width"] = Choices((0.5, 1.0, 2.0))
    depth = now.get("depth")
    if has_layers and isinstance(depth, int):
        space["depth"] = Choices(tuple(one for one in (depth - 1, depth, depth + 1) if one > 0))
    for argument, value in now.items():
        if isinstance(value, float) and argument.endswith(("dropout", "noise")):
            near = _DROPOUTS if argument.endswith("dropout") else (0.0, value / 2, 2 * value)
            space[argument] = Choices(tuple(sorted({*near, value})))
    return {one: found for one, found in space.items() if not is_one_value(found)}


def is_one_value(found: Range | Choices) -> bool:
    """Tell whether there is nothing to choose."""
    return isinstance(found, Choices) and len(found.values) == 1


def with_values(name: str, recipe: Recipe, values: Mapping[str, Value], rows: int) -> Recipe:
    """Return a recipe with other settings, and a learning rate that falls over its training.

    Args:
        name: the network.
        recipe: what stays as it is but for these.
        values: settings, as a space names them.
        rows: training rows.

    Example:
        >>> import kerazoo
        >>> recipe = with_values("boston", kerazoo.load_recipe("boston"), {"width": 0.5}, 363)
        >>> recipe.builder_arguments["hidden_units"]
        [26, 20, 13]
    """
    found = recipe
    if "rate" in values:
        found = with_learning_rate(found, float(values["rate"]))
    if "decay" in values:
        config = {**found.optimizer["config"], "weight_decay": float(values["decay"]) or None}
        found = replace(found, optimizer={**found.optimizer, "config": config})
    penalty = {k: float(values[k]) for k in ("l1", "l2") if k in values}
    if penalty:
        penalty = {**found.penalty, **penalty}
        found = replace(found, penalty={kind: v for kind, v in penalty.items() if v > 0})
    if "batch" in values:
        found = replace(found, batch_size=int(values["batch"]))
    arguments = dict(found.builder_arguments)
    layers = _layers(_arguments(name, recipe))
    if layers is not None and {"width", "depth"} & values.keys():
        before = _arguments(name, recipe)[layers]
        arguments[layers] = _resize(before, values)
    taken = _OF_RECIPE if layers is None else _OF_RECIPE | _OF_LAYERS
    own = {k: v for k, v in values.items() if k not in taken}
    found = replace(found, builder_arguments={**arguments, **own})
    return for_training_on(found, rows)


def _resize(units: Any, values: Mapping[str, Value]) -> Any:
    width = float(values.get("width", 1.0))

    def wider(count: int) -> int:
        return max(1, round(count * width))

    if isinstance(units, int):
        return wider(units)
    depth = int(values.get("depth", len(units)))
    kept = [*units[:depth], *[units[-1]] * (depth - len(units))]
    return [wider(one) for one in kept]


def _arguments(name: str, recipe: Recipe) -> dict[str, Any]:
    """Return the arguments of a builder: the recipe's, and the defaults of the others."""
    known: Callable[..., Any] = load_builder(name)
    defaults = {
        one.name: one.default
        for one in inspect.signature(known).parameters.values()
        if one.default is not inspect.Parameter.empty
    }
    return {**defaults, **recipe.builder_arguments}


def _layers(arguments: Mapping[str, Any]) -> str | None:
    """Return the argument that holds the units of hidden layers, if there is one."""
    for argument in _LAYERS:
        units = arguments.get(argument)
        several = units if isinstance(units, list | tuple) else [units]
        if several and all(type(one) is int and one > 0 for one in several):
            return argument
    return None


def as_text(space: Space) -> dict[str, str]:
    """Return a space as it may be written, to compare and to keep."""
    return {name: str(found) for name, found in space.items()}


def count_structures(space: Space) -> int:
    """Return how many networks or programs of different shape a space holds, at least about.

    Example:
        >>> count_structures({"dropout": Range(0.1, 0.4), "batch": Choices((16, 32))})
        2
    """
    shapes = 1
    for name, found in space.items():
        if isinstance(found, Choices):
            shapes *= 1 if name in ("rate", "decay") else len(found.values)
        elif name not in ("rate", "decay") and not _is_read(name, found):
            shapes *= 8
    return shapes


def _is_read(name: str, found: Range) -> bool:
    """Tell whether the values are numbers that one program reads: dropout and noise above 0."""
    return name.endswith(("dropout", "noise")) and found.low > 0
