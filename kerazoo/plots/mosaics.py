"""Many images as one: PNG and GIF files of exact pixels, written whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from kerazoo._files import replacing_file
from kerazoo.errors import InvalidInput

_WHITE = 255
_GAP = 2
_WANTED_SIDE = 640  # pixels; small images are enlarged to about this
_TITLE_HEIGHT = 24
_LAST_FRAME_SHOWN = 8  # times as long as the others


def to_bytes(images: Any) -> np.ndarray:
    """Return images as `uint8`, from 0 to 255.

    Args:
        images: of any shape: `uint8`, or floats from 0 to 1.

    Raises:
        InvalidInput: if they are neither.

    Example:
        >>> to_bytes([0.0, 0.5, 1.0])
        array([  0, 128, 255], dtype=uint8)
    """
    pixels = np.asarray(images)
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype.kind != "f" or not ((pixels >= 0) & (pixels <= 1)).all():
        found = f" and values from {pixels.min()} to {pixels.max()}" if pixels.size else ""
        raise InvalidInput(
            f"the images have type {pixels.dtype}{found}; expected uint8 from 0 to 255, or floats "
            "from 0 to 1."
        )
    return np.rint(pixels * 255).astype("uint8")


def tile(
    images: Any, columns: int | None = None, gap: int = _GAP, scale: int | None = None
) -> np.ndarray:
    """Lay images out in rows on white.

    Args:
        images: `(rows, height, width, channels)` with 1 or 3 channels, `uint8` or from 0 to 1.
        columns: how many stand side by side; by default about as many as there are rows.
        gap: pixels between them, before they are enlarged.
        scale: how many pixels wide a pixel is drawn; by default so that a few hundred result.

    Returns:
        `uint8`: `(height, width)`, or `(height, width, 3)` in color.

    Raises:
        InvalidInput: if these are no images.

    Example:
        >>> tile(np.zeros((5, 28, 28, 1)), columns=3, gap=2, scale=1).shape
        (58, 88)
    """
    pixels = to_bytes(images)
    if pixels.ndim != 4 or pixels.shape[-1] not in (1, 3) or pixels.size == 0:
        raise InvalidInput(
            f"the images have shape {pixels.shape}; expected (rows, height, width, channels) with "
            "1 or 3 channels."
        )
    count, height, width, channels = pixels.shape
    columns = min(columns or math.ceil(math.sqrt(count)), count)
    rows = math.ceil(count / columns)
    cell = (height + gap, width + gap)
    mosaic = np.full((rows * cell[0], columns * cell[1], channels), _WHITE, "uint8")
    for number in range(count):
        top, left = (number // columns) * cell[0], (number % columns) * cell[1]
        mosaic[top : top + height, left : left + width] = pixels[number]
    mosaic = mosaic[: mosaic.shape[0] - gap, : mosaic.shape[1] - gap]
    scale = scale or max(1, round(_WANTED_SIDE / max(mosaic.shape)))
    enlarged = mosaic.repeat(scale, axis=0).repeat(scale, axis=1)
    return enlarged[..., 0] if channels == 1 else enlarged


def write_png(path: Path, pixels: np.ndarray) -> Path:
    """Write pixels, as `tile` gives them, in the place of an older file.

    Raises:
        OSError: if the file cannot be written; an older one is as it was.
    """
    with replacing_file(path) as part:
        Image.fromarray(pixels).save(part, format="PNG")
    return path


def write_gif(path: Path, frames: Sequence[Path], titles: Sequence[str], milliseconds: int) -> Path:
    """Assemble images of one size into an animation that begins again after its last frame.

    Args:
        path: the file; an older one is replaced.
        frames: image files.
        titles: a text above each.
        milliseconds: how long each is shown; the last one longer.

    Raises:
        OSError: if a file cannot be read or written.
    """
    images = [_with_title(frame, text) for frame, text in zip(frames, titles, strict=True)]
    durations = [milliseconds] * len(images)
    durations[-1] *= _LAST_FRAME_SHOWN
    with replacing_file(path) as part:
        images[0].save(
            part,
            format="GIF",
            save_all=True,
            append_images=images[1:],
            duration=durations,
            loop=0,
        )
    return path


def _with_title(frame: Path, text: str) -> Image.Image:
    with Image.open(frame) as image:
        titled = Image.new(image.mode, (image.width, image.height + _TITLE_HEIGHT), "white")
        titled.paste(image, (0, _TITLE_HEIGHT))
    font = ImageFont.load_default(size=16)
    ImageDraw.Draw(titled).text((4, 2), text, fill="black", font=font)
    return titled
