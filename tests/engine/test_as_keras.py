"""fit_model takes what keras.Model.fit takes, and does the same with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from kerazoo.engine.callbacks import EarlyStopping, ModelCheckpoint
from kerazoo.engine.evaluate import evaluate_model
from kerazoo.engine.fit import fit_model
from kerazoo.engine.normalization import adapt_normalization
from kerazoo.errors import KerazooError
from tests.engine import small_networks as networks
from tests.engine.test_exactness import assert_same_training


def line(optimizer: Any = "sgd") -> keras.Model:
    """The smallest network: five numbers, three outputs."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
    model.compile(optimizer, "mse")
    return model


@pytest.mark.parametrize(
    "options",
    [
        {"steps_per_epoch": 2},  # of 5 batches: epochs of 2, 2 and 1 steps, and again
        {"steps_per_epoch": 5},
        {"steps_per_epoch": 2, "batch_size": None},  # two steps read all rows
        {"validation_steps": 1, "validation_batch_size": 4},
        {"validation_steps": 2, "batch_size": None},
        {"validation_freq": 2},
        {"validation_freq": [1, 4], "initial_epoch": 1},
        {"steps_per_epoch": 3, "validation_freq": 3},
        {"steps_per_epoch": 2, "validation_batch_size": 4, "jit_compile": True},
    ],
    ids=str,
)
def test_step_limits(options: dict[str, Any]) -> None:
    assert_same_training(line, networks.rows(), networks.rows(10), **{"epochs": 5} | options)


@pytest.mark.parametrize("name", ["steps_per_epoch", "validation_steps"])
def test_more_steps_than_rows_are_said(name: str) -> None:
    with pytest.warns(
        UserWarning, match=f"ran out of data: {name} is 9, and 16 at a time 70 rows make 5 batches"
    ):
        history = fit_model(
            line(), networks.rows(), networks.rows(), batch_size=16, verbose=0, **{name: 9}
        )
    assert len(history.history["val_loss"]) == 1


def test_steps_in_one_call_are_not_cut() -> None:
    def make() -> keras.Model:
        model = line()
        model.compile("sgd", "mse", steps_per_execution=2)
        return model

    assert_same_training(make, networks.rows(), steps_per_epoch=3)


def test_shuffled_epochs_share_one_reading_of_the_rows() -> None:
    model = line(keras.optimizers.SGD(0.0))
    x, y = networks.rows(64)
    options: dict[str, Any] = {"batch_size": 16, "verbose": 0, "epochs": 4}
    parts = fit_model(model, (x, y), steps_per_epoch=2, **options).history["loss"]
    whole = fit_model(model, (x, y), **options).history["loss"]
    assert parts[0] != parts[2]
    np.testing.assert_allclose([sum(parts[:2]) / 2, sum(parts[2:]) / 2], whole[:2], rtol=1e-5)


def test_limits_reach_keras() -> None:
    class Steps(keras.callbacks.Callback):
        count = 0

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.count += 1

    callback = Steps()
    fit_model(
        line(), networks.rows(), steps_per_epoch=2, engine="keras", callbacks=callback, verbose=0
    )
    assert callback.count == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps_per_epoch": 0}, "steps_per_epoch is 0"),
        ({"validation_freq": [0, 2]}, r"validation_freq is \[0, 2\]"),
        ({"validation_steps": "all"}, "validation_steps is 'all'"),
        ({"validation_batch_size": 2.5}, "validation_batch_size is 2.5"),
        ({"shuffle": "epoch"}, "pass True, False or 'batch'"),
    ],
)
def test_refused_limits(options: dict[str, Any], message: str) -> None:
    with pytest.raises(KerazooError, match=message):
        fit_model(line(), networks.rows(), **options)


def test_epochs_without_validation_are_passed_over(tmp_path: Path) -> None:
    stopping = EarlyStopping("val_loss", "min", patience=0, min_delta=1e9)
    checkpoint = ModelCheckpoint(tmp_path / "best.weights.h5")
    options: dict[str, Any] = {"epochs": 9, "verbose": 0, "callbacks": [stopping, checkpoint]}
    rows = networks.rows()
    history = fit_model(line(), rows, rows, validation_freq=2, **options)
    # Better than nothing after the second epoch, no better after the fourth.
    assert len(history.history["loss"]) == 4
    assert len(history.history["val_loss"]) == 2
    assert checkpoint.best == min(history.history["val_loss"])


def test_limits_of_the_configuration() -> None:
    keras.config.set_max_epochs(2)
    keras.config.set_max_steps_per_epoch(3)
    try:
        with pytest.warns(UserWarning, match="Limiting epochs to 2"):
            assert_same_training(line, networks.rows(), networks.rows(), epochs=4)
        model = keras.Sequential(
            [keras.Input((5,)), keras.layers.Rescaling(2.0), keras.layers.Normalization()]
        )
        adapt_normalization(model, np.arange(1000.0).reshape(200, 5))
        np.testing.assert_allclose(model.layers[-1].mean[0], 2 * np.arange(497.5, 502))
    finally:
        keras.config.set_max_epochs(None)
        keras.config.set_max_steps_per_epoch(None)


