"""Autoencoder, VAE and GAN: what they compute, checked against what is known in closed form."""

from __future__ import annotations

import math
from pathlib import Path

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.datasets import Part
from kerazoo.experiments.judging import judge
from kerazoo.models.generative._reconstruction import Sampling, cross_entropy, kl_divergence
from kerazoo.tasks.generation.likelihood import estimate_likelihood
from tests.conftest import run_python
from tests.small_data import clothes

pytestmark = pytest.mark.thorough

IMAGES = clothes(labels=False)
BUILDERS = {name: kerazoo.load_builder(name) for name in kerazoo.list_models("generative")}


@pytest.fixture(scope="module")
def vae() -> keras.Model:
    keras.utils.set_random_seed(0)
    model = kerazoo.build_vae(latent_dim=3, hidden_units=(32,))
    model.compile("adam")
    kerazoo.fit_model(model, IMAGES.train, epochs=3, verbose=0)
    return model


@pytest.fixture
def gan() -> keras.Model:
    keras.utils.set_random_seed(0)
    model = kerazoo.build_gan(latent_dim=8, filters=4)
    model.compile(keras.optimizers.Adam(1e-3))
    return model


# === Autoencoder ===


def test_autoencoder_is_its_encoder_and_decoder() -> None:
    model = kerazoo.build_autoencoder(latent_dim=5, filters=(8, 8))
    images = clothes(labels=False, padding=2).test.x[:4]
    latents = model.get_layer("encoder").predict(images, verbose=0)
    assert latents.shape == (4, 5)
    decoded = model.get_layer("decoder").predict(latents, verbose=0)
    np.testing.assert_allclose(decoded, model.predict(images, verbose=0), atol=1e-6)
    assert decoded.min() >= 0
    assert decoded.max() <= 1


def test_autoencoder_compares_with_the_scaled_image() -> None:
    model = kerazoo.build_autoencoder(filters=(8,))
    model.compile("adam", "binary_crossentropy", metrics=["mean_squared_error"])
    images = clothes(labels=False, padding=2).test.x[:50]
    found = kerazoo.evaluate_model(model, (images,))
    target, decoded = images / 255, model.predict(images, verbose=0)
    expected = -(target * np.log(decoded) + (1 - target) * np.log(1 - decoded)).mean()
    assert found["loss"] == pytest.approx(expected, rel=1e-4)
    assert found["mean_squared_error"] == pytest.approx(np.mean((target - decoded) ** 2), rel=1e-4)


def test_noise_is_added_in_training_only() -> None:
    model = kerazoo.build_autoencoder(filters=(8,), noise=0.5)
    images = clothes(labels=False, padding=2).test.x[:4]
    still = [np.asarray(model(images, training=False)) for _ in range(2)]
    moved = [np.asarray(model(images, training=True)) for _ in range(2)]
    np.testing.assert_array_equal(*still)
    assert not np.array_equal(*moved)


# === VAE ===


def test_kl_divergence_is_the_closed_form_and_the_monte_carlo_estimate() -> None:
    mean, log_variance = np.array([[0.7, -1.2]]), np.array([[0.5, -0.8]])
    variance = np.exp(log_variance)
    closed = 0.5 * (mean**2 + variance - 1 - log_variance).sum()
    draws = mean + np.sqrt(variance) * np.random.default_rng(0).normal(size=(400_000, 2))
    log_ratio = 0.5 * (draws**2 - (draws - mean) ** 2 / variance - log_variance).sum(axis=1)
    found = float(kl_divergence(keras.ops.array(mean), keras.ops.array(log_variance))[0])
    assert found == pytest.approx(closed, rel=1e-6)
    assert found == pytest.approx(log_ratio.mean(), abs=5 * log_ratio.std() / 400_000**0.5)
    assert float(kl_divergence(keras.ops.zeros((1, 2)), keras.ops.zeros((1, 2)))[0]) == 0


