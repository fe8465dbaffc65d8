"""Scenes: one to three small images on one gray background, whose masks and boxes are known.

All arithmetic is of whole numbers: a seed makes the same bytes on every machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

MOST_OBJECTS = 3
NOTHING = -1
"""The class in a row of boxes that holds none: an image has up to `MOST_OBJECTS`."""

_SMALLEST, _LARGEST = 16, 28  # pixels of the square that an image is resized to
_VISIBLE = 15  # gray level above which a pixel is of the object; darker ones are its surroundings
_BRIGHTEST, _NOISE = 80, 12  # of the ground
_UNEVEN, _LIGHTS = 60, 4  # gray levels up and down, at 4 x 4 points of an uneven ground
_MOST_OVERLAP = 0.15  # of the boxes of two objects: the share that both cover of what any covers
_TRIES = 20


class Scenes(NamedTuple):
    """Composed images.

    Args:
        x: `(scenes, size, size, 1)`, uint8.
        masks: `(scenes, size, size)`, uint8: 0 for the background, a class plus 1 for others.
        boxes: `(scenes, MOST_OBJECTS, 5)`, float32: class, center and size in shares of the image;
            the class is -1 where there are fewer objects.
    """

    x: np.ndarray
    masks: np.ndarray
    boxes: np.ndarray


def compose(
    images: np.ndarray,
    labels: np.ndarray,
    count: int,
    *,
    size: int,
    seed: int,
    ground: str = "uneven",
) -> Scenes:
    """Compose scenes.

    An image of any size from 16 to 28 pixels is put anywhere in the scene. Of two that overlap a
    little, the later one lies in front; a box is that of the whole object.

    Args:
        images: `(rows, 28, 28)`, uint8: bright objects on black.
        labels: their classes.
        count: how many scenes.
        size: height and width of a scene, at least 28 pixels.
        seed: decides what is in them.
        ground: `"plain"`, one gray level; or `"uneven"`, as light is: levels that go over into each
            other, of which some are as bright as the objects.

    Example:
        >>> from kerazoo.datasets.reading.samples import read_clothes
        >>> images, labels, _, _ = read_clothes()
        >>> scenes = compose(images, labels, 3, size=56, seed=0)
        >>> scenes.x.shape, scenes.masks.shape, scenes.boxes.shape
        ((3, 56, 56, 1), (3, 56, 56), (3, 3, 5))
    """
    # RandomState draws the same numbers in every version of NumPy, Generator need not.
    random = np.random.RandomState(seed)
    x = np.zeros((count, size, size), "uint8")
    masks = np.zeros((count, size, size), "uint8")
    boxes = np.zeros((count, MOST_OBJECTS, 5), "float32")
    boxes[..., 0] = NOTHING
    for scene in range(count):
        noise = random.randint(-_NOISE, _NOISE + 1, (size, size))
        x[scene] = np.clip(_ground(size, ground, random) + noise, 0, 255)
        placed: list[tuple[int, int, int, int]] = []
        for _ in range(random.randint(1, MOST_OBJECTS + 1)):
            row = random.randint(len(images))
            pixels = _cut_out(resize(images[row], random.randint(_SMALLEST, _LARGEST + 1)))
            box = _place(pixels.shape, size, placed, random)
            if box is None:
                continue
            top, left, bottom, right = box
            visible = pixels > _VISIBLE
            x[scene, top:bottom, left:right][visible] = pixels[visible]
            masks[scene, top:bottom, left:right][visible] = labels[row] + 1
            center = ((left + right) / 2, (top + bottom) / 2)
            sides = (right - left, bottom - top)
            boxes[scene, len(placed)] = (labels[row], *(n / size for n in (*center, *sides)))
            placed.append(box)
    return Scenes(x[..., np.newaxis], masks, boxes)


def _ground(size: int, ground: str, random: np.random.RandomState) -> np.ndarray:
    """Return the gray levels that objects stand on, `(size, size)`."""
    level = random.randint(_NOISE, _BRIGHTEST + 1)
    if ground == "plain":
        return np.full((size, size), level)
    lights = level + random.randint(-_UNEVEN, _UNEVEN + 1, (_LIGHTS, _LIGHTS))
    return resize(np.clip(lights, 0, 255).astype("uint8"), size).astype("int64")


def resize(image: np.ndarray, side: int) -> np.ndarray:
    """Return a square image of another size, between whose pixels it is interpolated.

    Args:
        image: `(height, height)`, uint8.
        side: height and width of the result.

    Example:
        >>> resize(np.array([[0, 100], [0, 100]], "uint8"), 4)[0].tolist()
        [0, 25, 75, 100]
    """
    height = len(image)
    # Positions in units of 1/(2 * side) of a pixel, from the center of the first one.
    position = np.clip((2 * np.arange(side) + 1) * height - side, 0, 2 * side * (height - 1))
    first, part = np.divmod(position, 2 * side)
    second = np.minimum(first + 1, height - 1)
    values = image.astype("int64")
    rows = values[first] * (2 * side - part)[:, None] + values[second] * part[:, None]
    both = rows[:, first] * (2 * side - part) + rows[:, second] * part
    return ((both + 2 * side**2) // (4 * side**2)).astype("uint8")


def _cut_out(pixels: np.ndarray) -> np.ndarray:
    """Return the smallest rectangle that holds what is visible."""
    there = pixels > _VISIBLE
    if not there.any():
        return pixels
    rows, columns = (np.flatnonzero(there.any(axis=axis)) for axis in (1, 0))
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _place(
    shape: tuple[int, ...],
    size: int,
    placed: list[tuple[int, int, int, int]],
    random: np.random.RandomState,
) -> tuple[int, int, int, int] | None:
    """Return where there is room: top, left, bottom, right; `None` after some tries."""
    for _ in range(_TRIES):
        top = random.randint(size - shape[0] + 1)
        left = random.randint(size - shape[1] + 1)
        box = (top, left, top + shape[0], left + shape[1])
        if all(_overlap(box, other) <= _MOST_OVERLAP for other in placed):
            return box
    return None


def _overlap(one: tuple[int, int, int, int], two: tuple[int, int, int, int]) -> float:
    """Return the intersection over the union of two boxes."""
    height = min(one[2], two[2]) - max(one[0], two[0])
    width = min(one[3], two[3]) - max(one[1], two[1])
    both = max(height, 0) * max(width, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, two)]
    return both / (sum(areas) - both)
