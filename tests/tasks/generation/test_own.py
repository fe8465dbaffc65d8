"""Networks that generate learn from a folder of one's own, and are judged by its own classes."""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kerazoo
from kerazoo.cli._start import choose_data
from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Images
from kerazoo.experiments.own_splits import load_own_splits
from kerazoo.saved import load_card
from kerazoo.saved.reading import open_saved
from kerazoo.tasks import Evaluation, load_task
from kerazoo.tasks._baselines import score_baseline
from kerazoo.tasks.generation import own_classifier
from kerazoo.tasks.generation.own import DISTANCE
from kerazoo.tasks.generation.own_classifier import judge_own_samples
from tests.cli.test_evaluate import save

SIDE = 16


def paint(folder: Path, *classes: str, count: int = 10, gray: bool = False) -> Path:
    """Write images of noise, brighter from class to class; `""` for images beside folders."""
    random = np.random.default_rng(0)
    for number, name in enumerate(classes):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for image in range(count):
            pixels = random.integers(0, 60, (SIDE, SIDE, 1 if gray else 3)) + 90 * number
            pixels = np.repeat(pixels, 3, axis=-1) if gray else pixels
            Image.fromarray(pixels.astype("uint8")).save(folder / name / f"{image}.png")
    return folder


def own(name: str, folder: Path, **options) -> tuple[kerazoo.recipe.Recipe, Splits, list[str]]:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        recipe, splits = load_task("generation").own_data(
            name, kerazoo.load_recipe(name), folder, {"image_size": SIDE, **options}
        )
    return recipe, splits, [str(one.message) for one in said]


def test_what_was_found_is_said(tmp_path: Path) -> None:
    recipe, splits, said = own("vae", paint(tmp_path / "pets", "cat", "dog"))
    assert said == [
        f"found in {tmp_path / 'pets'}: images in color of 2 classes ('cat', 'dog'); train 12, "
        "validation 4, test 4. These are few: hundreds are learned better. Made-up images are "
        "judged by a classifier of these classes, without a Fréchet distance: that needs 32 test "
        "images, there are 4. Each class is learned as such: kerazoo generate --class cat asks for "
        "it; --unconditional leaves that out."
    ]
    assert splits.class_names == ("cat", "dog")
    assert recipe.measures == ("likelihood", "own_samples")
    shape = {"latent_dim": 16, "input_shape": [SIDE, SIDE, 3]}
    assert recipe.builder_arguments == shape | {"classes": 2}
    # A network that knows no classes is given none: what is predicted is an image.
    recipe, splits, said = own("autoencoder", tmp_path / "pets")
    assert (splits.train.y, splits.class_names) == (None, ())
    assert recipe.builder_arguments == shape
    assert "--class" not in said[0]
    assert kerazoo.build_vae(**recipe.builder_arguments).output_shape == (None, SIDE, SIDE, 3)


def test_images_without_classes_have_no_measure_of_samples(tmp_path: Path) -> None:
    recipe, splits, said = own("gan", paint(tmp_path, ""))
    assert recipe.measures == ()
    assert len(splits.train.x) == 6
    assert "no classes" in said[0]
    assert said[0].endswith("there is no measure of the images that are made up: look at them.")


def test_gray_images_are_learned_in_gray_unless_said_otherwise(tmp_path: Path) -> None:
    folder = paint(tmp_path, "cat", "dog", gray=True)
    recipe, gray, said = own("autoencoder", folder)
    assert gray.train.x.shape == (12, SIDE, SIDE, 1)
    assert "images in gray" in said[0]
    assert kerazoo.load_dataset("image_folder", **recipe.dataset_arguments).hash() == gray.hash()
    assert own("autoencoder", folder, color="rgb")[1].train.x.shape == (12, SIDE, SIDE, 3)
    colored = paint(tmp_path / "colored", "cat", "dog")
    assert own("autoencoder", colored, color="gray")[1].train.x.shape == (12, SIDE, SIDE, 1)


@pytest.mark.parametrize(
    ("name", "size", "nearest"),
    [
        ("gan", 30, "28 and 32"),
        ("autoencoder", 30, "24 and 32"),
        ("autoencoder", 200, "128"),
        ("vae", 200, "128"),
    ],
)
def test_a_size_that_cannot_be_made(tmp_path: Path, name: str, size: int, nearest: str) -> None:
    folder = paint(tmp_path, "cat")
    message = f"--image-size is {size}; the nearest that {name} can make: {nearest}. Choose"
    with pytest.raises(kerazoo.KerazooError, match=message):
        own(name, folder, image_size=size)


def test_few_images_are_learned_for_more_epochs_unless_told_otherwise(tmp_path: Path) -> None:
    folder = paint(tmp_path, "")
    recipe, splits, _ = own("gan", folder)
    assert (len(splits.train.x), recipe.batch_size, recipe.epochs) == (6, 16, 400)
    assert recipe.optimizer["config"]["learning_rate"]["config"]["decay_steps"] == 400
    usual = kerazoo.load_recipe("gan")
    asked = dataclasses.replace(usual, epochs=5)
    assert own_epochs("gan", folder, asked) == 5


def own_epochs(name: str, folder: Path, recipe: kerazoo.recipe.Recipe) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        adapted, _ = choose_data(name, recipe, recipe, folder, {"image_size": SIDE})
    return adapted.epochs


# === Judging ===


class Copies:
    """In place of a generator: gives the same images, whatever the noise."""

    input_shape = (None, 3)

    def __init__(self, images: np.ndarray) -> None:
        self.images = images

    def predict(self, latents: np.ndarray, **options) -> np.ndarray:
        return self.images[: len(latents)] / np.float32(255)


@pytest.fixture
def trained_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    own_classifier._train_classifier.cache_clear()
    monkeypatch.setattr(own_classifier, "_STEPS", 12)


