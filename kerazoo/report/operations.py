"""count_operations: how many multiplications a network needs for one answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from kerazoo.errors import InvalidInput
from kerazoo.registry import load_builder, without_weights
from kerazoo.report.layer_table import walk_layers

if TYPE_CHECKING:
    import keras

_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D")
_TRANSPOSED = ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")


def count_operations(model: keras.Model | str) -> int:
    """Count multiplications, each with an addition: convolutions, dense layers and attention.

    A filter is applied at every pixel of what comes out, a transposed one of what goes in, so that
    few weights may be much work: the 320 parameters of the first convolution of `mnist_cnn` are
    28 × 28 × 288 multiplications. In attention all tokens are compared with all, and their values
    added up, beside four dense layers. Everything else, such as normalization, activations and
    pooling, is little beside these and is left out.

    Args:
        model: a network of such layers that is built, or the name of one in the zoo.

    Raises:
        UnknownName: if there is no such network.
        InvalidInput: if the size of its input is not known, or a layer with a kernel is of another
            kind.

    Example:
        >>> import kerazoo
        >>> count_operations(kerazoo.build_xor())  # 2 * 2 + 2 * 1
        6
    """
    if isinstance(model, str):
        model = load_builder(model)(**without_weights(model))
    return sum(_of_layer(layer) for _, layer in walk_layers(model) if layer is not None)


def _of_layer(layer: Any) -> int:
    kind = type(layer).__name__
    if kind == "MultiHeadAttention":
        return _of_attention(layer)
    kernel = getattr(layer, "kernel", None)
    if kernel is None:
        if getattr(layer, "cell", None) is not None or hasattr(layer, "forward_layer"):
            raise InvalidInput(_refusal(layer, "it repeats its own at every time step"))
        return 0
    if kind != "Dense" and kind not in _CONVOLUTIONS + _TRANSPOSED:
        raise InvalidInput(_refusal(layer, f"a {kind} is not counted"))
    # A kernel is applied at each, and gives the last axis; a transposed one at each that comes in.
    positions = (layer.input if kind in _TRANSPOSED else layer.output).shape[1:-1]
    if None in positions:
        raise InvalidInput(_refusal(layer, "the size of what it gives is not known"))
    return math.prod(positions) * math.prod(kernel.shape)


def _of_attention(layer: Any) -> int:
    queries = layer.output.shape[1]
    if queries is None:
        raise InvalidInput(_refusal(layer, "the number of its tokens is not known"))
    # Of the same tokens, as in an encoder: queries, keys, values and the output.
    kernels = sum(math.prod(one.shape) for one in layer.weights if one.path.endswith("/kernel"))
    numbers = layer.num_heads * (layer.key_dim + (layer.value_dim or layer.key_dim))
    return int(queries * kernels + queries**2 * numbers)


def _refusal(layer: Any, why: str) -> str:
    return (
        f"the multiplications of {layer.name!r} cannot be counted: {why}. Pass a network of "
        "convolutions, dense layers and attention that is built for images of one size."
    )
