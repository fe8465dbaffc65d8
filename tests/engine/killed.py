"""A training that is killed over and over, and one that is not; run by test_resume.py.

TensorFlow is imported once. Every life of the training is a fork of this process, which itself runs
no operation: a process in which TensorFlow has started its threads must not be forked.

Usage: python killed.py FOLDER KILLS
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script

import keras
import numpy as np
import tensorflow  # noqa: F401  (loaded before the first fork)

import kerazoo.engine.resident  # noqa: F401  (the same)
from kerazoo.engine.fit import fit_model
from tests.engine import small_networks

EPOCHS = 400


def train(folder: Path, started: Callable[[], None]) -> None:
    """Train to the end, and write weights, history and optimizer."""
    keras.utils.set_random_seed(3)
    inputs = keras.Input((5,))
    x = keras.layers.Dropout(0.2)(keras.layers.Dense(8, "relu")(inputs))
    model = keras.Model(inputs, keras.layers.Dense(3, "softmax")(x))
    optimizer = keras.optimizers.Adam(0.01, use_ema=True)
    model.compile(optimizer, "categorical_crossentropy", metrics=["accuracy"])
    folder.mkdir(exist_ok=True)
    history = fit_model(
        model,
        small_networks.rows(40),
        small_networks.rows(10, seed=1),
        epochs=EPOCHS,
        batch_size=16,
        verbose=0,
        callbacks=[
            keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: started()),
            keras.callbacks.EarlyStopping("val_loss", patience=1000, restore_best_weights=True),
            keras.callbacks.ReduceLROnPlateau("loss", patience=20),
            keras.callbacks.ModelCheckpoint(
                folder / "best.weights.h5", save_weights_only=True, save_best_only=True
            ),
        ],
        checkpoint=folder / "checkpoint",
        checkpoint_seconds=0,
        resume=True,
    )
    arrays = [*model.get_weights(), *(v.numpy() for v in optimizer.variables)]
    model.load_weights(folder / "best.weights.h5")
    arrays += model.get_weights()
    arrays += [np.asarray(history.history[name]) for name in sorted(history.history)]
    np.savez(folder / "result.npz", *arrays)


def live(folder: Path, die: Callable[[int], Any] | None) -> bool:
    """Fork one life; kill it when `die`, called with a pipe that tells of epochs, returns.

    Returns:
        Whether it was killed before it was done.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        train(folder, lambda: os.write(writer, b".") and None)
        os._exit(0)
    os.close(writer)
    if die is not None:
        die(reader)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reader)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit("the training failed")
    return os.WIFSIGNALED(status)


def main(folder: Path, kills: int) -> None:
    """Train once without and once with many kills."""
    generator = random.Random(0)

    def at_any_moment(reader: int) -> None:
        if generator.random() < 0.75:
            os.read(reader, 1)
            time.sleep(generator.uniform(0, 0.03))
        else:
            time.sleep(generator.uniform(0, 0.9))

    live(folder / "untouched", None)
    killed = 0
    while killed < kills:
        if not live(folder / "killed", at_any_moment):
            sys.exit(f"the training ended after {killed} kills: make it longer")
        killed += 1
    live(folder / "killed", None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
