"""Which callbacks switch the engine off: those that do something at every batch, and no others."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
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


class DVCLiveCallback(keras.callbacks.Callback):
    """The part of the callback of dvclive that decides."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None: ...

    def on_train_end(self, logs: Any = None) -> None: ...


class KerasPruningCallback(keras.callbacks.Callback):
    """The part of the callback of optuna that decides."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.model.stop_training = epoch == 1


@pytest.mark.parametrize("kind", [DVCLiveCallback, KerasPruningCallback])
def test_callbacks_of_epochs_that_have_no_batch_hook(kind: Any) -> None:
    """As they are made: those of the packages themselves follow, where they are installed."""
    assert batch_hook(kind()) is None
    options: dict[str, Any] = {"epochs": 4, "verbose": 0, "engine": "resident"}
    history = fit_model(networks.dense(), networks.rows(), callbacks=[kind()], **options)
    assert len(history.epoch) == (2 if kind is KerasPruningCallback else 4)


def missing(package: str) -> str:
    return f"{package} is not installed: pip install {package}"


def tensorboard(folder: Path) -> Any:
    pytest.importorskip("tensorboard", reason=missing("tensorboard"))
    return keras.callbacks.TensorBoard(folder, update_freq="epoch", histogram_freq=1)


def mlflow(folder: Path) -> Any:
    package = pytest.importorskip("mlflow", reason=missing("mlflow"))
    from mlflow.keras import MlflowCallback

    return MlflowCallback(package.start_run())


def wandb(folder: Path) -> Any:
    package = pytest.importorskip("wandb", reason=missing("wandb"))
    package.init(dir=folder, mode="offline")
    from wandb.integration.keras import WandbMetricsLogger

    return WandbMetricsLogger()


def dvclive(folder: Path) -> Any:
    package = pytest.importorskip("dvclive.keras", reason=missing("dvclive"))
    return package.DVCLiveCallback(dir=str(folder / "dvclive"), save_dvc_exp=False)


def optuna(folder: Path) -> Any:
    package = pytest.importorskip("optuna_integration", reason=missing("optuna-integration"))
    import optuna

    return package.KerasPruningCallback(optuna.create_study().ask(), "val_loss")


@pytest.fixture
def no_runs() -> Iterator[None]:
    """End the runs that trackers have begun in this process."""
    yield
    for name, end in (("mlflow", "end_run"), ("wandb", "finish")):
        if name in sys.modules:
            getattr(sys.modules[name], end)()


@pytest.mark.usefixtures("no_runs")
@pytest.mark.parametrize(
    "make",
    [tensorboard, pytest.param(mlflow, marks=pytest.mark.thorough), wandb, dvclive, optuna],
)
def test_callbacks_of_packages_keep_the_engine(
    make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    options: dict[str, Any] = {"epochs": 3, "verbose": 0, "engine": "resident"}
    plain = fit_model(networks.dense(), networks.rows(), networks.rows(9), **options)
    callback = make(tmp_path)
    assert batch_hook(callback) is None
    tracked = fit_model(
        networks.dense(), networks.rows(), networks.rows(9), callbacks=[callback], **options
    )
    for name, values in plain.history.items():
        np.testing.assert_allclose(tracked.history[name], values, rtol=1e-5)


def test_mlflow_set_to_batches() -> None:
    module = pytest.importorskip("mlflow.keras.callback", reason=missing("mlflow"))
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
