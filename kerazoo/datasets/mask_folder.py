"""Your own images with a class for each pixel: `images/NAME.jpg` and `masks/NAME.png`.

A mask is a gray or palette PNG of the size of its image, whose values are numbers of classes: 0 for
the background, 1, 2, ...; 255 for pixels that count for nothing. Where masks are of 0 and 255
alone, 255 is the one class. `classes.txt` may name the classes, a line each, the background first.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kerazoo._wording import counted, listed
from kerazoo.datasets import composed_scenes
from kerazoo.datasets.about import Masks
from kerazoo.datasets.reading import scene_folders
from kerazoo.datasets.reading.images import Color
from kerazoo.datasets.sources import DataFile
from kerazoo.datasets.splits import Splits
from kerazoo.errors import DamagedFile, InvalidInput

FILES: tuple[DataFile, ...] = ()
VOID = 255
"""The value of pixels that count for nothing."""

_MODES = ("1", "L", "P")


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
    image_size: tuple[int, int] = (64, 64),
    color: Color = "rgb",
    class_names: Sequence[str] = (),
    validation_fraction: float = 0.2,
    test_fraction: float = 0.2,
    seed: int = 0,
    trained_on: str = "",
) -> Splits:
    """Load images and their masks, both stretched to one size.

    Args:
        data_dir: the folder, if `path` is not given.
        path: a folder with `images/` and `masks/` in it.
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
        InvalidInput: if a mask is missing, of another size than its image, colored, or has a class
            without a name.
        DamagedFile: if a file cannot be read.

    Example:
        >>> splits = tiny((32, 32), "gray")
        >>> splits.train.x.shape, splits.train.y.shape, splits.class_names[:2]
        ((18, 32, 32, 1), (18, 32, 32), ('background', 'T-shirt/top'))
    """
    folder, pairs = scene_folders.find_scenes(
        path if path is not None else data_dir, "masks", ".png"
    )
    images = [image for image, _ in pairs]
    x = scene_folders.decode_images(images, folder, image_size, color, is_size_free=not trained_on)
    found = [_read_mask(image, mask, folder) for image, mask in pairs]
    values = np.unique(np.concatenate([np.unique(mask) for mask in found]))
    if values.tolist() == [0, VOID]:
        found = [(mask == VOID).astype("uint8") for mask in found]
        values = np.array([0, 1])
    numbers = values[values != VOID]
    if len(numbers) < (1 if class_names else 2):  # images to judge may be of the background alone
        raise InvalidInput(
            f"{folder / 'masks'} has the class {listed(list(map(str, numbers))) or VOID} alone; "
            "expected 0 for the background, and 1, 2, ... for what is in it."
        )
    in_file = scene_folders.read_class_names(folder)
    names = scene_folders.settle_names(
        int(numbers[-1]) + 1, in_file, class_names, folder, "background"
    )
    y = np.stack([_stretched(mask, image_size) for mask in found])
    what = f"{counted(len(x), 'image')} with masks of {counted(len(names), 'class', 'classes')}"
    return scene_folders.split_scenes(
        x,
        y,
        Masks(names),
        fractions=(validation_fraction, test_fraction),
        seed=seed,
        found=f"{what} ({listed(names)})",
        source=folder,
        trained_on=trained_on,
    )


def tiny(image_size: tuple[int, int] = (64, 64), color: Color = "rgb") -> Splits:
    """Return a folder of a few scenes, written for the moment: clothes of the package.

    Args:
        image_size: as for `load`.
        color: as for `load`.

    Example:
        >>> tiny((32, 32)).train.x.shape
        (18, 32, 32, 3)
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what was found
        write_scenes(Path(folder), 30)
        return load(path=folder, image_size=image_size, color=color)


def write_scenes(folder: Path, count: int) -> None:
    """Write some composed scenes as such a folder, for samples and examples."""
    from PIL import Image

    scenes = composed_scenes.tiny()
    assert scenes.train.y is not None
    for inner, arrays in (("images", scenes.train.x[..., 0]), ("masks", scenes.train.y)):
        (folder / inner).mkdir(parents=True, exist_ok=True)
        for number, array in enumerate(arrays[:count]):
            Image.fromarray(array).save(folder / inner / f"{number:03}.png")
    names = "".join(f"{name}\n" for name in scenes.class_names)
    (folder / scene_folders.CLASSES_FILE).write_text(names, encoding="utf-8")


def _read_mask(image: Path, mask: Path | None, folder: Path) -> np.ndarray:
    """Return the numbers in a mask, `(height, width)`, uint8."""
    from PIL import Image

    if mask is None:
        raise InvalidInput(
            f"{image} has no mask; expected {folder / 'masks' / image.stem}.png. Add it, or take "
            "the image away."
        )
    try:
        with Image.open(mask, formats=("PNG",)) as opened:
            mode, size = opened.mode, opened.size
            values = np.asarray(opened).astype("uint8") if mode in _MODES else None
    except (OSError, ValueError, SyntaxError) as error:
        raise DamagedFile(f"{mask} is not a whole PNG file. Write it again.") from error
    if values is None:
        raise InvalidInput(
            f"{mask} is a PNG of mode {mode}; expected a gray or palette one of 8 bits, whose "
            "values are the numbers of classes. Write it with one channel."
        )
    if size != scene_folders.size_of_image(image):
        width, height = scene_folders.size_of_image(image)
        raise InvalidInput(
            f"{mask} is {size[0]} x {size[1]} pixels, and its image {width} x {height}; a mask has "
            "the size of its image. Write one of that size."
        )
    return values


def _stretched(mask: np.ndarray, image_size: Sequence[int]) -> np.ndarray:
    from PIL import Image

    height, width = image_size
    if mask.shape == (height, width):
        return mask
    return np.asarray(Image.fromarray(mask).resize((width, height), Image.Resampling.NEAREST))
