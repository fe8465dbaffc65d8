"""A folder of images as parts and classes: train, validation and test, and what lies in each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from kerazoo._notes import warn_user
from kerazoo.datasets.reading import folders
from kerazoo.datasets.reading.image_labels import LABELS_FILE, find_labels, read_labels
from kerazoo.datasets.reading.images import SUFFIXES
from kerazoo.errors import InvalidInput

Classes = Literal["needed", "if_any", "ignored"]
CLASSES: tuple[Classes, ...] = ("needed", "if_any", "ignored")
Listed = dict[str, dict[str, list[Path]]]
"""Images by part and class. Without classes there is one, whose name is empty."""

_PART_NAMES = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing"),
}
_SHOWN = 10
_SHARES = 3  # an image of each class in each part
NAMELESS = ("",)


class Image(NamedTuple):
    """An image file, and the number of its class."""

    path: Path
    label: int


def list_parts(folder: Path, classes: Classes) -> Listed:
    """Return the images of each part that has a folder, all as `"train"` if none has.

    Raises:
        DatasetNotFound: if there is no class folder, and classes are needed.
        InvalidInput: if folders of parts lie beside others, or a file of labels is wrong.
    """
    parts = find_parts(folder, classes)
    if classes != "needed":
        return {part: _list_any(each) for part, each in (parts or {"train": folder}).items()}
    if not parts:
        listed = _list_classes(folder)
        if find_labels(folder) is None:
            _warn_of_inner_classes(folder, tuple(listed))
        return {"train": listed}
    return {part: _list_classes(each) for part, each in parts.items()}


def settle_classes(
    listed: Listed, folder: Path, classes: Classes
) -> tuple[tuple[str, ...], dict[str, list[Image]]]:
    """Return the names of the classes, and the images of each part with the number of their class.

    Where classes are not needed, images of too few of them for all parts count as of none.

    Raises:
        InvalidInput: if a class has no images, there is one class only, or the parts have others.
    """
    names = tuple(listed["train"])
    parts = find_parts(folder, classes)
    if classes != "needed" and not _is_classified(listed):
        return NAMELESS, {
            part: _flattened(found, parts.get(part, folder)) for part, found in listed.items()
        }
    for part, found in listed.items():
        if tuple(found) != names:
            raise InvalidInput(
                f"{folder}: {parts['train'].name}/ has the classes {', '.join(names)}, but "
                f"{parts[part].name}/ has {', '.join(found)}. Each part needs the same folders."
            )
        _check_classes(found, parts.get(part, folder))
    return names, {part: _label(found) for part, found in listed.items()}


def _flattened(found: dict[str, list[Path]], where: Path) -> list[Image]:
    paths = sorted((path for paths in found.values() for path in paths), key=Path.as_posix)
    if not paths:
        raise InvalidInput(f"{where} holds no image ({', '.join(SUFFIXES)}). Put some there.")
    return [Image(path, 0) for path in paths]


def find_parts(folder: Path, classes: Classes) -> dict[str, Path]:
    """Return the folder of each part; none if the folders are classes, which may be called so.

    Folders are parts if all of them are called so, and each holds folders in its turn; or images,
    where classes are not needed.
    """
    if find_labels(folder) is not None:
        return {}
    by_name = {name: part for part, names in _PART_NAMES.items() for name in names}
    inner = {path: _is_divided(path) for path in folders.subfolders(folder)}
    called = [(by_name[path.name.lower()], path) for path in inner if path.name.lower() in by_name]
    parts = dict(called)
    if not called or not (classes != "needed" or any(inner[path] for _, path in called)):
        return {}
    others = [path.name for path in inner if path not in [each for _, each in called]]
    if others and len(parts) == 1:
        return {}  # a train among cars
    if len(parts) != len(called):
        names = ", ".join(path.name for _, path in called)
        raise InvalidInput(
            f"{folder} has the folders {names}, of which two mean the same part. Keep one of each "
            "of train, validation and test."
        )
    if others:
        raise InvalidInput(
            f"{folder} has the parts {', '.join(path.name for path in parts.values())}, and beside "
            f"them {', '.join(others[:_SHOWN])}. Move one or the other elsewhere, or "
            "give each part its usual name."
        )
    if "train" not in parts:
        if len(parts) == 1:
            return {}
        raise InvalidInput(
            f"{folder} has the parts {', '.join(path.name for path in parts.values())}, but no "
            "train. Add it, or give the folder that holds a folder of images for each class."
        )
    return parts


def _is_divided(folder: Path) -> bool:
    return bool(folders.subfolders(folder)) or find_labels(folder) is not None


def _list_classes(folder: Path) -> dict[str, list[Path]]:
    labels = find_labels(folder)
    return folders.list_classes(folder) if labels is None else read_labels(labels)


def _list_any(folder: Path) -> dict[str, list[Path]]:
    """Return the images of each class, or all of one without a name."""
    if find_labels(folder) is not None or _has_images_in_folders(folder):
        found = {name: images for name, images in _list_classes(folder).items() if images}
        if len(found) > 1:
            return found
    images, others = folders.find_images(folder)
    if others:
        warn_user(folders.describe_others(folder, others))
    return {NAMELESS[0]: images}


def _has_images_in_folders(folder: Path) -> bool:
    """Tell whether two or more folders hold images, and none lie beside them."""
    inner = folders.subfolders(folder)
    loose = any(p.name.lower().endswith(SUFFIXES) for p in folder.iterdir() if p.is_file())
    return not loose and sum(bool(folders.find_images(each)[0]) for each in inner) > 1


def _is_classified(listed: Listed) -> bool:
    """Tell whether all parts, also those that will be split off, can have images of all classes."""
    names = tuple(listed["train"])
    enough = 1 + _SHARES - len(listed)
    return (
        len(names) > 1
        and all(tuple(found) == names for found in listed.values())
        and all(len(images) >= enough for images in listed["train"].values())
        and all(images for found in listed.values() for images in found.values())
    )


def _warn_of_inner_classes(folder: Path, class_names: tuple[str, ...]) -> None:
    """Say so if all class folders hold the same folders: those may be meant as classes."""
    inner = {
        tuple(path.name for path in folders.subfolders(each)) for each in folders.subfolders(folder)
    }
    if len(inner) == 1 and len(names := inner.pop()) > 1:
        warn_user(
            f"each of {_names(class_names)} in {folder} holds the folders {_names(names)}; the "
            f"outer folders are taken for the classes. If they are parts of the data, call them "
            "train, validation and test."
        )


def _check_classes(found: dict[str, list[Path]], where: Path) -> None:
    empty = [name for name, images in found.items() if not images]
    if empty:
        raise InvalidInput(
            f"{where}: no images ({', '.join(SUFFIXES)}) of {', '.join(map(repr, empty))}. Put "
            "some there, or remove the folder."
        )
    if len(found) < 2:
        (name,) = found
        advice = "a classifier takes two or more"
        if find_labels(where) is None:
            (only,) = folders.subfolders(where)
            inner = [path.name for path in folders.subfolders(only)]
            advice += f" folders; a folder may also hold {LABELS_FILE}, columns file and label"
            if len(inner) > 1:
                advice = f"give {only}, which holds {_names(inner)}"
        raise InvalidInput(f"{where} has one class only, {name!r}; {advice}.")


def _label(classes: dict[str, list[Path]]) -> list[Image]:
    return [Image(path, label) for label, paths in enumerate(classes.values()) for path in paths]


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
