"""Which network takes data that nobody has named one for."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

from kerazoo._notes import warn_user
from kerazoo.datasets import Splits
from kerazoo.datasets.reading.asked import check_columns_of
from kerazoo.datasets.reading.shard_paths import is_folder_of_parquet
from kerazoo.datasets.reading.table import is_all, look_at
from kerazoo.errors import KerazooError
from kerazoo.recipe import Recipe
from kerazoo.registry import list_tasks, load_recipe
from kerazoo.tasks import Chosen, Sighting, Task, UserData, load_task

_TABLES = (
    *(".csv", ".tsv", ".parquet", ".pq"),
    *(text + packed for text in (".csv", ".tsv") for packed in (".gz", ".bz2", ".xz")),
)


def choose_network(data: Any, options: Chosen) -> tuple[str, str]:
    """Look at a user's data, and return the network that takes it, and what was seen.

    Every task is asked, and the most certain one answers.

    Args:
        data: a path, or a table that another library holds.
        options: what else was asked for: those of one task alone make it its data.

    Raises:
        KerazooError: if there is no such file or folder, or no network takes it.

    Example:
        >>> choose_network({"size": [1, 2, 3], "price": [2, 4, 6]}, {})
        ('tabm', 'a table of 3 rows and 2 columns')
    """
    found: list[tuple[Sighting, Task]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said again when it is loaded
        looked_at = _look(data, options)
        for task in map(load_task, list_tasks()):
            sighting = task.recognizes(looked_at, options) if task.NETWORK else None
            if sighting is not None:
                found.append((sighting, task))
    if not found:
        known = "; ".join(
            f"{task.OWN_DATA} ({task.NETWORK})"
            for task in map(load_task, list_tasks())
            if task.NETWORK
        )
        raise KerazooError(f"no network takes {data} as it is; expected {known}.")
    sighting, task = max(found, key=lambda one: one[0].certainty)
    return task.NETWORK, sighting.seen


def _look(data: Any, options: Chosen) -> UserData:
    if not isinstance(data, Path | str):
        return UserData(None, look_at(data))
    path = Path(data)
    if str(path) == "-":
        raise KerazooError(
            "standard input can be read only once. Name the network that learns from it: "
            "kerazoo train NAME --data - --target COLUMN."
        )
    if not path.exists():
        raise KerazooError(f"--data {path} does not exist; give a file or a folder.")
    is_table = path.is_file() and path.name.lower().endswith(_TABLES)
    is_table = is_table or is_folder_of_parquet(path)
    if is_table:  # before all of its columns are looked at
        check_columns_of(path, [name for name in str(options.get("drop", "")).split(",") if name])
    frame = look_at(str(path)) if is_table else None
    return UserData(path, frame, is_whole=frame is None or is_all(str(path), frame))


def prepare_own_data(
    name: str | None, variant: str, recipe: Recipe | None, data: Any, options: Chosen
) -> tuple[str, Recipe, Splits]:
    """Return the network that learns from data of the user's, how, and the data, split."""
    if isinstance(data, str | os.PathLike):
        data = Path(data)
    if name is None:
        name, seen = choose_network(data, options)
        warn_user(f"{seen}; {name} learns from it.")
    recipe = recipe or load_recipe(name, variant)
    task = load_task(recipe.task)
    if not isinstance(data, Path) and not task.TAKES_FRAMES:
        raise KerazooError(f"{name} learns from {task.OWN_DATA}; pass its path as data=.")
    return name, *task.own_data(name, recipe, data, options)
