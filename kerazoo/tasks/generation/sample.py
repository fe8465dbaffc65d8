"""New images from a trained network: samples, paths between images, maps of latent space."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from kerazoo._machine import free_memory
from kerazoo._wording import agree, counted
from kerazoo.errors import InvalidInput, unknown_name
from kerazoo.plots.mosaics import to_bytes
from kerazoo.tasks.generation.decoder import BATCH, Decoder, Source, to_decoder

_MEMORY_SHARE = 0.5
_PATHS = ("auto", "straight", "spherical")


@dataclass(frozen=True)
class LatentGrid:
    """Images of a plane of latent vectors.

    Args:
        images: `(size, size, height, width, channels)`, from 0 to 1.
        first: the first latent coordinate of each column, rising.
        second: the second latent coordinate of each row, falling, as on the axes of a plot.
    """

    images: np.ndarray
    first: np.ndarray
    second: np.ndarray


def sample(
    model: Source, n: int, seed: int = 0, *, class_name: str | int | None = None
) -> np.ndarray:
    """Generate images from latent vectors of a normal distribution.

    Args:
        model: a network with a `"generator"` or a `"decoder"`; the name of an installed one, or its
            directory; or what `load_predictor(name, part=...)` gives.
        n: how many.
        seed: decides them: the first of many are the same as the first of few.
        class_name: which class they are of, for a network that was trained to know classes; by
            default one class after the other. Of a Keras model, its number.

    Returns:
        `(n, height, width, channels)`, from 0 to 1.

    Raises:
        InvalidInput: if `n` is not at least 1, or so many do not fit into memory.
        UnknownName: if there is no such class.
        KerazooError: if the network generates nothing.

    Example:
        >>> import kerazoo
        >>> sample(kerazoo.build_vae(), 5).shape
        (5, 28, 28, 1)
    """
    decoder = to_decoder(model).of_class(class_name)
    _check_count(n, "n")
    bytes_per_image = 4 * math.prod(decoder.image_shape)
    fitting = int(free_memory() * _MEMORY_SHARE) // bytes_per_image
    if n > fitting:
        raise InvalidInput(
            f"{counted(n, 'image takes', 'images take')} {n * bytes_per_image / 2**30:.1f} GiB; "
            f"{fitting:,} {agree(fitting, 'fits', 'fit')} into half of the free memory. Pass "
            "fewer, or take them from sample_batches one by one."
        )
    images = np.empty((n, *decoder.image_shape), "float32")
    at = 0
    for batch in sample_batches(decoder, n, seed):
        images[at : at + len(batch)] = batch
        at += len(batch)
    return images


def sample_batches(
    model: Source, n: int, seed: int = 0, *, class_name: str | int | None = None
) -> Iterator[np.ndarray]:
    """Generate the same images as `sample`, some at a time, for more than fit into memory.

    Args:
        model: as for `sample`.
        n: how many in all.
        seed: as for `sample`.
        class_name: as for `sample`.

    Yields:
        `(rows, height, width, channels)`, from 0 to 1.
    """
    decoder = to_decoder(model).of_class(class_name)
    _check_count(n, "n")
    latents = _latent_batches(decoder.latent_dim, n, seed)
    return (decoder(batch) for batch in latents)


def draw_latents(latent_dim: int, n: int, seed: int = 0) -> np.ndarray:
    """Draw the latent vectors that `sample` decodes, `(n, latent_dim)`.

    Example:
        >>> draw_latents(2, 300).shape
        (300, 2)
    """
    return np.concatenate(list(_latent_batches(latent_dim, n, seed)))


def encode(model: Source, images: Any) -> np.ndarray:
    """Return the latent vectors of images; of a variational autoencoder, their means.

    Args:
        model: as for `sample`, with an encoder.
        images: `(rows, height, width, channels)`, `uint8` or from 0 to 1.

    Raises:
        InvalidInput: if the network has no encoder, or takes other images.
    """
    decoder = to_decoder(model)
    if decoder.encode is None:
        raise InvalidInput(
            f"{decoder.name!r} has no encoder, so that it cannot find the latent vector of a "
            "image. Pass latent vectors, as draw_latents gives them."
        )
    pixels = to_bytes(images)
    if pixels.shape[1:] != decoder.image_shape or len(pixels) == 0:
        raise InvalidInput(
            f"the images have shape {pixels.shape}; {decoder.name!r} takes (rows, "
            f"{', '.join(map(str, decoder.image_shape))})."
        )
    batches = (pixels[at : at + BATCH] for at in range(0, len(pixels), BATCH))
    return np.concatenate([np.asarray(decoder.encode(batch), "float32") for batch in batches])


def interpolate(
    model: Source,
    a: Any,
    b: Any,
    steps: int = 10,
    *,
    path: Literal["auto", "straight", "spherical"] = "auto",
    class_name: str | int | None = None,
) -> np.ndarray:
    """Generate the images on the way from one to another.

    Args:
        model: as for `sample`.
        a: where to begin: a latent vector, or an image if the network has an encoder.
        b: where to end, likewise.
        steps: how many images, both ends included.
        path: `"straight"`, or `"spherical"`: the direction turns evenly, and the length changes
            evenly. `"auto"` is spherical for a `"generator"`: the middle of a straight way
            between two of the random vectors that it was trained on is far shorter than any of
            them. An encoder's codes lie anywhere, so that a decoder is led straight.
        class_name: as for `sample`; by default the first class, all along the way.

    Returns:
        `(steps, height, width, channels)`, from 0 to 1.

    Raises:
        InvalidInput: if the ends are no such vectors or images.

    Example:
        >>> import kerazoo
        >>> interpolate(kerazoo.build_vae(), [-1, 0], [1, 0], steps=7).shape
        (7, 28, 28, 1)

    Reference:
        White, "Sampling generative networks", 2016 (the spherical path).
    """
    decoder = to_decoder(model).of_class(class_name).of_one_class()
    if steps < 2:
        raise InvalidInput(f"steps is {steps}; expected at least 2, the two ends.")
    if path not in _PATHS:
        raise unknown_name("path", path, _PATHS)
    first, last = (_to_latent(decoder, end, name) for end, name in ((a, "a"), (b, "b")))
    spherical = decoder.spherical if path == "auto" else path == "spherical"
    shares = np.linspace(0, 1, steps)[:, None]
    latents = (_slerp if spherical else _lerp)(first, last, shares)
    return decoder(latents)


def latent_grid(
    model: Source,
    size: int = 15,
    latents: Any = None,
    class_name: str | int | None = None,
) -> LatentGrid:
    """Generate a map of a latent space of two numbers.

    Args:
        model: as for `sample`, with two latent dimensions.
        size: images in a row and in a column.
        latents: codes `(rows, 2)` of real images, for a network whose codes have no normal
            distribution, such as `autoencoder`. Each image then stands for an equal share of the
            codes along each axis, instead of a share of the normal distribution.
        class_name: as for `sample`; by default the first class.

    Raises:
        InvalidInput: if the network has not two latent dimensions.

    Example:
        >>> import kerazoo
        >>> latent_grid(kerazoo.build_vae(latent_dim=2), size=4).images.shape
        (4, 4, 28, 28, 1)

    Reference:
        Kingma and Welling, "Auto-encoding variational Bayes", 2014, figure 4.
    """
    decoder = to_decoder(model).of_class(class_name).of_one_class()
    _check_count(size, "size")
    if decoder.latent_dim != 2:
        raise InvalidInput(
            f"{decoder.name!r} has {counted(decoder.latent_dim, 'latent dimension')}; only two "
            "make a map. Build and train it with latent_dim=2, or draw samples or paths: --grid, "
            "or kerazoo.sample and kerazoo.interpolate."
        )
    shares = (np.arange(size) + 0.5) / size
    first = second = np.array([NormalDist().inv_cdf(share) for share in shares])
    if latents is not None:
        codes = np.asarray(latents, "float64")
        if codes.ndim != 2 or codes.shape[1] != 2 or len(codes) == 0:
            raise InvalidInput(f"latents have shape {codes.shape}; expected (rows, 2).")
        first, second = np.quantile(codes, shares, axis=0).T
    second = second[::-1]
    plane = np.stack(np.meshgrid(first, second), axis=-1).reshape(-1, 2)
    images = decoder(plane).reshape(size, size, *decoder.image_shape)
    return LatentGrid(images, first, second)


def _check_count(count: int, name: str) -> None:
    if not isinstance(count, int | np.integer) or count < 1:
        raise InvalidInput(f"{name} is {count!r}; expected a whole number, at least 1.")


def _latent_batches(latent_dim: int, n: int, seed: int) -> Iterator[np.ndarray]:
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise InvalidInput(f"seed is {seed!r}; expected a whole number, 0 or more.")
    generator = np.random.default_rng(seed)
    for start in range(0, n, BATCH):
        rows = min(BATCH, n - start)
        yield generator.standard_normal((rows, latent_dim), dtype="float32")


def _to_latent(decoder: Decoder, end: Any, name: str) -> np.ndarray:
    array = np.asarray(end)
    if array.shape == decoder.image_shape or array.shape == decoder.image_shape[:2]:
        return encode(decoder, array.reshape(1, *decoder.image_shape))[0].astype("float64")
    if array.shape != (decoder.latent_dim,):
        raise InvalidInput(
            f"{name} has shape {array.shape}; pass a latent vector of "
            f"{counted(decoder.latent_dim, 'number')}, or an image of shape {decoder.image_shape}."
        )
    vector = array.astype("float64")
    if not np.isfinite(vector).all():
        raise InvalidInput(f"{name} holds NaN or infinity; pass finite numbers.")
    return vector


def _lerp(a: np.ndarray, b: np.ndarray, shares: np.ndarray) -> np.ndarray:
    return (1 - shares) * a + shares * b


def _slerp(a: np.ndarray, b: np.ndarray, shares: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(a), np.linalg.norm(b)
    if min(lengths) == 0:
        return _lerp(a, b, shares)
    cosine = np.clip(a @ b / (lengths[0] * lengths[1]), -1, 1)
    angle = np.arccos(cosine)
    if np.sin(angle) < 1e-6:  # parallel or opposite: slerp is undefined
        return _lerp(a, b, shares)
    directions = (
        np.sin((1 - shares) * angle) * a / lengths[0] + np.sin(shares * angle) * b / lengths[1]
    ) / np.sin(angle)
    return directions * ((1 - shares) * lengths[0] + shares * lengths[1])
