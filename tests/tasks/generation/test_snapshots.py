"""Snapshots: an image per epoch and an animation, whatever happens to the training."""

from __future__ import annotations

import os
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo import KerazooError
from kerazoo.plots import mosaics
from kerazoo.tasks.generation import snapshots
from kerazoo.tasks.generation.sample import draw_latents
from kerazoo.tasks.generation.snapshots import Snapshots
from tests.small_generators import tiny_autoencoder

X = kerazoo.load_dataset("fashion_mnist_mini").train.x[:64]


def compiled(learning_rate: float = 1e-3) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = tiny_autoencoder()
    model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy")
    return model


def fit(model: keras.Model, callback: Snapshots, epochs: int, **options) -> None:
    options = {"verbose": 0, "batch_size": 32, **options}
    kerazoo.fit_model(
        model, (X, X / np.float32(255)), epochs=epochs, callbacks=[callback], **options
    )


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def test_samples_of_the_same_latent_vectors_by_epoch(tmp_path: Path) -> None:
    model, callback = compiled(), Snapshots(tmp_path / "new" / "folder", seed=5)
    fit(model, callback, 3)
    folder = tmp_path / "new" / "folder"
    assert names(folder) == [*(f"epoch_000{epoch}.png" for epoch in (1, 2, 3)), "training.gif"]
    latents = draw_latents(2, 36, seed=5)
    expected = mosaics.tile(model.get_layer("decoder").predict_on_batch(latents))
    np.testing.assert_allclose(pixels(folder / "epoch_0003.png"), expected, atol=1)
    assert not np.array_equal(pixels(folder / "epoch_0001.png"), expected)
    with Image.open(folder / "training.gif") as animation:
        assert animation.n_frames == 3
        assert animation.info["loop"] == 0
        assert animation.size[0] == expected.shape[1]
    assert callback.animation == folder / "training.gif"


def test_reconstructions_below_their_originals(tmp_path: Path) -> None:
    model = compiled()
    fit(model, Snapshots(tmp_path, images=X[:12]), 1)
    drawn = pixels(tmp_path / "epoch_0001.png")
    scale = drawn.shape[1] // (10 * 28 + 18)
    cells = drawn[::scale, ::scale]
    assert cells.shape == (4 * 28 + 6, 10 * 28 + 18)
    np.testing.assert_array_equal(cells[:28, :28], X[0, ..., 0])
    copies = np.rint(model.predict_on_batch(X[:12])[..., 0] * 255)
    np.testing.assert_allclose(cells[30:58, :28], copies[0], atol=1)
    np.testing.assert_array_equal(cells[60:88, 30:58], X[11, ..., 0])
    np.testing.assert_allclose(cells[90:118, 30:58], copies[11], atol=1)
    assert (cells[60:, 60:] == 255).all()


def test_training_is_the_same_with_snapshots_and_without(tmp_path: Path) -> None:
    drawn, plain = compiled(), compiled()
    fit(drawn, Snapshots(tmp_path), 2)
    kerazoo.fit_model(plain, (X, X / np.float32(255)), epochs=2, batch_size=32, verbose=0)
    for first, second in zip(drawn.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_resumed_training_goes_on_with_the_images_that_are_there(tmp_path: Path) -> None:
    options = {"checkpoint": tmp_path / "checkpoint", "checkpoint_seconds": 0, "resume": True}
    fit(compiled(), Snapshots(tmp_path / "a"), 2, **options)
    first = (tmp_path / "a" / "epoch_0001.png").stat().st_mtime_ns
    fit(compiled(), Snapshots(tmp_path / "a"), 4, **options)
    assert (tmp_path / "a" / "epoch_0001.png").stat().st_mtime_ns == first
    with Image.open(tmp_path / "a" / "training.gif") as animation:
        assert animation.n_frames == 4


def test_images_of_a_longer_training_before_are_not_in_the_animation(tmp_path: Path) -> None:
    fit(compiled(), Snapshots(tmp_path), 3)
    fit(compiled(), Snapshots(tmp_path), 2)
    with Image.open(tmp_path / "training.gif") as animation:
        assert animation.n_frames == 2


def test_long_trainings_have_animations_of_bounded_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "_MOST_FRAMES", 3)
    fit(compiled(), Snapshots(tmp_path), 5)
    assert len(names(tmp_path)) == 6
    with Image.open(tmp_path / "training.gif") as animation:
        assert animation.n_frames == 3


@pytest.mark.parametrize("images", [None, X[:2]])
def test_weights_that_became_nan_end_the_images_not_the_training(tmp_path: Path, images) -> None:
    model, callback = compiled(), Snapshots(tmp_path, images)
    fit(model, callback, 1)
    model.set_weights([weights * np.nan for weights in model.get_weights()])
    fit(model, callback, 2, initial_epoch=1)
    assert names(tmp_path) == ["epoch_0001.png", "training.gif"]


@pytest.mark.skipif(os.name != "posix", reason="a file in place of the folder")
def test_a_folder_that_vanishes_does_not_end_the_training(tmp_path: Path) -> None:
    callback = Snapshots(tmp_path / "a")
    (tmp_path / "a").rmdir()
    (tmp_path / "a").touch()
    with pytest.warns(UserWarning, match="no more snapshots") as caught:
        fit(compiled(), callback, 3)
    assert len(caught) == 1
    assert callback.animation is None


def test_a_network_that_generates_nothing_is_refused_before_the_first_epoch(
    tmp_path: Path,
) -> None:
    model = kerazoo.compile_model(kerazoo.build_xor(), "xor")
    before = model.get_weights()
    with pytest.raises(KerazooError, match="'xor' generates nothing"):
        kerazoo.fit_model(
            model,
            kerazoo.load_dataset("xor").train,
            epochs=1,
            batch_size=1,
            verbose=0,
            callbacks=[Snapshots(tmp_path)],
        )
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
