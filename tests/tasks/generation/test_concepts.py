"""Concept vectors, by networks that show the latent vectors they are given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import kerazoo
from kerazoo import plots
from tests.small_data import clothes
from tests.small_generators import latents_in, tiny_autoencoder, tiny_gan, transparent


def seeing(latent_dim: int):
    """A network that encodes an image of one row as its pixels, and decodes it again."""
    decoder = transparent(latent_dim)
    return replace(decoder, encode=lambda images: latents_in(images / np.float32(255)))


def images_of(latents: np.ndarray) -> np.ndarray:
    return np.rint((latents / 40 + 0.5) * 255).astype("uint8").reshape(len(latents), 1, -1, 1)


def test_the_vector_leads_from_mean_to_mean() -> None:
    random = np.random.default_rng(0)
    smiling, gloomy = random.normal([3, 0, 1], 1, (50, 3)), random.normal([0, 2, 1], 1, (40, 3))
    expected = smiling.mean(axis=0) - gloomy.mean(axis=0)
    found = kerazoo.concept_vector(seeing(3), smiling, gloomy)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    of_images = kerazoo.concept_vector(seeing(3), images_of(smiling), images_of(gloomy))
    np.testing.assert_allclose(of_images, expected, atol=0.1)  # 256 shades
    back = kerazoo.concept_vector(seeing(3), gloomy, smiling)
    np.testing.assert_allclose(back, -found)


@pytest.mark.parametrize("strength", [1.0, 1.5, -1.0])
def test_more_and_more_of_it_is_added(strength: float) -> None:
    start, concept = np.array([[0.0, 1, 2], [3, 3, 3]]), np.array([4.0, -2, 0])
    ways = kerazoo.add_concept(seeing(3), start, concept, steps=5, strength=strength)
    assert ways.shape == (2, 5, 1, 3, 1)
    shares = np.linspace(0, strength, 5)[:, None]
    np.testing.assert_allclose(latents_in(ways), start[:, None] + shares * concept, atol=1e-4)
    labels = plots.plot_interpolation(ways, strength=strength).axes[0].get_xticklabels()
    assert [label.get_text() for label in labels][-1] == f"{100 * strength:.0f} %"


@pytest.mark.parametrize("variational", [False, True])
def test_it_begins_with_what_the_network_makes_of_an_image(variational: bool) -> None:
    model, x = tiny_autoencoder(variational=variational), clothes().test.x[:4]
    ways = kerazoo.add_concept(model, x, [1.0, -1.0], steps=3)
    np.testing.assert_allclose(ways[:, 0], model.predict(x, verbose=0), atol=1e-5)
    assert not np.allclose(ways[:, 0], ways[:, 2])


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: kerazoo.concept_vector(tiny_gan(), clothes().test.x, [[0] * 8]), "no encoder"),
        (lambda: kerazoo.concept_vector(seeing(3), np.zeros((2, 4)), np.zeros((2, 3))), "images"),
        (lambda: kerazoo.concept_vector(seeing(3), np.zeros((0, 3)), np.zeros((2, 3))), "images"),
        (lambda: kerazoo.add_concept(seeing(3), np.zeros((2, 3)), [1, 2]), "concept has shape"),
        (lambda: kerazoo.add_concept(seeing(2), [[0, np.nan]], [1, 2]), "NaN or infinity"),
        (lambda: kerazoo.add_concept(seeing(2), [[0, 0]], [1, 2], steps=1), "at least 2"),
        (lambda: kerazoo.add_concept(seeing(2), [[0, 0]], [1, 2], strength=np.inf), "strength"),
    ],
)
def test_what_does_not_fit_is_refused(call, reason: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=reason):
        call()
