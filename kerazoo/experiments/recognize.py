"""Which network takes data that nobody has named one for."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.reading import folders
from kerazoo.datasets.reading.calendar import describe_step
from kerazoo.datasets.reading.dates import find_dates, parse_dates
from kerazoo.datasets.reading.table import read_frame
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.tasks import Chosen

_TABLE, _SERIES, _IMAGES, _WORDS = "tabm", "lstm", "cnn", "word2vec"
_TABLES = (".csv", ".tsv", ".parquet", ".pq", ".csv.gz", ".tsv.gz")
_TEXTS = (".txt", ".txt.gz", ".txt.xz", ".txt.bz2")
_OF_SERIES = (
    "lag",
    "horizon",
    "weekday",
    "no_weekday",
    "missing",
    "series",
    "known",
    "calendar",
    "holidays",
)


def choose_network(data: Any, options: Chosen) -> tuple[str, str]:
    """Look at a user's data, and return the network that takes it, and why.

    Args:
        data: a path, or a table that another library holds.
        options: what else was asked for: those of a series alone make it one.

    Raises:
        KerazooError: if there is no such file or folder, or no network takes it.

    Example:
        >>> choose_network({"size": [1, 2, 3], "price": [2, 4, 6]}, {})
        ('tabm', 'a table of 3 rows and 2 columns')
    """
    if not isinstance(data, Path | str):
        return _of_table(data, options)
    path = Path(data)
    if path.is_dir():
        return _of_folder(path)
    if not path.is_file():
        raise KerazooError(f"--data {path} does not exist; give a file or a folder.")
    name = path.name.lower()
    if name.endswith(_TABLES):
        return _of_table(str(path), options)
    if name.endswith(_TEXTS):
        return _WORDS, "running text"
    raise KerazooError(
        f"{path} is of no kind that is known: expected a table ({', '.join(_TABLES)}), text "
        f"({', '.join(_TEXTS)}), or a folder with a folder of images for each class."
    )


def _of_folder(path: Path) -> tuple[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said again when they are loaded
        inner = folders.subfolders(path)
        images = [one for one in [path, *inner] if any(folders.find_images(one)[0])]
    if inner and images:
        return _IMAGES, f"images in {counted(len(inner), 'folder')}"
    if images:
        raise KerazooError(
            f"{path} holds images and no folders. Put them into a folder for each class, or name "
            "a network that takes them as they are."
        )
    if any(path.rglob("*.txt")):
        return _WORDS, "a folder of text"
    raise KerazooError(f"{path} holds no images and no .txt files; give another folder.")


def _of_table(source: Any, options: Chosen) -> tuple[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said again when it is loaded
        frame, name = read_frame(source)
        size = f"{counted(len(frame), 'row')} and {counted(len(frame.columns), 'column')}"
        if any(option in options for option in _OF_SERIES):
            return _SERIES, f"a series of {size}, as its options say"
        try:
            date = find_dates(frame, source=name)
            if date:
                dates = parse_dates(frame[date], date, name)
                times = np.sort(dates.instants.to_numpy())
                if len(times) > 2 and (np.diff(times) > np.timedelta64(0)).all():
                    step = describe_step(dates.local.sort_values())
                    return _SERIES, f"a series of {size}, {step} by {date!r}"
        except InvalidInput:
            pass  # no dates: no series
    return _TABLE, f"a table of {size}"