def test_rows_of_a_batch_are_shuffled_within_it() -> None:
    x = np.repeat(np.arange(4.0), 16)[:, None]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile("sgd", "mae")
    options: dict[str, Any] = {"batch_size": 16, "verbose": 0, "steps_per_epoch": 1, "epochs": 4}
    model.optimizer.learning_rate = 0.0
    # Batch k holds the number k only, in whatever order.
    history = fit_model(model, (x, np.zeros(64)), shuffle="batch", **options)
    np.testing.assert_allclose(history.history["loss"], [0, 1, 2, 3])


class Interrupts(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch == 2:
            raise RuntimeError("pulled the plug")


def test_backup_and_restore(tmp_path: Path) -> None:
    backup = lambda: keras.callbacks.BackupAndRestore(tmp_path)  # noqa: E731
    options: dict[str, Any] = {"epochs": 5, "verbose": 0, "engine": "resident", "shuffle": False}
    whole = fit_model(line("adam"), networks.rows(), **options)
    with pytest.raises(RuntimeError, match="plug"):
        fit_model(line("adam"), networks.rows(), callbacks=[backup(), Interrupts()], **options)
    resumed = fit_model(line("adam"), networks.rows(), callbacks=[backup()], **options)
    assert resumed.epoch == [3, 4]
    np.testing.assert_allclose(resumed.history["loss"], whole.history["loss"][3:], rtol=1e-5)


@pytest.mark.parametrize("engine", ["resident", pytest.param("keras", marks=pytest.mark.thorough)])
def test_freezing_waits_for_compile(engine: Any) -> None:
    model = networks.dense("sgd")
    layer = model.layers[1]
    options: dict[str, Any] = {"verbose": 0, "engine": engine}

    def moves() -> bool:
        before = np.array(layer.kernel)
        fit_model(model, networks.rows(), **options)
        return not np.array_equal(before, layer.kernel)

    assert moves()
    layer.trainable = False
    assert moves()
    assert not layer.trainable
    model.compile("sgd", "categorical_crossentropy")
    assert not moves()
    layer.trainable = True
    assert not moves()


def test_a_model_of_the_same_structure_is_not_frozen_with_another() -> None:
    first, second = networks.dense("sgd"), networks.dense("sgd")
    fit_model(first, networks.rows(), verbose=0, engine="resident")
    first.layers[1].trainable = False
    fit_model(first, networks.rows(), verbose=0, engine="resident")
    for model, moves in ((second, True), (networks.dense("sgd"), False)):
        layer = model.layers[1]
        layer.trainable = moves
        before = np.array(layer.kernel)
        fit_model(model, networks.rows(), verbose=0, engine="resident")
        assert np.array_equal(before, layer.kernel) is not moves


def test_an_evaluation_does_not_settle_what_is_trained() -> None:
    model = networks.dense("sgd")
    evaluate_model(model, networks.rows())
    layer = model.layers[1]
    layer.trainable = False  # after compiling, but before the first training, as in Keras
    before = np.array(layer.kernel)
    fit_model(model, networks.rows(), verbose=0, engine="resident")
    np.testing.assert_array_equal(before, layer.kernel)


@pytest.mark.thorough
def test_a_frozen_batch_normalization_waits_as_well() -> None:
    def make() -> keras.Model:
        return networks.convolutional()

    theirs, ours = make(), make()
    x, y = networks.images()
    options: dict[str, Any] = {"shuffle": False, "verbose": 0}
    for _ in range(2):
        theirs.fit(x, y, **options)
        fit_model(ours, (x, y), engine="resident", **options)
        theirs.layers[3].trainable = ours.layers[3].trainable = False
    for our, their in zip(
        ours.layers[3].get_weights(), theirs.layers[3].get_weights(), strict=True
    ):
        np.testing.assert_allclose(our, their, rtol=1e-4)


class TakesImages(keras.Model):
    """Its step expects the rows themselves, as `fit(x)` hands them over."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = keras.layers.Dense(1)
        self.inner.build((None, 5))

    def call(self, x: Any) -> Any:
        return self.inner(x)

    def train_step(self, x: Any) -> dict[str, Any]:
        return {"mean": keras.ops.mean(x)}


def test_rows_without_targets_are_in_no_tuple() -> None:
    model = TakesImages()
    model.compile()
    x, _ = networks.rows(32)
    history = fit_model(model, (x,), engine="resident", verbose=0)
    np.testing.assert_allclose(history.history["mean"], x.mean(), rtol=1e-5)


def test_epochs_of_a_part_of_the_rows_are_resumed(tmp_path: Path) -> None:
    rows = networks.rows()
    options: dict[str, Any] = {"verbose": 0, "batch_size": 16, "validation_freq": 2}
    options |= {"steps_per_epoch": 2, "shuffle": "batch"}
    whole = fit_model(line("adam"), rows, rows, epochs=6, **options)
    fit_model(line("adam"), rows, rows, epochs=3, checkpoint=tmp_path, **options)
    options |= {"checkpoint": tmp_path, "resume": True}
    resumed = fit_model(line("adam"), rows, rows, epochs=6, **options)
    assert resumed.history == whole.history
    with pytest.raises(KerazooError, match=r"steps_per_epoch \(2 then, 3 now\)"):
        fit_model(line("adam"), rows, rows, epochs=6, **options | {"steps_per_epoch": 3})
