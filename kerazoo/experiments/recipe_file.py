"""A recipe as a file: what a search has found, for `kerazoo train --recipe`.

The file names a network and holds the settings that a search can change. Everything else, such as
loss and data, comes from the network's own recipe. It may come from a stranger: it is JSON, nothing
but the optimizers and schedules below is looked up by name, and no number in it is huge.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from kerazoo._files import replacing_file
from kerazoo.errors import DamagedFile, UnknownName, WrongUsage
from kerazoo.recipe import MOST, Recipe
from kerazoo.registry import (
    VARIANTS,
    Variant,
    list_models,
    load_builder,
    load_recipe,
    without_weights,
)
from kerazoo.saved.arguments import check_arguments, check_without_weights

_FORMAT = 1
_LARGEST_FILE = 2**16
_LARGEST_NUMBER = 2**15  # of a builder argument: two such layers in a row take 4 GiB
_SETTINGS = ("optimizer", "epochs", "batch_size", "penalty", "builder_arguments")
_KEYS = ("format", "network", "variant", "found", *_SETTINGS)
_OPTIMIZERS = (
    *("SGD", "Adam", "AdamW", "RMSprop", "Nadam", "Adamax", "Adagrad", "Adadelta"),
    *("Lion", "Ftrl", "Lamb", "Muon"),
)
_SCHEDULES = (
    *("CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay"),
    "PolynomialDecay",
)
# Arguments of builders that follow from the data.
_OF_DATA = (
    *("columns", "features", "classes", "input_shape", "vocabulary_size", "users", "items"),
    *("scale", "differences", "horizon"),
)


@dataclass(frozen=True)
class RecipeFile:
    """What a file says.

    Args:
        network: the network.
        variant: the recipe of it that was changed.
        settings: fields of the recipe.
    """

    network: str
    variant: Variant
    settings: Mapping[str, Any]

    def applied_to(self, recipe: Recipe) -> Recipe:
        """Return a recipe of the network with these settings.

        The learning rate falls over the training that the file was made for; see `for_training_on`.
        """
        settings = dict(self.settings)
        arguments = settings.pop("builder_arguments", {})
        return replace(
            recipe, builder_arguments={**recipe.builder_arguments, **arguments}, **settings
        )


def write_recipe(
    path: str | os.PathLike[str],
    name: str,
    recipe: Recipe,
    *,
    variant: str = "tuned",
    found: Mapping[str, Any] | None = None,
) -> None:
    """Write what a recipe changes of a network's own, whole or not at all.

    Args:
        path: a JSON file; one that is there is replaced.
        name: the network.
        recipe: with other settings.
        variant: the recipe of the network that it began with.
        found: what is known of it, for people.

    Raises:
        OSError: if it cannot be written.
    """
    before = load_recipe(name, variant)
    changed = {
        argument: value
        for argument, value in recipe.as_dict()["builder_arguments"].items()
        if argument not in _OF_DATA and before.as_dict()["builder_arguments"].get(argument) != value
    }
    plain = {field: recipe.as_dict()[field] for field in _SETTINGS[:-1]}
    content = {
        "format": _FORMAT,
        "network": name,
        "variant": variant,
        **plain,
        "builder_arguments": changed,
        **({"found": dict(found)} if found else {}),
    }
    with replacing_file(path) as part:
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_recipe(path: str | os.PathLike[str]) -> RecipeFile:
    """Read a recipe that `kerazoo search --promote` has written.

    Args:
        path: the file, which may be a stranger's.

    Raises:
        DamagedFile: if it is not there, or holds something else.
        UnknownName: if there is no such network, or its builder lacks an argument.
    """
    source = os.fspath(path)
    try:
        with open(path, "rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise ValueError("it is too large")
        raw = json.loads(content)
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(source, f"cannot be read: {reason}") from error
    if not isinstance(raw, dict) or raw.get("format") != _FORMAT:
        raise _refused(source, "is no recipe of this version of kerazoo")
    if unknown := [key for key in raw if key not in _KEYS]:
        raise _refused(source, f"sets {str(unknown[0])[:40]!r}, which no such file does")
    name, variant = raw.get("network"), raw.get("variant", "tuned")
    if not isinstance(name, str) or name not in list_models():
        raise UnknownName(f"{source} is for the network {str(name)[:40]!r}, which is not known.")
    if variant not in VARIANTS:
        raise _refused(source, f"is of the variant {str(variant)[:40]!r}")
    settings = {key: raw[key] for key in _SETTINGS if key in raw}
    return RecipeFile(name, cast(Variant, variant), _checked(settings, name, source))


def open_recipe(path: Path, name: str | None) -> RecipeFile:
    """Read the recipe file that a command names, for the network that it names, if any.

    Raises:
        WrongUsage: if it is for another network.
    """
    found = read_recipe(path)
    if name not in (None, found.network):
        raise WrongUsage(f"{path} is for {found.network}, not for {name}: leave the name out.")
    return found


def _checked(settings: dict[str, Any], name: str, source: str) -> dict[str, Any]:
    for key in ("epochs", "batch_size"):
        value = settings.get(key, 1)
        if type(value) is not int or not 1 <= value <= MOST:
            raise _refused(source, f"has {key} {str(value)[:40]}; expected a whole number")
    if "optimizer" in settings:
        settings["optimizer"] = _checked_optimizer(settings["optimizer"], source)
    penalty = settings.get("penalty", {})
    if not isinstance(penalty, dict) or not all(
        kind in ("l1", "l2") and _is_number(value) and value >= 0 for kind, value in penalty.items()
    ):
        raise _refused(source, f"has the penalty {str(penalty)[:40]}; expected l1 and l2")
    arguments = settings.get("builder_arguments", {})
    if not isinstance(arguments, dict):
        raise _refused(source, "has builder arguments that are no object")
    check_arguments(arguments, load_builder(name), source)
    check_without_weights(arguments, without_weights(name), source)
    for argument, value in arguments.items():
        if argument in _OF_DATA or not _is_buildable(value):
            raise _refused(source, f"has the builder argument {argument}={str(value)[:40]}")
    return settings


def _checked_optimizer(optimizer: Any, source: str) -> dict[str, Any]:
    """Return an optimizer that Keras makes by its class, and of numbers alone."""
    made = _made(optimizer, _OPTIMIZERS, source)
    rate = made["config"].get("learning_rate")
    if isinstance(rate, dict):
        schedule = _made(rate, _SCHEDULES, source)
        made["config"]["learning_rate"] = {"module": "keras.optimizers.schedules", **schedule}
    for value in _numbers_in(made):
        if not (value is None or isinstance(value, bool | str) or _is_number(value)):
            raise _refused(source, f"has {str(value)[:40]} in its optimizer; expected a number")
    return made


def _made(config: Any, known: tuple[str, ...], source: str) -> dict[str, Any]:
    kind = config.get("class_name") if isinstance(config, dict) else None
    inner = config.get("config") if isinstance(config, dict) else None
    # A path of a module, or a registered name, would be imported or looked up.
    extra = set(config) - {"class_name", "config", "module"} if isinstance(config, dict) else set()
    module = config.get("module", "keras.optimizers") if isinstance(config, dict) else ""
    at_home = module in ("keras.optimizers", "keras.optimizers.schedules")
    if kind not in known or not isinstance(inner, dict) or extra or not at_home:
        raise _refused(
            source, f"has {str(kind or config)[:40]!r} in its optimizer, which is none of Keras'"
        )
    return {"class_name": kind, "config": dict(inner)}


def _numbers_in(made: Mapping[str, Any]) -> list[Any]:
    config = dict(made["config"])
    rate = config.get("learning_rate")
    if isinstance(rate, dict):
        config["learning_rate"] = None
        return [*config.values(), *rate["config"].values()]
    return list(config.values())


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_buildable(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_buildable, value))
    return not isinstance(value, int | float) or abs(value) <= _LARGEST_NUMBER


def _refused(source: str, reason: str) -> DamagedFile:
    return DamagedFile(f"{source} {reason}. Expected a file that kerazoo search --promote wrote.")