def test_reconstruction_and_kl_add_up_to_the_loss(vae: keras.Model) -> None:
    history = kerazoo.fit_model(vae, IMAGES.train, IMAGES.validation, epochs=2, verbose=0).history
    for prefix in ("", "val_"):
        parts = np.add(history[f"{prefix}reconstruction"], history[f"{prefix}kl"])
        np.testing.assert_allclose(history[f"{prefix}loss"], parts, rtol=1e-5)
    scores = kerazoo.evaluate_model(vae, IMAGES.test)
    assert scores["loss"] == pytest.approx(scores["reconstruction"] + scores["kl"], rel=1e-5)


def test_both_terms_are_sums_over_an_image(vae: keras.Model) -> None:
    mean, log_variance = vae.get_layer("encoder").predict(IMAGES.test.x, verbose=0)
    scores = kerazoo.evaluate_model(vae, IMAGES.test)
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1).mean()
    assert scores["kl"] == pytest.approx(kl, rel=1e-4)
    at_the_mean = cross_entropy(
        keras.ops.array(IMAGES.test.x / np.float32(255)), vae.predict(IMAGES.test.x, verbose=0)
    )
    assert 0.8 < float(keras.ops.mean(at_the_mean)) / scores["reconstruction"] < 1.1


def test_prediction_decodes_the_mean(vae: keras.Model) -> None:
    mean, _ = vae.get_layer("encoder").predict(IMAGES.test.x[:5], verbose=0)
    decoded = vae.get_layer("decoder").predict(mean, verbose=0)
    for _ in range(2):
        np.testing.assert_allclose(vae.predict(IMAGES.test.x[:5], verbose=0), decoded, atol=1e-6)


def test_sampling_has_its_own_sequence_of_random_numbers() -> None:
    zeros = keras.ops.zeros((1000, 2))
    one, two = Sampling(seed=1), Sampling(seed=1)
    first = np.asarray(one([zeros + 3, zeros + math.log(4)]))
    np.testing.assert_array_equal(first, two([zeros + 3, zeros + math.log(4)]))
    assert not np.array_equal(first, one([zeros + 3, zeros + math.log(4)]))
    assert first.mean() == pytest.approx(3, abs=0.2)
    assert first.std() == pytest.approx(2, abs=0.15)
    assert Sampling.from_config(one.get_config()).seed == 1


def test_likelihood_is_never_worse_than_the_bound(vae: keras.Model) -> None:
    found = estimate_likelihood(vae, IMAGES.test.x[:100], samples=200)
    assert found["negative_log_likelihood"] < found["negative_elbo"]
    once = estimate_likelihood(vae, IMAGES.test.x[:100], samples=1)
    assert once["negative_log_likelihood"] == pytest.approx(once["negative_elbo"])
    loss = kerazoo.evaluate_model(vae, (IMAGES.test.x[:100],))["loss"]
    assert found["negative_elbo"] == pytest.approx(loss, rel=0.02)


def test_likelihood_of_a_decoder_that_ignores_its_input_is_exact() -> None:
    model = kerazoo.build_vae(latent_dim=2, hidden_units=(4,))
    model.get_layer("decoder").set_weights(
        [np.zeros_like(weight) for weight in model.get_layer("decoder").get_weights()]
    )
    found = estimate_likelihood(model, IMAGES.test.x[:20], samples=5000)
    # Every pixel is 1 with probability a half, so each costs log 2, whatever the latent vector is.
    assert found["negative_log_likelihood"] == pytest.approx(784 * math.log(2), abs=0.1)


def test_likelihood_refuses_nothing_to_estimate_from(vae: keras.Model) -> None:
    with pytest.raises(kerazoo.InvalidInput, match="samples=0; pass at least one"):
        estimate_likelihood(vae, IMAGES.test.x, samples=0)
    with pytest.raises(kerazoo.InvalidInput, match="0 images"):
        estimate_likelihood(vae, IMAGES.test.x[:0])


