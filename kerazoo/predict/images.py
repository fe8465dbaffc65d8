"""Image files as arrays: converted where one conversion is clearly meant, otherwise refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np

from kerazoo.datasets.reading.folders import describe_others, find_images
from kerazoo.datasets.reading.images import FORMATS, SUFFIXES, Fit
from kerazoo.datasets.splits import Images
from kerazoo.errors import InvalidInput
from kerazoo.saved.card import Card

# Modes whose pixels have one obvious gray value and one obvious color.
_PLAIN_MODES = ("1", "L", "P", "RGB")
_WITH_ALPHA = ("LA", "PA", "RGBA")


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


def read_image(path: Path, card: Card, fit: Fit | None = None) -> np.ndarray:
    """Read an image in the shape that a network takes.

    Gray becomes color and color gray; palettes are looked up, an alpha channel that hides nothing
    is dropped, and a photo is turned as its camera says. The size must be right unless `fit` says
    what to do; but a network that was trained on a folder of images reads others as it read those.

    Raises:
        InvalidInput: if the network takes no images, or the file is not one that it takes.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    height, width, channels = _image_shape(card)
    trained = card.about.fit if isinstance(card.about, Images) else ""
    if fit or trained:
        return _read_fitted(path, (height, width), channels, fit or cast(Fit, trained))
    try:
        with warnings.catch_warnings():
            # A size that Pillow finds suspicious is refused below, before a pixel is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(path, formats=FORMATS)
        with image:
            if sorted(image.size) != sorted((width, height)):
                raise _wrong_size(image, path, card)
            upright = ImageOps.exif_transpose(image)
            if upright.size != (width, height):
                raise _wrong_size(upright, path, card)
            pixels = np.asarray(_convert(upright, channels or 1, path))
    except Image.DecompressionBombError as error:
        raise InvalidInput(
            f"{path} is far larger than {width} x {height} pixels. Make it smaller first."
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            f"{path} is not a whole image: {str(error).rstrip('.')}. Save it again, or leave it "
            "out."
        ) from error
    return pixels.reshape((height, width) if channels is None else (height, width, channels))


def _read_fitted(path: Path, size: tuple[int, int], channels: int | None, fit: Fit) -> np.ndarray:
    from kerazoo.datasets.reading.images import read_pixels
    from kerazoo.errors import DamagedFile

    try:
        pixels = read_pixels(path, size, "rgb" if channels == 3 else "gray", fit)
        return pixels[..., 0] if channels is None else pixels
    except DamagedFile as error:
        raise InvalidInput(str(error)) from error


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


def _wrong_size(image: Any, path: Path, card: Card) -> InvalidInput:
    height, width, _ = _image_shape(card)
    return InvalidInput(
        f"{path} is {image.size[0]} x {image.size[1]} pixels; {card.name!r} takes {width} x "
        f"{height}. Add --fit crop, pad or stretch, or pass fit= in Python."
    )


def _convert(image: Any, channels: int, path: Path) -> Any:
    mode = image.mode
    if "transparency" in image.info and mode in _PLAIN_MODES:
        image, mode = image.convert("RGBA"), "RGBA"
    if mode in _WITH_ALPHA:
        rgba = image.convert("RGBA")
        if rgba.getextrema()[3][0] < 255:
            raise InvalidInput(f"{path} is transparent in places; put it on a background first.")
        image, mode = rgba.convert("RGB"), "RGB"
    if mode not in _PLAIN_MODES:
        raise InvalidInput(
            f"{path} has the mode {mode}; expected gray or RGB with 8 bits. Convert it first."
        )
    return image.convert("L" if channels == 1 else "RGB")
