"""Data-parallel steps under `tf.distribute`: every replica takes its share of each batch.

Every replica, on whatever device or worker, holds all data and computes the same order of the rows,
so that nothing but gradients and metrics travels between them. Losses equal those of one device
with the same (global) batch size where the batch divides evenly; where it does not, the rows of a
smaller share weigh a little more, as in Keras' own `fit`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from kerazoo.errors import KerazooError


def replicas_of(model: keras.Model) -> int:
    """Return how many replicas train a model: 1 unless it was built under a strategy."""
    return int(model.distribute_strategy.num_replicas_in_sync)


def check_distribution(model: keras.Model, checkpoint: bool) -> None:
    """Refuse early what does not work under a strategy.

    Raises:
        KerazooError: for strategies other than one device, mirrored and multi-worker mirrored, and
            for checkpoints with several workers.
    """
    strategy = model.distribute_strategy
    known = (tf.distribute.MirroredStrategy, tf.distribute.MultiWorkerMirroredStrategy)
    if replicas_of(model) > 1 and not isinstance(strategy, known):
        raise KerazooError(
            f"the model was built under {type(strategy).__name__}; build it under MirroredStrategy "
            "or MultiWorkerMirroredStrategy."
        )
    if checkpoint and isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        raise KerazooError(
            "checkpoint= does not work with several workers yet; leave it out, or train on one."
        )


def create_variables(model: keras.Model, batch: Any) -> None:
    """Create all variables of a model, under its strategy if it has one, before a step does."""
    with model.distribute_strategy.scope():
        model._symbolic_build(data_batch=batch)


def run_on_replicas(model: keras.Model, step: Callable[[Any], Any], rows: Any, size: int) -> None:
    """Run a step on every replica, each with its share of the rows of a batch.

    Args:
        model: a model that was built under a strategy.
        step: trains or tests on the rows that it is given the numbers of.
        rows: numbers of the rows of the batch.
        size: how many they are.
    """
    replicas = replicas_of(model)

    def run_share() -> None:
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        if size < replicas:
            # A mean over no rows is not a number, so that all replicas take all rows.
            step(rows)
        else:
            step(rows[size * replica // replicas : size * (replica + 1) // replicas])

    model.distribute_strategy.run(run_share)
