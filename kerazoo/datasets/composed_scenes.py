"""Scenes of one to three clothes or digits on a gray ground, with a mask and a box for each.

Composed by a seed of the images of Fashion-MNIST, or of MNIST: scenes to train on of training
images, those of the test of test images. An object is 16 to 28 pixels high or wide before what is
dark around it is cut off; two may overlap a little. The ground is uneven, as light is, and in parts
as bright as objects.

Reference: Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
learning algorithms", 2017 (MIT). The composition is our own.
"""

from __future__ import annotations

import os
from typing import Literal

import numpy as np

from kerazoo.datasets import fashion_mnist, fashion_mnist_mini, mnist
from kerazoo.datasets.about import Boxes, Masks
from kerazoo.datasets.reading.samples import read_clothes
from kerazoo.datasets.reading.scenes import Scenes, compose
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import InvalidInput, unknown_name

FILES = fashion_mnist.FILES
SIZE = 56
"""Height and width of a scene: seven cells of eight pixels."""

_IMAGES = {
    "fashion_mnist": fashion_mnist,
    "fashion_mnist_mini": fashion_mnist_mini,
    "mnist": mnist,
}
_TARGETS = ("masks", "boxes")
_GROUNDS = ("uneven", "plain")
_HELD_OUT = 0.1  # of the training images, for scenes of the validation part
_TINY = (64, 16, 16)


def load(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    target: Literal["masks", "boxes"] = "masks",
    images: Literal["fashion_mnist", "fashion_mnist_mini", "mnist"] = "fashion_mnist",
    scenes: int = 6000,
    ground: Literal["uneven", "plain"] = "uneven",
    seed: int = 0,
) -> Splits:
    """Compose scenes to train on, and 500 and 1,000 others for validation and test.

    Args:
        data_dir: a folder that holds the files of the images.
        target: what is to be found: `"masks"`, a class for each pixel, 0 for the background; or
            `"boxes"`, up to three rows of class, center and size in shares of the image, with the
            class -1 where there are fewer objects.
        images: which images are put into the scenes.
        scenes: how many to train on.
        ground: `"uneven"`, gray levels that go over into each other, of which some are as bright as
            the objects; or `"plain"`, one gray level with some noise: what differs from it is an
            object, and no network is needed to see where.
        seed: decides what is in the scenes.

    Raises:
        DatasetNotFound: if the images are nowhere.
        UnknownName: if there are no such images, target or ground.
        InvalidInput: if there are no scenes to train on.

    Example:
        >>> splits = load(images="fashion_mnist_mini", target="boxes", scenes=10)
        >>> splits.train.x.shape, splits.train.y.shape, len(splits.test.x)
        ((10, 56, 56, 1), (10, 3, 5), 1000)
    """
    if images not in _IMAGES:
        raise unknown_name("images", images, _IMAGES)
    if target not in _TARGETS:
        raise unknown_name("target", target, _TARGETS)
    if ground not in _GROUNDS:
        raise unknown_name("ground", ground, _GROUNDS)
    if isinstance(scenes, bool) or not isinstance(scenes, int) or scenes < 1:
        raise InvalidInput(f"scenes is {scenes!r}; expected a whole number, at least 1.")
    source = _IMAGES[images].load(data_dir, validation_fraction=_HELD_OUT)
    counts = (scenes, 500, 1000)
    parts = zip((source.train, source.validation, source.test), counts, strict=True)
    made = [
        compose(
            part.x[..., 0],
            np.asarray(part.y),
            count,
            size=SIZE,
            seed=3 * seed + number,
            ground=ground,
        )
        for number, (part, count) in enumerate(parts)
    ]
    return _splits(made, target, source.class_names)


def tiny(
    *,
    target: Literal["masks", "boxes"] = "masks",
    images: str = "fashion_mnist",
    scenes: int = 6000,
    ground: Literal["uneven", "plain"] = "uneven",
    seed: int = 0,
) -> Splits:
    """Return a few scenes of the clothes that come with the package.

    Args:
        target: as for `load`.
        images: taken as `load` takes it; the sample is of clothes.
        scenes: taken as `load` takes it, and without effect.
        ground: as for `load`.
        seed: as for `load`.

    Example:
        >>> tiny().train.y.shape
        (64, 56, 56)
    """
    x, y, x_test, y_test = read_clothes()
    made = [
        compose(
            pixels,
            labels.astype("int32"),
            count,
            size=SIZE,
            seed=3 * seed + number,
            ground=ground,
        )
        for number, (pixels, labels, count) in enumerate(
            zip((x[:3000], x[3000:], x_test), (y[:3000], y[3000:], y_test), _TINY, strict=True)
        )
    ]
    names = _IMAGES[images].CLASS_NAMES if images in _IMAGES else fashion_mnist.CLASS_NAMES
    return _splits(made, target, names)


def _splits(made: list[Scenes], target: str, class_names: tuple[str, ...]) -> Splits:
    if target == "masks":
        train, validation, test = (Part(one.x, one.masks) for one in made)
        return Splits(train, validation, test, Masks(("background", *class_names)))
    train, validation, test = (Part(one.x, one.boxes) for one in made)
    return Splits(train, validation, test, Boxes(class_names))
