"""Concept vectors: what one kind of image has and another has not, as a direction to move along."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.saved.reading import Location, open_saved
from kerazoo.tasks.generation.decoder import Decoder, Source, to_decoder
from kerazoo.tasks.generation.sample import encode


def concept_vector(model: Source, images: Any, without: Any) -> np.ndarray:
    """Return the way from the mean of some images to the mean of others, in latent space.

    With faces that smile and faces that do not, the vector is a smile: added to the latent vector
    of a face, it makes the face smile.

    Args:
        model: a network with an encoder, such as `"vae"` or `"autoencoder"`; see `sample`.
        images: those that have it, `(rows, height, width, channels)`, `uint8` or from 0 to 1; or
            their latent vectors, `(rows, latent_dim)`.
        without: those that have not, likewise.

    Returns:
        `(latent_dim,)`.

    Raises:
        InvalidInput: if the network has no encoder, or these are no such images.

    Example:
        >>> import kerazoo
        >>> clothes = kerazoo.load_dataset("fashion_mnist_mini").test
        >>> boots, sneakers = (clothes.x[clothes.y == label] for label in (9, 7))
        >>> concept_vector(kerazoo.build_vae(), boots, sneakers).shape
        (2,)

    Reference:
        White, "Sampling generative networks", 2016 (attribute vectors); Foster, "Generative deep
        learning", second edition, 2023, chapter 3.
    """
    decoder = to_decoder(model)
    there, not_there = (
        _to_latents(decoder, rows, name).mean(axis=0)
        for rows, name in ((images, "images"), (without, "without"))
    )
    return there - not_there


def add_concept(
    model: Source,
    images: Any,
    concept: Any,
    steps: int = 6,
    *,
    strength: float = 1.0,
    class_name: str | int | None = None,
) -> np.ndarray:
    """Generate what images become when more and more of a concept is added to them.

    Args:
        model: the network that the concept was found with.
        images: where to begin, as for `concept_vector`: images or latent vectors.
        concept: the vector that is added, `(latent_dim,)`.
        steps: how many images each becomes, from what the network makes of it as it is.
        strength: how much of the concept the last image has: 1 is the way from mean to mean, and
            a number below 0 takes it away.
        class_name: as for `sample`, of a network that knows classes.

    Returns:
        `(rows, steps, height, width, channels)`, from 0 to 1, as `plot_interpolation` draws them.

    Raises:
        InvalidInput: if the images or the concept do not fit the network, or `steps` is below 2.

    Example:
        >>> import kerazoo
        >>> add_concept(kerazoo.build_vae(), [[0, 0], [1, 1]], [0.5, -0.5], steps=4).shape
        (2, 4, 28, 28, 1)
    """
    decoder = to_decoder(model).of_class(class_name).of_one_class()
    if steps < 2:
        raise InvalidInput(f"steps is {steps}; expected at least 2, without and with the concept.")
    if not np.isfinite(strength):
        raise InvalidInput(f"strength is {strength}; pass a finite number, such as 1.")
    latents = _to_latents(decoder, images, "images")
    vector = _to_latents(decoder, np.reshape(concept, (1, -1)), "concept")[0]
    shares = np.linspace(0, strength, steps)[:, np.newaxis]  # (steps, 1)
    moved = latents[:, np.newaxis] + shares * vector  # (rows, steps, latent_dim)
    flat = decoder(moved.reshape(-1, decoder.latent_dim))
    return flat.reshape(len(latents), steps, *decoder.image_shape)


def encode_source(model: Location, source: str | os.PathLike[str]) -> np.ndarray:
    """Return the latent vectors of the images in a folder or file, without importing Keras.

    Args:
        model: the directory or the name of a saved network with an encoder.
        source: as for `Predictor.predict`.

    Raises:
        InvalidInput: if the network has no encoder, or these are no images that it takes.
    """
    from kerazoo.predict import load_predictor

    saved = open_saved(model)
    if "encoder" not in (saved.card.parts or {}):
        raise InvalidInput(
            f"{saved.card.name!r} has no encoder, so that it cannot find the latent vector of an "
            "image. Choose a network that has, such as vae."
        )
    answers = load_predictor(saved, part="encoder").predict_source(source)
    return np.concatenate([answer.values for answer, _ in answers])


def _to_latents(decoder: Decoder, rows: Any, name: str) -> np.ndarray:
    array = np.asarray(rows)
    if array.ndim == 2:
        if array.shape[1] != decoder.latent_dim or len(array) == 0 or array.dtype.kind not in "fiu":
            raise InvalidInput(
                f"{name} has shape {array.shape}; {decoder.name!r} has latent vectors of "
                f"{counted(decoder.latent_dim, 'number')}: pass (rows, {decoder.latent_dim}), or "
                "images."
            )
        if not np.isfinite(array).all():
            raise InvalidInput(f"{name} holds NaN or infinity; pass finite numbers.")
        return array.astype("float64")
    return encode(decoder, array).astype("float64")
