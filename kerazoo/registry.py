"""The registry: a model is a file in `models/<family>/`, found by its name.

There is no table to keep: `models/generative/vae.py` is the model `vae`, which holds `build_vae`
and the recipes `DOCUMENTED` and `TUNED`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from kerazoo.errors import KerazooError, unknown_name
from kerazoo.recipe import Recipe

if TYPE_CHECKING:
    import keras

VARIANTS = ("documented", "tuned")
_MODELS = Path(__file__).parent / "models"


def list_families() -> list[str]:
    """Return the families of networks, sorted.

    Example:
        >>> "tabular" in list_families()
        True
    """
    return sorted(set(_families().values()))


def list_models(family: str | None = None) -> list[str]:
    """Return the names of all networks, sorted, without importing any of them.

    Args:
        family: a name from `list_families()`, or `None` for all of them.

    Raises:
        UnknownName: if there is no such family.

    Example:
        >>> list_models("tabular")[:2]
        ['boston', 'wine_binary']
    """
    families = _families()
    if family is None:
        return sorted(families)
    if family not in families.values():
        raise unknown_name("family", family, list_families())
    return sorted(name for name, its_family in families.items() if its_family == family)


def family_of(name: str) -> str:
    """Return the family of a network.

    Raises:
        UnknownName: if there is no such network.

    Example:
        >>> family_of("xor")
        'tabular'
    """
    families = _families()
    if name not in families:
        raise unknown_name("model", name, families)
    return families[name]


def load_module(name: str) -> ModuleType:
    """Import the one file of a network.

    Raises:
        UnknownName: if there is no such network.
    """
    return importlib.import_module(f"kerazoo.models.{family_of(name)}.{name}")


def load_builder(name: str) -> Callable[..., keras.Model]:
    """Return `build_<name>`.

    Raises:
        UnknownName: if there is no such network.
        KerazooError: if its file does not define the builder.
    """
    module = load_module(name)
    builder: Callable[..., keras.Model] | None = getattr(module, f"build_{name}", None)
    if builder is None:
        raise KerazooError(f"{module.__file__} does not define build_{name}; a model file must.")
    return builder


def load_recipe(name: str, variant: str = "tuned") -> Recipe:
    """Return a network's recipe.

    Args:
        name: a name from `list_models()`.
        variant: `"documented"` (as its source gives it) or `"tuned"` (the same network, trained
            well).

    Raises:
        UnknownName: if there is no such network or variant.

    Example:
        >>> load_recipe("wine_binary", "documented").batch_size
        32
    """
    if variant not in VARIANTS:
        raise unknown_name("variant", variant, VARIANTS)
    module = load_module(name)
    recipe = getattr(module, variant.upper(), None)
    if not isinstance(recipe, Recipe):
        raise KerazooError(
            f"{module.__file__} does not define the recipe {variant.upper()}; a model file must."
        )
    return recipe


def _families() -> dict[str, str]:
    """Map every model's name to its family."""
    files = sorted(_MODELS.glob("*/[!_]*.py"))
    return {file.stem: file.parent.name for file in files}
