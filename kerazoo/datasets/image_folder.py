"""Your own images: one folder per class, or a table of labels; any sizes and formats.

Either `<class>/<image>`, which is split here, or `train/<class>/<image>` beside `validation/`
and `test/` of the same form, of which a missing one is split off from `train/`. The parts may
have other usual names, too: `training`, `valid`, `val`, `dev`, `testing`, in any letter case.
In place of class folders there may be a file `labels.csv` with the columns `file` and `label`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets.about import Images
from kerazoo.datasets.reading import folders
from kerazoo.datasets.reading.image_parts import (
    CLASSES,
    NAMELESS,
    Classes,
    Image,
    list_parts,
    settle_classes,
)
from kerazoo.datasets.reading.images import FITS, SUFFIXES, Color, Fit
from kerazoo.datasets.reading.other_data import say_all_are_judged
from kerazoo.datasets.reading.samples import read_clothes
from kerazoo.datasets.reading.weights import balance_classes
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import DamagedFile, DatasetNotFound, InvalidInput, unknown_name

FILES: tuple[DataFile, ...] = ()

_PARTS = ("train", "validation", "test")
_COLORS = ("rgb", "gray")
_ON_ERROR = ("refuse", "skip")
_TINY_CLASSES = {"trouser": 1, "coat": 4, "sandal": 5}  # of Fashion-MNIST
_TINY_IMAGES = 20


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
    image_size: tuple[int, int] = (64, 64),
    color: Color = "rgb",
    fit: Fit = "crop",
    on_error: Literal["refuse", "skip"] = "refuse",
    validation_fraction: float = 0.2,
    test_fraction: float = 0.2,
    seed: int = 0,
    classes: Classes = "needed",
    balance: bool = False,
    is_size_free: bool = True,
    trained_on: str = "",
) -> Splits:
    """Load a folder of images.

    An image of another shape is by default cropped around its center to the aspect ratio of
    `image_size`, then resized. It is turned as the camera noted, put on white where it is
    transparent, and reduced to 8 bits. Folders of train, validation and test are taken as they
    are, also as `training`, `valid`, `val`, `dev` and `testing`, in any letter case; otherwise each
    class is shuffled by `seed`, in the order of its file names, and shared out, so that the parts
    hold equal shares of every class and at least one image of each.

    Args:
        data_dir: the folder, if `path` is not given.
        path: the folder.
        image_size: height and width in pixels.
        color: `"rgb"` or `"gray"`: three channels or one.
        fit: what is done to images of another shape: `"crop"`, `"pad"` with black, or `"stretch"`.
        on_error: whether files that cannot be read are refused, or skipped with a warning that
            names them.
        validation_fraction: share of the images held out for validation.
        test_fraction: share of the images held out for the test.
        seed: decides which.
        classes: `"needed"`; `"if_any"` for images that may also lie anywhere in the folder; or
            `"ignored"`, which splits them in the same way and gives no labels.
        balance: whether all classes count the same in training and validation, whose parts then
            unpack as `(x, y, weight)`.
        is_size_free: whether another `image_size` may be chosen, so that one which is far too large
            is said. That of a saved network may not.
        trained_on: the hash of the data that a network was trained on, which is to be judged: all
            images of other data are the test part. By default, images are split in any case.

    Raises:
        DatasetNotFound: if there is no such folder, or no class folder in it.
        InvalidInput: if a class has no images, there is one class only, folders of parts lie
            beside others, a file of labels is wrong, or an argument is.
        DamagedFile: if an image cannot be read and `on_error` is `"refuse"`.

    Example:
        >>> import pathlib, tempfile
        >>> from PIL import Image
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> for number in range(10):
        ...     for name in ("cat", "dog"):
        ...         (folder / name).mkdir(exist_ok=True)
        ...         Image.new("RGB", (40, 30)).save(folder / name / f"{number}.png")
        >>> splits = load(path=folder, image_size=(32, 32))
        >>> splits.train.x.shape, splits.class_names
        ((12, 32, 32, 3), ('cat', 'dog'))
    """
    folder = _checked_folder(path if path is not None else data_dir)
    height, width = _checked_size(image_size)
    for name, value, known in (("fit", fit, FITS), ("classes", classes, CLASSES)):
        if value not in known:
            raise unknown_name(name, value, known)
    _check_choices(color, on_error, validation_fraction, test_fraction)
    found = list_parts(folder, classes)
    class_names, listed = settle_classes(found, folder, classes)
    shares = {"validation": validation_fraction, "test": test_fraction}
    parts = _arrange(listed, class_names, shares, seed)
    images = [image for part in parts for image in part]
    paths = [image.path for image in images]
    if is_size_free:
        folders.warn_of_small_images(paths, (height, width))
    folders.warn_of_transparent_images(paths)
    pixels, failures = folders.decode(paths, folder, (height, width), color, fit)
    if failures:
        _say_unread(failures, folder, on_error)
        # As if they had never been there.
        indices = {p.path: index for index, p in enumerate(images) if index not in failures}
        for part in found.values():
            part.update({name: [p for p in paths if p in indices] for name, paths in part.items()})
        class_names, listed = settle_classes(found, folder, classes)
        parts = _arrange(listed, class_names, shares, seed)
        images = [image for part in parts for image in part]
        pixels = pixels[[indices[image.path] for image in images]]
    labels = np.array([image.label for image in images], "int32")
    # Views: a large folder is in memory once.
    ends = np.cumsum([len(part) for part in parts])[:-1]
    x, y = np.split(pixels, ends), np.split(labels, ends)
    learned, _, files = (
        {"file": [os.path.relpath(image.path, folder) for image in part]} for part in parts
    )
    if classes == "ignored" or class_names == NAMELESS:
        if balance:
            raise InvalidInput("balance weighs classes, and these images have none; leave it out.")
        about = Images(fit=fit)
        train, validation, test = map(Part, x)
        return Splits(train, validation, test, about, test_rows=files, train_rows=learned)
    splits = Splits(
        train=Part(x[0], y[0]),
        validation=Part(x[1], y[1]),
        test=Part(x[2], y[2]),
        about=Images(class_names, fit=fit, weighed_by={"classes": "balanced"} if balance else None),
        test_rows=files,
        train_rows=learned,
    )
    splits = balance_classes(splits) if balance else splits
    if trained_on and splits.hash() != trained_on:
        return _judged(images, pixels, class_names, folder, fit)
    return splits


def load_whole(
    path: str | os.PathLike[str],
    *,
    image_size: tuple[int, int],
    color: Color,
    fit: Fit,
    on_error: Literal["refuse", "skip"] = "skip",
) -> Splits:
    """Load a folder of images to judge a network that was trained on others: all are the test part.

    Args:
        path: the folder, as `load` takes it. Folders of parts are one, and a class may have a
            single image.
        image_size: height and width in pixels.
        color: as for `load`.
        fit: as for `load`.
        on_error: as for `load`.

    Raises:
        DatasetNotFound: as for `load`.
        InvalidInput: if there is no image, or a file of labels is wrong.
        DamagedFile: as for `load`.
    """
    folder = _checked_folder(path)
    height, width = _checked_size(image_size)
    by_class: dict[str, list[Path]] = {}
    for part in list_parts(folder, "needed").values():
        for name, files in part.items():
            by_class.setdefault(name, []).extend(files)
    names = tuple(name for name in sorted(by_class) if by_class[name])
    images = [Image(file, code) for code, name in enumerate(names) for file in by_class[name]]
    if not images:
        raise InvalidInput(f"{folder} holds no image ({', '.join(SUFFIXES)}). Put some there.")
    paths = [image.path for image in images]
    folders.warn_of_transparent_images(paths)
    pixels, failures = folders.decode(paths, folder, (height, width), color, fit)
    if failures:
        _say_unread(failures, folder, on_error)
        read = [index for index in range(len(images)) if index not in failures]
        images, pixels = [images[index] for index in read], pixels[read]
        if not images:
            raise DamagedFile(f"no image in {folder} can be read. Give a folder of whole images.")
        # As if classes of which no image can be read had never been there.
        left = sorted({image.label for image in images})
        images = [Image(image.path, left.index(image.label)) for image in images]
        names = tuple(names[code] for code in left)
    return _judged(images, pixels, names, folder, fit)


def _judged(
    images: Sequence[Image],
    pixels: np.ndarray,
    class_names: tuple[str, ...],
    folder: Path,
    fit: Fit,
) -> Splits:
    """Return images that a network was not trained on: all are the test part."""
    say_all_are_judged(folder, len(images), "image")
    labels = np.array([image.label for image in images], "int32")
    return Splits(
        train=Part(pixels[:0], labels[:0]),
        validation=Part(pixels[:0], labels[:0]),
        test=Part(pixels, labels),
        about=Images(class_names, fit=fit),
        test_rows={"file": [os.path.relpath(image.path, folder) for image in images]},
    )


def _say_unread(failures: dict[int, str], folder: Path, on_error: str) -> None:
    if on_error == "refuse":
        advice = "Repair or remove them, or pass on_error='skip'."
        folders.refuse(list(failures.values()), folder, advice)
    folders.report_skipped(list(failures.values()), folder)


def tiny(image_size: tuple[int, int] = (64, 64), color: Color = "rgb") -> Splits:
    """Return a folder of a few images, written for the moment: clothes that come with the package.

    Args:
        image_size: as for `load`.
        color: as for `load`.

    Example:
        >>> sample = tiny((32, 32), "gray")
        >>> sample.train.x.shape, sample.class_names
        ((36, 32, 32, 1), ('coat', 'sandal', 'trouser'))
    """
    from PIL import Image

    x, y, _, _ = read_clothes()
    with tempfile.TemporaryDirectory() as folder:
        for name, label in _TINY_CLASSES.items():
            Path(folder, name).mkdir()
            for number, image in enumerate(x[y == label][:_TINY_IMAGES]):
                Image.fromarray(image).save(Path(folder, name, f"{number:02}.png"))
        return load(path=folder, image_size=image_size, color=color)


def _arrange(
    listed: dict[str, list[Image]],
    class_names: tuple[str, ...],
    shares: dict[str, float],
    seed: int,
) -> list[list[Image]]:
    """Return train, validation and test; what has no folder of its own is split off from train."""
    missing = {part: share for part, share in shares.items() if part not in listed}
    parts = {**listed, **_split(listed["train"], class_names, missing, seed)} if missing else listed
    return [parts[part] for part in _PARTS]


def _split(
    images: list[Image],
    class_names: tuple[str, ...],
    fractions: dict[str, float],
    seed: int,
) -> dict[str, list[Image]]:
    """Share out each class: the parts asked for, and what is left for train."""
    parts: dict[str, list[Image]] = {"train": [], **{name: [] for name in fractions}}
    # RandomState draws the same numbers in every version of NumPy, Generator need not.
    random = np.random.RandomState(seed)
    for label, class_name in enumerate(class_names):
        members = [image for image in images if image.label == label]
        if len(members) <= len(fractions):
            whose = f"class {class_name!r} has" if class_name else "the folder holds"
            raise InvalidInput(
                f"{whose} {counted(len(members), 'image')}; at least "
                f"{len(fractions) + 1} are needed, one for each of train, {', '.join(fractions)}."
            )
        order = random.permutation(len(members))
        counts = {name: max(1, round(share * len(members))) for name, share in fractions.items()}
        while sum(counts.values()) >= len(members):  # a few images: one must be left to train on
            largest = max(counts, key=lambda name: counts[name])
            counts[largest] -= 1
        for name, count in counts.items():
            parts[name] += [members[index] for index in sorted(order[:count])]
            order = order[count:]
        parts["train"] += [members[index] for index in sorted(order)]
    return parts


def _checked_folder(path: str | os.PathLike[str] | None) -> Path:
    if path is None:
        raise InvalidInput("image_folder needs path=, a folder of images.")
    folder = Path(os.path.expanduser(path))
    if folder.is_dir():
        return folder
    if folder.exists():
        raise DatasetNotFound(
            f"{str(path)!r} is a file, not a folder; pass the folder that holds one folder of "
            "images for each class."
        )
    raise DatasetNotFound(f"there is no folder {str(path)!r}. Check the path.")


def _checked_size(image_size: Any) -> tuple[int, int]:
    whole = isinstance(image_size, Sequence) and not isinstance(image_size, str)
    if not whole or len(image_size) != 2 or any(type(n) is not int or n < 1 for n in image_size):
        raise InvalidInput(
            f"image_size is {image_size!r}; expected height and width in pixels, such as (64, 64)."
        )
    return image_size[0], image_size[1]


def _check_choices(color: str, on_error: str, validation: float, test: float) -> None:
    if color not in _COLORS:
        raise unknown_name("color", color, _COLORS)
    if on_error not in _ON_ERROR:
        raise unknown_name("on_error", on_error, _ON_ERROR)
    if not (validation > 0 and test > 0 and validation + test < 1):
        raise InvalidInput(
            f"validation_fraction is {validation} and test_fraction {test}; expected two shares "
            "above 0 that leave something to train on, such as 0.2 and 0.2."
        )
