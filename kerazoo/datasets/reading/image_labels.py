"""`labels.csv`: the classes of images as a table of files and labels, in place of class folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kerazoo._notes import warn_user
from kerazoo._wording import clean_name, counted
from kerazoo.datasets.reading.folders import find_images
from kerazoo.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

LABELS_FILE = "labels.csv"
_FILE_COLUMNS = ("file", "filename", "file_name", "image", "path")
_LABEL_COLUMNS = ("label", "class")
_SHOWN = 3


def find_labels(folder: Path) -> Path | None:
    """Return the file of labels in a folder, in any letter case, if there is one."""
    files = (path for path in folder.iterdir() if path.is_file())
    return next((path for path in sorted(files) if path.name.lower() == LABELS_FILE), None)


def read_labels(source: Path) -> dict[str, list[Path]]:
    """Return the images of every class, both sorted by name, as a file of labels lists them.

    Warnings say which columns were taken, which rows have no label, and which images in the folder
    are not listed. A file that is listed and missing is returned with the others: reading it fails.

    Args:
        source: a CSV file with a column `file`, a path from the folder of this file on, and a
            column `label`; in any order, among others.

    Raises:
        InvalidInput: if these columns are not there, a file lies elsewhere, or it has two labels.
    """
    from kerazoo.datasets.reading.table import read_frame  # imports pandas

    folder = source.parent
    frame = read_frame(str(source))[0]
    file = _find_column(frame, _FILE_COLUMNS, source)
    label = _find_column(frame, _LABEL_COLUMNS, source)
    labels: dict[Path, str] = {}
    unlabelled = 0
    for name, given in zip(frame[file].str.strip(), frame[label].map(clean_name), strict=True):
        if not name or not given:
            unlabelled += 1
            continue
        path = _path_in(folder, name, source)
        if labels.setdefault(path, given) != given:
            raise InvalidInput(
                f"{source}: {name} has two labels, {labels[path]!r} and {given!r}. Give it one."
            )
    if not labels:
        raise InvalidInput(f"{source}: no row has both a {file} and a {label}. Fill them in.")
    _describe(source, file, label, [str(name) for name in frame if name not in (file, label)])
    _warn_of_the_rest(source, set(labels), unlabelled)
    return {
        name: sorted((path for path, given in labels.items() if given == name), key=Path.as_posix)
        for name in sorted(set(labels.values()))
    }


def _find_column(frame: pd.DataFrame, names: Sequence[str], source: Path) -> str:
    found = [str(column) for column in frame if str(column).lower() in names]
    if len(found) != 1:
        problem = f"{' and '.join(found)} could all be the column" if found else "no column"
        raise InvalidInput(
            f"{source}: {problem} {names[0]!r}; it has {', '.join(map(str, frame))}. Expected a "
            f"column file, the path of an image from {source.parent} on, and a column label."
        )
    return found[0]


def _path_in(folder: Path, name: str, source: Path) -> Path:
    """Return the path of an image, written in the way of any system."""
    relative = Path(name.replace("\\", "/"))
    if relative.is_absolute() or ".." in relative.parts:
        raise InvalidInput(
            f"{source}: {name} is no path from {folder} on. Put {source.name} into the folder "
            "that holds all of its images."
        )
    return folder / relative


def _describe(source: Path, file: str, label: str, others: Sequence[str]) -> None:
    ignored = f"; not used: {', '.join(others)}" if others else ""
    warn_user(
        f"classes are taken from {source}: {file!r} names an image, {label!r} its class{ignored}."
    )


def _warn_of_the_rest(source: Path, listed: set[Path], unlabelled: int) -> None:
    if unlabelled:
        warn_user(f"left out: {counted(unlabelled, 'row')} of {source} without a file or a label.")
    extra = [path for path in find_images(source.parent)[0] if path not in listed]
    if extra:
        shown = ", ".join(path.relative_to(source.parent).as_posix() for path in extra[:_SHOWN])
        more = ", ..." if len(extra) > _SHOWN else ""
        warn_user(
            f"left out: {counted(len(extra), 'image')} in {source.parent} that {source.name} does "
            f"not list ({shown}{more})."
        )
