"""What can be chosen in the playground, and the check of a choice that comes from a page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.playground.drawn import DRAWN
from kerazoo.recipe import LAST_SEED

OWN = "own"
"""What the user's own table is called among the data sets."""

COURSE = ("wine_color", "wine_quality", "boston")
ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear")
OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam")
FRAMES_PER_SECOND = 20
MOST_EPOCHS = 100_000
MOST_LAYERS = 6
MOST_UNITS = 32

_CHOICES: Mapping[str, Sequence[str]] = {
    "data": (*DRAWN, *COURSE, OWN),
    "activation": ACTIVATIONS,
    "optimizer": OPTIMIZERS,
}
_RANGES: Mapping[str, tuple[float, float]] = {
    "rate": (1e-6, 10.0),
    "l1": (0.0, 1.0),
    "l2": (0.0, 1.0),
    "dropout": (0.0, 0.9),
    "noise": (0.0, 1.0),
    "test_share": (0.1, 0.8),
}
_WHOLE: Mapping[str, tuple[int, int]] = {"batch_size": (1, 1024), "seed": (0, LAST_SEED)}


@dataclass(frozen=True)
class Settings:
    """A network, its data, and how it learns.

    Args:
        data: a name of `DRAWN` or `COURSE`, or `OWN`.
        layers: units of each hidden layer; none for a linear model.
        activation: of the hidden layers.
        optimizer: one of `OPTIMIZERS`.
        rate: the learning rate.
        l1: penalty for the size of weights.
        l2: penalty for the square of weights.
        dropout: share of the hidden units that a step leaves out.
        noise: how far drawn points are scattered; other data has noise of its own.
        test_share: share of the rows that the network never learns from.
        batch_size: rows in a step.
        seed: decides the data, the initial weights and the order of the rows.
        axes: columns of the picture, at most two; none for the first ones.

    Example:
        >>> Settings().layers
        (4, 4)
    """

    data: str = "circles"
    layers: tuple[int, ...] = (4, 4)
    activation: str = "tanh"
    optimizer: str = "adam"
    rate: float = 0.03
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    noise: float = 0.1
    test_share: float = 0.3
    batch_size: int = 16
    seed: int = 0
    axes: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return the settings as JSON has them."""
        return dataclasses.asdict(self)


def read_settings(found: Any) -> Settings:
    """Return the settings that a page sends.

    Args:
        found: what its JSON says; what is not named stays as in `Settings()`.

    Raises:
        InvalidInput: if a name is unknown, or a value is not what can be chosen.

    Example:
        >>> read_settings({"layers": [8], "rate": 0.1}).layers
        (8,)
    """
    if not isinstance(found, Mapping):
        raise InvalidInput(f"settings are {_shown(found)}; expected an object of names and values.")
    known = [field.name for field in dataclasses.fields(Settings)]
    for name in found:
        if name not in known:
            raise InvalidInput(f"unknown setting {_shown(name)}; expected {', '.join(known)}.")
    return Settings(**{name: _read(name, value) for name, value in found.items()})


def _read(name: str, value: Any) -> Any:
    if name in _CHOICES:
        if not isinstance(value, str) or value not in _CHOICES[name]:
            raise _wrong(name, value, f"one of {', '.join(_CHOICES[name])}")
        return value
    if name in _RANGES:
        least, most = _RANGES[name]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            raise _wrong(name, value, f"a number, {least:g} to {most:g}")
        return float(value)
    if name in _WHOLE:
        if not _is_whole(value, *_WHOLE[name]):
            raise _wrong(name, value, "a whole number, {} to {}".format(*_WHOLE[name]))
        return value
    if not isinstance(value, list | tuple):
        raise _wrong(name, value, "a list")
    return _read_layers(value) if name == "layers" else _read_axes(value)


def _read_layers(value: Sequence[Any]) -> tuple[int, ...]:
    if len(value) > MOST_LAYERS or not all(_is_whole(one, 1, MOST_UNITS) for one in value):
        expected = f"at most {counted(MOST_LAYERS, 'layer')} of 1 to {counted(MOST_UNITS, 'unit')}"
        raise _wrong("layers", value, expected)
    return tuple(value)


def _read_axes(value: Sequence[Any]) -> tuple[str, ...]:
    if len(value) > 2 or not all(isinstance(one, str) for one in value):
        raise _wrong("axes", value, "at most two names of columns")
    return tuple(dict.fromkeys(value))


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _wrong(name: str, value: Any, expected: str) -> InvalidInput:
    return InvalidInput(f"{name} is {_shown(value)}; expected {expected}.")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
