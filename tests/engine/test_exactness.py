"""fit_model gives the numbers of keras.Model.fit: losses, metrics and weights."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from kerazoo.engine.fit import fit_model
from tests.engine import small_networks as networks

# XLA takes a second or more for each: test_registry_exactness compares it for every network, too.
JIT_COMPILE = [False, pytest.param(True, marks=pytest.mark.thorough)]


def assert_same_training(
    make_model: Any,
    train: Any,
    validation: Any = None,
    *,
    make_callbacks: Any = list,
    **options: Any,
) -> None:
    """Train twice from the same start, without shuffling, and compare everything."""
    jit_compile = options.pop("jit_compile", False)
    options = {"epochs": 3, "batch_size": 16, "shuffle": False, "verbose": 0} | options
    theirs, ours = make_model(), make_model()
    ours.set_weights(theirs.get_weights())
    x, y, weight = (*train, None, None)[:3]
    expected = theirs.fit(
        x,
        y,
        sample_weight=weight,
        validation_data=validation,
        callbacks=make_callbacks(),
        **options,
    )
    history = fit_model(
        ours,
        train,
        validation,
        callbacks=make_callbacks(),
        engine="resident",
        jit_compile=jit_compile,
        **options,
    )
    assert history.epoch == expected.epoch
    assert list(history.history) == list(expected.history)
    for name, values in expected.history.items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-5, err_msg=name)
    for path, our, their in zip(
        [v.path for v in ours.variables], ours.get_weights(), theirs.get_weights(), strict=False
    ):
        scale = np.abs(their).max()
        np.testing.assert_allclose(our, their, rtol=1e-5, atol=1e-5 * scale, err_msg=path)


@pytest.mark.parametrize("jit_compile", JIT_COMPILE)
@pytest.mark.parametrize(
    ("make_model", "data"),
    [
        (networks.dense, networks.rows()),
        (networks.convolutional, networks.images()),
        (networks.recurrent, (networks.rows()[0][..., None], networks.rows()[1])),
    ],
)
def test_networks(make_model: Any, data: Any, jit_compile: bool) -> None:
    x, y = data
    assert_same_training(make_model, (x, y), (x[:21], y[:21]), jit_compile=jit_compile)


@pytest.mark.thorough
@pytest.mark.parametrize("batch_size", [1, 7, 70, 100])
def test_batches(batch_size: int) -> None:
    assert_same_training(networks.dense, networks.rows(), networks.rows(9), batch_size=batch_size)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "options",
    [
        {"validation_split": 0.3},
        {"class_weight": {0: 2.0, 2: 0.25}},
        {"class_weight": {1: 3.0}, "validation_split": 0.2},
        {"initial_epoch": 2, "epochs": 4},
    ],
)
def test_options(options: dict[str, Any]) -> None:
    assert_same_training(networks.dense, networks.rows(), **options)


def test_sample_weights() -> None:
    x, y = networks.rows()
    weight = np.random.default_rng(1).uniform(0, 2, len(x))
    make = lambda: networks.dense(weighted_metrics=["categorical_accuracy"])  # noqa: E731
    assert_same_training(make, (x, y, weight), (x, y, weight[::-1]))


@pytest.mark.thorough
@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 12), momentum=0.9),
        lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1, clipnorm=0.5),
        lambda: keras.optimizers.Adam(0.01, gradient_accumulation_steps=3),
        lambda: keras.optimizers.Adam(0.01, use_ema=True, ema_overwrite_frequency=4),
        lambda: keras.optimizers.Adam(0.01, use_ema=True),
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1)),
    ],
    ids=["schedule", "decay", "accumulation", "ema_overwrite", "ema", "loss_scale"],
)
def test_optimizers(optimizer: Any) -> None:
    assert_same_training(lambda: networks.dense(optimizer()), networks.rows(), networks.rows(20))


@pytest.mark.thorough
@pytest.mark.parametrize(
    "callback",
    [
        lambda: keras.callbacks.EarlyStopping("val_loss", patience=1, restore_best_weights=True),
        lambda: keras.callbacks.ReduceLROnPlateau("val_loss", patience=0, min_delta=1.0),
        lambda: keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5),
        lambda: keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None),
        lambda: keras.callbacks.History(),
    ],
)
def test_callbacks(callback: Any) -> None:
    assert_same_training(
        lambda: networks.dense(keras.optimizers.SGD(2.0)),
        networks.rows(),
        networks.rows(20, seed=1),
        epochs=6,
        make_callbacks=lambda: [callback()],
    )


def test_swapped_ema_weights() -> None:
    assert_same_training(
        lambda: networks.dense(keras.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.8)),
        networks.rows(),
        networks.rows(20),
        make_callbacks=lambda: [keras.callbacks.SwapEMAWeights()],
    )


def test_callbacks_that_write_files(tmp_path: Any) -> None:
    made = iter(range(2))

    def callbacks() -> list[keras.callbacks.Callback]:
        folder = tmp_path / str(next(made))
        folder.mkdir()
        return [
            keras.callbacks.ModelCheckpoint(folder / "best.keras", "val_loss", save_best_only=True),
            keras.callbacks.CSVLogger(folder / "log.csv"),
        ]

    assert_same_training(
        networks.dense, networks.rows(), networks.rows(20), make_callbacks=callbacks
    )
    logs = [pd.read_csv(tmp_path / name / "log.csv") for name in "01"]
    pd.testing.assert_frame_equal(*logs, rtol=1e-5)
    saved = [keras.models.load_model(tmp_path / name / "best.keras").get_weights() for name in "01"]
    for ours, theirs in zip(*saved, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.thorough
def test_several_inputs_and_outputs() -> None:
    def make() -> keras.Model:
        keras.utils.set_random_seed(3)
        left, right = keras.Input((5,), name="left"), keras.Input((3,), name="right")
        x = keras.layers.Dense(4, "relu")(keras.layers.Concatenate()([left, right]))
        outputs = {
            "price": keras.layers.Dense(1, name="price")(x),
            "kind": keras.layers.Dense(3, "softmax", name="kind")(x),
        }
        model = keras.Model({"left": left, "right": right}, outputs)
        model.compile(
            "adam",
            {"price": "mse", "kind": "categorical_crossentropy"},
            metrics={"kind": ["accuracy"]},
            loss_weights={"price": 0.1, "kind": 1.0},
        )
        return model

    x, y = networks.rows()
    targets = {"price": x[:, :1], "kind": y}
    assert_same_training(make, ({"left": x, "right": y}, targets))
    weights = {"price": np.arange(70.0), "kind": np.ones(70)}
    assert_same_training(make, ({"left": x, "right": y}, targets, weights))


@pytest.mark.parametrize(
    "convert",
    [pd.DataFrame, tf.constant, lambda array: array.astype("float64")],
    ids=["pandas", "tensor", "float64"],
)
def test_kinds_of_arrays(convert: Any) -> None:
    x, y = networks.rows()
    theirs, ours = networks.dense(), networks.dense()
    ours.set_weights(theirs.get_weights())
    expected = theirs.fit(x, y, shuffle=False, verbose=0)
    history = fit_model(ours, (convert(x), convert(y)), shuffle=False, verbose=0, engine="resident")
    np.testing.assert_allclose(history.history["loss"], expected.history["loss"], rtol=1e-6)


def test_series_of_targets() -> None:
    def make() -> keras.Model:
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse", metrics=["mae"])
        return model

    x, _ = networks.rows()
    assert_same_training(make, (pd.DataFrame(x), pd.Series(x[:, 0])))


class OwnStep(keras.Model):
    """A step of its own that reports something which is not a metric, and draws random numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = keras.layers.Dense(1)
        self.inner.build((None, 5))
        self.second_optimizer = keras.optimizers.Adam(0.01)
        self.seeds = keras.random.SeedGenerator(5)

    def call(self, x: Any) -> Any:
        return self.inner(x)

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        noise = keras.random.normal(keras.ops.shape(y), seed=self.seeds) * 0.01
        with tf.GradientTape() as tape:
            loss = keras.ops.mean(keras.ops.square(self(x) - y + noise))
        gradients = tape.gradient(loss, self.trainable_weights)
        self.second_optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        return {"own_loss": loss}

    def test_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        return {"own_loss": keras.ops.mean(keras.ops.square(self(x) - y))}


