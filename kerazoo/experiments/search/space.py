"""The space of a search: which settings of a recipe are tried, and within which limits.

A setting is the learning rate, the weight decay, the batch size, the width and depth of the hidden
layers, a penalty, or an argument of the builder. What only changes a number of the compiled program
(rate, decay, dropout above 0) costs nothing to vary; what shapes it (batch size, width, depth) has
few values, so that most trials find their program compiled.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kerazoo.errors import InvalidInput, unknown_name
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
_AT_LEAST = {"rate": 1e-12, "decay": 0.0, "batch": 1, "l1": 0.0, "l2": 0.0, "width": 0.01}
_AT_LEAST["depth"] = 1
_LOG_FROM = 10.0  # a range whose end is so many times its beginning is logarithmic
_DROPOUTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
_LARGEST = 2**20


def current_values(name: str, recipe: Recipe) -> dict[str, Value]:
    """Return every setting that a search can change, as the recipe has it.

    Args:
        name: the network.
        recipe: how it is trained.

    Example:
        >>> import kerazoo
        >>> values = current_values("hitters", kerazoo.load_recipe("hitters"))
        >>> values["rate"], values["decay"], values["batch"], values["depth"], values["dropout"]
        (0.003, 1.0, 32, 1, 0.4)
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
        {'rate': '0.0003:0.03', 'decay': '0.1:10', 'batch': '16,32,64', 'width': '0.5,1,2', ...
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
    if "width" in now:
        space["width"] = Choices((0.5, 1.0, 2.0))
    depth = now.get("depth")
    if isinstance(depth, int):
        space["depth"] = Choices(tuple(one for one in (depth - 1, depth, depth + 1) if one > 0))
    for argument, value in now.items():
        if isinstance(value, float) and argument.endswith(("dropout", "noise")):
            near = _DROPOUTS if argument.endswith("dropout") else (0.0, value / 2, 2 * value)
            space[argument] = Choices(tuple(sorted({*near, value})))
    return {one: found for one, found in space.items() if not _is_one_value(found)}


def _is_one_value(found: Range | Choices) -> bool:
    return isinstance(found, Choices) and len(found.values) == 1


def read_space(
    asked: str | Path | Sequence[str] | Mapping[str, Any], name: str, recipe: Recipe
) -> dict[str, Range | Choices]:
    """Return a space that a user has written.

    Args:
        asked: texts `"name=low:high"` or `"name=a,b,c"`, or the path of a JSON file of an object
            `{"name": "low:high"}`; or in Python a dict of tuples `(low, high)` and lists of values.
        name: the network.
        recipe: how it is trained.

    Raises:
        UnknownName: if the network has no such setting.
        InvalidInput: if the limits or values are none for it.

    Example:
        >>> import kerazoo
        >>> print(read_space(["rate=1e-4:1e-2"], "boston", kerazoo.load_recipe("boston")))
        {'rate': Range(low=0.0001, high=0.01, log=True, whole=False)}
    """
    now = current_values(name, recipe)
    written = dict(asked) if isinstance(asked, Mapping) else _read_texts(asked)
    space = {}
    for setting, text in written.items():
        if setting not in now:
            raise unknown_name(f"setting of {name}", setting, now)
        space[setting] = _parse(setting, text, type(now[setting]))
    if all(map(_is_one_value, space.values())):
        raise InvalidInput(
            "there is nothing to choose: pass at least one setting with several values, such as "
            "rate=1e-4:1e-2."
        )
    return space


def _read_texts(asked: str | Path | Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in [asked] if isinstance(asked, str | Path) else asked:
        setting, is_text, values = str(one).partition("=")
        found |= {setting.strip(): values} if is_text else _read_file(Path(one))
    return found


def _read_file(path: Path) -> dict[str, Any]:
    example = 'a JSON object such as {"rate": "1e-4:1e-2", "batch": "16,32"}'
    if not path.is_file():
        raise InvalidInput(
            f"--space {path}: expected name=low:high, name=a,b,c or a file that exists."
        )
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("it is too large")
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(
            f"--space {path} cannot be read: {error}. Expected {example}."
        ) from error
    if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
        raise InvalidInput(f"--space {path}: expected {example}.")
    return content


def _parse(setting: str, asked: Any, kind: type) -> Range | Choices:
    """Return limits or values of a setting whose values are of a kind."""
    text = asked if isinstance(asked, str) else None
    limits: tuple[Any, ...] | None = None
    if isinstance(asked, tuple) and len(asked) == len(("low", "high")):
        limits = asked
    if text is not None and ":" in text and kind in (int, float):
        limits = tuple(text.split(":"))
    try:
        if limits is not None:
            low, high = (_read(one, kind) for one in limits)
            if isinstance(low, bool | str) or isinstance(high, bool | str) or not low < high:
                raise ValueError("the first limit must be the lower one")
            found: Range | Choices = Range(
                low, high, log=low > 0 and high / low >= _LOG_FROM, whole=kind is int
            )
        else:
            several = text.split(",") if text is not None else asked
            several = several if isinstance(several, list | tuple) else [several]
            found = Choices(tuple(dict.fromkeys(_read(one, kind) for one in several)))
    except (ValueError, TypeError) as error:
        raise InvalidInput(
            f"{setting}={asked}: {str(error).rstrip('.')}; expected {setting}=LOW:HIGH or "
            f"{setting}=A,B,C, as of {_EXAMPLES[kind]}."
        ) from error
    _check_limits(setting, found)
    return found


_EXAMPLES = {
    float: "numbers such as 0.001",
    int: "whole numbers such as 32",
    bool: "true and false",
    str: "words",
}


def _read(value: Any, kind: type) -> Value:
    if kind is bool:
        truth = {"true": True, "false": False}.get(str(value).strip().lower())
        if truth is None:
            raise ValueError(f"{value!r} is neither true nor false")
        return truth
    if kind is str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{value!r} is no word")
        return value.strip()
    number = float(value)
    if not math.isfinite(number) or abs(number) > _LARGEST:
        raise ValueError(f"{value!r} is not a number up to {_LARGEST:,}")
    if kind is int and number != int(number):
        raise ValueError(f"{value!r} is not a whole number")
    return int(number) if kind is int else number


def _check_limits(setting: str, found: Range | Choices) -> None:
    least = _AT_LEAST.get(setting)
    values = found.values if isinstance(found, Choices) else (found.low,)
    if least is not None and any(not isinstance(v, str) and v < least for v in values):
        raise InvalidInput(f"{setting}={found}: it must be {_words(setting)}.")


def _words(setting: str) -> str:
    return {"rate": "above 0", "batch": "1 or more", "depth": "1 or more"}.get(
        setting, "above 0" if setting == "width" else "0 or more"
    )


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
    own = {k: v for k, v in values.items() if k not in _OF_RECIPE and k not in _OF_LAYERS}
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
    """Return how many networks or programs of different shape a space holds, at least about."""
    shapes = 1
    for name, found in space.items():
        if name not in ("rate", "decay"):
            shapes *= len(found.values) if isinstance(found, Choices) else 8
    return shapes
