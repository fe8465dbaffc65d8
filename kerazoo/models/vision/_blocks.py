"""What networks for images share: how small an image may be."""

from __future__ import annotations

from collections.abc import Sequence

from kerazoo.errors import InvalidInput


def check_image_size(network: str, input_shape: Sequence[int], smallest: int, why: str) -> None:
    """Check that images are high and wide enough for what a network does to them.

    Args:
        network: whose images they are.
        input_shape: height, width and channels; a side that is `None` may have any length.
        smallest: the least height and width.
        why: what it has that needs them: `"two poolings"`.

    Raises:
        InvalidInput: if it is no shape of an image, or one side is too short.

    Example:
        >>> check_image_size("cnn", (7, 28, 1), 8, "three poolings")
        Traceback (most recent call last):
        kerazoo.errors.InvalidInput: input_shape is (7, 28, 1); cnn takes images of at least 8 by 8
        pixels, as it has three poolings. Pass larger images, or another network.
    """
    shape = tuple(input_shape)
    if len(shape) != 3:
        raise InvalidInput(
            f"input_shape is {shape}; {network} takes height, width and channels, such as "
            "(28, 28, 1)."
        )
    if any(side is not None and side < smallest for side in shape[:2]):
        raise InvalidInput(
            f"input_shape is {shape}; {network} takes images of at least {smallest} by {smallest} "
            f"pixels, as it has {why}. Pass larger images, or another network."
        )
