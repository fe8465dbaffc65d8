"""vit: a transformer reads an image as a row of patches, each of which looks at all others."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import InvalidInput
from kerazoo.models.vision._augmentation import augment
from kerazoo.models.vision._blocks import check_image_size
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras

_HIDDEN = 2  # units of the two dense layers of a block, in widths


def build_vit(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    patch_size: int = 4,
    width: int = 64,
    blocks: int = 4,
    heads: int = 4,
    augmentation: Sequence[str] = (),
) -> keras.Model:
    """Build a vision transformer of four blocks over 49 patches of 4x4 pixels: 138,890 parameters.

    Each patch becomes a vector, its token, and a vector for its position is added. In a block each
    token looks at all tokens, `softmax(q k' / sqrt(d)) v` in each head, and then goes through two
    dense layers by itself; both parts are added to what they were given. The mean of the tokens is
    classified. There is an encoder only, as nothing is generated.

    Args:
        input_shape: height, width and channels; height and width multiples of `patch_size`.
        classes: number of classes, at least 2.
        patch_size: height and width of a patch in pixels.
        width: numbers in a token, a multiple of `heads`.
        blocks: how many there are, one after the other.
        heads: parts of a token that look at the others independently.
        augmentation: what is done to images at random in training, and in training only:
            `"mirror"` (left and right), `"shift"` (by up to two pixels of 28), `"crop"` (by whole
            ones), `"zoom"` and `"rotate"` (by up to 10 %, and 18 degrees), `"erase"` (half of the
            images lose a rectangle of 2 to 20 %).

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, classes)`: probabilities.

    Raises:
        InvalidInput: if patches do not fill the image, or heads the width.
        UnknownName: if there is no such augmentation.

    Example:
        >>> model = build_vit()
        >>> model.get_layer("tokens").output.shape
        (None, 49, 64)

    Reference:
        Dosovitskiy et al., "An image is worth 16x16 words: transformers for image recognition at
        scale", ICLR 2021; Vaswani et al., "Attention is all you need", 2017; Beyer, Zhai and
        Kolesnikov, "Better plain ViT baselines for ImageNet-1k", 2022 (the mean of the tokens in
        place of a token of the class).
    """
    import keras

    _check_grid(input_shape, patch_size)
    _check_heads(width, heads)
    inputs = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(inputs)
    x = augment(x, augmentation, background=-1, shift=2 / 28)
    # Filters that never overlap: the same dense layer for every patch.
    x = keras.layers.Conv2D(width, patch_size, strides=patch_size, name="patches")(x)
    x = keras.layers.Reshape((-1, width), name="tokens")(x)  # (rows, 7, 7, 64) -> (rows, 49, 64)
    x = _positions()(x)
    for number in range(1, blocks + 1):
        x = _add_block(x, f"block{number}", width, heads)
    x = keras.layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    x = keras.layers.GlobalAveragePooling1D(name="features")(x)  # (rows, 64)
    outputs = keras.layers.Dense(classes, "softmax", name="class")(x)
    return keras.Model(inputs, outputs, name="vit")


def _positions() -> keras.layers.Layer:
    from kerazoo.models._positions import AddPositions  # imports Keras

    return AddPositions(name="positions")


def _add_block(x: keras.KerasTensor, block: str, width: int, heads: int) -> keras.KerasTensor:
    """Add attention and two dense layers, each after a normalization and beside a shortcut."""
    import keras

    seen = keras.layers.LayerNormalization(epsilon=1e-6, name=f"{block}_attention_norm")(x)
    seen = keras.layers.MultiHeadAttention(heads, width // heads, name=f"{block}_attention")(
        seen, seen
    )
    x = keras.layers.Add(name=f"{block}_attention_add")([x, seen])
    made = keras.layers.LayerNormalization(epsilon=1e-6, name=f"{block}_dense_norm")(x)
    made = keras.layers.Dense(_HIDDEN * width, "gelu", name=f"{block}_dense1")(made)
    made = keras.layers.Dense(width, name=f"{block}_dense2")(made)
    return keras.layers.Add(name=f"{block}_dense_add")([x, made])


def _check_grid(input_shape: Sequence[int], patch_size: int) -> None:
    if isinstance(patch_size, bool) or not isinstance(patch_size, int) or patch_size < 1:
        raise InvalidInput(f"patch_size is {patch_size!r}; expected a whole number, such as 4.")
    check_image_size("vit", input_shape, patch_size, "patches of that size")
    if any(side is None or side % patch_size for side in input_shape[:2]):
        nearest = [(side or 0) // patch_size * patch_size or patch_size for side in input_shape[:2]]
        raise InvalidInput(
            f"input_shape is {tuple(input_shape)}, which patches of {patch_size} by {patch_size} "
            f"pixels do not fill. Pass images of {nearest[0]} by {nearest[1]}, or another "
            "patch_size."
        )


def _check_heads(width: int, heads: int) -> None:
    if heads < 1 or width % heads:
        raise InvalidInput(
            f"width is {width} and heads is {heads}; each head takes the same share of the width. "
            "Pass a width that is a multiple of heads, such as 64 and 4."
        )


DOCUMENTED = Recipe(
    dataset="fashion_mnist",
    task="images",
    dataset_arguments={"validation_fraction": 0.05},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss="sparse_categorical_crossentropy",
    metrics=("accuracy",),
    epochs=3,
    batch_size=128,
    primary_metric="accuracy",
    primary_mode="max",
    parameters=138890,
    monitor="val_accuracy",
    monitor_mode="max",
    restore_best_weights=False,
    source="own choice; course document E, lines 1410-1504, describes attention and the parts of "
    "an image, Dosovitskiy et al., 2021, the layers",
    baselines=("nearest_neighbor",),
    experiment="60,000 / 10,000",
    recorded_seeds=1,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments={"augmentation": ["mirror", "crop"]},
    optimizer={
        "class_name": "AdamW",
        "config": {
            "learning_rate": cosine_decay(0.002, rows=57000, batch_size=128, epochs=12, warmup=0.1),
            "weight_decay": 0.05,
        },
    },
    epochs=12,
    source="own choice: usual settings of such networks, compared with no others, and as many "
    "epochs as two processors train in an hour or less",
)