# === GAN ===


def test_the_discriminator_does_not_learn_in_the_generators_step(gan: keras.Model) -> None:
    """With a rate of 0 for one of them, only the other moves."""
    for still, moving in (
        ("discriminator", "trained_generator"),
        ("trained_generator", "discriminator"),
    ):
        rate = 0.0 if still == "discriminator" else 1.0
        gan.discriminator_rate = rate
        gan.compile(keras.optimizers.Adam(1e-3))
        if still == "trained_generator":
            gan.optimizer.learning_rate = 0.0
        before = {name: _copy(getattr(gan, name)) for name in (still, moving)}
        kerazoo.fit_model(gan, IMAGES.train, epochs=1, verbose=0)
        after = {name: _copy(getattr(gan, name)) for name in (still, moving)}
        assert all(map(np.array_equal, before[still], after[still]))
        assert not any(map(np.array_equal, before[moving], after[moving]))


def test_losses_are_cross_entropies_with_targets_from_0_to_1() -> None:
    model = kerazoo.build_gan(latent_dim=8, filters=4, label_smoothing=0.1)
    logit = model.discriminator.get_layer("logit")
    logit.set_weights([np.zeros_like(logit.kernel), np.array([2.0], "float32")])
    model.compile("adam")
    scores = kerazoo.evaluate_model(model, IMAGES.test)
    real, made = -math.log(1 / (1 + math.exp(-2))), -math.log(1 / (1 + math.exp(2)))
    assert scores["generator_loss"] == pytest.approx(real, rel=1e-4)
    assert scores["discriminator_loss"] == pytest.approx(0.9 * real + 0.1 * made + made, rel=1e-4)


def test_average_generator_follows_slowly() -> None:
    keras.utils.set_random_seed(0)
    model = kerazoo.build_gan(latent_dim=8, filters=4, averaging=0.9)
    model.compile(keras.optimizers.Adam(1e-3))
    start = model.generator.get_weights()
    kerazoo.fit_model(model, (IMAGES.train.x[:32],), epochs=1, verbose=0)
    assert model.get_layer("generator") is not model.get_layer("trained_generator")
    for old, slow, fast in zip(
        start, model.generator.get_weights(), model.trained_generator.get_weights(), strict=True
    ):
        np.testing.assert_allclose(slow, 0.9 * old + 0.1 * fast, atol=1e-6)


def test_gradient_penalty_flattens_the_discriminator() -> None:
    slopes = {}
    for penalty in (0.0, 10.0):
        keras.utils.set_random_seed(0)
        model = kerazoo.build_gan(latent_dim=8, filters=4, gradient_penalty=penalty)
        model.compile(keras.optimizers.Adam(1e-3, beta_1=0.5))
        kerazoo.fit_model(model, IMAGES.train, epochs=8, verbose=0)
        real = IMAGES.test.x[:50] / np.float32(255)
        step = 1e-2 * np.random.default_rng(0).normal(size=real.shape).astype("float32")
        logits = [model.discriminator.predict(x, verbose=0) for x in (real + step, real - step)]
        slopes[penalty] = np.abs(np.subtract(*logits)).mean()
    assert slopes[10.0] < 0.7 * slopes[0.0]


def test_gan_refuses_a_loss(gan: keras.Model) -> None:
    with pytest.raises(kerazoo.KerazooError, match="has a loss of its own"):
        kerazoo.compile_model(gan, "gan", loss="mse")


def test_two_time_scales_share_one_schedule(gan: keras.Model) -> None:
    gan.discriminator_rate = 3.0
    gan.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 8)))
    for _ in range(2):
        rates = [float(o.learning_rate) for o in (gan.optimizer, gan.discriminator_optimizer)]
        assert rates[1] == pytest.approx(3 * rates[0])
        kerazoo.fit_model(gan, (IMAGES.train.x[:128],), epochs=1, verbose=0)
    assert rates[0] == pytest.approx(1e-3 / 2)


