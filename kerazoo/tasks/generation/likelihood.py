"""How likely a variational autoencoder finds images: its bound, and the likelihood itself."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput
from kerazoo.tasks.generation.decoder import classes_of, with_classes

_ROWS_PER_STEP = 50
_ROWS_AT_ONCE = 1000
_EPSILON = 1e-7


def estimate_likelihood(
    model: keras.Model,
    images: np.ndarray,
    labels: np.ndarray | None = None,
    *,
    samples: int = 200,
    seed: int = 0,
) -> dict[str, float]:
    """Estimate the evidence lower bound and, by importance sampling, the negative log-likelihood.

    Of each image, `samples` latent vectors are drawn from the encoder's distribution. The mean of
    `log p(x, z) - log q(z | x)` over them is the bound; the logarithm of the mean of its
    exponential is the likelihood, which is never lower.

    Args:
        model: as `build_vae` makes it.
        images: `(rows, height, width, channels)`: pixels from 0 to 255.
        labels: the class of each, for a network that knows classes: the likelihood is that of an
            image of its class.
        samples: latent vectors per image; more make the estimate tighter.
        seed: decides what is drawn.

    Returns:
        `negative_elbo` and `negative_log_likelihood`, in nats per image.

    Raises:
        InvalidInput: if there is no sample or no image, or a class is needed and not there.

    Example:
        >>> import kerazoo
        >>> images = kerazoo.load_dataset("fashion_mnist_mini").test.x[:8]
        >>> found = estimate_likelihood(kerazoo.build_vae(), images, samples=5)
        >>> found["negative_log_likelihood"] <= found["negative_elbo"]
        True

    Reference:
        Burda, Grosse and Salakhutdinov, "Importance weighted autoencoders", 2016, section 3.
    """
    if samples < 1 or len(images) == 0:
        raise InvalidInput(
            f"got {counted(len(images), 'image')} and samples={samples}; pass at least one of "
            "each, usually 200 samples."
        )
    weights = _log_weights_model(model, samples)
    generator = np.random.default_rng(seed)
    classes = classes_of(model)
    if classes and labels is None:
        raise InvalidInput(
            f"{model.name!r} knows {classes} classes; pass the labels of the images."
        )
    latent_dim = model.get_layer("decoder").input_shape[-1] - classes
    elbo, likelihood = [], []
    for start in range(0, len(images), _ROWS_AT_ONCE):
        rows = images[start : start + _ROWS_AT_ONCE]
        noise = generator.standard_normal((len(rows), samples, latent_dim), dtype="float32")
        asked = None if labels is None else np.ravel(labels)[start : start + _ROWS_AT_ONCE]
        given = with_classes(np.zeros((len(rows), 0), "float32"), classes, asked)
        inputs = [rows, noise, given] if classes else [rows, noise]
        log_weights = weights.predict(inputs, batch_size=_ROWS_PER_STEP, verbose=0)
        log_weights = log_weights.astype("float64")
        elbo.append(log_weights.mean(axis=1))
        likelihood.append(np.logaddexp.reduce(log_weights, axis=1) - np.log(samples))
    return {
        "negative_elbo": -float(np.concatenate(elbo).mean()),
        "negative_log_likelihood": -float(np.concatenate(likelihood).mean()),
    }


def _log_weights_model(model: keras.Model, samples: int) -> keras.Model:
    """Make a model of images and noise that gives `log p(x, z) - log q(z | x)` of each draw."""
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    classes = classes_of(model)
    latent_dim = decoder.input_shape[-1] - classes
    shape = model.input_shape[1:]
    image = keras.Input(shape, dtype="uint8")
    noise = keras.Input((samples, latent_dim))
    mean, log_variance = (keras.ops.expand_dims(moment, 1) for moment in encoder(image))
    latents = mean + keras.ops.exp(0.5 * log_variance) * noise
    inputs, vectors = [image, noise], keras.ops.reshape(latents, (-1, latent_dim))
    if classes:
        inputs.append(asked := keras.Input((classes,)))
        vectors = keras.ops.concatenate([vectors, keras.ops.repeat(asked, samples, axis=0)], -1)
    decoded = decoder(vectors)
    decoded = keras.ops.reshape(decoded, (-1, samples, *shape))
    likelihood = _log_bernoulli(keras.ops.expand_dims(image, 1), decoded)
    prior = _log_normal(latents, 0.0, 0.0)
    posterior = _log_normal(latents, mean, log_variance)
    weights = keras.Model(inputs, likelihood + prior - posterior)
    weights.compile(jit_compile=True)
    return weights


def _log_bernoulli(pixels: Any, probabilities: Any) -> Any:
    """Return the logarithm of the probability of each image, whose gray counts as shares of white.

    Args:
        pixels: from 0 to 255, `(rows, 1, height, width, channels)`.
        probabilities: of white, `(rows, samples, height, width, channels)`.
    """
    white = keras.ops.cast(pixels, "float32") / 255.0
    p = keras.ops.clip(keras.ops.cast(probabilities, "float32"), _EPSILON, 1 - _EPSILON)
    per_pixel = white * keras.ops.log(p) + (1 - white) * keras.ops.log1p(-p)
    return keras.ops.sum(per_pixel, axis=(-3, -2, -1))


def _log_normal(values: Any, mean: Any, log_variance: Any) -> Any:
    """Return the logarithm of normal densities, summed, without the constant they all share."""
    squares = keras.ops.square(values - mean) / keras.ops.exp(log_variance)
    return -0.5 * keras.ops.sum(squares + log_variance, axis=-1)
