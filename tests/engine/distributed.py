"""Train under a strategy, or under none, and write losses and weights; run by test_distribution.py.

Usage: python distributed.py alone|mirrored|worker RESULT
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script

import keras
import numpy as np
import tensorflow as tf

from kerazoo.engine.fit import fit_model
from tests.engine import small_networks as networks


def make_strategy(kind: str) -> tf.distribute.Strategy:
    """Make a strategy of two replicas, or the one of a single device."""
    if kind == "worker":
        return tf.distribute.MultiWorkerMirroredStrategy()
    if kind == "mirrored":
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * 2
        )
        return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    return tf.distribute.get_strategy()


def noisy() -> keras.Model:
    """A network of what differs between shares unless it is of the whole batch, in 32 bits."""
    keras.utils.set_random_seed(4)
    inputs = keras.Input((5,))
    x = keras.layers.GaussianNoise(0.1)(inputs)
    x = keras.layers.Dense(8, use_bias=False)(x)
    x = keras.layers.Activation("relu")(keras.layers.BatchNormalization()(x))
    outputs = keras.layers.Dense(3, "softmax")(keras.layers.Dropout(0.3)(x))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


def train(build: Callable[[], keras.Model], strategy: tf.distribute.Strategy, size: int) -> Any:
    """Train, and return values of the epochs and weights; 70 rows leave a partial batch."""
    with strategy.scope():
        model = build()
    history = fit_model(
        model,
        networks.rows(),
        networks.rows(20, seed=1),
        epochs=5,
        batch_size=size,
        verbose=0,
        engine="resident",
        jit_compile=False,  # which draws other numbers
        callbacks=[keras.callbacks.ReduceLROnPlateau("loss", patience=0)],
    )
    values = [history.history[name] for name in sorted(history.history)]
    return [*values, *model.get_weights()]


def main(kind: str, result: str) -> None:
    """Train in 64 bits, so that the order in which two devices add up is not what is compared.

    And in 32, with shares that are not equal: 7 and 8 rows.
    """
    strategy = make_strategy(kind)
    noisy_values = train(noisy, strategy, 15)
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    values = train(networks.dense, strategy, 16)
    exact = {f"exact {number}": value for number, value in enumerate(values)}
    rounded = {f"rounded {number}": value for number, value in enumerate(noisy_values)}
    np.savez(result, **exact, **rounded)


if __name__ == "__main__":
    main(*sys.argv[1:])
