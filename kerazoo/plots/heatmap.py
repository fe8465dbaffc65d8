"""grad_cam: which regions of an image speak for a class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.plots.layers import check_images, check_layer

if TYPE_CHECKING:
    import keras

_BATCH = 64  # rows differentiated at once: every layer's output is kept until then


def grad_cam(
    model: keras.Model,
    images: Any,
    layer: str | None = None,
    target: int | Sequence[int] | None = None,
) -> np.ndarray:
    """Return where a convolutional network looks: a heatmap per image.

    A feature map counts as much as the class's score rises with its mean; the sum of the maps,
    where it is positive, speaks for the class. For a network that ends in global average pooling
    and one dense layer these are its class activation maps.

    Args:
        model: a flat functional classifier with convolutions; nothing is trained.
        images: as the network takes them, or a single one.
        layer: whose feature maps are weighed. By default those of the last convolution, after its
            activation and with the shortcuts and branches that join it: 3 by 3 regions in `cnn` of
            28 by 28 pixels, each of which sees most of the image, so that one beside the object
            counts, too. An earlier layer shows finer regions, which are less about the class.
        target: the class looked for, or one per image; the predicted one by default.

    Returns:
        `(rows, height, width)` from 0 to 1, at the size of the images, 1 at each image's most
        important pixel; all 0 if nothing speaks for the class.

    Raises:
        InvalidInput: if the network has no convolution or is no classifier, the images do not fit
            it, or there is no such class.
        UnknownName: if there is no such layer of feature maps.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> grad_cam(kerazoo.build_cnn(), clothes.x[:3]).shape
        (3, 28, 28)

    Reference:
        Selvaraju, Cogswell, Das, Vedantam, Parikh and Batra, "Grad-CAM: visual explanations from
        deep networks via gradient-based localization", ICCV 2017.
    """
    layer = check_layer(model, layer)
    images = check_images(model, images)
    targets = check_targets(model, target, len(images))
    from kerazoo.engine.gradients import feature_gradients

    heat = []
    for start in range(0, len(images), _BATCH):
        rows = slice(start, start + _BATCH)
        found = feature_gradients(
            model, images[rows], layer, None if targets is None else targets[rows]
        )
        weights = found.gradients.mean(axis=(1, 2), keepdims=True)
        heat.append(np.maximum((weights * found.maps).sum(axis=-1), 0))
    return _to_unit_range(enlarge(np.concatenate(heat), images.shape[1:3]))


def check_targets(
    model: keras.Model, target: int | Sequence[int] | None, rows: int
) -> np.ndarray | None:
    """Return a class per row, or `None` if none was passed.

    Raises:
        InvalidInput: if the network is no classifier, or there is no such class.
    """
    shape = model.output_shape
    if not isinstance(shape, tuple) or len(shape) != 2:
        raise InvalidInput(
            f"{model.name!r} gives {shape}, not a probability per class; this "
            "takes classifiers, such as kerazoo.load_model('cnn')."
        )
    if target is None:
        return None
    classes = max(shape[1], 2)  # one number is the probability of the second of two classes
    targets = np.asarray(target)
    if targets.dtype.kind not in "iu" or targets.ndim > 1 or targets.size not in (1, rows):
        raise InvalidInput(
            f"target is {target!r}; expected the number of a class, or one for each of "
            f"{counted(rows, 'image')}."
        )
    if targets.min() < 0 or targets.max() >= classes:
        raise InvalidInput(
            f"target is {target!r}; {model.name!r} takes {classes} classes, 0 to {classes - 1}."
        )
    return np.broadcast_to(targets.ravel(), (rows,)).copy()


def enlarge(heat: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Return heatmaps at another height and width, with straight lines between the regions."""
    import keras

    enlarged = keras.ops.image.resize(heat[..., None], size, interpolation="bilinear")
    return keras.ops.convert_to_numpy(enlarged)[..., 0]


def _to_unit_range(heat: np.ndarray) -> np.ndarray:
    """Divide each by its largest value; none at all stays none."""
    largest = heat.max(axis=(1, 2), keepdims=True)
    return np.divide(heat, largest, out=np.zeros_like(heat), where=largest > 0)
