"""One image file as pixels: whatever its size and mode, in the one form that networks take."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import numpy as np

from kerazoo.errors import DamagedFile, InvalidInput

if TYPE_CHECKING:
    from PIL import Image

Color = Literal["rgb", "gray"]
Fit = Literal["crop", "pad", "stretch"]
FITS: tuple[Fit, ...] = ("crop", "pad", "stretch")

SUFFIXES = (".png", ".jpg", ".jpeg", ".jfif", ".bmp", ".gif", ".webp", ".tif", ".tiff")
# Decoders of these formats only: others of Pillow's are old, rare and less watched over.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
_SIXTEEN_BIT = ("I", "I;16", "I;16B", "I;16L", "I;16N")


def read_pixels(
    path: str | os.PathLike[str] | BinaryIO,
    image_size: tuple[int, int],
    color: Color = "rgb",
    fit: Fit | None = "crop",
    note: Callable[[str], object] | None = None,
    *,
    name: str = "",
) -> np.ndarray:
    """Read an image file.

    It is turned upright as the camera noted (EXIF), put on white where it is transparent, reduced
    to 8 bits, and made gray or colored. An image of another shape is by default cropped around its
    center to the aspect ratio of `image_size` and then resized, like `crop_to_aspect_ratio=True` of
    `keras.utils.image_dataset_from_directory`; one that has the size already keeps its pixels. Of
    an animation, the first frame counts.

    Args:
        path: a PNG, JPEG, BMP, GIF, WebP or TIFF file, or one that is open.
        image_size: height and width of the result.
        color: `"rgb"` for three channels, `"gray"` for one.
        fit: what is done to an image of another shape: it is cropped around its center, padded with
            black, or stretched; `None` refuses one of another size before it is decoded.
        note: told if it is transparent in places.
        name: what messages call it; by default its path.

    Returns:
        `uint8` pixels of shape (height, width, channels).

    Raises:
        DamagedFile: if it is not a whole image.
        InvalidInput: if it has another size, and nothing is to be done about that.
    """
    from PIL import Image, ImageOps

    height, width = image_size
    if not name:
        name = os.fspath(path) if isinstance(path, str | os.PathLike) else "the image"
    try:
        with warnings.catch_warnings():
            # A suspiciously large image is an error, not a warning; so is broken metadata.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
            with Image.open(path, formats=FORMATS) as image:
                if fit is None and sorted(image.size) != sorted((width, height)):
                    raise _wrong_size(name, image.size, (width, height))
                # A JPEG of a camera is decoded at an eighth to a half of its size where that is
                # still twice what is asked for; turned or not, so the longer side counts.
                image.draft(None, (2 * max(image_size), 2 * max(image_size)))
                upright = ImageOps.exif_transpose(image)
                if note is not None and is_transparent(upright):
                    note(f"{name} is transparent in places; put on white.")
                plain = _on_white(_eight_bits(upright)).convert("L" if color == "gray" else "RGB")
        if fit is None and plain.size != (width, height):
            raise _wrong_size(name, plain.size, (width, height))
        if fit is not None and plain.size != (width, height):
            plain = _resize(plain, (width, height), fit)
    except InvalidInput:
        raise
    except Exception as error:  # of a damaged file, decoders raise nearly anything
        reason = str(error).replace(f" {name!r}", "") or type(error).__name__
        if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
            reason = f"it has more than {Image.MAX_IMAGE_PIXELS:,} pixels; make it smaller first"
        problem = f"is not a whole image: {reason}"
        if isinstance(path, str | os.PathLike) and not os.path.lexists(path):
            problem = "does not exist; check its name"
        raise DamagedFile(f"{name} {problem}") from error
    return np.asarray(plain).reshape(height, width, -1)


def is_transparent(image: Image.Image) -> bool:
    """Tell whether something behind an image would be seen."""
    if not image.has_transparency_data:
        return False
    alpha = np.asarray(image.convert("RGBA").getchannel("A"))
    return bool((alpha < 255).any())


def _wrong_size(name: str, found: tuple[int, int], wanted: tuple[int, int]) -> InvalidInput:
    return InvalidInput(
        f"{name} is {found[0]} x {found[1]} pixels; the network takes {wanted[0]} x "
        f"{wanted[1]}. Add --fit crop, pad or stretch, or pass fit= in Python."
    )


def _resize(image: Image.Image, size: tuple[int, int], fit: Fit) -> Image.Image:
    from PIL import Image, ImageOps

    if fit == "stretch":
        return image.resize(size, Image.Resampling.BILINEAR)
    change = ImageOps.pad if fit == "pad" else ImageOps.fit
    return change(image, size, Image.Resampling.BILINEAR)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale 16-bit gray values, which Pillow would clip at 255."""
    from PIL import Image

    if image.mode == "F":
        raise ValueError("its gray values are floats, whose range nobody knows")
    if image.mode not in _SIXTEEN_BIT:
        return image
    values: Any = np.asarray(image)
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("its gray values are 32-bit integers, whose range nobody knows")
    return Image.fromarray(((values.astype("uint32") * 255 + 32767) // 65535).astype("uint8"))


def _on_white(image: Image.Image) -> Image.Image:
    from PIL import Image

    if not image.has_transparency_data:
        return image
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
