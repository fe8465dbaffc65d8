"""Samples, ways between images and maps, by decoders that show what they were given."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo import KerazooError
from kerazoo.plots import mosaics
from kerazoo.tasks.generation import sample as generation
from kerazoo.tasks.generation.decoder import BATCH, Decoder, to_decoder
from tests.conftest import run_python
from tests.small_generators import (
    latents_in,
    tiny_autoencoder,
    tiny_decoder,
    tiny_gan,
    transparent,
)

pytestmark = pytest.mark.thorough

GENERATIVE = [name for name in ("autoencoder", "vae", "gan") if name in kerazoo.list_models()]


@pytest.fixture(scope="module", params=GENERATIVE)
def saved(request, tmp_path_factory: pytest.TempPathFactory) -> tuple[keras.Model, Path]:
    model = kerazoo.load_builder(request.param)()
    return model, kerazoo.save_model(model, tmp_path_factory.mktemp("saved") / request.param)


def test_samples_come_from_a_normal_distribution_and_begin_with_those_of_fewer() -> None:
    decoder = transparent(3)
    images = kerazoo.sample(decoder, 5000, seed=1)
    latents = latents_in(images)
    assert images.dtype == np.float32
    np.testing.assert_allclose(latents.mean(axis=0), 0, atol=0.05)
    np.testing.assert_allclose(np.cov(latents.T), np.eye(3), atol=0.06)
    np.testing.assert_array_equal(kerazoo.sample(decoder, BATCH + 7, seed=1), images[: BATCH + 7])
    assert not np.array_equal(kerazoo.sample(decoder, 7, seed=2), images[:7])
    np.testing.assert_allclose(generation.draw_latents(3, 5000, 1), latents, atol=1e-4)
    batches = list(kerazoo.sample_batches(decoder, 5000, seed=1))
    assert max(map(len, batches)) <= BATCH
    np.testing.assert_array_equal(np.concatenate(batches), images)


def test_more_samples_than_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "free_memory", lambda: 8 * 12 * 100)
    decoder = transparent(3)
    assert len(kerazoo.sample(decoder, 400)) == 400
    with pytest.raises(KerazooError, match=r"401 images take .* 400 fit .* sample_batches"):
        kerazoo.sample(decoder, 401)
    assert len(next(kerazoo.sample_batches(decoder, 10**12))) == BATCH


A, B = np.array([3.0, 0, 4]), np.array([-1.0, 5, 2])


def test_a_straight_way() -> None:
    latents = latents_in(kerazoo.interpolate(transparent(3), A, B, steps=5))
    np.testing.assert_allclose(latents, A + np.linspace(0, 1, 5)[:, None] * (B - A), atol=1e-4)


def test_a_spherical_way_turns_evenly_and_changes_its_length_evenly() -> None:
    latents = latents_in(kerazoo.interpolate(transparent(3, spherical=True), A, 2 * B, steps=7))
    np.testing.assert_allclose(latents[[0, -1]], [A, 2 * B], atol=1e-4)
    lengths = np.linalg.norm(latents, axis=1)
    np.testing.assert_allclose(np.diff(lengths, 2), 0, atol=1e-4)
    directions = latents / lengths[:, None]
    angles = np.arccos((directions[1:] * directions[:-1]).sum(axis=1))
    np.testing.assert_allclose(angles, angles.mean(), atol=1e-3)


@pytest.mark.parametrize("end", [-A, 2 * A, np.zeros(3)])
def test_a_spherical_way_where_no_turn_is_shortest(end: np.ndarray) -> None:
    latents = latents_in(kerazoo.interpolate(transparent(3), A, end, 3, path="spherical"))
    np.testing.assert_allclose(latents, [A, (A + end) / 2, end], atol=1e-4)


def test_a_map_rises_to_the_right_and_upwards_by_equal_shares() -> None:
    grid = kerazoo.latent_grid(transparent(2), size=4)
    assert grid.images.shape == (4, 4, 1, 2, 1)
    latents = latents_in(grid.images)
    quantiles = [-1.1503, -0.3186, 0.3186, 1.1503]  # of the normal distribution, at 1/8, 3/8, ...
    np.testing.assert_allclose(grid.first, quantiles, atol=1e-4)
    np.testing.assert_allclose(latents[:, :, 0], np.tile(quantiles, (4, 1)), atol=1e-3)
    np.testing.assert_allclose(latents[:, :, 1].T, np.tile(quantiles[::-1], (4, 1)), atol=1e-3)
    codes = np.stack([np.arange(101.0), -np.arange(101.0) / 10], axis=1)
    of_codes = kerazoo.latent_grid(transparent(2), size=2, latents=codes / 10)
    assert of_codes.first.tolist() == [2.5, 7.5]
    assert of_codes.second.tolist() == [-0.25, -0.75]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: kerazoo.sample(transparent(2), 0), "n is 0"),
        (lambda: kerazoo.sample(transparent(2), 2, seed=-1), "seed is -1"),
        (lambda: kerazoo.sample_batches(transparent(2), -1), "n is -1"),
        (lambda: kerazoo.interpolate(transparent(3), A, B, steps=1), "steps is 1"),
        (lambda: kerazoo.interpolate(transparent(3), A, B, path="sperical"), "Did you mean 'sph"),
        (lambda: kerazoo.interpolate(transparent(3), A, B[:2]), r"b has shape \(2,\)"),
        (lambda: kerazoo.interpolate(transparent(3), A * np.nan, B), "a holds NaN"),
        (lambda: kerazoo.interpolate(transparent(3), A.reshape(1, 3, 1), B), "no encoder"),
        (lambda: kerazoo.latent_grid(transparent(3)), "3 latent dimensions; only two"),
        (lambda: kerazoo.latent_grid(transparent(2), size=0), "size is 0"),
        (lambda: kerazoo.latent_grid(transparent(2), latents=A), "latents have shape"),
        (lambda: kerazoo.sample(3, 1), "model is a int"),
        (lambda: kerazoo.sample("boston", 1), r"'boston' generates nothing.*'vae' or 'gan'"),
        (lambda: kerazoo.sample("vea", 1), "unknown saved model"),
        (lambda: kerazoo.sample(kerazoo.load_predictor("cnn"), 1), "'cnn' generates nothing"),
        (lambda: kerazoo.sample(kerazoo.build_cnn(), 1), "'cnn' generates nothing"),
    ],
)
def test_refused(call, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        call()


@pytest.mark.parametrize(
    ("decode", "reason"),
    [
        (lambda z: np.full((len(z), 1, 2, 1), np.nan), "hold NaN: its training has gone wrong"),
        (lambda z: np.tanh(z).reshape(-1, 1, 2, 1), "expected 0 to 1. Let its last"),
        (lambda z: np.zeros((len(z), 2, 2, 1)), "shape"),
    ],
)
def test_what_a_decoder_must_not_give(decode, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        kerazoo.sample(Decoder(decode, 2, (1, 2, 1)), 20)


@pytest.mark.parametrize("model", [tiny_autoencoder(), tiny_gan(2), tiny_decoder(2)])
def test_keras_networks_generate_by_the_model_inside(model: keras.Model) -> None:
    inside = next((m for m in model.layers if m.name in ("decoder", "generator")), model)
    expected = inside.predict_on_batch(generation.draw_latents(2, 5, seed=3))
    np.testing.assert_allclose(kerazoo.sample(model, 5, seed=3), expected, atol=1e-6)
    assert to_decoder(model).spherical == (inside.name == "generator")


def test_images_are_encoded_by_their_mean_in_every_form() -> None:
    model = tiny_autoencoder(3, variational=True)
    clothes = kerazoo.load_dataset("fashion_mnist_mini").test.x[: BATCH + 3]
    expected, _ = model.get_layer("encoder").predict_on_batch(clothes)
    for form in (clothes, clothes / 255, (clothes / 255).astype("float32")):
        np.testing.assert_allclose(kerazoo.encode(model, form), expected, atol=1e-5)
    way = kerazoo.interpolate(model, clothes[0], clothes[1, ..., 0] / 255, steps=3)
    ends = model.get_layer("decoder").predict_on_batch(expected[:2])
    np.testing.assert_allclose(way[[0, -1]], ends, atol=1e-5)
    for wrong, reason in ((clothes.astype(float), "from 0.0 to 255.0"), (clothes[0], "takes")):
        with pytest.raises(KerazooError, match=reason):
            kerazoo.encode(model, wrong)


def test_saved_networks_generate_what_they_did(saved: tuple[keras.Model, Path]) -> None:
    model, path = saved
    expected = kerazoo.sample(model, 5, seed=1)
    np.testing.assert_allclose(kerazoo.sample(path, 5, seed=1), expected, atol=1e-4)
    part = "generator" if model.name == "gan" else "decoder"
    predictor = kerazoo.load_predictor(path, part=part)
    np.testing.assert_allclose(kerazoo.sample(predictor, 5, seed=1), expected, atol=1e-4)
    if part == "decoder":
        noise = np.random.default_rng(0).random((3, *expected.shape[1:]))
        codes = kerazoo.encode(path, noise)
        np.testing.assert_allclose(codes, kerazoo.encode(model, noise), atol=1e-3)


def test_saved_networks_generate_without_tensorflow(saved: tuple[keras.Model, Path]) -> None:
    done = run_python(
        "import sys, kerazoo\n"
        f"kerazoo.sample({str(saved[1])!r}, 3)\n"
        "print([n for n in ('keras', 'tensorflow', 'matplotlib') if n in sys.modules])"
    )
    assert done.stdout == "[]\n", done.stderr


def test_tiles_stand_in_order_on_white() -> None:
    images = np.stack([np.full((2, 3, 1), 10 * number, "uint8") for number in range(5)])
    mosaic_of = mosaics.tile(images, columns=3, gap=1, scale=1)
    assert mosaic_of.shape == (5, 11)
    assert mosaic_of[0].tolist() == [0, 0, 0, 255, 10, 10, 10, 255, 20, 20, 20]
    assert mosaic_of[2].tolist() == [255] * 11
    assert mosaic_of[3].tolist() == [30, 30, 30, 255, 40, 40, 40, 255, 255, 255, 255]
    twice = mosaics.tile(images, columns=3, gap=1, scale=2)
    np.testing.assert_array_equal(twice[1::2, ::2], mosaic_of)
    assert mosaics.tile(np.zeros((3, 4, 4, 3)), gap=0, scale=1).shape == (8, 8, 3)
    assert 400 < max(mosaics.tile(np.zeros((64, 28, 28, 1))).shape) < 900


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        (np.zeros((2, 3, 3)), "shape"),
        (np.zeros((2, 3, 3, 2)), "channels"),
        (np.zeros((0, 3, 3, 1)), "shape"),
        (np.full((2, 3, 3, 1), 2.0), "from 0 to 1"),
        (np.zeros((2, 3, 3, 1), "int32"), "int32"),
    ],
)
def test_tile_refuses(images: np.ndarray, reason: str) -> None:
    with pytest.raises(KerazooError, match=reason):
        mosaics.tile(images)


def test_images_are_written_as_they_are(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype="uint8").reshape(4, 6)
    path = mosaics.write_png(tmp_path / "a.png", pixels)
    np.testing.assert_array_equal(Image.open(path), pixels)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.png"]
