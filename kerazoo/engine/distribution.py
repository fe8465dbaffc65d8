"""Data-parallel steps under `tf.distribute`: every replica takes its share of each batch.

Every replica, on every device or worker, holds all data and computes the same order of the rows.
Only gradients and metrics travel between them. Losses equal those of one device with the same
(global) batch size if the replicas divide the batch evenly; if not, the rows of a smaller share
weigh a little more, as in Keras' own `fit`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from kerazoo.engine.keras_internals import build_symbolically
from kerazoo.errors import KerazooError


def replicas_of(model: keras.Model) -> int:
    """Return how many replicas train a model: 1 unless it was built under a strategy."""
    return int(model.distribute_strategy.num_replicas_in_sync)


def check_distribution(model: keras.Model, checkpoint: bool) -> None:
    """Refuse what does not work under a strategy, before anything is compiled.

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
    """Create all variables of a model before a step does, under its strategy if it has one."""
    with model.distribute_strategy.scope():
        build_symbolically(model, batch)


def run_on_replicas(
    model: keras.Model, step: Callable[[Any], Any], indices: Any, size: int
) -> None:
    """Run a step on every replica, each with its share of the rows of a batch.

    Args:
        model: a model that was built under a strategy.
        step: trains or tests on the rows of the given indices.
        indices: those of the rows of the batch, `(size,)`.
        size: rows in the batch.
    """
    replicas = replicas_of(model)

    def run_share() -> None:
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        if size < replicas:
            # Some shares would be empty, and a mean over no rows is NaN: each takes all rows.
            step(indices)
        else:
            step(indices[size * replica // replicas : size * (replica + 1) // replicas])

    model.distribute_strategy.run(run_share)