@pytest.mark.thorough
@pytest.mark.usefixtures("trained_briefly")
def test_copies_of_the_real_images_are_judged_perfect_and_noise_is_not(tmp_path: Path) -> None:
    recipe, splits, _ = own("gan", paint(tmp_path, "cat", "dog", count=80))
    real = splits.test
    scores = judge_own_samples(Copies(real.x), real, recipe.dataset_arguments)
    assert scores[DISTANCE] == pytest.approx(0, abs=1e-6)
    assert (scores["precision"], scores["recall"]) == (1, 1)
    noise = np.random.default_rng(1).integers(0, 256, real.x.shape, "uint8")
    of_noise = judge_own_samples(Copies(noise), real, recipe.dataset_arguments)
    floor, ceiling = f"{DISTANCE}_of_real_images", f"{DISTANCE}_of_noise"
    assert 0 < scores[floor] < scores[ceiling]
    assert of_noise[DISTANCE] == pytest.approx(scores[ceiling], rel=0.5)
    one = np.repeat(real.x[:1], len(real.x), axis=0)
    assert judge_own_samples(Copies(one), real, recipe.dataset_arguments)["recall"] < 0.5


def test_a_folder_that_went_away_costs_the_measure_and_not_the_training(tmp_path: Path) -> None:
    part = Part(np.zeros((4, SIDE, SIDE, 3), "uint8"))
    with pytest.warns(UserWarning, match="made-up images are not judged: there is no folder"):
        assert judge_own_samples(Copies(part.x), part, {"path": str(tmp_path / "gone")}) == {}


@pytest.mark.parametrize("name", ["vae", "gan"])
def test_the_classifier_of_clothes_judges_no_other_data(name: str) -> None:
    recipe = kerazoo.load_recipe(name)
    digits = dataclasses.replace(recipe, dataset="mnist", measures=("samples",))
    model = kerazoo.compile_model(kerazoo.load_builder(name)(), digits)
    part = Part(np.zeros((8, 28, 28, 1), "uint8"))
    with pytest.warns(UserWarning, match="the classifier that does knows fashion_mnist, not mnist"):
        scores = load_task("generation").judge(model, part, digits)
    assert scores.keys().isdisjoint({"classifier_frechet_distance", "precision", "recall"})


def test_images_that_the_classifier_cannot_take_do_not_cost_the_training() -> None:
    images = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 3), "uint8")
    parts = (Part(images[:6]), Part(images[6:9]), Part(images[9:]))
    recipe = dataclasses.replace(
        kerazoo.load_recipe("gan"), builder_arguments={"input_shape": (8, 8, 3), "filters": 4}
    )
    with pytest.warns(UserWarning, match=r"not judged: the images have shape \(3, 8, 8, 3\)"):
        run = kerazoo.train("gan", recipe=recipe, splits=Splits(*parts, about=Images()), epochs=1)
    assert run.metrics.keys() == {"loss", "generator_loss", "discriminator_loss"}


def test_as_many_principal_components_as_there_are_images() -> None:
    """Sixteen cannot be had from four images, which the first four reconstruct exactly."""
    x = np.random.default_rng(0).integers(0, 256, (6, 4, 4, 1), "uint8")
    splits = Splits(Part(x[:3]), Part(x[3:5]), Part(x[4:5]), about=Images())
    scores = score_baseline("principal_components", splits, 16)
    assert scores["mean_squared_error"] == pytest.approx(0, abs=1e-10)


# === kerazoo evaluate ===


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:found in")
def test_a_saved_network_is_judged_on_the_same_images_again(tmp_path: Path) -> None:
    folder = paint(tmp_path / "pets", "cat", "dog", gray=True)
    saved = save("autoencoder", folder, tmp_path / "m", image_size=SIDE)
    card = load_card(saved)
    assert card.class_names == ()
    recipe, splits = load_own_splits(open_saved(saved), kerazoo.load_recipe("autoencoder"), folder)
    assert splits.hash() == card.data
    judged = load_task("generation").evaluate(saved, splits, recipe, "keras")
    drawn = judged.model.predict(splits.test.x, verbose=0)
    error = np.mean((drawn - splits.test.x / 255) ** 2)
    assert judged.scores["mean_squared_error"] == pytest.approx(error, rel=1e-4)
    assert judged.by_chance == frozenset()
    # Nothing was trained on other images: all are judged.
    others = paint(tmp_path / "others", "cow", "cat", gray=True)
    with pytest.warns(UserWarning, match="so that all of its 20 images are judged"):
        _, splits = load_own_splits(open_saved(saved), kerazoo.load_recipe("autoencoder"), others)
    assert [len(part.x) for part in (splits.train, splits.validation, splits.test)] == [0, 0, 20]
    judged = load_task("generation").evaluate(saved, splits, recipe, "keras")
    drawn = judged.model.predict(splits.test.x, verbose=0)
    error = np.mean((drawn - splits.test.x / 255) ** 2)
    assert judged.scores["mean_squared_error"] == pytest.approx(error, rel=1e-4)


@pytest.mark.thorough
def test_what_is_drawn_by_chance_is_not_compared_with_the_card() -> None:
    """Of ten thousand images, the losses of a GAN differ in the third digit from run to run."""
    clothes = kerazoo.load_dataset("fashion_mnist_mini")
    splits = dataclasses.replace(clothes, test=Part(clothes.test.x[:320]))
    judged = load_task("generation").evaluate("gan", splits, kerazoo.load_recipe("gan"), "keras")
    assert isinstance(judged, Evaluation)
    assert judged.by_chance == {"loss", "generator_loss", "discriminator_loss"}
    assert "classifier_frechet_distance" in judged.scores
