"""VGG trunks of `keras.applications`, and the weights that they learned from ImageNet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerazoo.errors import DatasetNotFound, InvalidInput, unknown_name

if TYPE_CHECKING:
    import keras

IMAGENET_MEAN = (123.68, 116.779, 103.939)
"""Red, green and blue."""

# File and MD5 that keras.applications downloads.
_FILES = {
    "vgg16": (
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "6d6bbae143d832006294945121d1f1fc",
    ),
    "vgg19": (
        "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "253f8cb515780f3b799900260a226db6",
    ),
}


def subtract_mean(x: keras.KerasTensor) -> keras.KerasTensor:
    """Subtract what VGG was trained without from pixels, red first, of 0 to 255."""
    import keras

    offset = [-mean for mean in IMAGENET_MEAN]
    return keras.layers.Rescaling(1.0, offset=offset, name="subtract_mean")(x)


def new_trunk(backbone: str, weights: str | None = None, input_tensor: Any = None) -> keras.Model:
    """Build the convolutions and poolings of `"vgg16"` or `"vgg19"`.

    Args:
        backbone: the name.
        weights: as `keras.applications` takes them.
        input_tensor: what it is built on.
    """
    import keras

    if backbone not in _FILES:
        raise unknown_name("backbone", backbone, tuple(_FILES))
    build = {"vgg16": keras.applications.VGG16, "vgg19": keras.applications.VGG19}[backbone]
    return build(include_top=False, weights=weights, input_tensor=input_tensor)


def load_trunk(backbone: str, weights: str) -> keras.Model:
    """Return a trunk with its weights, which want blue first.

    Args:
        backbone: `"vgg16"` or `"vgg19"`.
        weights: `"imagenet"`, which is downloaded, or the path of an `.h5` file.

    Raises:
        DatasetNotFound: if the weights cannot be had.
    """
    if weights == "cifar10":
        raise InvalidInput(
            f"weights='cifar10' belong to vgg_small, not {backbone}; pass 'imagenet' or a path."
        )
    try:
        return new_trunk(backbone, weights)
    except InvalidInput:
        raise
    except Exception as error:  # no network, no such file, a file of something else
        file, md5 = _FILES[backbone]
        raise DatasetNotFound(
            f"weights={weights!r} of {backbone} cannot be had: {error}. Get {file} (MD5 {md5}) on "
            "a machine with a network, and pass weights=PATH."
        ) from error


def set_trunk_weights(model: keras.Model, trunk: keras.Model) -> None:
    """Give a model that takes red first the weights of a trunk, by the names of the layers."""
    wanted = {layer.name for layer in model.layers if layer.name.startswith("block")}
    first_kernel = trunk.name.startswith("vgg1")
    for layer in trunk.layers:
        if not layer.weights or layer.name not in wanted:
            continue
        values = layer.get_weights()
        if first_kernel:
            # keras.applications wants blue first; turning the first kernel is turning the image.
            values[0] = values[0][:, :, ::-1, :]
            first_kernel = False
        model.get_layer(layer.name).set_weights(values)
