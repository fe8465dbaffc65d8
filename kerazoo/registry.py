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

import ast
import functools
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from kerazoo._model_files import (
    add_file,
    find,
    find_models,
    find_modules,
    forget_file,
    import_entry,
)
from kerazoo.errors import KerazooError, unknown_name
from kerazoo.recipe import Recipe

if TYPE_CHECKING:
    import keras

Variant = Literal["documented", "tuned"]
VARIANTS: tuple[Variant, ...] = ("documented", "tuned")
_OURS = "kerazoo.models."


# === Networks ===


def list_families() -> list[str]:
    """Return the families of networks, sorted.

    Example:
        >>> "tabular" in list_families()
        True
    """
    return sorted({entry.family for entry in find_models().values()})


def list_models(family: str | None = None) -> list[str]:
    """Return the names of all networks, sorted, without importing any of them.

    Args:
        family: a name from `list_families()`, or `None` for all of them.

    Raises:
        UnknownName: if there is no such family.
        KerazooError: if a network of your own has the name of another.

    Example:
        >>> list_models("tabular")[:2]
        ['boston', 'hitters']
    """
    models = find_models()
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
    return find("model", name, find_models()).family


def load_module(name: str) -> ModuleType:
    """Import the one file of a network.

    Raises:
        UnknownName: if there is no such network.
        KerazooError: if it is one of your own and cannot be imported.
    """
    return import_entry(find("model", name, find_models()))


def describe_network(name: str) -> str:
    """Return what a network does: the first line of its file.

    Example:
        >>> describe_network("xor")
        'three sigmoid units learn exclusive or, which a single unit cannot'
    """
    text = inspect.getdoc(load_module(name)) or ""
    return text.partition("\n")[0].removeprefix(f"{name}: ").rstrip(".")


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
    return sorted(find_modules("datasets"))


def load_dataset_module(name: str) -> ModuleType:
    """Import the one module of a data set.

    Raises:
        UnknownName: if there is no such data set.
        KerazooError: if it is one of your own and cannot be imported.
    """
    return import_entry(find("data set", name, find_modules("datasets")))


def describe_dataset(name: str) -> str:
    """Return the docstring of a data set's file, which is not imported: that would take NumPy.

    Raises:
        UnknownName: if there is no such data set.

    Example:
        >>> describe_dataset("xor").partition(":")[0]
        'XOR'
    """
    path = Path(__file__).parent / "datasets" / f"{name}.py"
    if not path.exists():  # one of the user's own, which is a module somewhere else
        return inspect.getdoc(load_dataset_module(name)) or ""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def list_tasks() -> list[str]:
    """Return the names of all tasks, sorted.

    Example:
        >>> list_tasks()[:4]
        ['control', 'detection', 'generation', 'images']
    """
    return sorted(find_modules("tasks"))


def load_task_module(name: str) -> ModuleType:
    """Import the one module or package of a task.

    Raises:
        UnknownName: if there is no such task.
        KerazooError: if it is one of your own and cannot be imported.
    """
    return import_entry(find("task", name, find_modules("tasks")))


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
    if file.is_dir():
        raise KerazooError(
            f"{os.fspath(path)} is a folder; give the path of a Python file, or a name from "
            "kerazoo list. A saved model is for kerazoo evaluate, predict, generate and export."
        )
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
    add_file(file)
    try:
        load_recipe(file.stem)  # its mistakes show at once
        load_builder(file.stem)
    except KerazooError:
        forget_file(file)
        raise
    return file.stem


def is_own(name: str) -> bool:
    """Tell whether a network comes from outside the package.

    Example:
        >>> is_own("xor")
        False
    """
    return find("model", name, find_models()).is_own
