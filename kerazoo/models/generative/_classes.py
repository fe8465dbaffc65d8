"""Images of a class that is asked for: what conditional networks share."""

from __future__ import annotations

from typing import Any

import keras

from kerazoo.errors import InvalidInput


def check_classes(classes: int) -> None:
    """Refuse one class, which leaves nothing to ask for.

    Raises:
        InvalidInput: if it is one, or less than none.
    """
    if classes < 0 or classes == 1:
        raise InvalidInput(f"classes is {classes}; pass at least 2, or 0 for none to ask for.")


def one_hot(labels: Any, classes: int, name: str) -> Any:
    """Return class indices as rows of a 1 among 0s, `(rows, classes)`.

    Args:
        labels: `(rows,)` or `(rows, 1)`; `None` if there are none.
        classes: how many there are.
        name: of the network, for messages.

    Raises:
        InvalidInput: if there are no labels.

    Example:
        >>> one_hot([1, 0], 2, "vae").numpy().tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """
    if labels is None:
        raise InvalidInput(
            f"{name!r} learns images of {classes} classes; pass the class of each as y, or build "
            "it with classes=0."
        )
    labels = keras.ops.reshape(keras.ops.cast(labels, "int32"), (-1,))
    return keras.ops.one_hot(labels, classes)
