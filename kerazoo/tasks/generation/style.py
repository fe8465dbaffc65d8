"""Style transfer: the content of one image in the style of another.

No network is trained: the pixels of an image are, until a pretrained network sees the content of
the first image in them and the style of the second.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kerazoo.datasets.reading.images import read_pixels
from kerazoo.errors import InvalidInput

Image = str | os.PathLike[str] | np.ndarray
_SMALLEST, _LARGEST = 32, 2048  # pixels of a side: four poolings; memory
_LONGEST_TO_SHORTEST = 8
_RATE = 5.0  # gray levels of a step, about
_ROUGHNESS = 0.05
_ALIKE = 1e-6
_NOTHING = 1e-12


@dataclass(frozen=True)
class Distances:
    """How far an image is from the content of one and the style of another.

    Args:
        content: mean squared difference of the features, as a share of the content's mean square.
        style: mean squared difference of the Gram matrices, as a share of what it is for the
            content as it stands; a mean over layers. 1 is no style at all, 0 all of it.
    """

    content: float
    style: float


@dataclass(frozen=True, eq=False)
class Stylized:
    """An image, and how well it is what was asked for.

    Args:
        image: `uint8` pixels, `(height, width, 3)`.
        colored: the baseline: the content with the style's mean color and covariance of colors.
        distances: of the content as it stands, of `colored` (`"colors matched"`) and of `image`
            (`"stylized"`).
    """

    image: np.ndarray
    colored: np.ndarray
    distances: dict[str, Distances]

    def __str__(self) -> str:
        lines = ["                distance from content   from style"]
        lines += [
            f"{name:<16}{one.content:21.3f}{one.style:13.3f}"
            for name, one in self.distances.items()
        ]
        return "\n".join(lines)


def transfer_style(
    content: Image,
    style: Image,
    *,
    backbone: str = "vgg16",
    weights: str | None = "imagenet",
    size: int = 256,
    strength: float = 10.0,
    steps: int = 200,
    verbose: int | Literal["auto"] = 0,
) -> Stylized:
    """Draw the content of one image in the style of another.

    It begins with the content in the style's colors and changes its pixels, step by step, so that a
    pretrained VGG sees the same things at the same places as in the content (features of
    `block4_conv2`), and the same features together as in the style, wherever they are (Gram
    matrices of five layers).

    Args:
        content: a file or `uint8` pixels, `(height, width, 3)`.
        style: likewise, of any size.
        backbone: `"vgg16"` or `"vgg19"`.
        weights: `"imagenet"` downloads them; or the path of an `.h5` file in the layout of
            `keras.applications` without top; `None` is random numbers, which see less.
        size: the longer side of the result, from 32 to 2048 pixels. Time grows with its square.
        strength: weight of the style beside the content, above 0.
        steps: how often the pixels are changed.
        verbose: 1 for a progress bar, 2 for a line per step.

    Raises:
        InvalidInput: if an image or a number cannot be used.
        DatasetNotFound: if the weights cannot be had.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> content, style = rng.integers(0, 256, (2, 48, 40, 3), dtype="uint8")
        >>> transfer_style(content, style, weights=None, size=48, steps=1).image.shape
        (48, 40, 3)

    Reference:
        Gatys, Ecker and Bethge, "Image style transfer using convolutional neural networks", 2016;
        its losses, here as shares of what they are at the start, so that `strength` means the same
        for any image; Adam in place of L-BFGS.
    """
    _check_numbers(size, strength, steps)
    content_pixels = _read(content, size, "content")
    style_pixels = _read(style, size, "style")

    import keras

    from kerazoo.engine.fit import fit_model
    from kerazoo.models.pretrained import load_trunk, new_trunk
    from kerazoo.tasks.generation.image_features import ROUGHNESS, STYLES, build_image_features

    trunk = load_trunk(backbone, weights) if weights is not None else new_trunk(backbone)
    of_style = _features(build_image_features(trunk, *style_pixels.shape[:2]), style_pixels)
    model = build_image_features(trunk, *content_pixels.shape[:2])
    at_start = _features(model, content_pixels)
    targets = {name: of_style[name] for name in STYLES} | {"content": at_start["content"]}
    scale = _scales(targets, at_start)

    def distances(pixels: np.ndarray) -> Distances:
        found = _features(model, pixels)
        shares = {name: _distance(found[name], y) / scale[name] for name, y in targets.items()}
        return Distances(shares["content"], float(np.mean([shares[name] for name in STYLES])))

    colored = match_colors(content_pixels, style_pixels)
    known = {"content": distances(content_pixels), "colors matched": distances(colored)}
    _set_pixels(model, colored)
    loss_weights = {name: strength / len(STYLES) / scale[name] for name in STYLES}
    loss_weights |= {"content": 1 / scale["content"], ROUGHNESS: _ROUGHNESS * strength}
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(_RATE, steps, alpha=0.1)),
        loss=dict.fromkeys(loss_weights, "mean_squared_error"),
        loss_weights=loss_weights,
    )
    y = {**targets, ROUGHNESS: np.zeros((1, 1), "float32")}
    fit_model(model, (np.zeros((1, 1)), y), epochs=steps, batch_size=1, verbose=verbose)
    image = _to_bytes(model.get_layer("image").pixels)
    return Stylized(image, colored, known | {"stylized": distances(image)})


def match_colors(content: np.ndarray, style: np.ndarray) -> np.ndarray:
    """Give an image the mean color of another, and its covariance of colors: the baseline.

    Args:
        content: `uint8` pixels, `(height, width, 3)`.
        style: likewise.

    Example:
        >>> gray, red = np.full((4, 4, 3), 99, "uint8"), np.full((4, 4, 3), (200, 0, 0), "uint8")
        >>> match_colors(gray, red)[0, 0].tolist()
        [200, 0, 0]

    Reference:
        Reinhard, Ashikhmin, Gooch and Shirley, "Color transfer between images", 2001, for means and
        spreads; Hertzmann, "Algorithms for rendering in artistic styles", 2001, for covariances.
    """
    pixels, wanted = (image.reshape(-1, 3).astype("float64") for image in (content, style))
    colored = (pixels - pixels.mean(axis=0)) @ _root(pixels, -0.5) @ _root(wanted, 0.5)
    return _to_bytes((colored + wanted.mean(axis=0)).reshape(content.shape))


def _root(pixels: np.ndarray, power: float) -> np.ndarray:
    """Return a power of the covariance of colors; what does not vary stays as it is."""
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    powers = np.where(values > 1e-6, np.maximum(values, 1e-6) ** power, 0.0)
    return (vectors * powers) @ vectors.T


def _check_numbers(size: int, strength: float, steps: int) -> None:
    if not _SMALLEST <= size <= _LARGEST:
        raise InvalidInput(f"size is {size}; expected {_SMALLEST} to {_LARGEST} pixels.")
    if not 0 < strength < np.inf:
        raise InvalidInput(f"strength is {strength}; expected a number above 0.")
    if steps < 1:
        raise InvalidInput(f"steps is {steps}; expected 1 or more.")


def _read(image: Image, size: int, name: str) -> np.ndarray:
    """Return the pixels, in the image's own aspect ratio."""
    from PIL import Image as Pillow

    if isinstance(image, np.ndarray):
        if image.ndim != 3 or image.shape[-1] != 3 or image.dtype != np.uint8:
            raise InvalidInput(
                f"{name} is {image.dtype} of shape {image.shape}; expected uint8 pixels, "
                "(height, width, 3)."
            )
        height, width = _fitting(image.shape[:2], size, name)
        resized = Pillow.fromarray(image).resize((width, height), Pillow.Resampling.LANCZOS)
        return np.asarray(resized)
    return read_pixels(image, _fitting(_shape_of(image), size, str(image)), fit="stretch")


