"""Data sets: one module each, whose `load(...)` returns `Splits`, and `tiny(...)` a small sample.

In reading order:

- `splits.py`: what a data set is: three parts, of which `fit` sees two, and what its rows are.
- `sources.py`: where the bytes of a file come from, and their hash.
- `boston.py` and its neighbors: one data set each: its `FILES`, `load`, and `tiny`, which takes
  the options of a recipe and downloads nothing. `image_folder`, `time_series_csv` and `text_corpus`
  read a user's own data.
- `reading/`: readers of one kind of file or content each, and `samples.py`, which every `tiny` is
  cut from.
"""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import Any

from kerazoo.datasets.sources import find
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import DatasetNotFound, UnknownName, unknown_name
from kerazoo.registry import list_datasets, load_dataset_module

__all__ = [
    "Part",
    "Splits",
    "first_available",
    "list_datasets",
    "load_dataset",
    "load_dataset_module",
    "locate_dataset",
]


def load_dataset(
    name: str, *, data_dir: str | os.PathLike[str] | None = None, **options: Any
) -> Splits:
    """Load a data set: the same arguments always give the same bytes.

    Args:
        name: a name from `list_datasets()`.
        data_dir: a folder that holds the original files; by default the environment variable
            `KERAZOO_DATA_DIR`, then what is bundled, installed by the system, or cached.
        **options: options of this data set's own loader, such as `deduplicate=True` for wine.

    Returns:
        The train, validation and test parts with their feature and class names.

    Raises:
        UnknownName: if there is no such data set or option.
        DatasetNotFound: if its files are nowhere to be found.
        DamagedFile: if a file does not have its pinned SHA-256.

    Example:
        >>> splits = load_dataset("wine", task="multiclass", deduplicate=True)
        >>> splits.train.x.shape, splits.class_names
        ((3192, 12), ('bad', 'medium', 'good'))
    """
    load = load_dataset_module(name).load
    known = [option for option in inspect.signature(load).parameters if option != "data_dir"]
    for option in options:
        if option not in known:
            error = unknown_name("option", option, known or ["none"])
            raise UnknownName(f"data set {name!r}: {error}")
    splits: Splits = load(data_dir=data_dir, **options)
    return splits


def first_available(*names: str, data_dir: str | os.PathLike[str] | None = None) -> str:
    """Return the first of some data sets whose files are on this machine: nothing is downloaded.

    Args:
        names: names from `list_datasets()`, the one that is wanted most first.
        data_dir: as for `load_dataset`.

    Raises:
        UnknownName: if there is no such data set.
        DatasetNotFound: if none of them is there.

    Example:
        >>> first_available("fashion_mnist_mini", "fashion_mnist")
        'fashion_mnist_mini'
    """
    missing = "no name was passed; pass at least one, such as 'fashion_mnist_mini'."
    for name in names:
        try:
            locate_dataset(name, data_dir)
        except DatasetNotFound as error:
            missing = str(error)
        else:
            return name
    raise DatasetNotFound(missing)


def locate_dataset(name: str, data_dir: str | os.PathLike[str] | None = None) -> list[Path]:
    """Return the files or folders that a data set would be read from, without any network.

    Args:
        name: a name from `list_datasets()`.
        data_dir: as for `load_dataset`.

    Raises:
        UnknownName: if there is no such data set.
        DatasetNotFound: if a file is nowhere.

    Example:
        >>> [path.name for path in locate_dataset("boston")]
        ['boston_house_prices.csv.xz']
    """
    module = load_dataset_module(name)
    locate = getattr(module, "locate", None)  # of a data set that has more than one form
    if locate is not None:
        return list(locate(data_dir))
    return [find(file, data_dir) for file in module.FILES]
