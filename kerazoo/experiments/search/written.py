"""A space as a user writes it: texts, a file, or a dict."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.experiments.search.space import (
    Choices,
    Range,
    Value,
    current_values,
    is_one_value,
)
from kerazoo.recipe import Recipe

_AT_LEAST = {"rate": 1e-12, "decay": 0.0, "batch": 1, "l1": 0.0, "l2": 0.0, "width": 0.01}
_AT_LEAST["depth"] = 1
_LOG_FROM = 10.0  # a range whose end is so many times its beginning is logarithmic
_LARGEST = 2**20


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
    if all(map(is_one_value, space.values())):
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
