"""Layers that more than one network needs, and that Keras does not have."""

from __future__ import annotations

from typing import Any

import keras


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
