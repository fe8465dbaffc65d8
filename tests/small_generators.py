"""Tiny networks that generate, and one whose images show the latent vectors they come from."""

from __future__ import annotations

import keras
import numpy as np

from kerazoo.tasks.generation.decoder import Decoder

SHAPE = (28, 28, 1)


def transparent(latent_dim: int, spherical: bool = False) -> Decoder:
    """A decoder of images one pixel high, from which `latents_in` reads the latent vectors."""
    return Decoder(
        decode=lambda latents: (latents / 40 + 0.5).reshape(-1, 1, latent_dim, 1),
        latent_dim=latent_dim,
        image_shape=(1, latent_dim, 1),
        name="transparent",
        spherical=spherical,
    )


def latents_in(images: np.ndarray) -> np.ndarray:
    """The latent vectors that `transparent` made images of, as far as float32 holds them."""
    return (images[..., 0, :, 0].astype("float64") - 0.5) * 40


def tiny_decoder(latent_dim: int, name: str = "decoder") -> keras.Model:
    latent = keras.Input((latent_dim,))
    pixels = keras.layers.Dense(784, "sigmoid")(latent)
    return keras.Model(latent, keras.layers.Reshape(SHAPE)(pixels), name=name)


def tiny_autoencoder(latent_dim: int = 2, variational: bool = False) -> keras.Model:
    image = keras.Input(SHAPE, dtype="uint8")
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(image))
    mean = keras.layers.Dense(latent_dim)(x)
    outputs = [mean, keras.layers.Dense(latent_dim)(x)] if variational else mean
    encoder = keras.Model(image, outputs, name="encoder")
    inputs = keras.Input(SHAPE, dtype="uint8")
    codes = encoder(inputs)
    return keras.Model(inputs, tiny_decoder(latent_dim)(codes[0] if variational else codes))


def tiny_gan(latent_dim: int = 8) -> keras.Model:
    inputs = keras.Input((latent_dim,))
    return keras.Model(inputs, tiny_decoder(latent_dim, "generator")(inputs))
