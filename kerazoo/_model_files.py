"""Which files are networks, data sets and tasks: those of the package, then those of the user."""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from kerazoo.errors import KerazooError, UnknownName, unknown_name

OWN_FOLDERS = "KERAZOO_MODELS"
ENTRY_POINTS = "kerazoo.models"
_PACKAGE = Path(__file__).parent
_OWN_FAMILY = "own"
# What lies beside the data sets and is none.
_NOT_DATASETS = ("about", "splits", "sources")
_RESERVED = ("datasets", "tasks")


@dataclass(frozen=True)
class _Source:
    """A folder with networks, and the package that its files are imported from.

    Args:
        folder: where the files are.
        package: the name in front of theirs when they are imported.
        file: the only file that is a network; `""` if all are.
    """

    folder: Path
    package: str
    file: str = ""


@dataclass(frozen=True)
class Entry:
    """A file of the zoo or of the user: its path, its family, and how it is imported."""

    path: Path
    family: str
    module: str
    is_own: bool


_added: dict[Path, None] = {}  # a set that keeps its order


def add_file(file: Path) -> None:
    """Let a file be a network for the rest of this process."""
    _added[file] = None


def forget_file(file: Path) -> None:
    """Take back `add_file`."""
    del _added[file]


def find_models() -> dict[str, Entry]:
    """Map the name of every network to its file."""
    found = dict(_models_of_package(_stamps(_PACKAGE / "models")))
    for source in _sources():
        for file in sorted(
            [*source.folder.glob("[!_]*.py"), *source.folder.glob("[!_]*/[!_]*.py")]
        ):
            parts = file.relative_to(source.folder).with_suffix("").parts
            if parts[0] in _RESERVED or (source.file and parts != (source.file,)):
                continue
            family = parts[0] if len(parts) > 1 else _OWN_FAMILY
            entry = Entry(file, family, ".".join((source.package, *parts)), True)
            _add(found, "network", file.stem, entry)
    return found


@functools.lru_cache(maxsize=1)
def _models_of_package(stamps: tuple[int, ...]) -> dict[str, Entry]:
    """Return the networks of the package, which are looked for when a folder has changed."""
    return {
        file.stem: Entry(
            file, file.parent.name, f"kerazoo.models.{file.parent.name}.{file.stem}", False
        )
        for file in sorted((_PACKAGE / "models").glob("*/[!_]*.py"))
    }


def _stamps(folder: Path) -> tuple[int, ...]:
    """Return when a folder and each folder in it got or lost a file last."""
    with os.scandir(folder) as entries:
        inner = sorted((one.name, one.stat().st_mtime_ns) for one in entries if one.is_dir())
    return (folder.stat().st_mtime_ns, *(time for _, time in inner))


def find_modules(kind: str) -> dict[str, Entry]:
    """Map the name of every data set or task to its file."""
    found = dict(_modules_of_package(kind, _stamps(_PACKAGE / kind)))
    for source in _sources():
        for name, path in _modules_in(source.folder / kind):
            entry = Entry(path, kind, f"{source.package}.{kind}.{name}", True)
            _add(found, kind.removesuffix("s"), name, entry)
    return found


@functools.lru_cache(maxsize=8)
def _modules_of_package(kind: str, stamps: tuple[int, ...]) -> dict[str, Entry]:
    return {
        name: Entry(path, kind, f"kerazoo.{kind}.{name}", False)
        for name, path in _modules_in(_PACKAGE / kind)
        if kind != "datasets" or (name not in _NOT_DATASETS and path.name != "__init__.py")
    }


def find(kind: str, name: str, entries: dict[str, Entry]) -> Entry:
    if name not in entries:
        raise unknown_name(kind, name, entries)
    return entries[name]


def import_entry(entry: Entry) -> ModuleType:
    if not entry.is_own:
        return importlib.import_module(entry.module)
    try:
        return importlib.import_module(entry.module)
    except Exception as error:  # a user's code may raise anything
        if isinstance(error, UnknownName):
            raise
        raise KerazooError(
            f"{entry.path} cannot be imported: {type(error).__name__}: {error}. Mend the file, or "
            f"take it out of {OWN_FOLDERS}."
        ) from error


def _sources() -> Iterator[_Source]:
    for text in os.environ.get(OWN_FOLDERS, "").split(os.pathsep):
        if not text:
            continue
        folder = Path(os.path.expanduser(text)).resolve()
        if not folder.is_dir():
            raise KerazooError(
                f"{OWN_FOLDERS} names {text}, which is no folder; set it to a folder with your "
                "model files, or unset it."
            )
        yield _Source(folder, _package_for(folder))
    for point in _entry_points():
        spec = importlib.util.find_spec(point.value)
        if spec is None or not (spec.submodule_search_locations or spec.origin):
            raise KerazooError(
                f"the entry point {point.name!r} names {point.value}, which is not there; install "
                "its package again, or remove it."
            )
        if spec.submodule_search_locations:
            yield _Source(Path(next(iter(spec.submodule_search_locations))), point.value)
        else:
            file = Path(str(spec.origin))
            yield _Source(file.parent, point.value.rpartition(".")[0], file.stem)
    for file in _added:
        yield _Source(file.parent, _package_for(file.parent), file.stem)


@functools.cache
def _entry_points() -> tuple[importlib.metadata.EntryPoint, ...]:
    return tuple(importlib.metadata.entry_points(group=ENTRY_POINTS))


def _package_for(folder: Path) -> str:
    """Return the name of a package that stands for a folder, so that its files find each other."""
    name = f"kerazoo_own_{hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]}"
    if name not in sys.modules:
        package = ModuleType(name, f"Networks in {folder}.")
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return name


def _modules_in(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob("[!_]*.py")):
        yield path.stem, path
    for path in sorted(folder.glob("[!_]*/__init__.py")):
        yield path.parent.name, path


def _add(found: dict[str, Entry], kind: str, name: str, entry: Entry) -> None:
    known = found.get(name)
    if known is None or known.path == entry.path:
        found[name] = entry
        return
    whose = "of your own" if known.is_own else "of the zoo"
    raise KerazooError(
        f"{entry.path} has the name of a {kind} {whose}, {known.path}. Rename the file and, in a "
        "model file, its builder."
    )
