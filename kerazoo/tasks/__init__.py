"""What a kind of network is asked, one file or folder a task; a recipe names its task.

`rows.py` classes or numbers of a table, `images.py` classes of images, `segmentation/` those of
their pixels, `detection/` boxes around the objects in them, `texts.py` classes of texts,
`series/` forecasts, `words/` word vectors, `language/` next words, `translation/` texts for texts,
`generation/` new images, `ranking/` ratings and what to recommend, `control/` what to do in an
environment. Files with an underscore are shared by tasks.

A task is a module with everything that `Task` lists. Commands, experiments and reports ask the task
and guess nothing: a further kind of network adds a file here and changes no other. A task of your
own lies in the folder `tasks/` beside your model file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from kerazoo._wording import counted
from kerazoo.errors import KerazooError
from kerazoo.registry import list_tasks, load_recipe, load_task_module
from kerazoo.saved.reading import Location, open_saved

if TYPE_CHECKING:
    import keras
    import numpy as np

    from kerazoo.datasets import Part, Splits
    from kerazoo.plots.style import Figure
    from kerazoo.recipe import Recipe

Format = Literal["table", "csv", "json", "jsonl"]
Chosen = Mapping[str, Any]
"""The options that a user has set, by name; the others are missing."""


@dataclass(frozen=True)
class Option:
    """An option of the command line that networks of one task have.

    Args:
        help: what it does, a sentence.
        kind: the type of its value; `bool` makes a flag without a value.
        minimum: the smallest number that is accepted.
        choices: the only texts that are accepted; all if there are none.
        metavar: what stands for the value in the help.
        makes_folder: whether its value is a folder to write to, which is made beforehand.
        needs_data: whether it makes sense only with the user's own data.
        default: what the help gives as its default; a missing option is not passed on.
        replaces_inputs: whether `kerazoo predict` can be asked by it alone, without an input.
    """

    help: str
    kind: type = str
    minimum: float | None = None
    choices: tuple[str, ...] = ()
    metavar: str = ""
    makes_folder: bool = False
    needs_data: bool = True
    default: str = ""
    replaces_inputs: bool = False


def _say_nothing(message: str) -> None:
    """Be told what a person should know, and keep it."""


def _watch_nothing(source: str) -> AbstractContextManager[Callable[[float], object]]:
    return nullcontext(lambda share: None)


@dataclass(frozen=True)
class Request:
    """What a saved network is asked, and how the answer is to look.

    Args:
        inputs: files, folders, `"-"`, or words: what the task takes.
        format: how the answer is written.
        options: options of the task that were set.
        runtime: `"auto"`, `"litert"` or `"keras"`.
        batch_size: rows computed at once; chosen by default.
        say: is told what a person should know.
        watch: given the name of an input, a context manager of a function that is told which share
            of it has been read.
        force: whether files that are there may be replaced.
    """

    inputs: Sequence[str]
    format: Format = "csv"
    options: Chosen = field(default_factory=dict)
    runtime: Literal["auto", "litert", "keras"] = "auto"
    batch_size: int | None = None
    say: Callable[[str], object] = _say_nothing
    watch: Callable[[str], AbstractContextManager[Callable[[float], object]]] = _watch_nothing
    force: bool = False


@dataclass(frozen=True)
class UserData:
    """Data that nobody has named a network for.

    Args:
        path: the file or folder, if it is one.
        frame: the table in it, if it is one: a pandas DataFrame.
        is_whole: whether it has all the rows; of a large file it has the first ones.
    """

    path: Path | None
    frame: Any = None
    is_whole: bool = True

    @property
    def size(self) -> str:
        """How many rows and columns the table has, in words."""
        rows, columns = self.frame.shape
        if not self.is_whole:
            return f"many rows and {counted(columns, 'column')}"
        return f"{counted(rows, 'row')} and {counted(columns, 'column')}"


@dataclass(frozen=True)
class Sighting:
    """What a task sees in a user's data.

    Args:
        seen: what it is, in a few words.
        certainty: 1 if it can be nothing else; less for what another task may know better.
    """

    seen: str
    certainty: float = 1.0


@dataclass(frozen=True)
class Evaluation:
    """What a saved network reaches on a test part.

    Args:
        scores: metrics by name.
        predictions: what it answered, where that is what it was judged by.
        model: the network, where it had to be loaded with Keras.
        by_chance: scores that come out a little different each time, whatever was saved.
        classes: rows, precision and recall of each class, by its name.
        errors: what was answered to each test row, beside the truth: columns by name.
    """

    scores: dict[str, float]
    predictions: np.ndarray | None = None
    model: keras.Model | None = None
    by_chance: frozenset[str] = frozenset()
    classes: Mapping[str, tuple[int, float, float]] = field(default_factory=dict)
    errors: Mapping[str, Sequence[Any] | np.ndarray] = field(default_factory=dict)


class Task(Protocol):
    """What a module of this folder defines.

    `OWN_DATA` says in a few words what `--data` takes; `""` if there is nothing yet. `FILES` are
    endings of files that `kerazoo predict` takes in place of a saved model. `NETWORK` is the one
    that learns from a user's data if no other is named; `""` if there is none. `TAKES_FRAMES` says
    whether `own_data` takes a table in memory as well as a path.
    """

    OWN_DATA: str
    NETWORK: str
    TAKES_FRAMES: bool
    FILES: tuple[str, ...]
    TRAIN_OPTIONS: Mapping[str, Option]
    PREDICT_OPTIONS: Mapping[str, Option]

    def own_data(
        self, name: str, recipe: Recipe, path: Path, options: Chosen
    ) -> tuple[Recipe, Splits]:
        """Return a recipe that trains the network on data of the user's, and the data."""

    def recipe_for(self, name: str, recipe: Recipe, splits: Splits) -> Recipe:
        """Return a recipe that trains a saved network further, on data read as its card says."""

    def recognizes(self, data: UserData, options: Chosen) -> Sighting | None:
        """Tell whether a user's data is what such networks learn from, with those options."""

    def trainer(self, recipe: Recipe) -> Callable[..., Any]:
        """Return what trains such a network, with the arguments of `fit_model`."""

    def callbacks(
        self, recipe: Recipe, splits: Splits, options: Chosen
    ) -> list[keras.callbacks.Callback]:
        """Return the callbacks that its training needs, or that options ask for."""

    def judge(self, model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
        """Judge a compiled network on rows that it was not trained on."""

    def score(self, splits: Splits, predictions: np.ndarray) -> dict[str, float]:
        """Score predictions for the test part; empty where predictions alone do not tell."""

    def evaluate(self, model: Location, splits: Splits, recipe: Recipe, runtime: str) -> Evaluation:
        """Judge a saved network on the test part."""

    def baselines(self, name: str, recipe: Recipe, splits: Splits) -> dict[str, dict[str, float]]:
        """Judge the baselines that the recipe names on the same data."""

    def figures(
        self, splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
    ) -> dict[str, Figure]:
        """Draw what a network does on the test part."""

    def answer(self, model: Location, request: Request) -> Iterator[str]:
        """Answer a user's inputs with a saved network, as text."""


_NEEDED = tuple(sorted({*Task.__annotations__, *(n for n in vars(Task) if not n.startswith("_"))}))


def load_task(name: str) -> Task:
    """Return a task.

    Args:
        name: a name from `list_tasks()`.

    Raises:
        UnknownName: if there is no such task.
        KerazooError: if its module lacks something that a task must define.

    Example:
        >>> sorted(load_task("series").PREDICT_OPTIONS)
        ['coverage', 'explain', 'plot', 'quantiles', 'steps']
    """
    module = load_task_module(name)
    missing = [one for one in _NEEDED if not hasattr(module, one)]
    if missing:
        raise KerazooError(
            f"{module.__file__} does not define {', '.join(missing)}; a task must. "
            "kerazoo.tasks.Task says what each of them is; a task of the zoo can lend its own."
        )
    return cast(Task, module)


def task_of(name: str) -> Task:
    """Return the task of a network.

    Raises:
        UnknownName: if there is no such network.
    """
    return load_task(load_recipe(name).task)


def open_for_task(name_or_path: Location) -> tuple[str, Location]:
    """Find a saved model, or a file in place of one, once for all that is asked of it.

    Returns:
        The name of its task, and what the task's `answer` and `evaluate` take.

    Raises:
        UnknownName: if there is no such model.
        DamagedFile: if its card is not valid.

    Example:
        >>> open_for_task("lstm")[0]
        'series'
    """
    if isinstance(name_or_path, str) and os.path.isfile(name_or_path):
        for task in list_tasks():
            if name_or_path.lower().endswith(load_task(task).FILES):
                return task, name_or_path
    saved = open_saved(name_or_path)
    return saved.card.task or "rows", saved


def recognizes_nothing(data: UserData, options: Chosen) -> None:
    """Be the `recognizes` of a task that leaves data without a name to others."""
