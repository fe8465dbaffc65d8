"""Which callbacks switch the engine off: those that do something at every batch, and no others."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from kerazoo.engine.callback_hooks import as_list, batch_hook
from kerazoo.engine.fit import fit_model
from tests.engine import small_networks as networks


class OwnCheckpoint(keras.callbacks.ModelCheckpoint):
    """Set to epochs, but with a batch hook of its own."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        super().on_train_batch_end(batch, logs)


class WandbMetricsLogger(keras.callbacks.Callback):
    """The part of the callback of wandb that decides."""

    def __init__(self, log_freq: Any) -> None:
        super().__init__()
        self.logging_batch_wise = isinstance(log_freq, int)

    def on_batch_end(self, batch: int, logs: Any = None) -> None: ...


WandbMetricsLogger.__module__ = "wandb.integration.keras.callbacks.metrics_logger"


def nothing(*_: Any, **__: Any) -> None: ...


@pytest.mark.parametrize(
    ("make", "hook"),
    [
        (keras.callbacks.TerminateOnNaN, None),
        (keras.callbacks.ProgbarLogger, None),
        (lambda: keras.callbacks.LambdaCallback(nothing, nothing, nothing, nothing), None),
        (lambda: keras.callbacks.LambdaCallback(on_batch_end=nothing), "on_batch_end"),
        (
            lambda: keras.callbacks.LambdaCallback(on_test_batch_begin=nothing),
            "on_test_batch_begin",
        ),
        (lambda: keras.callbacks.ModelCheckpoint("a.keras"), None),
        (lambda: keras.callbacks.ModelCheckpoint("a.keras", save_freq=3), "on_train_batch_end"),
        (lambda: OwnCheckpoint("a.keras"), "on_train_batch_end"),
        (lambda: keras.callbacks.BackupAndRestore("a"), None),
        (lambda: keras.callbacks.BackupAndRestore("a", save_freq=3), "on_train_batch_end"),
        (lambda: keras.callbacks.TensorBoard("a"), None),
        (lambda: keras.callbacks.TensorBoard("a", update_freq="batch"), "on_train_batch_begin"),
        (lambda: WandbMetricsLogger("epoch"), None),
        (lambda: WandbMetricsLogger(5), "on_batch_end"),
    ],
)
def test_batch_hooks(make: Any, hook: str | None) -> None:
    assert batch_hook(make()) == hook


def test_mlflow() -> None:
    module = pytest.importorskip("mlflow.keras.callback", reason="mlflow is not installed")
    callback = module.MlflowCallback.__new__(module.MlflowCallback)  # it asks for a run otherwise
    callback.log_every_n_steps = None
    assert batch_hook(callback) is None
    callback.log_every_n_steps = 5
    assert batch_hook(callback) == "on_batch_end"


def diverging() -> keras.Model:
    return networks.dense(keras.optimizers.SGD(math.inf), metrics=())


def test_not_a_number_ends_the_training() -> None:
    history = fit_model(
        diverging(),
        networks.rows(),
        epochs=4,
        verbose=0,
        engine="resident",
        callbacks=[keras.callbacks.TerminateOnNaN()],
    )
    assert np.isnan(history.history["loss"]).tolist() == [True]


def test_not_a_number_is_an_error_if_it_is_to_be() -> None:
    callback = keras.callbacks.TerminateOnNaN(raise_error=True)
    with pytest.raises(RuntimeError, match="NaN or Inf loss encountered at batch 2"):
        fit_model(diverging(), networks.rows(), engine="resident", verbose=0, callbacks=[callback])


def test_validation_has_the_names_of_evaluate() -> None:
    seen: list[dict[str, float]] = []
    callback = keras.callbacks.LambdaCallback(on_test_end=seen.append)
    options: dict[str, Any] = {"verbose": 0, "engine": "resident", "callbacks": callback}
    history = fit_model(networks.dense(), networks.rows(), networks.rows(), **options)
    assert seen == [{name: history.history[f"val_{name}"][0] for name in ("accuracy", "loss")}]


def test_a_checkpoint_of_every_epoch_needs_no_monitor(tmp_path: Path) -> None:
    callback = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}.keras")
    options: dict[str, Any] = {"epochs": 2, "verbose": 0, "engine": "resident"}
    fit_model(networks.dense(), networks.rows(), callbacks=callback, **options)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["1.keras", "2.keras"]


def test_callbacks_in_whatever_way_keras_takes_them() -> None:
    one, other = keras.callbacks.History(), keras.callbacks.TerminateOnNaN()
    assert as_list(None) == []
    assert as_list(one) == [one]
    assert as_list([one, [other]]) == [one, other]
    assert as_list(keras.callbacks.CallbackList([one, other])) == [one, other]
