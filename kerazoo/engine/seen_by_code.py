"""What code that a user wrote can see: the values that its effect depends on."""

from __future__ import annotations

import functools
import hashlib
import sys
import types
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import numpy as np

_KNOWN_PACKAGES = {"keras", "kerazoo", "tensorflow", "numpy", "math", "builtins", "functools"}
_SEE_ALL = {"globals", "locals", "vars", "eval", "exec", "open", "__import__"}
_CHANGING = {"random", "numpy.random", "time", "datetime", "secrets", "uuid", "importlib"}
"""Modules whose functions answer differently each time, or find what no name tells."""

_LARGEST_CONSTANT = 2**20
"""Bytes of an array that is still compared by its contents."""


class NoStructureError(Exception):
    """The structure cannot be told, so that nothing may be shared."""


def is_foreign(value: Any) -> bool:
    """Tell whether a value is code that the user wrote, or an object of such a class."""
    kind = value if isinstance(value, type | types.FunctionType) else type(value)
    if isinstance(value, types.MethodType | functools.partial):
        return True
    return str(getattr(kind, "__module__", "builtins")).split(".")[0] not in _KNOWN_PACKAGES


def unwrap(value: Any) -> Any:
    """Return the function inside of a `staticmethod`, `classmethod` or `property`."""
    if isinstance(value, staticmethod | classmethod):
        return value.__func__
    if isinstance(value, property):
        return [value.fget, value.fset, value.fdel]
    if isinstance(value, types.GetSetDescriptorType | types.MemberDescriptorType):
        return None
    return value


def values_seen(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield the global values that a function can see, attributes of modules included.

    Raises:
        NoStructureError: if it can see more than its names tell, or what changes by itself.
    """
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [const for const in code.co_consts if isinstance(const, types.CodeType)]
        for name in code.co_names:
            if name in function.__globals__:
                yield from _with_attributes(name, function.__globals__[name], code.co_names)
            elif name in sys.modules:  # imported inside of the function
                yield from _with_attributes(name, sys.modules[name], code.co_names)
            elif name in _SEE_ALL:
                raise NoStructureError(f"a function that calls {name}")


def _with_attributes(name: str, value: Any, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    yield name, value
    if not isinstance(value, types.ModuleType):
        return
    draws = value.__name__ == "numpy" and "random" in names
    if draws or value.__name__ in _CHANGING:
        raise NoStructureError(f"a function that uses {value.__name__}")
    if value.__name__.split(".")[0] not in _KNOWN_PACKAGES:
        for attribute in names:
            inner = vars(value).get(attribute)
            if attribute in vars(value) and inner is not value:
                yield from _with_attributes(f"{name}.{attribute}", inner, names)


def sees_names(function: types.FunctionType) -> bool:
    """Tell whether a function may read the name of a layer or a variable."""
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        codes += [const for const in code.co_consts if isinstance(const, types.CodeType)]
        if {"name", "path", "get_layer"} & set(code.co_names):
            return True
    return False


@functools.cache
def names_in_code(classes: tuple[type, ...]) -> frozenset[str]:
    """Return every name in the code of some classes: the attributes that it sets, too."""
    found: set[str] = set()
    functions = [unwrap(value) for one in classes for value in vars(one).values()]
    codes = [one.__code__ for one in functions if isinstance(one, types.FunctionType)]
    while codes:
        code = codes.pop()
        codes += [const for const in code.co_consts if isinstance(const, types.CodeType)]
        found |= set(code.co_names)
    return frozenset(found)


def describe_builtin(function: Any) -> Hashable:
    """Return a built-in function, unless it belongs to an object that can change."""
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, types.ModuleType | type):
        raise NoStructureError(f"a method of a {type(owner).__name__}")
    return function


def describe_array(array: np.ndarray) -> Hashable:
    """Return what tells a small array from others."""
    if array.nbytes > _LARGEST_CONSTANT or array.dtype.hasobject:
        raise NoStructureError(f"an array of {array.nbytes} B")
    digest = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return "array", array.shape, str(array.dtype), digest