def _shape_of(path: str | os.PathLike[str]) -> tuple[int, int]:
    """Return height and width of an image file, upright."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    from kerazoo.datasets.reading.images import FORMATS

    read_pixels(path, (1, 1), fit="stretch")  # says what is wrong with it
    with Pillow.open(path, formats=FORMATS) as image:
        width, height = ImageOps.exif_transpose(image).size
    return height, width


def _fitting(shape: tuple[int, ...], size: int, name: str) -> tuple[int, int]:
    height, width = shape
    if max(shape) > _LONGEST_TO_SHORTEST * min(shape):
        raise InvalidInput(
            f"{name} is {width} x {height} pixels; the longer side may be at most "
            f"{_LONGEST_TO_SHORTEST} times the shorter one: pass a part of it."
        )
    scale = size / max(shape)
    return max(_SMALLEST, round(height * scale)), max(_SMALLEST, round(width * scale))


def _features(model: Any, pixels: np.ndarray) -> dict[str, np.ndarray]:
    _set_pixels(model, pixels)
    return {name: np.asarray(x) for name, x in model(np.zeros((1, 1), "float32")).items()}


def _set_pixels(model: Any, pixels: np.ndarray) -> None:
    model.get_layer("image").set_weights([pixels[None].astype("float32")])


def _scales(targets: dict[str, np.ndarray], at_start: dict[str, np.ndarray]) -> dict[str, float]:
    """Return what each distance is divided by: the content's square, the style's at the start."""
    squares = {name: _distance(target, np.zeros(())) for name, target in targets.items()}
    scale = {name: _distance(at_start[name], target) for name, target in targets.items()}
    scale["content"] = squares["content"]
    # A content that has the style already is as far from it as rounding is.
    return {name: max(value, _ALIKE * squares[name], _NOTHING) for name, value in scale.items()}


def _distance(found: np.ndarray, target: np.ndarray) -> float:
    return float(np.mean((found.astype("float64") - target) ** 2))


def _to_bytes(pixels: Any) -> np.ndarray:
    return (
        np.clip(np.rint(np.asarray(pixels)), 0, 255).astype("uint8").reshape(np.shape(pixels)[-3:])
    )
