"""How a process of the command line imports Keras: in two thirds of the time, and it ends at once.

A process that trains a small network spends most of its seconds on imports, and one at its end:

- Importing Keras and TensorFlow makes 700,000 objects that live as long as the process. Python's
  garbage collector looks through them again and again, and once more at the end. It is off
  while they are imported, and then told to leave them alone (`gc.freeze`). What is made later, by
  our code or a user's, is collected as ever.
- Keras imports scikit-learn and Matplotlib for modules that no command uses. Those modules are
  imported when one of their names is first used. They are modules of Keras:
  scikit-learn and Matplotlib themselves are imported whole, by whoever does it.

Only the command line does so. A program that imports kerazoo decides for itself.
"""

from __future__ import annotations

import gc
import importlib.abc
import sys
import threading
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_LARGE = ("tensorflow", "keras")
_SELDOM_USED = (
    "keras.wrappers",  # scikit-learn
    "keras.visualization",  # Matplotlib
    "keras.src.visualization",
)


def import_lean() -> None:
    """Let this process import Keras as this module says, wherever it does so first.

    Example:
        >>> import_lean()
        >>> import keras
        >>> keras.wrappers.SKLearnClassifier.__name__
        'SKLearnClassifier'
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder):
    """Finds a few modules by name, as Python does, and chooses how they are loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        is_reload = target is not None
        if is_reload or fullname not in (*_LARGE, *_SELDOM_USED):
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.loader is None:
            return None
        spec.loader = (_Uncollected if fullname in _LARGE else _Deferred)(spec.loader)
        return spec


class _Loader(importlib.abc.Loader):
    """Loads a module as its own loader does."""

    def __init__(self, loader: importlib.abc.Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        _set_loader(module, self._loader)  # which is asked for the data of a package
        self._loader.exec_module(module)


class _Uncollected(_Loader):
    """Runs a module without garbage collection, and keeps what it made out of later ones."""

    def exec_module(self, module: ModuleType) -> None:
        if not gc.isenabled():  # inside the import of the other one, or a user's choice
            super().exec_module(module)
            return
        gc.disable()
        try:
            super().exec_module(module)
            gc.freeze()
        finally:
            gc.enable()


class _Deferred(_Loader):
    """Runs a module when something that it defines is asked for."""

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = _NotRunYet

    def run(self, module: ModuleType) -> None:
        try:
            super().exec_module(module)
        except BaseException:
            _set_loader(module, self)  # the next one who asks hears the same error
            raise
        module.__class__ = ModuleType


class _NotRunYet(ModuleType):
    """A module that knows its name, file and loader, and is run for anything else.

    `importlib.util.LazyLoader` runs it for these as well, and TensorFlow asks every module of the
    process for its file.
    """

    def __getattr__(self, name: str) -> Any:
        if not _run(self):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r} yet")
        return getattr(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        _run(self)
        ModuleType.__setattr__(self, name, value)

    def __dir__(self) -> list[str]:
        _run(self)
        return list(ModuleType.__dir__(self))


_one_thread = threading.RLock()


def _run(module: ModuleType) -> bool:
    """Run a module that has not been run; tell whether it has been, not only begun."""
    with _one_thread:
        loader = vars(module)["__loader__"]
        if isinstance(loader, _Deferred):
            loader.run(module)
        return type(module) is not _NotRunYet


def _set_loader(module: ModuleType, loader: importlib.abc.Loader) -> None:
    vars(module)["__loader__"] = vars(module)["__spec__"].loader = loader
