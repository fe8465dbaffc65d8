"""vae: an autoencoder with random latent vectors generates new images."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerazoo.errors import InvalidInput
from kerazoo.recipe import Recipe, cosine_decay

if TYPE_CHECKING:
    import keras

_CLASSIFIER_UNITS = 128


def build_vae(
    latent_dim: int = 2,
    input_shape: tuple[int, int, int] = (28, 28, 1),
    hidden_units: Sequence[int] = (512,),
    classes: int = 0,
) -> keras.Model:
    """Build a variational autoencoder of dense layers: 807,700 parameters by default.

    `model.get_layer("encoder")` gives `z_mean` and `z_log_var`, `model.get_layer("decoder")` maps
    latent vectors to images; `kerazoo.sample`, `kerazoo.interpolate` and `kerazoo.latent_grid`
    use them.

    Args:
        latent_dim: latent dimensions, at least 1.
        input_shape: height, width and channels.
        hidden_units: units of the encoder's hidden layers; the decoder has them in reverse.
        classes: how many classes an image can be asked for of; 0 for none. Training then needs the
            class of each image; `model.get_layer("classifier")` learns to tell it, so that an image
            alone can be drawn again.

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, *input_shape)`: the image decoded from the latent mean, from 0 to 1.

    Raises:
        InvalidInput: if there is no latent dimension, or one class only.

    Example:
        >>> model = build_vae(latent_dim=16)
        >>> [tuple(tensor.shape) for tensor in model.get_layer("encoder").outputs]
        [(None, 16), (None, 16)]

    Reference:
        Kingma and Welling, "Auto-encoding variational Bayes", 2014. The sizes are those of the
        dense default networks of Pythae (Chadebec, Vincent and Allassonniere, 2022). Classes:
        Sohn, Lee and Yan, "Learning structured output representation using deep conditional
        generative models", 2015; Kingma et al., "Semi-supervised learning with deep generative
        models", 2014 (the classifier beside it).
    """
    import keras

    from kerazoo.models.generative._classes import check_classes
    from kerazoo.models.generative._reconstruction import VariationalAutoencoder

    check_classes(classes)
    if latent_dim < 1:
        raise InvalidInput(f"latent_dim is {latent_dim}; pass how many numbers, at least 1.")

    # === Encoder ===
    image = keras.Input(input_shape, dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(image)
    x = keras.layers.Flatten(name="flatten")(x)
    for number, units in enumerate(hidden_units, start=1):
        x = keras.layers.Dense(units, "relu", name=f"encoder_hidden{number}")(x)
    moments = [keras.layers.Dense(latent_dim, name=name)(x) for name in ("z_mean", "z_log_var")]
    encoder = keras.Model(image, moments, name="encoder")

    # === Decoder ===
    latent = keras.Input((latent_dim + classes,), name="latent_vector")
    x = latent
    for number, units in enumerate(reversed(hidden_units), start=1):
        x = keras.layers.Dense(units, "relu", name=f"decoder_hidden{number}")(x)
    x = keras.layers.Dense(math.prod(input_shape), "sigmoid", name="pixels")(x)
    decoder = keras.Model(
        latent, keras.layers.Reshape(input_shape, name="reshape")(x), name="decoder"
    )

    inputs = keras.Input(input_shape, dtype="uint8", name="picture")
    z_mean, _ = encoder(inputs)
    if not classes:
        return VariationalAutoencoder(inputs, decoder(z_mean), name="vae")

    # === Classifier ===
    # Layers of its own: what it learns must not bend the encoder's.
    x = keras.layers.Rescaling(1 / 255, name="classifier_rescale")(image)
    x = keras.layers.Flatten(name="classifier_flatten")(x)
    x = keras.layers.Dense(_CLASSIFIER_UNITS, "relu", name="classifier_hidden")(x)
    probabilities = keras.layers.Dense(classes, "softmax", name="class")(x)
    classifier = keras.Model(image, probabilities, name="classifier")
    vector = keras.layers.Concatenate(name="latent_and_class")([z_mean, classifier(inputs)])
    return VariationalAutoencoder(inputs, decoder(vector), name="vae", classes=classes)


_IMAGES = {"validation_fraction": 0.05, "labels": False}

_LARGER = {"latent_dim": 16}

DOCUMENTED = Recipe(
    dataset="fashion_mnist",
    task="generation",
    dataset_arguments=_IMAGES,
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.001}},
    loss=None,
    metrics=(),
    epochs=15,
    batch_size=128,
    primary_metric="negative_elbo",
    primary_mode="min",
    parameters=807700,
    monitor="val_negative_elbo",
    restore_best_weights=False,
    measures=("likelihood", "samples"),
    source="own choice, with the layer sizes of Pythae; "
    "course document B, lines 2296-2440, describes the method",
    experiment="2 latent dimensions, gray levels",
    recorded_seeds=3,
)

TUNED = dataclasses.replace(
    DOCUMENTED,
    optimizer={
        "class_name": "Adam",
        "config": {
            "learning_rate": cosine_decay(0.003, rows=57000, batch_size=128, epochs=40, warmup=0.05)
        },
    },
    epochs=40,
    source="own choice, selected on validation",
    experiments={
        "16 latent dimensions, gray levels": {"builder_arguments": _LARGER},
        "16 latent dimensions, binarized at a half": {
            "builder_arguments": _LARGER,
            "dataset_arguments": {**_IMAGES, "binarized": True},
            "recorded_seeds": 1,
        },
    },
)
