"""What networks for images do to them at random in training, as layers of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import unknown_name

if TYPE_CHECKING:
    import keras

AUGMENTATIONS = ("mirror", "shift", "crop", "zoom", "rotate", "erase")


def augment(
    x: keras.KerasTensor,
    names: Sequence[str],
    *,
    background: int = 0,
    shift: float = 0.04,
) -> keras.KerasTensor:
    """Add layers that change images at random in training, and in training only.

    Args:
        x: images whose pixels go from `background` to 1.
        names: which of `AUGMENTATIONS`, in the order in which they are done.
        background: the value of a black pixel, which fills what comes in from outside.
        shift: the most that an image is moved, as a share of its height and width: by parts of
            pixels by "shift", by whole ones by "crop".

    Raises:
        UnknownName: if there is no such augmentation.
    """
    for name in names:
        x = _layer(name, background, shift, x.shape[1])(x)
    return x


def _layer(name: str, background: int, shift: float, height: int) -> keras.layers.Layer:
    import keras

    if name not in AUGMENTATIONS:
        raise unknown_name("augmentation", name, AUGMENTATIONS)
    outside = {"fill_mode": "constant", "fill_value": float(background)}
    if name == "mirror":
        return keras.layers.RandomFlip("horizontal", name=name)
    if name == "shift":
        return keras.layers.RandomTranslation(shift, shift, **outside, name=name)
    if name == "crop":
        from kerazoo.models.vision._crop import RandomCropOfPadded

        return RandomCropOfPadded(max(1, round(shift * height)), float(background), name=name)
    if name == "zoom":
        return keras.layers.RandomZoom(0.1, 0.1, **outside, name=name)
    if name == "erase":
        return keras.layers.RandomErasing(
            0.5,
            scale=(0.02, 0.2),
            fill_value=float(background),
            value_range=(background, 1),
            name=name,
        )
    return keras.layers.RandomRotation(0.05, **outside, name=name)
