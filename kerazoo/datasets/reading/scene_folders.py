"""Folders of the user's own scenes: `images/`, and beside it what is to be found in each one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._notes import warn_user
from kerazoo._wording import clean_name, counted, listed
from kerazoo.datasets.about import Boxes, Masks
from kerazoo.datasets.reading import folders
from kerazoo.datasets.reading.images import FORMATS, Color
from kerazoo.datasets.reading.other_data import all_judged
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import DatasetNotFound, InvalidInput, unknown_name

CLASSES_FILE = "classes.txt"
_IMAGES = "images"
_TURNED = (5, 6, 7, 8)  # values of the EXIF orientation that exchange height and width
_ORIENTATION = 0x0112
_FEWEST = 3  # images, for three parts


def find_scenes(
    path: str | os.PathLike[str] | None, answers: str, suffix: str
) -> tuple[Path, list[tuple[Path, Path | None]]]:
    """Return a folder, and its images with the file of the same name in another folder.

    Args:
        path: the folder that holds both.
        answers: the other folder, such as `"masks"`.
        suffix: how files in there end, such as `".png"`.

    Returns:
        The folder; and an image and its file, or `None` if it has none, sorted by name.

    Raises:
        DatasetNotFound: if one of the folders is missing.
        InvalidInput: if there are no images, two have one name, or a file belongs to none.
    """
    if path is None:
        raise InvalidInput(f"path is missing; pass a folder with {_IMAGES}/ and {answers}/ in it.")
    folder = Path(os.path.expanduser(path))
    for inner in (_IMAGES, answers):
        if not (folder / inner).is_dir():
            raise DatasetNotFound(
                f"{folder} has no folder {inner}; expected {_IMAGES}/NAME.png and "
                f"{answers}/NAME{suffix} in it."
            )
    images: dict[str, Path] = {}
    for image in folders.find_images(folder / _IMAGES)[0]:
        name = image.relative_to(folder / _IMAGES).with_suffix("").as_posix()
        if name in images:
            raise InvalidInput(
                f"{images[name]} and {image} have one name, so that {answers}/{name}{suffix} could "
                "belong to both. Rename one."
            )
        images[name] = image
    if not images:
        raise InvalidInput(f"{folder / _IMAGES} holds no image; put some PNG or JPEG files there.")
    files = {
        one.relative_to(folder / answers).with_suffix("").as_posix(): one
        for one in sorted((folder / answers).rglob(f"*{suffix}"))
        if one.name != CLASSES_FILE and not one.name.startswith(".")
    }
    if not files:
        raise InvalidInput(f"{folder / answers} holds no {suffix} file; expected one per image.")
    alone = sorted(files.keys() - images.keys())
    if alone:
        raise InvalidInput(
            f"{files[alone[0]]} belongs to no image: there is no {_IMAGES}/{alone[0]}.png or .jpg. "
            "Rename it, or take it away."
        )
    return folder, [(image, files.get(name)) for name, image in sorted(images.items())]


def read_class_names(folder: Path) -> tuple[str, ...]:
    """Return the lines of `classes.txt` in a folder; none if there is no such file.

    Raises:
        InvalidInput: if it is not text, or two lines are the same.
    """
    path = folder / CLASSES_FILE
    if not path.is_file():
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not text in UTF-8. Save it as that.") from error
    names = tuple(clean_name(line.strip()) for line in lines if line.strip())
    if len(set(names)) != len(names) or not names:
        raise InvalidInput(f"{path} has {listed(names) or 'no names'}; expected a name per class.")
    return names


def settle_names(
    found: int, in_file: Sequence[str], wanted: Sequence[str], source: Path, first: str = ""
) -> tuple[str, ...]:
    """Return a name for each class.

    Args:
        found: how many classes there are, at least: the largest number of one, plus 1.
        in_file: names of `classes.txt`, if there are any.
        wanted: the names that a saved network knows, if it is to be judged or trained further.
        source: the folder, for messages.
        first: what class 0 is called, if nothing tells.

    Raises:
        InvalidInput: if there are more classes than names, or other names than are wanted.
    """
    names = tuple(wanted) or tuple(in_file)
    if wanted and in_file and tuple(in_file) != tuple(wanted):
        raise InvalidInput(
            f"{source / CLASSES_FILE} names {listed(in_file)}; the network knows {listed(wanted)}. "
            "Give a folder of these classes, in this order."
        )
    if not names:
        numbered = [f"class {number}" for number in range(found)]
        names = (first, *numbered[1:]) if first else tuple(numbered)
    if found > len(names):
        raise InvalidInput(
            f"{source} has the class {found - 1}, and there are {counted(len(names), 'name')}, so "
            f"that numbers go from 0 to {len(names) - 1}. Correct the number, or add a line to "
            f"{CLASSES_FILE}."
        )
    return names


def decode_images(
    images: Sequence[Path], folder: Path, image_size: Any, color: Color, *, is_size_free: bool
) -> np.ndarray:
    """Return pixels of images that are stretched to one size.

    Args:
        images: their files.
        folder: where they are, for messages.
        image_size: height and width in pixels.
        color: `"rgb"` or `"gray"`.
        is_size_free: whether another size may be chosen, so that one which is far too large is
            said.

    Raises:
        InvalidInput: if the size is no height and width.
        UnknownName: if there is no such color.
        DamagedFile: if one cannot be read.
    """
    whole = isinstance(image_size, list | tuple) and len(image_size) == 2
    if not whole or any(type(n) is not int or n < 1 for n in image_size):
        raise InvalidInput(
            f"image_size is {image_size!r}; expected height and width in pixels, such as (56, 56)."
        )
    if color not in ("rgb", "gray"):
        raise unknown_name("color", color, ("rgb", "gray"))
    size = (image_size[0], image_size[1])
    if is_size_free:
        folders.warn_of_small_images(images, size)
    pixels, failures = folders.decode(images, folder, size, color, "stretch")
    if failures:
        folders.refuse(list(failures.values()), folder, "Repair or remove them.")
    return pixels


def size_of_image(path: Path) -> tuple[int, int]:
    """Return width and height of an image, turned upright as the camera noted."""
    from PIL import Image

    with Image.open(path, formats=FORMATS) as image:
        turned = image.getexif().get(_ORIENTATION) in _TURNED
        return (image.height, image.width) if turned else image.size


def split_scenes(
    x: np.ndarray,
    y: np.ndarray,
    about: Masks | Boxes,
    *,
    fractions: tuple[float, float],
    seed: int,
    found: str,
    source: Path,
    trained_on: str = "",
) -> Splits:
    """Return train, validation and test; of other data than was trained on, all is the test part.

    Args:
        x: images.
        y: what is to be found in each.
        about: what they are.
        fractions: shares held out for validation and test.
        seed: decides which.
        found: what there is, for a note: whoever meant something else sees it there.
        source: the folder.
        trained_on: the hash of what a network was trained on that is to be judged.

    Raises:
        KerazooError: if the shares leave nothing to train on.
        InvalidInput: if there are too few scenes for three parts.
    """
    if trained_on and len(x) < _FEWEST:
        nothing = Part(x[:0], y[:0])
        return all_judged(Splits(nothing, nothing, Part(x, y), about), source, "image")
    rows = _share_out(len(x), *fractions, seed)
    train, validation, test = (Part(x[part], y[part]) for part in rows)
    splits = Splits(train, validation, test, about)
    if trained_on and splits.hash() != trained_on:
        return all_judged(splits, source, "image")
    names = ("train", "validation", "test")
    total = ", ".join(f"{name} {len(part)}" for name, part in zip(names, rows, strict=True))
    warn_user(f"found in {source}: {found}; {total}.")
    return splits


def _share_out(count: int, validation: float, test: float, seed: int) -> list[np.ndarray]:
    """Return the rows of train, validation and test, shuffled by a seed; each in its order."""
    from kerazoo.datasets.reading.asked import check_fractions  # imports pandas

    check_fractions(validation, test)
    if count < _FEWEST:
        raise InvalidInput(
            f"there {'is' if count == 1 else 'are'} {counted(count, 'image')}; at least {_FEWEST} "
            "are needed, one for each of train, validation and test."
        )
    order = np.random.RandomState(seed).permutation(count)
    held_out = [max(1, int(share * count)) for share in (validation, test)]
    cut = np.split(order, [held_out[0], sum(held_out)])
    return [np.sort(rows) for rows in (cut[2], cut[0], cut[1])]
