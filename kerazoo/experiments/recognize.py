"""Which network takes data that nobody has named one for."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from kerazoo.datasets.reading.table import read_frame
from kerazoo.errors import KerazooError
from kerazoo.registry import list_tasks
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
        looked_at = _look(data)
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


def _look(data: Any) -> UserData:
    if not isinstance(data, Path | str):
        return UserData(None, read_frame(data)[0])
    path = Path(data)
    if not path.exists():
        raise KerazooError(f"--data {path} does not exist; give a file or a folder.")
    is_table = path.is_file() and path.name.lower().endswith(_TABLES)
    return UserData(path, read_frame(str(path))[0] if is_table else None)
