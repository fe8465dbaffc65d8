"""Keras models that learn from images without targets: the image itself is the target.

They are functional models, from raw pixels to reconstruction, that know their own loss; so they
train, resume, save and load like any other.
"""

from __future__ import annotations

from typing import Any

import keras

from kerazoo.models.generative._classes import one_hot

_LARGEST_PIXEL = 255.0
_EPSILON = 1e-7


@keras.saving.register_keras_serializable(package="kerazoo")
class Sampling(keras.layers.Layer):
    """Draw latent vectors from the normal distributions that an encoder describes.

    `z = mean + exp(log_variance / 2) * noise`, so that gradients reach mean and variance.

    Args:
        seed: where its own sequence of random numbers begins; random by default.
        name: of the layer.

    Input shape:
        Two of `(rows, latent_dim)`: means, and logarithms of variances.

    Output shape:
        `(rows, latent_dim)`.

    Example:
        >>> zeros = keras.ops.zeros((4, 2))
        >>> tuple(Sampling(seed=0)([zeros, zeros]).shape)
        (4, 2)

    Reference:
        Kingma and Welling, "Auto-encoding variational Bayes", 2014 (the reparameterisation trick).
    """

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        super().__init__(name=name)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any) -> Any:
        """Return one draw per row."""
        mean, log_variance = inputs
        noise = keras.random.normal(keras.ops.shape(mean), seed=self.seed_generator)
        return mean + keras.ops.exp(0.5 * log_variance) * noise

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the means."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """Return what builds an equal layer."""
        return {"seed": self.seed, "name": self.name}


class Autoencoder(keras.Model):
    """A model whose target is its own input, scaled from 0..255 to 0..1.

    The compiled loss and metrics compare the reconstruction with that, so that any of Keras' will
    do.

    Args:
        inputs: the image, of pixels from 0 to 255.
        outputs: the reconstruction, from 0 to 1.
        name: of the model.
    """

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None) -> None:
        super().__init__(inputs, outputs, name=name)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Compare the reconstruction with the image."""
        return super().compute_loss(x, scale_pixels(x), y_pred, sample_weight, training)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Update the compiled metrics in the same way."""
        return super().compute_metrics(x, scale_pixels(x), y_pred, sample_weight)

    def served_parts(self) -> dict[str, keras.Model]:
        """Return the inner models that answer on their own: the protocol `HasServedParts`."""
        return {name: self.get_layer(name) for name in ("encoder", "decoder")}


class VariationalAutoencoder(keras.Model):
    """A model that maximizes the evidence lower bound of its images.

    The loss is `reconstruction + kl`, both reported: the cross-entropy summed over pixels and
    channels, and the Kullback-Leibler divergence summed over latent dimensions, in nats per image.
    In training and in evaluation the latent vector is drawn; a prediction decodes its mean.

    Args:
        inputs: the image, of pixels from 0 to 255.
        outputs: the reconstruction from the latent mean, from 0 to 1. Between them are the models
            `"encoder"`, which gives mean and logarithm of the variance, and `"decoder"`.
        name: of the model.
        classes: if there are any, the decoder also takes the class of the image, which training
            gives as target and the model `"classifier"` learns to tell. Its cross-entropy is a
            further term of the loss, reported as `classification`.

    Reference:
        Kingma and Welling, "Auto-encoding variational Bayes", 2014.
    """

    def __init__(
        self, inputs: Any, outputs: Any, name: str | None = None, classes: int = 0
    ) -> None:
        super().__init__(inputs, outputs, name=name)
        self.classes = classes  # protocol DrawsClasses
        if classes:
            self.classification_tracker = keras.metrics.Mean(name="classification")
        self.sampling = Sampling(name="sampling")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction")
        self.kl_tracker = keras.metrics.Mean(name="kl")

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Return the negative evidence lower bound, estimated with one draw per image."""
        # What `y_pred` decodes is the mean; nothing uses it here, so that no graph computes it.
        mean, log_variance = self.get_layer("encoder")(x, training=training)
        latents = self.sampling([mean, log_variance])
        if self.classes:
            asked = one_hot(y, self.classes, self.name)
            latents = keras.ops.concatenate([latents, asked], axis=-1)
        decoded = self.get_layer("decoder")(latents, training=training)
        reconstruction = cross_entropy(scale_pixels(x), decoded)
        kl = kl_divergence(mean, log_variance)
        self.reconstruction_tracker.update_state(reconstruction, sample_weight)
        self.kl_tracker.update_state(kl, sample_weight)
        bound = reconstruction + kl
        if self.classes:
            told = self.get_layer("classifier")(x, training=training)
            classification = keras.losses.categorical_crossentropy(asked, told)
            self.classification_tracker.update_state(classification, sample_weight)
            bound = bound + classification
        if sample_weight is not None:
            bound = bound * keras.ops.cast(sample_weight, bound.dtype)
        return keras.ops.mean(bound)

    def served_parts(self) -> dict[str, keras.Model]:
        """Return the inner models that answer on their own: the protocol `HasServedParts`."""
        encoder = self.get_layer("encoder")
        means = keras.Model(encoder.inputs[0], encoder.outputs[0], name="encoder")
        return {"encoder": means, "decoder": self.get_layer("decoder")}


def scale_pixels(images: Any) -> Any:
    """Return pixels from 0 to 255 as floats from 0 to 1."""
    return keras.ops.cast(images, "float32") / _LARGEST_PIXEL


def cross_entropy(images: Any, probabilities: Any) -> Any:
    """Return the binary cross-entropy of each image, summed over pixels and channels, in nats.

    Args:
        images: `(rows, height, width, channels)`, from 0 to 1; gray levels count as shares of
            white, as most published variational autoencoders have it.
        probabilities: of the same shape.
    """
    p = keras.ops.clip(keras.ops.cast(probabilities, "float32"), _EPSILON, 1 - _EPSILON)
    per_pixel = images * keras.ops.log(p) + (1 - images) * keras.ops.log1p(-p)
    return -keras.ops.sum(per_pixel, axis=(-3, -2, -1))


def kl_divergence(mean: Any, log_variance: Any) -> Any:
    """Return how far normal distributions are from the standard one, summed over latent dimensions.

    Example:
        >>> zeros = keras.ops.zeros((1, 2))
        >>> float(kl_divergence(zeros + 1.0, zeros)[0])
        1.0
    """
    per_number = keras.ops.square(mean) + keras.ops.exp(log_variance) - 1.0 - log_variance
    return 0.5 * keras.ops.sum(per_number, axis=-1)
