"""Images of a class that is asked for: `vae` and `gan` on folders of classes."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Images
from kerazoo.saved import load_card
from kerazoo.tasks.generation.decoder import to_decoder, with_classes
from kerazoo.tasks.generation.likelihood import estimate_likelihood
from tests.tasks.generation.test_own import own, paint

NETWORKS = ("vae", "gan")
SMALL = {"vae": {"hidden_units": (16,)}, "gan": {"filters": 4}}


def bright_and_dark(rows: int) -> Splits:
    """Images of two classes: nearly black ones, and nearly white ones."""
    random = np.random.default_rng(0)
    y = np.arange(rows, dtype="int32") % 2
    x = (random.integers(0, 40, (rows, 8, 8, 1)) + 200 * y[:, None, None, None]).astype("uint8")
    part = Part(x, y)
    return Splits(part, part, part, about=Images(("dark", "bright")))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_without_classes_is_what_it_was(name: str) -> None:
    builder = kerazoo.load_builder(name)
    with pytest.raises(kerazoo.KerazooError, match="classes is 1; pass at least 2"):
        builder(classes=1)
    model = builder(**SMALL[name])
    with pytest.raises(kerazoo.KerazooError, match="was trained without classes"):
        kerazoo.sample(model, 2, class_name=0)
    assert to_decoder(name).classes == 0  # the one that was installed


@pytest.mark.thorough
@pytest.mark.parametrize("name", NETWORKS)
def test_the_class_that_is_asked_for_is_drawn(name: str, tmp_path: Path) -> None:
    splits = bright_and_dark(160)
    shape = {"input_shape": (8, 8, 1), "classes": 2, "latent_dim": 3, **SMALL[name]}
    model = kerazoo.load_builder(name)(**shape)
    assert model.output_shape == ((None, 8, 8, 1) if name == "vae" else (None, 1))
    model.compile(keras.optimizers.Adam(0.005))
    kerazoo.fit_model(model, splits.train, splits.validation, epochs=25, batch_size=16, verbose=0)
    dark, bright = (kerazoo.sample(model, 20, class_name=code).mean() for code in (0, 1))
    assert bright > dark + 0.3
    # Without a class, one follows the other.
    mixed = kerazoo.sample(model, 20)
    assert np.allclose(mixed[::2], kerazoo.sample(model, 20, class_name=0)[::2], atol=1e-6)
    assert np.allclose(mixed[1::2], kerazoo.sample(model, 20, class_name=1)[1::2], atol=1e-6)
    path = kerazoo.interpolate(model, [0] * 3, [1] * 3, steps=4, class_name=1)
    assert path.mean() > dark + 0.2
    saved = kerazoo.save_model(
        model,
        tmp_path / "m",
        name=name,
        splits=splits,
        recipe=kerazoo.load_recipe(name),
        builder_arguments=shape,
    )
    assert load_card(saved).drawn_classes == ("dark", "bright")
    assert load_card(saved).class_names == ()
    of_saved = kerazoo.sample(saved, 20, class_name="bright")
    assert np.allclose(of_saved, kerazoo.sample(model, 20, class_name=1), atol=1e-4)
    loaded = kerazoo.load_model(saved)
    assert np.allclose(kerazoo.sample(loaded, 9), kerazoo.sample(model, 9), atol=1e-6)
    with pytest.raises(kerazoo.KerazooError, match="unknown class 'brigt'"):
        kerazoo.sample(saved, 1, class_name="brigt")
    with pytest.raises(kerazoo.KerazooError, match="knows 2 classes: pass 0 to 1"):
        kerazoo.sample(saved, 1, class_name=2)
    with pytest.raises(kerazoo.KerazooError, match="does not know the names of its classes"):
        kerazoo.sample(model, 1, class_name="bright")
    with pytest.raises(kerazoo.KerazooError, match="pass the class of each as y"):
        kerazoo.fit_model(model, splits.train.x, epochs=1, verbose=0)


@pytest.mark.thorough
def test_the_likelihood_of_an_image_is_that_in_its_class() -> None:
    splits = bright_and_dark(80)
    model = kerazoo.build_vae(3, (8, 8, 1), (16,), classes=2)
    model.compile("adam")
    kerazoo.fit_model(model, splits.train, epochs=20, batch_size=16, verbose=0)
    x, y = splits.test
    right, wrong = (
        estimate_likelihood(model, x, labels, samples=4)["negative_elbo"] for labels in (y, 1 - y)
    )
    assert right < wrong
    with pytest.raises(kerazoo.KerazooError, match="pass the labels of the images"):
        estimate_likelihood(model, x)


def test_latents_are_followed_by_the_class() -> None:
    latents = np.ones((2, 3), "float32")
    assert with_classes(latents, 0) is latents
    assert with_classes(latents, 2, [1, 1])[:, 3:].tolist() == [[0, 1], [0, 1]]


@pytest.mark.parametrize("name", NETWORKS)
def test_folders_of_classes_are_learned_as_classes_unless_told_otherwise(
    name: str, tmp_path: Path
) -> None:
    folder = paint(tmp_path / "pets", "black cat", "dog")
    recipe, splits, said = own(name, folder)
    assert recipe.builder_arguments["classes"] == 2
    assert splits.class_names == ("black cat", "dog")
    assert "kerazoo generate --class 'black cat' asks for it; --unconditional leaves" in said[0]
    assert kerazoo.load_dataset("image_folder", **recipe.dataset_arguments).hash() == splits.hash()
    recipe, splits, _ = own(name, folder, unconditional=True)
    assert "classes" not in recipe.builder_arguments
    assert (splits.train.y, splits.class_names) == (None, ())
