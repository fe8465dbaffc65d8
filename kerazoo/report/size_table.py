"""size_table: how the height and width of each convolution and pooling come about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kerazoo.errors import InvalidInput
from kerazoo.registry import load_builder, without_weights
from kerazoo.report.layer_table import kind_of, walk_layers
from kerazoo.report.table import Table

if TYPE_CHECKING:
    import keras

HEADER = ("layer", "kind", "height and width")


def size_table(model: keras.Model | str) -> Table:
    """Spell out how high and wide what each convolution and pooling gives is.

    A filter of f pixels that is moved in strides of s over n pixels, with p more on either side,
    stops at (n + 2p - f)/s + 1 places, rounded down. Where padding is `"same"`, so many pixels are
    added that n/s places result, rounded up: 2p of both sides together may be odd. A transposed
    convolution goes the other way: (n - 1) × s + f - 2p.

    Args:
        model: a network that is built, or the name of one in the zoo, which gets no weights.

    Raises:
        UnknownName: if there is no such network.
        InvalidInput: if it has neither convolutions nor pooling.

    Example:
        >>> import kerazoo
        >>> print(size_table(kerazoo.build_cnn(filters=((8,), (16,)), augmentation=())))
        layer         kind          height and width
        block1_conv1  Conv2D        (28 + 2 × 1 - 3)/1 + 1 = 28
        block1_pool   MaxPooling2D  (28 + 2 × 0 - 2)/2 + 1 = 14
        block2_conv1  Conv2D        (14 + 2 × 1 - 3)/1 + 1 = 14
        block2_pool   MaxPooling2D  (14 + 2 × 0 - 2)/2 + 1 = 7

    Reference:
        Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016.
    """
    if isinstance(model, str):
        model = load_builder(model)(**without_weights(model))
    rows = list(_rows(model))
    if not rows:
        raise InvalidInput(
            f"{model.name!r} has neither convolutions nor pooling; pass a network that has some."
        )
    return Table(HEADER, tuple(rows))


def _rows(model: Any) -> Iterator[tuple[str, ...]]:
    """Yield a row for each layer that moves a filter; parts of a network only if they have one."""
    part = ""
    for name, layer in walk_layers(model):
        if layer is None:
            part = name
        elif sizes := _sizes(layer):
            if part:
                yield part, "", ""
                part = ""
            yield name, kind_of(layer), "; ".join(dict.fromkeys(sizes))


def _sizes(layer: Any) -> list[str]:
    """Return the formula of each side; none of a layer that moves no filter over known sizes."""
    filters = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    try:
        before, after = layer.input.shape, layer.output.shape
    except (AttributeError, ValueError):  # called more than once, or only inside another layer
        return []
    if not filters or len(filters) != len(before) - 2:  # rows and channels have none
        return []
    sides = slice(2, None) if layer.data_format == "channels_first" else slice(1, -1)
    dilations = getattr(layer, "dilation_rate", (1,) * len(filters))
    spelled = _transposed if "Transpose" in type(layer).__name__ else _moved
    along = zip(before[sides], after[sides], filters, layer.strides, dilations, strict=True)
    return [
        spelled(n, out, (f - 1) * dilation + 1, stride)
        for n, out, f, stride, dilation in along
        if n is not None and out is not None
    ]


def _moved(n: int, out: int, f: int, stride: int) -> str:
    padded = max((out - 1) * stride + f - n, 0)
    rest = (n + padded - f) % stride
    rounded = ", rounded down" if rest else ""
    return f"({n} + {_padding(padded)} - {f})/{stride} + 1 = {out}{rounded}"


def _transposed(n: int, out: int, f: int, stride: int) -> str:
    cut = (n - 1) * stride + f - out
    end = f"- {_padding(cut)}" if cut >= 0 else f"+ {-cut}"
    return f"({n} - 1) × {stride} + {f} {end} = {out}"


def _padding(pixels: int) -> str:
    return f"2 × {pixels // 2}" if pixels % 2 == 0 else f"{pixels}"
