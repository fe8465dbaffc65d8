"""Graphs that were traced in earlier processes, kept in the user's cache folder.

Tracing takes a fifth of a second and more, which is most of a short training. A graph that can
serve other models of the same structure (`program_cache.py`) can serve those of the next process,
too. A file holds the functions of one graph, and what each tensor that it captured stands for.

A file is believed only if

- what decides the graph is known to the last value, and nobody but Keras, TensorFlow and this
  package wrote the code of it: `as_text` says so, or there is no file;
- it was made by the same versions of these, for the same devices: others lie in another folder;
- nobody else could have put it there, and it is what its name says: names end in a SHA-256.

A graph takes 50 to 500 kB. The oldest are removed, once all together take more than `MOST_BYTES`.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import secrets
import stat
import sys
import types
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._files import user_cache
from kerazoo._private_folder import (
    NotOurs,
    check_private,
    files_in,
    make_private,
    remove_oldest,
)
from kerazoo._wording import counted
from kerazoo.engine.function_library import (
    add_functions,
    as_bytes,
    call_function,
    device_names,
    functions_of,
)
from kerazoo.engine.keras_internals import runtime_state
from kerazoo.errors import KerazooError

MOST_BYTES = 32 * 2**20
"""What all kept graphs may take."""

SWITCH = "KERAZOO_GRAPH_CACHE"
_GRAPHS = "*/*"  # below the folder of all versions
_LARGEST = 4 * 2**20  # bytes of one graph
_OF_LIBRARIES = ("keras", "kerazoo", "tensorflow", "numpy", "builtins")


class _NotKept(Exception):
    """Why a graph is not kept."""


@dataclass(frozen=True)
class KeptGraph:
    """A graph of an earlier process, which is run on the variables of any model.

    Args:
        name: of its function in this process.
        outputs: the names of its values, in their order.
    """

    name: str
    outputs: tuple[str, ...]

    def __call__(self, arguments: Sequence[Any], captures: Sequence[Any]) -> dict[str, Any]:
        """Return the values by name."""
        values = call_function(self.name, [*arguments, *captures], len(self.outputs))
        return dict(zip(self.outputs, values, strict=True))


def load_graph(key: Hashable) -> tuple[KeptGraph, dict[str, Any]] | None:
    """Return the graph for a structure and what was kept with it, if an earlier process traced it.

    Args:
        key: what decides the graph.
    """
    with contextlib.suppress(_NotKept, NotOurs, OSError):
        folder = _find_folder()
        if not folder.is_dir():
            return None
        check_private(folder.parent)
        check_private(folder)
        for path in folder.glob(f"{_digest_of(key)}.*"):
            content = _read_own(path)
            if content is None:
                path.unlink(missing_ok=True)
                continue
            head, _, functions = content.partition(b"\n")
            about = json.loads(head)
            add_functions(functions)
            return KeptGraph(about["name"], tuple(about["outputs"])), about
    return None


def save_graph(key: Hashable, graph: Any, about: dict[str, Any]) -> KeptGraph | None:
    """Keep a graph for later processes.

    Args:
        key: what decides the graph.
        graph: a `ConcreteFunction`, whose values are tensors by name.
        about: what else a later process must know, as JSON can hold it.

    Returns:
        The graph as later processes will run it; `None` if it cannot be kept.
    """
    try:
        folder = _find_folder()
        digest = _digest_of(key)
        outputs = sorted(graph.structured_outputs)
        main, functions = functions_of(graph)
        # Another process may write the same graph, and this one read it: the names stay apart.
        prefix = f"kerazoo_{digest}_{secrets.token_hex(4)}"
        names = {name: f"{prefix}_{number}" for number, name in enumerate(functions)}
        content = as_bytes(functions, names)
        head = json.dumps({**about, "name": names[main], "outputs": outputs})
        whole = b"%b\n%b" % (head.encode(), content)
        if len(whole) > _LARGEST:
            return None
        make_private(folder)
        _write(folder / f"{digest}.{hashlib.sha256(whole).hexdigest()}", whole)
        remove_oldest(folder.parent, _GRAPHS, MOST_BYTES)
    except (_NotKept, NotOurs, OSError):
        return None  # `kerazoo doctor` says why
    add_functions(content)
    return KeptGraph(names[main], tuple(outputs))


def describe() -> str:
    """Say where graphs are kept, how many there are and what they take, or why there are none."""
    try:
        folder = _find_folder()
        check_private(folder.parent)
        sizes = [status.st_size for _, status in files_in(folder.parent, _GRAPHS)]
    except (_NotKept, NotOurs, OSError) as reason:
        return f"off: {reason}"
    return (
        f"on: {counted(len(sizes), 'graph')}, {sum(sizes) / 2**20:.1f} of at most "
        f"{MOST_BYTES >> 20} MB, in {folder.parent}; {SWITCH}=0 switches it off"
    )


def as_text(value: Hashable) -> str:
    """Write a key so that equal texts mean equal graphs, in any process.

    Raises:
        _NotKept: if something in it is not told by its name and its values.

    Example:
        >>> import keras
        >>> as_text((1, "a", keras.layers.Dense))
        "(1, 'a', class keras.src.layers.core.dense.Dense)"
    """
    if isinstance(value, tuple):
        return f"({', '.join(map(as_text, value))})"
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return repr(value)
    if isinstance(value, type):
        return f"class {_name_of(value)}"
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | np.ufunc):
        return f"function {_name_of(value)}"
    if value is runtime_state():
        return f"devices {device_names()}"
    raise _NotKept(f"a {type(value).__name__} decides the graph")


def _name_of(value: Any) -> str:
    """Return the name of a class or a function of a library that is what its name leads to."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    found: Any = sys.modules.get(module or "")
    for part in (name or "").split("."):
        found = getattr(found, part, None)
    if found is not value or (module or "").split(".")[0] not in _OF_LIBRARIES:
        raise _NotKept(f"{value!r} is of nobody's library")
    return f"{module}.{name}"