def test_gan_resumes_with_both_optimizers(tmp_path: Path) -> None:
    def train(epochs: int, folder: str) -> keras.Model:
        keras.utils.set_random_seed(0)
        model = kerazoo.build_gan(latent_dim=8, filters=4, averaging=0.9)
        model.compile(keras.optimizers.Adam(1e-3, beta_1=0.5))
        options = {"checkpoint": tmp_path / folder, "resume": True, "checkpoint_seconds": 0}
        kerazoo.fit_model(model, IMAGES.train, epochs=epochs, verbose=0, **options)
        return model

    whole = train(4, "whole")
    train(2, "parts")
    resumed = train(4, "parts")
    for one, two in zip(whole.variables, resumed.variables, strict=True):
        np.testing.assert_array_equal(one, two, err_msg=one.path)
    for kind in ("optimizer", "discriminator_optimizer"):
        pairs = zip(getattr(whole, kind).variables, getattr(resumed, kind).variables, strict=True)
        for one, two in pairs:
            np.testing.assert_array_equal(one, two, err_msg=one.path)


def test_saved_gan_goes_on_with_both_optimizers(tmp_path: Path) -> None:
    recipe = kerazoo.load_recipe("gan", "documented")
    model = kerazoo.compile_model(kerazoo.build_gan(), recipe)
    kerazoo.fit_model(model, (IMAGES.train.x[:64],), epochs=1, verbose=0)
    path = kerazoo.save_model(model, tmp_path / "gan", recipe=recipe, variant="documented")
    loaded = kerazoo.load_model(path, compile=True)
    for kind in ("optimizer", "discriminator_optimizer"):
        pairs = zip(getattr(model, kind).variables, getattr(loaded, kind).variables, strict=True)
        for one, two in pairs:
            np.testing.assert_array_equal(one, two, err_msg=one.path)


# === All ===


@pytest.mark.parametrize("name", BUILDERS)
def test_latent_size_0_is_refused(name: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match="latent_dim is 0; pass how many"):
        BUILDERS[name](latent_dim=0)


@pytest.mark.parametrize(("name", "shape"), [("autoencoder", (28, 28, 1)), ("gan", (30, 28, 1))])
def test_shapes_that_cannot_be_halved_are_refused(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(kerazoo.InvalidInput, match="Pad the images"):
        BUILDERS[name](input_shape=shape)


@pytest.mark.parametrize(
    "option", [{"averaging": 1.0}, {"label_smoothing": 0.5}, {"gradient_penalty": -1.0}]
)
def test_options_outside_their_range_are_refused(option: dict[str, float]) -> None:
    with pytest.raises(kerazoo.InvalidInput, match="expected 0"):
        kerazoo.build_gan(**option)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda x: x / 255.0, "pixels from 0 to 1"),
        (lambda x: x.astype("float32") - 10, "whole numbers from 0 to 255"),
        (lambda x: np.arange(len(x), dtype="int32"), "has shape"),
        (lambda x: x[:, :14], "has shape"),
    ],
)
def test_training_refuses_what_is_no_image(gan: keras.Model, wrong, message: str) -> None:
    with pytest.raises(kerazoo.InvalidInput, match=message):
        kerazoo.fit_model(gan, (wrong(IMAGES.train.x),), epochs=1, verbose=0)


@pytest.mark.filterwarnings("ignore:a loss was NaN")
def test_nan_ends_training_with_the_last_good_weights(gan: keras.Model) -> None:
    class Spoil(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                self.model.discriminator_optimizer.learning_rate = math.inf

    keeper = kerazoo.KeepFinite()
    history = kerazoo.fit_model(gan, IMAGES.train, epochs=5, callbacks=[keeper, Spoil()], verbose=0)
    assert keeper.stopped_epoch == 2
    assert len(history.history["loss"]) == 3
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())


