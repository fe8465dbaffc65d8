"""The registry: a network is a file, a data set is a file, a task is a file, found by its name.

There is no table to keep: `models/generative/vae.py` is the network `vae`, which holds `build_vae`
and the recipes `DOCUMENTED` and `TUNED`; `datasets/boston.py` is the data set `boston`;
`tasks/images.py` is the task `images`.

Networks of your own are found in the same way. Their folder has the layout of the package:
`mine.py` or `family/mine.py` is a network, `datasets/x.py` a data set, `tasks/y.py` a task. It is
named by the environment variable `KERAZOO_MODELS`, by an installed package's entry point of the
group `kerazoo.models`, or, for one file, by its path on the command line. Loading such a network
runs its code.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kerazoo.errors import KerazooError, UnknownName, unknown_name
from kerazoo.recipe import Recipe

if TYPE_CHECKING:
    import keras

VARIANTS = ("documented", "tuned")
_OURS = "kerazoo.models."
OWN_FOLDERS = "KERAZOO_MODELS"
ENTRY_POINTS = "kerazoo.models"
_PACKAGE = Path(__file__).parent
_OWN_FAMILY = "own"
# What lies beside the data sets and is none.
_NOT_DATASETS = ("splits", "sources")
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
class _Entry:
    """A file of the zoo or of the user: its path, its family, and how it is imported."""

    path: Path
    family: str
    module: str
    is_own: bool


_added: dict[Path, None] = {}


# === Networks ===


def list_families() -> list[str]:
    """Return the families of networks, sorted.

    Example:
        >>> "tabular" in list_families()
        True
    """
    return sorted({entry.family for entry in _models().values()})


def list_models(family: str | None = None) -> list[str]:
    """Return the names of all networks, sorted, without importing any of them.

    Args:
        family: a name from `list_families()`, or `None` for all of them.

    Raises:
        UnknownName: if there is no such family.
        KerazooError: if a network of your own has the name of another.

    Example:
        >>> list_models("tabular")[:2]
        ['boston', 'wine_binary']
    """
    models = _models()
    if family is None:
        return sorted(models)
    if family not in {entry.family for entry in models.values()}:
        raise unknown_name("family", family, list_families())
    return sorted(name for name, entry in models.items() if entry.family == family)


def family_of(name: str) -> str:
    """Return the family of a network.

    Raises:
        UnknownName: if there is no such network.

    Example:
        >>> family_of("xor")
        'tabular'
    """
    return _find("model", name, _models()).family


def load_module(name: str) -> ModuleType:
    """Import the one file of a network.

    Raises:
        UnknownName: if there is no such network.
        KerazooError: if it is one of your own and cannot be imported.
    """
    return _import(_find("model", name, _models()))


def load_builder(name: str) -> Callable[..., keras.Model]:
    """Return `build_<name>`.

    Raises:
        UnknownName: if there is no such network.
        KerazooError: if its file does not define the builder.
    """
    module = load_module(name)
    builder: Callable[..., keras.Model] | None = getattr(module, f"build_{name}", None)
    if builder is None:
        raise KerazooError(
            f"{module.__file__} does not define build_{name}; a model file must. Add the function, "
            f"or name the file after the builder that it has."
        )
    return _as_documented(builder) if module.__name__.startswith(_OURS) else builder


@functools.cache
def _as_documented(builder: Callable[..., keras.Model]) -> Callable[..., keras.Model]:
    """Return a builder of the zoo that a user's `keras.json` does not change.

    Its networks are float32, and have the channels of an image last; so are saved models.
    """

    @functools.wraps(builder)
    def build(*arguments: Any, **options: Any) -> keras.Model:
        import keras

        before = keras.config.floatx(), keras.config.image_data_format()
        keras.config.set_floatx("float32")
        keras.config.set_image_data_format("channels_last")
        try:
            return builder(*arguments, **options)
        finally:
            keras.config.set_floatx(before[0])
            keras.config.set_image_data_format(before[1])

    return build


def load_recipe(name: str, variant: str = "tuned") -> Recipe:
    """Return a network's recipe.

    Args:
        name: a name from `list_models()`.
        variant: `"documented"` (as its source gives it) or `"tuned"` (the same network, trained
            well).

    Raises:
        UnknownName: if there is no such network or variant.
        KerazooError: if its file does not define the recipe.

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
            f"{module.__file__} does not define the recipe {variant.upper()}; a model file must. "
            "Add one, made with kerazoo.Recipe."
        )
    return recipe


def without_weights(name: str) -> Mapping[str, Any]:
    """Return the builder arguments with which a network starts from random numbers.

    A model file whose builder can start from trained weights says so in `WITHOUT_WEIGHTS`. A saved
    model is built with them, whatever its card says: no file decides which other one is opened.

    Example:
        >>> without_weights("vgg_transfer")
        {'weights': None}
    """
    return declared_without_weights(load_builder(name))


def declared_without_weights(builder: Callable[..., keras.Model]) -> Mapping[str, Any]:
    """Return `WITHOUT_WEIGHTS` of the file that defines a builder, in the package or not.

    Example:
        >>> declared_without_weights(load_builder("xor"))
        {}
    """
    function = builder.func if isinstance(builder, functools.partial) else builder
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    arguments: Mapping[str, Any] = getattr(module, "WITHOUT_WEIGHTS", {})
    known = inspect.signature(builder).parameters
    return {name: value for name, value in arguments.items() if name in known}


