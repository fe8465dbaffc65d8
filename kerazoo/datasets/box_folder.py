"""Your own images with boxes around objects: `images/NAME.jpg` and `labels/NAME.txt`.

A line of a label file is `class x y width height`: the number of a class, from 0 on, the center of
the box and its size, as shares of the image's width and height: the text files of YOLO. An image
without a file has no objects. `classes.txt` may name the classes, a line each.
"""

from __future__ import annotations

import math
import os
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kerazoo._wording import counted, listed
from kerazoo.datasets import composed_scenes
from kerazoo.datasets.about import Boxes
from kerazoo.datasets.reading import scene_folders
from kerazoo.datasets.reading.images import Color
from kerazoo.datasets.reading.scenes import NOTHING
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput

FILES: tuple[DataFile, ...] = ()
_ROUNDING = 1e-3  # of shares in a file: a box at the edge may seem to lie outside by so much


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
    image_size: tuple[int, int] = (56, 56),
    color: Color = "rgb",
    class_names: Sequence[str] = (),
    validation_fraction: float = 0.2,
    test_fraction: float = 0.2,
    seed: int = 0,
    trained_on: str = "",
) -> Splits:
    """Load images that are stretched to one size, and the boxes in them.

    Args:
        data_dir: the folder, if `path` is not given.
        path: a folder with `images/` and `labels/` in it.
        image_size: height and width in pixels.
        color: `"rgb"` or `"gray"`: three channels or one.
        class_names: the classes that a network knows already; by default `classes.txt` or numbers.
        validation_fraction: share of the images held out for validation.
        test_fraction: share of the images held out for the test.
        seed: decides which.
        trained_on: the hash of the data that a network was trained on, which is to be judged: all
            images of other data are the test part. By default, images are split in any case.

    Raises:
        DatasetNotFound: if there is no such folder.
        InvalidInput: if a line is no box, a box lies outside of its image or has no area, or a
            class has no name.
        DamagedFile: if an image cannot be read.

    Example:
        >>> splits = tiny((56, 56), "gray")
        >>> splits.train.x.shape, splits.train.y.shape, splits.class_names[:2]
        ((18, 56, 56, 1), (18, 3, 5), ('T-shirt/top', 'Trouser'))
    """
    folder, pairs = scene_folders.find_scenes(
        path if path is not None else data_dir, "labels", ".txt"
    )
    boxes = [[] if file is None else read_boxes(file) for _, file in pairs]
    most = max(map(len, boxes))
    if not most:
        raise InvalidInput(
            f"{folder / 'labels'} holds no box; expected lines such as 0 0.5 0.5 0.2 0.3: class, "
            "center and size."
        )
    images = [image for image, _ in pairs]
    x = scene_folders.decode_images(images, folder, image_size, color, is_size_free=not trained_on)
    found = 1 + max(int(box[0]) for some in boxes for box in some)
    in_file = scene_folders.read_class_names(folder)
    names = scene_folders.settle_names(found, in_file, class_names, folder)
    nothing = (float(NOTHING), 0.0, 0.0, 0.0, 0.0)
    y = np.array([[*some, *[nothing] * (most - len(some))] for some in boxes], "float32")
    what = f"{counted(len(x), 'image')} with {counted(sum(map(len, boxes)), 'box', 'boxes')}"
    return scene_folders.split_scenes(
        x,
        y,
        Boxes(names),
        fractions=(validation_fraction, test_fraction),
        seed=seed,
        found=f"{what} of {listed(names)}",
        source=folder,
        trained_on=trained_on,
    )


def tiny(image_size: tuple[int, int] = (56, 56), color: Color = "rgb") -> Splits:
    """Return a folder of a few scenes, written for the moment: clothes of the package.

    Args:
        image_size: as for `load`.
        color: as for `load`.

    Example:
        >>> tiny().train.x.shape
        (18, 56, 56, 3)
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what was found
        write_scenes(Path(folder), 30)
        return load(path=folder, image_size=image_size, color=color)


def write_scenes(folder: Path, count: int) -> None:
    """Write some composed scenes as such a folder, for samples and examples."""
    from PIL import Image

    scenes = composed_scenes.tiny(target="boxes")
    assert scenes.train.y is not None
    for inner in ("images", "labels"):
        (folder / inner).mkdir(parents=True, exist_ok=True)
    for number, (pixels, boxes) in enumerate(zip(scenes.train.x, scenes.train.y, strict=True)):
        if number == count:
            break
        Image.fromarray(pixels[..., 0]).save(folder / "images" / f"{number:03}.png")
        (folder / "labels" / f"{number:03}.txt").write_text(format_boxes(boxes), encoding="utf-8")
    names = "".join(f"{name}\n" for name in scenes.class_names)
    (folder / scene_folders.CLASSES_FILE).write_text(names, encoding="utf-8")


def format_boxes(boxes: np.ndarray) -> str:
    """Return rows of boxes as a label file has them.

    Example:
        >>> print(format_boxes(np.array([[2, 0.5, 0.25, 0.5, 0.125]])), end="")
        2 0.500000 0.250000 0.500000 0.125000
    """
    rows = [(int(box[0]), *map(float, box[1:5])) for box in boxes if box[0] != NOTHING]
    return "".join(f"{kind} {' '.join(f'{n:.6f}' for n in rest)}\n" for kind, *rest in rows)


def read_boxes(path: Path) -> list[tuple[float, ...]]:
    """Return the boxes in a label file: class, center and size.

    Raises:
        InvalidInput: if a line is no box, or the box lies outside or has no area.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not text. Write lines of five numbers.") from error
    boxes = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            boxes.append(_parse_box(line, f"{path}, line {number}"))
    return boxes


def _parse_box(line: str, where: str) -> tuple[float, ...]:
    try:
        box = tuple(float(cell) for cell in line.split())
    except ValueError:
        box = ()
    if len(box) != 5 or not all(map(math.isfinite, box)):
        raise InvalidInput(
            f"{where} is {line.strip()[:60]!r}; expected five numbers: class, center x and y, "
            "width and height."
        )
    kind, x, y, width, height = box
    if kind < 0 or kind != int(kind):
        raise InvalidInput(f"{where} has the class {kind:g}; expected a whole number from 0 on.")
    if width <= 0 or height <= 0:
        raise InvalidInput(
            f"{where} has a box of {width:g} x {height:g}, which has no area. Take it away, or "
            "correct its size."
        )
    ends = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    if min(ends) < -_ROUNDING or max(ends) > 1 + _ROUNDING:
        shown = ", ".join(f"{end:.3g}" for end in ends)
        raise InvalidInput(
            f"{where} has a box that lies outside of its image: left, top, right and bottom are "
            f"{shown}, as shares of the image. Expected shares from 0 to 1: divide pixels by width "
            "and height, and give the center."
        )
    return box