@pytest.mark.parametrize("name", BUILDERS)
def test_parts_are_served_without_tensorflow(name: str, tmp_path: Path) -> None:
    path = kerazoo.save_model(BUILDERS[name](), tmp_path / name)
    part = "generator" if name == "gan" else "decoder"
    latents = np.random.default_rng(0).normal(size=(5, *_latents(path, part))).astype("float32")
    np.save(tmp_path / "latents.npy", latents)
    code = f"""
import sys, numpy as np, kerazoo
latents = np.load({str(tmp_path / "latents.npy")!r})
made = kerazoo.load_predictor({str(path)!r}, part={part!r}).predict(latents).values
np.save({str(tmp_path / "made.npy")!r}, made)
assert "tensorflow" not in sys.modules and "keras" not in sys.modules
"""
    run_python(code)
    by_keras = kerazoo.load_predictor(path, "keras", part=part).predict(latents).values
    np.testing.assert_allclose(np.load(tmp_path / "made.npy"), by_keras, atol=1e-5)
    with pytest.raises(kerazoo.UnknownName, match=f"unknown part of '{name}' 'decodr'"):
        kerazoo.load_predictor(path, part="decodr")


def _latents(path: Path, part: str) -> tuple[int, ...]:
    return kerazoo.load_predictor(path, part=part).card.inputs[0].shape


def _copy(model: keras.Model) -> list[np.ndarray]:
    return [np.array(weight) for weight in model.trainable_weights]


# === A moment's training on real clothes moves every measure the right way ===

MOMENT = kerazoo.load_dataset("fashion_mnist_mini", labels=False)
LOWER_IS_BETTER = {
    "loss",
    "mean_squared_error",
    "negative_elbo",
    "negative_log_likelihood",
    "classifier_frechet_distance",
}


@pytest.mark.parametrize(
    ("name", "arguments", "epochs"),
    [
        ("vae", {"latent_dim": 8, "hidden_units": (64,)}, 8),
        ("gan", {"latent_dim": 16, "filters": 8}, 5),
    ],
)
def test_training_moves_measures_the_right_way(name: str, arguments: dict, epochs: int) -> None:
    keras.utils.set_random_seed(0)
    model = BUILDERS[name](**arguments)
    model.compile(keras.optimizers.Adam(2e-3))
    part, recipe = Part(MOMENT.test.x[:400]), kerazoo.load_recipe(name)
    before = judge(model, part, recipe)
    kerazoo.fit_model(model, MOMENT.train, epochs=epochs, batch_size=64, verbose=0)
    after = judge(model, part, recipe)
    for measure in LOWER_IS_BETTER & after.keys() - ({"loss"} if name == "gan" else set()):
        assert after[measure] < before[measure], measure
    # Not the precision: gray noise lies far from its own like, so that anything is near it.
    for measure in ("recall", "smallest_class_share"):
        assert after[measure] >= before[measure], measure


def test_denoising_reconstructs_what_noise_has_hidden() -> None:
    """Trained with noise, an autoencoder undoes it better than one that was trained without."""
    errors = {}
    images = kerazoo.load_dataset("fashion_mnist_mini", labels=False, padding=2)
    clean = images.test.x[:300]
    noise = np.random.default_rng(0).normal(0, 0.4 * 255, clean.shape)
    noisy = (clean + noise).clip(0, 255).astype("uint8")
    for strength in (0.0, 0.4):
        keras.utils.set_random_seed(0)
        model = kerazoo.build_autoencoder(latent_dim=16, filters=(8, 16), noise=strength)
        model.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy")
        kerazoo.fit_model(model, (images.train.x[:2000],), epochs=4, verbose=0)
        made = model.predict(noisy, verbose=0)
        errors[strength] = np.mean((made - clean / 255) ** 2)
    assert errors[0.4] < errors[0.0]
