"""Image files as arrays that a network takes: read as in training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from kerazoo.datasets.about import Boxes, Images, Masks
from kerazoo.datasets.reading.folders import describe_others, find_images
from kerazoo.datasets.reading.images import SUFFIXES, Color, Fit, read_pixels
from kerazoo.errors import DamagedFile, InvalidInput
from kerazoo.saved.card import Card


def list_images(folder: Path, note: Callable[[str], object]) -> list[Path]:
    """Return the images in a folder and in those inside it, which training reads too, by name.

    Args:
        folder: where to look.
        note: told which files are left out.

    Raises:
        InvalidInput: if it holds none.
    """
    paths, others = find_images(folder)
    if others:
        note(describe_others(folder, others))
    if not paths:
        raise InvalidInput(
            f"{folder} holds no image ({', '.join(SUFFIXES)}). Pass a folder that does, or files."
        )
    return paths


def read_image(
    path: Path | BinaryIO,
    card: Card,
    fit: Fit | None,
    note: Callable[[str], object],
    name: str = "",
) -> np.ndarray:
    """Read an image in the shape that a network takes, as images are read to train on.

    The size must be right unless `fit` says what to do; but a network that was trained on a folder
    of images fits others as it fitted those.

    Args:
        path: the file, or one that is open.
        card: what the network takes.
        fit: as for `read_pixels`.
        note: told if it is transparent in places.
        name: what messages call it; by default its path.

    Raises:
        InvalidInput: if the network takes no images, or the file is not one that it takes.
    """
    height, width, channels = _image_shape(card)
    trained = card.about.fit if isinstance(card.about, Images | Masks | Boxes) else ""
    fit = fit or cast("Fit | None", trained or None)
    color: Color = "rgb" if channels == 3 else "gray"
    try:
        pixels = read_pixels(path, (height, width), color, fit, note, name=name)
    except DamagedFile as error:
        raise InvalidInput(str(error)) from error
    return pixels[..., 0] if channels is None else pixels


def _image_shape(card: Card) -> tuple[int, int, int | None]:
    shape = card.inputs[0].shape
    known = [length for length in shape if length is not None]
    if card.columns or len(known) != len(shape) or len(shape) not in (2, 3):
        raise InvalidInput(
            f"{card.name!r} takes rows of shape {shape}, not images. Pass a CSV or .npy file."
        )
    if len(shape) == 3 and shape[2] not in (1, 3):
        raise InvalidInput(f"{card.name!r} takes {shape[2]} channels; an image file has 1 or 3.")
    return known[0], known[1], known[2] if len(known) == 3 else None
