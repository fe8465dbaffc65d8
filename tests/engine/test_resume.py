"""A training that is interrupted and resumed ends like one that is not, bit for bit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from kerazoo.engine.callbacks import EarlyStopping
from kerazoo.engine.fit import fit_model
from kerazoo.errors import DamagedFile, KerazooError
from tests.engine import small_networks as networks

pytestmark = pytest.mark.thorough

OPTIONS: dict[str, Any] = {"batch_size": 16, "verbose": 0, "checkpoint_seconds": 0}


class Interrupt(keras.callbacks.Callback):
    """Ends a training like Ctrl-C, or does nothing."""

    def __init__(self, epoch: int | None = None) -> None:
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


def assert_resumes(
    tmp_path: Path, make_model: Any, data: Any, make_callbacks: Any = list, **options: Any
) -> keras.callbacks.History:
    x, y = data
    options = {"epochs": 9, **OPTIONS, **options}

    def run(name: str, interrupt: int | None = None) -> tuple[keras.Model, Any]:
        model = make_model()
        callbacks = [Interrupt(interrupt), *make_callbacks()]
        history = fit_model(
            model,
            (x, y),
            (x[:20], y[:20]),
            callbacks=callbacks,
            checkpoint=tmp_path / name,
            resume=True,
            **options,
        )
        return model, history

    expected, expected_history = run("untouched")
    for epoch in (2, 5):
        with pytest.raises(KeyboardInterrupt):
            run("interrupted", epoch)
    model, history = run("interrupted")
    assert history.history == expected_history.history
    assert history.epoch == expected_history.epoch
    for ours, theirs in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    return history


@pytest.mark.parametrize("jit_compile", [False, True])
def test_dense(tmp_path: Path, jit_compile: bool) -> None:
    assert_resumes(tmp_path, networks.dense, networks.rows(), jit_compile=jit_compile)


def test_convolutional(tmp_path: Path) -> None:
    assert_resumes(tmp_path, networks.convolutional, networks.images(), epochs=7)


@pytest.mark.parametrize(
    "callbacks",
    [
        lambda: [EarlyStopping("val_loss", "min", patience=3)],
        lambda: [keras.callbacks.EarlyStopping("val_accuracy", patience=6)],
        lambda: [keras.callbacks.ReduceLROnPlateau("val_loss", patience=0, cooldown=1)],
        lambda: [keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9)],
    ],
)
def test_callbacks(tmp_path: Path, callbacks: Any) -> None:
    make = lambda: networks.dense(keras.optimizers.SGD(1.0))  # noqa: E731
    assert_resumes(tmp_path, make, networks.rows(), callbacks)


def test_finished_training_is_not_trained_again(tmp_path: Path) -> None:
    options = {"epochs": 4, "checkpoint": tmp_path, "resume": True, **OPTIONS}
    model, again = networks.dense(), networks.dense()
    first = fit_model(model, networks.rows(), **options)
    second = fit_model(again, networks.rows(), **options)
    assert second.history == first.history
    np.testing.assert_array_equal(again.get_weights()[0], model.get_weights()[0])


def test_training_can_be_prolonged(tmp_path: Path) -> None:
    model, longer = networks.dense(), networks.dense()
    options: dict[str, Any] = {"checkpoint": tmp_path, "resume": True, **OPTIONS}
    fit_model(model, networks.rows(), epochs=3, **options)
    history = fit_model(longer, networks.rows(), epochs=8, **options)
    expected = networks.dense()
    fit_model(expected, networks.rows(), epochs=8, batch_size=16, verbose=0)
    assert history.epoch == list(range(8))
    np.testing.assert_array_equal(longer.get_weights()[0], expected.get_weights()[0])


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"data": networks.rows(seed=5)}, "data"),
        ({"batch_size": 8}, "batch_size"),
        ({"seed": 1}, "order of the rows"),
        ({"fingerprint": "other"}, "data, recipe or seed"),
        ({"callbacks": [Interrupt()]}, "callbacks"),
        ({"optimizer": keras.optimizers.SGD(0.1)}, "optimizer"),
        ({"model": networks.recurrent}, "network"),
    ],
)
def test_another_training_is_refused(tmp_path: Path, changed: dict[str, Any], named: str) -> None:
    fit_model(networks.dense(), networks.rows(), checkpoint=tmp_path, **OPTIONS)
    changed = dict(changed)
    data = changed.pop("data", networks.rows())
    if "model" in changed:
        model = changed.pop("model")()
        data = (data[0][..., None], data[1])
    else:
        model = networks.dense(changed.pop("optimizer", "adam"))
    with pytest.raises(KerazooError, match=f"another training.*{named}"):
        fit_model(model, data, checkpoint=tmp_path, resume=True, **{**OPTIONS, **changed})


def test_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    fit_model(networks.dense(), networks.rows(), checkpoint=tmp_path, **OPTIONS)
    (path,) = tmp_path.iterdir()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    for damaged in (bytes(content), bytes(content[:-100]), b""):
        path.write_bytes(damaged)
        with pytest.raises(DamagedFile, match="without resuming"):
            fit_model(
                networks.dense(), networks.rows(), checkpoint=tmp_path, resume=True, **OPTIONS
            )


def test_resume_needs_a_directory() -> None:
    with pytest.raises(KerazooError, match="checkpoint="):
        fit_model(networks.dense(), networks.rows(), resume=True)


@pytest.mark.timeout(240)
def test_killed_at_any_moment(tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "20"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    untouched, killed = (
        np.load(tmp_path / name / "result.npz") for name in ("untouched", "killed")
    )
    assert untouched.files == killed.files
    for name in untouched.files:
        np.testing.assert_array_equal(killed[name], untouched[name])
