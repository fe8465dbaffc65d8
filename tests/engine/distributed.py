"""Train under a strategy, or under none, and write losses and weights; run by test_distribution.py.

Usage: python distributed.py alone|mirrored|worker RESULT
"""

from __future__ import annotations

import sys
from pathlib import Path

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


def main(kind: str, result: str) -> None:
    """Train; 70 rows in batches of 16 leave a partial batch of 6.

    In 64 bits, so that the order in which two devices add up is not what is compared.
    """
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    with make_strategy(kind).scope():
        model = networks.dense()
    history = fit_model(
        model,
        networks.rows(),
        networks.rows(20, seed=1),
        epochs=5,
        batch_size=16,
        verbose=0,
        engine="resident",
        callbacks=[keras.callbacks.ReduceLROnPlateau("loss", patience=0)],
    )
    values = [history.history[name] for name in sorted(history.history)]
    np.savez(result, *values, *model.get_weights())


if __name__ == "__main__":
    main(*sys.argv[1:])
