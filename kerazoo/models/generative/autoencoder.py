"""autoencoder: compresses an image into a few numbers and reconstructs it from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo._wording import agree, counted
from kerazoo.errors import InvalidInput
from kerazoo.recipe import Recipe, Reference, cosine_decay

if TYPE_CHECKING:
    import keras


_NOISE = 0.3
_TABLE_UNITS = 64


def build_autoencoder(
    latent_dim: int = 2,
    input_shape: tuple[int, int, int] = (32, 32, 1),
    filters: Sequence[int] = (32, 64, 128),
    noise: float = 0.0,
    columns: Sequence[int] = (),
) -> keras.Model:
    """Build an encoder of strided convolutions and its mirror image: 343,043 parameters by default.

    `model.get_layer("encoder")` and `model.get_layer("decoder")` are models of their own.

    Args:
        latent_dim: numbers between encoder and decoder, at least 1.
        input_shape: height, width and channels; each convolution halves height and width.
        filters: filters of the convolutions, each of stride 2.
        noise: standard deviation of the noise, in units of the whole range of gray levels, that is
            added to images in training: 0.1 to 0.5 makes a denoising autoencoder.
        columns: for rows of a table instead of images, of dense layers, what each column is: 0 a
            number, -1 a date, n > 0 one of n words; cells may be empty. See `build_tabm`.

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside. Of a table
        `(rows, columns)`: raw values.

    Output shape:
        `(rows, *input_shape)`: the reconstruction, from 0 to 1. Of a table `(rows, 1)`: how far a
        row is from its reconstruction, as a mean square over its standardized columns.

    Raises:
        InvalidInput: if there is no latent dimension, or height or width cannot be halved as often.

    Example:
        >>> model = build_autoencoder(latent_dim=8)
        >>> model.get_layer("encoder").output_shape, model.get_layer("decoder").output_shape
        ((None, 8), (None, 32, 32, 1))

    Reference:
        Foster, "Generative deep learning", second edition, 2023, chapter 3; Hinton and
        Salakhutdinov, "Reducing the dimensionality of data with neural networks", 2006.
    """
    import keras

    from kerazoo.models.generative._reconstruction import Autoencoder

    if columns and latent_dim >= 1:
        return _build_for_table(latent_dim, noise, columns)
    height, width, channels = input_shape
    shrink = 2 ** len(filters)
    if latent_dim < 1:
        raise InvalidInput(f"latent_dim is {latent_dim}; pass how many numbers, at least 1.")
    if height % shrink or width % shrink:
        raise InvalidInput(
            f"input_shape is {tuple(input_shape)}; {counted(len(filters), 'convolution')} of "
            f"stride 2 {agree(len(filters), 'needs', 'need')} a height and width that {shrink} "
            "divides. Pad the images, or pass fewer filters."
        )
    small = (height // shrink, width // shrink, filters[-1])

    # === Encoder ===
    image = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(image)
    if noise > 0:
        x = keras.layers.GaussianNoise(noise, name="noise")(x)
    for number, width_of in enumerate(filters, start=1):
        x = keras.layers.Conv2D(
            width_of, 3, 2, padding="same", activation="relu", name=f"encoder_conv{number}"
        )(x)
    x = keras.layers.Flatten(name="flatten")(x)
    encoder = keras.Model(image, keras.layers.Dense(latent_dim, name="latent")(x), name="encoder")

    # === Decoder ===
    latent = keras.Input((latent_dim,), name="latent_vector")
    x = keras.layers.Dense(small[0] * small[1] * small[2], name="decoder_dense")(latent)
    x = keras.layers.Reshape(small, name="reshape")(x)
    for number, width_of in enumerate(reversed(filters), start=1):
        x = keras.layers.Conv2DTranspose(
            width_of, 3, 2, padding="same", activation="relu", name=f"decoder_conv{number}"
        )(x)
    pixels = keras.layers.Conv2D(
        channels, 3, padding="same", activation="sigmoid", dtype="float32", name="pixels"
    )(x)
    decoder = keras.Model(latent, pixels, name="decoder")

    inputs = keras.Input(input_shape, dtype="uint8", name="picture")
    return Autoencoder(inputs, decoder(encoder(inputs)), name="autoencoder")


def _build_for_table(latent_dim: int, noise: float, columns: Sequence[int]) -> keras.Model:
    import keras

    from kerazoo.models.generative._table_errors import ErrorModel, RowErrors
    from kerazoo.models.tabular._columns import EncodeColumns

    inputs = keras.Input((len(columns),), name="columns")
    x = features = EncodeColumns(columns, name="encode")(inputs)
    if noise > 0:
        x = keras.layers.GaussianNoise(noise, name="noise")(x)
    x = keras.layers.Dense(_TABLE_UNITS, "relu", name="encoder_hidden")(x)
    x = keras.layers.Dense(latent_dim, name="latent")(x)
    x = keras.layers.Dense(_TABLE_UNITS, "relu", name="decoder_hidden")(x)
    x = keras.layers.Dense(features.shape[-1], name="reconstruction")(x)
    error = RowErrors(len(columns), name="error")([features, x])
    return ErrorModel(inputs, error, name="autoencoder")


_IMAGES = {"validation_fraction": 0.05, "labels": False, "padding": 2}

DOCUMENTED = Recipe(
    dataset="fashion_mnist",
    task="generation",
    dataset_arguments=_IMAGES,
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss="binary_crossentropy",
    metrics=("mean_squared_error",),
    epochs=3,
    batch_size=100,
    primary_metric="loss",
    primary_mode="min",
    parameters=343043,
    restore_best_weights=False,
    precision="auto",
    source="Foster, Generative deep learning, second edition, chapter 3; share held out: own "
    "choice; course document B, line 2210, describes another network, 784-3-784",
    baselines=("principal_components",),
    documented=Reference(
        0.2535,
        "loss",
        "Foster, Generative deep learning, second edition, chapter 3",
        "binary cross-entropy of the mean pixel after 3 epochs; the book calls the test part "
        "validation",
    ),
    measures=("denoising",),
    experiment="2 latent dimensions, 32x32",
    recorded_seeds=3,
)

_TUNED_OPTIMIZER = {
    "class_name": "AdamW",
    "config": {
        "learning_rate": cosine_decay(0.003, rows=57000, batch_size=100, epochs=3, warmup=0.1),
        "weight_decay": 0.01,
    },
}

TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer=_TUNED_OPTIMIZER,
    source="own choice, selected on validation",
    experiments={
        "3 latent dimensions, 32x32": {  # as in course document B, line 2210
            "builder_arguments": {"latent_dim": 3},
        },
        "8 latent dimensions, 32x32": {
            "builder_arguments": {"latent_dim": 8},
        },
        "32 latent dimensions, 32x32": {
            "builder_arguments": {"latent_dim": 32},
        },
        "32 latent dimensions, denoising": {
            "builder_arguments": {"latent_dim": 32, "noise": _NOISE},
        },
    },
)
