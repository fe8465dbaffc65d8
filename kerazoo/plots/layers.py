"""The convolutions of a network, and the layers that show what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.errors import InvalidInput, unknown_name

if TYPE_CHECKING:
    import keras

_CONVOLUTIONS = (
    "Conv2D",
    "Conv2DTranspose",
    "DepthwiseConv2D",
    "SeparableConv2D",
)
_ACTIVATIONS = ("Activation", "ELU", "LeakyReLU", "PReLU", "ReLU")
_BETWEEN = ("AveragePooling2D", "BatchNormalization", "Dropout", "MaxPooling2D", "SpatialDropout2D")
_JOINING = ("Add", "Average", "Concatenate", "BatchNormalization", *_ACTIVATIONS)


def feature_layers(model: keras.Model) -> dict[str, str]:
    """Return, for each convolution, the layer whose output shows what it found.

    That is the activation that follows it, if that is a layer of its own, as after a batch
    normalization; otherwise the convolution.

    Raises:
        InvalidInput: if the network has no convolution over images.

    Example:
        >>> import kerazoo
        >>> feature_layers(kerazoo.build_cnn(filters=((8,), (16,))))
        {'block1_conv1': 'block1_conv1_relu', 'block2_conv1': 'block2_conv1_relu'}
    """
    layers = getattr(model, "layers", [])
    found = {
        layer.name: _activated(layer, layers).name
        for layer in layers
        if type(layer).__name__ in _CONVOLUTIONS
    }
    if not found:
        raise InvalidInput(
            f"{getattr(model, 'name', model)!r} has no convolution over images, and so no "
            "feature maps; pass a network such as kerazoo.load_model('cnn')."
        )
    return found


def check_layer(model: keras.Model, name: str | None) -> str:
    """Return the name of a layer that gives feature maps; by default of the last ones.

    Those are of the last convolution after its activation, or of what they are added to or put
    beside, as in networks of shortcuts and branches.

    Raises:
        InvalidInput: if the network has no convolution over images.
        UnknownName: if it has no such layer, or that gives something else.
    """
    layers = feature_layers(model)
    if name is None:
        return _last_features(model, list(layers.values())[-1])
    first = next(iter(layers))
    names = [layer.name for layer in model.layers]
    after = model.layers[names.index(first) :]
    known = [layer.name for layer in after if len(layer.output.shape) == 4]
    if name not in known:
        raise unknown_name("layer of feature maps", name, known)
    return name


def _last_features(model: keras.Model, convolved: str) -> str:
    """Follow the last convolution to where its maps and those of other branches are together."""
    layers = [layer.name for layer in model.layers]
    size = model.get_layer(convolved).output.shape[1:3]
    last = convolved
    for layer in model.layers[layers.index(convolved) + 1 :]:
        shape = getattr(layer.output, "shape", ())  # a layer may give several
        if len(shape) != 4 or shape[1:3] != size:
            break
        if type(layer).__name__ in _JOINING:
            last = layer.name
    return last


def check_images(model: keras.Model, images: Any) -> np.ndarray:
    """Return images that a network takes, with an axis of rows.

    Args:
        model: a network with one input.
        images: one image or several.

    Raises:
        InvalidInput: if they have another shape, or are scaled where the network does that itself.
    """
    if len(model.inputs) != 1:
        raise InvalidInput(
            f"{model.name!r} has {len(model.inputs)} inputs; expected one, an image. Pass a part "
            "of it that has."
        )
    expected = tuple(model.inputs[0].shape[1:])
    array = np.asarray(images)
    batch = array[None] if array.ndim == len(expected) else array
    fits = batch.ndim == len(expected) + 1 and all(
        length in (None, found) for length, found in zip(expected, batch.shape[1:], strict=True)
    )
    if not fits or not len(batch):
        raise InvalidInput(
            f"the images have shape {array.shape}; {model.name!r} takes {expected}, one or several."
        )
    if model.inputs[0].dtype == "uint8" and batch.dtype.kind == "f" and batch.max() <= 1:
        raise InvalidInput(
            f"the images have values up to {batch.max():g}; {model.name!r} takes 0 to 255 and "
            "scales them itself. Pass the raw image."
        )
    return batch


def _activated(convolution: Any, layers: list[Any]) -> Any:
    """Follow a convolution to its activation, past what stands in between."""
    shown = layer = convolution
    while layer is not None:
        followers = [other for other in layers if getattr(other, "input", None) is layer.output]
        layer = followers[0] if len(followers) == 1 else None
        kind = type(layer).__name__
        if kind in _ACTIVATIONS:
            shown = layer
        elif kind not in _BETWEEN:
            layer = None
    return shown