def _digest_of(key: Hashable) -> str:
    return hashlib.sha256(as_text(key).encode()).hexdigest()[:32]


def _find_folder() -> Path:
    """Return the folder for graphs of these libraries; it need not exist."""
    value = os.environ.get(SWITCH) or "1"
    if value not in ("0", "1"):
        raise KerazooError(f"{SWITCH} is {value!r}; expected 0 (off) or 1 (on).")
    if value == "0":
        raise _NotKept(f"{SWITCH} is 0")
    cache = user_cache()
    if cache is None:
        raise _NotKept("nobody can tell where this user's cache folder is; set XDG_CACHE_HOME")
    return cache.resolve() / "graphs" / _libraries()


@functools.cache
def _libraries() -> str:
    """Return what tells the code that makes a graph from other versions of it."""
    told = [sys.version]
    for name in ("keras", "tensorflow", "numpy"):
        module = sys.modules[name]
        told += [str(module.__version__), str(os.stat(str(module.__file__)).st_mtime_ns)]
    try:
        told.append(importlib.metadata.version("kerazoo"))
    except importlib.metadata.PackageNotFoundError:
        told.append("a copy")
    package = Path(__file__).parent.parent
    told += sorted(f"{file} {file.stat().st_mtime_ns}" for file in package.rglob("*.py"))
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _read_own(path: Path) -> bytes | None:
    """Return what a file holds, if it is this user's alone and what its name says."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:  # a link, for one
        return None
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid():
            return None
        content = file.read(_LARGEST + 1)
    return content if hashlib.sha256(content).hexdigest() == path.suffix[1:] else None


def _write(path: Path, content: bytes) -> None:
    """Write a file under its name at the end: what a killed process leaves has another one."""
    part = path.with_name(f".{path.name[:32]}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
