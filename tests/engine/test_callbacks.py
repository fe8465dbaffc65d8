"""EarlyStopping and ModelCheckpoint: each trap of Keras' own has a test that it would fall into."""

from __future__ import annotations

import math
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

import kerazoo

X = np.linspace(-1, 1, 32, dtype="float32")[:, None]
Y = 2 * X


def linear_model(rate: float = 0.1) -> keras.Model:
    keras.utils.set_random_seed(0)
    inputs = keras.Input((1,), name="inputs")
    model = keras.Model(inputs, keras.layers.Dense(1, name="line")(inputs))
    model.compile(keras.optimizers.SGD(rate), "mean_squared_error")
    return model


class Report(keras.callbacks.Callback):
    """Put given values into the logs, as a training that goes that way would."""

    def __init__(self, **values: list[float]) -> None:
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch, logs=None):
        logs.update({name: values[epoch] for name, values in self.values.items()})


def play(callback: keras.callbacks.Callback, values: list[float]) -> list[np.ndarray]:
    """Let a callback see values, epoch by epoch, of a model whose weight is the epoch."""
    model = linear_model()
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.set_weights([np.full((1, 1), epoch), np.zeros(1)])
        callback.on_epoch_end(epoch, {"loss": 1.0, "val_loss": value})
        if model.stop_training:
            break
    callback.on_train_end()
    return model.get_weights()


def test_nan_is_never_the_best() -> None:
    stopping = kerazoo.EarlyStopping("val_loss", "min", patience=5)
    weights = play(stopping, [math.nan, 3.0, 1.0, math.nan, 2.0])
    assert weights[0].item() == 2
    assert stopping.best == 1.0


def test_nan_counts_as_no_improvement() -> None:
    stopping = kerazoo.EarlyStopping("val_loss", "min", patience=2)
    play(stopping, [1.0, math.nan, math.nan, 0.5])
    assert stopping.stopped_epoch == 2


def test_a_loss_that_is_not_finite_stops_at_once() -> None:
    stopping = kerazoo.EarlyStopping("val_loss", "min", patience=50)
    model = linear_model(rate=1e30)
    history = model.fit(X, Y, epochs=20, validation_data=(X, Y), callbacks=[stopping], verbose=0)
    assert len(history.epoch) < 20


def test_best_weights_come_back_and_last_ones_if_asked() -> None:
    values = [3.0, 1.0, 2.0, 2.5]
    assert play(kerazoo.EarlyStopping(patience=9), values)[0].item() == 1
    assert (
        play(kerazoo.EarlyStopping(patience=9, restore_best_weights=False), values)[0].item() == 3
    )


def test_patience_none_never_stops() -> None:
    assert play(kerazoo.EarlyStopping(patience=None), [1.0] + [2.0] * 40)[0].item() == 0


@pytest.mark.parametrize("make", [kerazoo.EarlyStopping, None])
def test_a_misspelt_monitor_is_refused_in_the_first_epoch(make, tmp_path: Path) -> None:
    callback = (
        make("val_los", "min")
        if make
        else kerazoo.ModelCheckpoint(tmp_path / "best.weights.h5", "val_los", "min")
    )
    model = linear_model()
    with pytest.raises(kerazoo.UnknownName, match=r"'val_los'. Did you mean 'val_loss'"):
        kerazoo.fit_model(model, (X, Y), (X, Y), epochs=3, callbacks=[callback], verbose=0)
    assert not list(tmp_path.iterdir())


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(kerazoo.KerazooError, match="mode is 'auto'"):
        kerazoo.EarlyStopping(mode="auto")
    with pytest.raises(kerazoo.KerazooError, match="patience is -1"):
        kerazoo.EarlyStopping(patience=-1)
    with pytest.raises(kerazoo.KerazooError, match=r"must end in \.weights\.h5"):
        kerazoo.ModelCheckpoint("model.h5")


def test_restore_after_an_interrupt() -> None:
    """Keras restores in `on_train_end`, which an interrupt skips."""
    stopping = kerazoo.EarlyStopping("val_loss", "min", patience=None)
    model = linear_model()

    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.set_weights([np.full((1, 1), 1e6), np.zeros(1)])
            if epoch == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kerazoo.fit_model(
            model, (X, Y), (X, Y), epochs=9, callbacks=[stopping, Interrupt()], verbose=0
        )
    assert stopping.restore()
    assert abs(model.get_weights()[0].item()) < 1e3


def test_checkpoint_keeps_the_best_and_knows_it_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "best.weights.h5"
    play(kerazoo.ModelCheckpoint(path, "val_loss", "min"), [3.0, 1.0, math.nan, 2.0])
    assert read(path) == (1, 1.0)
    play(kerazoo.ModelCheckpoint(path, "val_loss", "min"), [1.5, 1.2])
    assert read(path) == (1, 1.0), "a fresh instance must not overwrite a better file"
    play(kerazoo.ModelCheckpoint(path, "val_loss", "min"), [0.5])
    assert read(path) == (0, 0.5)
    assert [file.name for file in tmp_path.iterdir()] == ["best.weights.h5"]


def test_checkpoint_survives_a_failed_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "best.weights.h5"
    play(kerazoo.ModelCheckpoint(path, "val_loss", "min"), [1.0])
    good = path.read_bytes()

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        play(kerazoo.ModelCheckpoint(path, "val_loss", "min"), [0.5])
    assert path.read_bytes() == good
    assert len(list(tmp_path.iterdir())) == 1


def read(path: Path) -> tuple[float, float]:
    model = linear_model()
    model.load_weights(path)
    with h5py.File(path) as file:
        return model.get_weights()[0].item(), file.attrs["val_loss"]