@pytest.mark.parametrize("jit_compile", JIT_COMPILE)
def test_own_train_step(jit_compile: bool) -> None:
    def make() -> keras.Model:
        keras.utils.set_random_seed(3)
        model = OwnStep()
        model.compile()
        return model

    x, _ = networks.rows()
    assert_same_training(make, (x, x[:, :1]), (x[:9], x[:9, :1]), jit_compile=jit_compile)


class Autoencoder(keras.Model):
    """Without targets: its loss comes from the input alone, and one of its metrics is its own."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = keras.layers.Dense(5)
        self.inner.build((None, 5))
        self.size = keras.metrics.Mean(name="size")

    def call(self, x: Any) -> Any:
        y = self.inner(x)
        self.size.update_state(y)
        self.add_loss(keras.ops.mean(keras.ops.abs(y)) * 0.1)
        return y

    def compute_loss(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None, **_: Any) -> Any:
        return keras.ops.mean(keras.ops.square(y_pred - x)) + keras.ops.sum(self.losses)


def test_own_loss_without_targets() -> None:
    def make() -> keras.Model:
        keras.utils.set_random_seed(3)
        model = Autoencoder()
        model.compile("adam")
        return model

    x, _ = networks.rows()
    assert_same_training(make, (x,), (x[:20],))


@pytest.mark.parametrize("jit_compile", JIT_COMPILE)
def test_dropout_and_noise_draw_the_same_numbers(jit_compile: bool) -> None:
    def make() -> keras.Model:
        keras.utils.set_random_seed(3)
        model = keras.Sequential(
            [
                keras.Input((5,)),
                keras.layers.GaussianNoise(0.5, seed=1),
                keras.layers.Dense(4),
                keras.layers.Dropout(0.5, seed=2),
                keras.layers.Dense(3, "softmax"),
            ]
        )
        model.compile("adam", "categorical_crossentropy")
        return model

    assert_same_training(make, networks.rows(), jit_compile=jit_compile)


def test_many_epochs_in_one_call() -> None:
    options: dict[str, Any] = {"epochs": 23, "verbose": 0, "engine": "resident"}
    one_call, many_calls = networks.dense(), networks.dense()
    many_calls.set_weights(one_call.get_weights())
    first = fit_model(one_call, networks.rows(), networks.rows(9), **options)
    watching = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)
    second = fit_model(
        many_calls, networks.rows(), networks.rows(9), callbacks=[watching], **options
    )
    assert first.history == second.history
    for a, b in zip(one_call.get_weights(), many_calls.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