def check_builder_takes(name: str, *arguments: str) -> None:
    """Check that a network can be built for other data than its own.

    Args:
        name: a name from `list_models()`.
        arguments: what its builder must take, such as `"classes"`.

    Raises:
        KerazooError: if it does not, naming the networks of the same task that do.
    """

    def takes(other: str) -> bool:
        return set(arguments) <= inspect.signature(load_builder(other)).parameters.keys()

    if takes(name):
        return
    task = load_recipe(name).task
    known = inspect.signature(load_builder(name)).parameters
    missing = " and ".join(argument for argument in arguments if argument not in known)
    others = [other for other in list_models() if load_recipe(other).task == task and takes(other)]
    raise KerazooError(
        f"{name} cannot be built for this data: it has no {missing} to choose. Use "
        f"{', '.join(others) or 'another network'}."
    )


# === Data sets and tasks ===


def list_datasets() -> list[str]:
    """Return the names of all data sets, sorted.

    Example:
        >>> "boston" in list_datasets()
        True
    """
    return sorted(_modules("datasets"))


def load_dataset_module(name: str) -> ModuleType:
    """Import the one module of a data set.

    Raises:
        UnknownName: if there is no such data set.
        KerazooError: if it is one of your own and cannot be imported.
    """
    return _import(_find("data set", name, _modules("datasets")))


def list_tasks() -> list[str]:
    """Return the names of all tasks, sorted.

    Example:
        >>> list_tasks()
        ['generation', 'images', 'rows', 'series', 'words']
    """
    return sorted(_modules("tasks"))


def load_task_module(name: str) -> ModuleType:
    """Import the one module or package of a task.

    Raises:
        UnknownName: if there is no such task.
        KerazooError: if it is one of your own and cannot be imported.
    """
    return _import(_find("task", name, _modules("tasks")))


# === Networks of your own ===


def add_model_file(path: str | os.PathLike[str]) -> str:
    """Let a file of your own be a network for the rest of this process, and return its name.

    Data sets and tasks in the folders `datasets/` and `tasks/` beside it are found, too.

    Args:
        path: the file; its name without `.py` is that of the network.

    Raises:
        KerazooError: if there is no such file, or its name cannot be that of a network.
    """
    file = Path(os.path.expanduser(path)).resolve()
    if not file.is_file():
        raise KerazooError(
            f"there is no file {os.fspath(path)}; give the path of a Python file that defines "
            "build_<its name>, or a name from kerazoo list."
        )
    if not file.stem.isidentifier() or file.stem.startswith("_"):
        raise KerazooError(
            f"{file.name!r} cannot be the name of a network; rename the file to letters, digits "
            "and underscores, such as my_network.py."
        )
    _added[file] = None
    try:
        load_recipe(file.stem)  # its mistakes show at once
        load_builder(file.stem)
    except KerazooError:
        del _added[file]
        raise
    return file.stem


def is_own(name: str) -> bool:
    """Tell whether a network comes from outside the package.

    Example:
        >>> is_own("xor")
        False
    """
    return _find("model", name, _models()).is_own


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


def _models() -> dict[str, _Entry]:
    """Map the name of every network to its file."""
    found = {
        file.stem: _Entry(
            file, file.parent.name, f"kerazoo.models.{file.parent.name}.{file.stem}", False
        )
        for file in sorted((_PACKAGE / "models").glob("*/[!_]*.py"))
    }
    for source in _sources():
        for file in sorted(
            [*source.folder.glob("[!_]*.py"), *source.folder.glob("[!_]*/[!_]*.py")]
        ):
            parts = file.relative_to(source.folder).with_suffix("").parts
            if parts[0] in _RESERVED or (source.file and parts != (source.file,)):
                continue
            family = parts[0] if len(parts) > 1 else _OWN_FAMILY
            entry = _Entry(file, family, ".".join((source.package, *parts)), True)
            _add(found, "network", file.stem, entry)
    return found


def _modules(kind: str) -> dict[str, _Entry]:
    """Map the name of every data set or task to its file."""
    found = {
        name: _Entry(path, kind, f"kerazoo.{kind}.{name}", False)
        for name, path in _modules_in(_PACKAGE / kind)
        if kind != "datasets" or (name not in _NOT_DATASETS and path.name != "__init__.py")
    }
    for source in _sources():
        for name, path in _modules_in(source.folder / kind):
            entry = _Entry(path, kind, f"{source.package}.{kind}.{name}", True)
            _add(found, kind.removesuffix("s"), name, entry)
    return found


def _modules_in(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob("[!_]*.py")):
        yield path.stem, path
    for path in sorted(folder.glob("[!_]*/__init__.py")):
        yield path.parent.name, path


def _add(found: dict[str, _Entry], kind: str, name: str, entry: _Entry) -> None:
    known = found.get(name)
    if known is None or known.path == entry.path:
        found[name] = entry
        return
    whose = "of your own" if known.is_own else "of the zoo"
    raise KerazooError(
        f"{entry.path} has the name of a {kind} {whose}, {known.path}. Rename the file and, in a "
        "model file, its builder."
    )


def _find(kind: str, name: str, entries: dict[str, _Entry]) -> _Entry:
    if name not in entries:
        raise unknown_name(kind, name, entries)
    return entries[name]


def _import(entry: _Entry) -> ModuleType:
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
