"""gan: a generator learns to draw images that a discriminator cannot tell from real ones."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from kerazoo.errors import InvalidInput
from kerazoo.recipe import Config, Recipe, cosine_decay

if TYPE_CHECKING:
    import keras


_HALVINGS = 4


def build_gan(
    latent_dim: int = 64,
    input_shape: tuple[int, int, int] = (28, 28, 1),
    filters: int = 32,
    averaging: float = 0.0,
    label_smoothing: float = 0.0,
    gradient_penalty: float = 0.0,
    classes: int = 0,
) -> keras.Model:
    """Build a convolutional generator and discriminator (DCGAN): 728,338 parameters by default.

    As a function the model is the discriminator; `model.get_layer("generator")` makes images.

    Args:
        latent_dim: normal random numbers that an image is made of, at least 1.
        input_shape: height, width and channels; 4 divides height and width.
        filters: of the discriminator's first layer; each further one has twice as many. The
            generator's layers have four times, twice and half as many.
        averaging: share of the old weights that the generator keeps in a step; images are made
            with the average. 0 for none, or such as 0.999.
        label_smoothing: real images have the target `1 - label_smoothing`, 0 to 0.5.
        gradient_penalty: weight of the squared slope of the discriminator at real images, which
            keeps it from running ahead of the generator. 0 for none, or such as 0.1.
        classes: how many classes an image can be asked for of; 0 for none. Training then needs the
            class of each image, and the discriminator tells real from made within each class.

    Input shape:
        `(rows, *input_shape)`: pixels from 0 to 255; they are scaled inside.

    Output shape:
        `(rows, 1)`: the probability that an image is real; with classes, of the class in which
        it looks most real.

    Raises:
        InvalidInput: if there is no latent dimension, 4 does not divide height or width, there is
            one class only, or an option is outside its range.

    Example:
        >>> model = build_gan(latent_dim=16)
        >>> model.get_layer("generator").output_shape
        (None, 28, 28, 1)

    Reference:
        Radford, Metz and Chintala, "Unsupervised representation learning with deep convolutional
        generative adversarial networks", 2016; Mescheder, Geiger and Nowozin, "Which training
        methods for GANs do actually converge?", 2018 (also an output per class).
    """
    import keras

    from kerazoo.models.generative._adversarial import GenerativeAdversarialNetwork, check_options
    from kerazoo.models.generative._classes import check_classes

    height, width, _ = input_shape
    if latent_dim < 1:
        raise InvalidInput(f"latent_dim is {latent_dim}; pass how many numbers, at least 1.")
    if height % _HALVINGS or width % _HALVINGS:
        raise InvalidInput(
            f"input_shape is {tuple(input_shape)}; 4 must divide height and width. Pad the images."
        )
    check_options(averaging, label_smoothing, gradient_penalty)
    check_classes(classes)

    discriminator = _build_discriminator(input_shape, filters, max(1, classes))
    inputs = keras.Input(input_shape, dtype="uint8", name="picture")
    x = keras.layers.Rescaling(1 / 255, name="rescale")(inputs)
    logit = discriminator(x)
    if classes:
        logit = keras.ops.max(logit, axis=-1, keepdims=True)
    outputs = keras.layers.Activation("sigmoid", dtype="float32", name="real")(logit)
    arguments = (latent_dim + classes, input_shape, filters)
    return GenerativeAdversarialNetwork(
        inputs,
        outputs,
        discriminator=discriminator,
        generator=_build_generator(*arguments),
        average_generator=_build_generator(*arguments) if averaging else None,
        averaging=averaging,
        label_smoothing=label_smoothing,
        gradient_penalty=gradient_penalty,
        classes=classes,
        name="gan",
    )


def _build_generator(
    latent_dim: int, input_shape: tuple[int, int, int], filters: int
) -> keras.Model:
    import keras

    height, width, channels = input_shape
    small = (height // _HALVINGS, width // _HALVINGS, 4 * filters)
    latent = keras.Input((latent_dim,), name="latent_vector")
    x = keras.layers.Dense(small[0] * small[1] * small[2], use_bias=False, name="dense")(latent)
    x = keras.layers.BatchNormalization(momentum=0.9, name="dense_norm")(x)
    x = keras.layers.ReLU(name="dense_relu")(x)
    x = keras.layers.Reshape(small, name="reshape")(x)
    x = keras.layers.Conv2DTranspose(
        2 * filters, 4, 2, padding="same", use_bias=False, name="generator_conv1"
    )(x)
    x = keras.layers.BatchNormalization(momentum=0.9, name="generator_conv1_norm")(x)
    x = keras.layers.ReLU(name="generator_conv1_relu")(x)
    x = keras.layers.Conv2DTranspose(
        filters // 2, 4, 2, padding="same", use_bias=False, name="generator_conv2"
    )(x)
    x = keras.layers.BatchNormalization(momentum=0.9, name="generator_conv2_norm")(x)
    x = keras.layers.ReLU(name="generator_conv2_relu")(x)
    # Transposed convolutions alone leave a pattern of their stride, which gives them away.
    pixels = keras.layers.Conv2D(
        channels, 3, padding="same", activation="sigmoid", dtype="float32", name="pixels"
    )(x)
    return keras.Model(latent, pixels, name="generator")


def _build_discriminator(
    input_shape: tuple[int, int, int], filters: int, logits: int
) -> keras.Model:
    import keras

    scaled = keras.Input(input_shape, name="scaled_picture")
    x = keras.layers.Rescaling(2.0, offset=-1.0, name="center")(scaled)
    for number, width in enumerate((filters, 2 * filters, 4 * filters), start=1):
        x = keras.layers.Conv2D(width, 4, 2, padding="same", name=f"discriminator_conv{number}")(x)
        x = keras.layers.LeakyReLU(0.2, name=f"discriminator_relu{number}")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    logit = keras.layers.Dense(logits, dtype="float32", name="logit")(x)
    return keras.Model(scaled, logit, name="discriminator")


DOCUMENTED = Recipe(
    dataset="fashion_mnist",
    task="generation",
    dataset_arguments={"validation_fraction": 0.05, "labels": False},
    optimizer={"class_name": "Adam", "config": {"learning_rate": 0.0002, "beta_1": 0.5}},
    loss=None,
    metrics=(),
    epochs=4,
    batch_size=128,
    primary_metric="classifier_frechet_distance",
    primary_mode="min",
    parameters=728338,
    monitor="val_classifier_frechet_distance",
    restore_best_weights=False,
    precision="auto",
    source="own choice, with optimizer and batch size of Radford, Metz and Chintala, 2016; "
    "course document B, lines 2449-2496, describes the method",
    baselines=("real_halves", "uniform_noise"),
    measures=("samples",),
    experiment="10,000 samples",
    recorded_seeds=1,
)

_STABLE = {"averaging": 0.998, "gradient_penalty": 0.1}


def _tuned_optimizer(epochs: int) -> Config:
    rate = cosine_decay(0.002, rows=57000, batch_size=64, epochs=epochs)
    return {"class_name": "Adam", "config": {"learning_rate": rate, "beta_1": 0.5}}


def _shorter(**changes: Any) -> Config:
    """What each option is worth is measured in a training of one epoch."""
    return {"epochs": 1, "optimizer": _tuned_optimizer(1), "recorded_seeds": 1, **changes}


TUNED = dataclasses.replace(
    DOCUMENTED,
    builder_arguments=_STABLE,
    optimizer=_tuned_optimizer(8),
    epochs=8,
    batch_size=64,
    source="own choice, selected on validation",
    recorded_seeds=3,
    experiments={
        "1 epoch": _shorter(),
        "1 epoch, without gradient penalty": _shorter(
            builder_arguments={**_STABLE, "gradient_penalty": 0.0}
        ),
        "1 epoch, without averaging": _shorter(builder_arguments={**_STABLE, "averaging": 0.0}),
        "1 epoch, with label smoothing": _shorter(
            builder_arguments={**_STABLE, "label_smoothing": 0.1}
        ),
        "1 epoch, discriminator at twice the rate": _shorter(
            fit_arguments={"discriminator_rate": 2.0}
        ),
    },
)
