"""Data-parallel steps under `tf.distribute`: every replica takes its share of each batch.

Every replica, on every device or worker, holds all data and computes the same order of the rows.
Only gradients, metrics and the statistics of batch normalization travel between them. Losses and
weights equal those of one device with the same (global) batch size, to 1e-5 of rounding: each share
counts by its rows, and dropout and noise are drawn for the whole batch. Keras' own `fit` lets a row
of a smaller share weigh more, draws the same noise for every share, and normalizes each by itself.

A batch of fewer rows than replicas is computed by all of them. It counts once for each in the loss
and the metrics that are reported. `check_divisible` refuses what would be wrong.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from kerazoo.engine.keras_internals import build_symbolically, layers_of
from kerazoo.engine.random_numbers import drawing_for_shares
from kerazoo.engine.workers.cluster import Cluster
from kerazoo.errors import KerazooError

_STEPS = ("train_step", "test_step", "compute_loss", "compute_metrics")
_CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")


def join_workers(cluster: Cluster) -> tf.distribute.Strategy:
    """Return the strategy of several workers; all must call this, once they have met.

    Raises:
        KerazooError: if TensorFlow has computed in this process already, or cannot listen.
    """
    spec = tf.train.ClusterSpec({"worker": list(cluster.addresses)})
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        spec, task_type="worker", task_id=cluster.rank, rpc_layer="grpc"
    )
    try:
        return tf.distribute.MultiWorkerMirroredStrategy(cluster_resolver=resolver)
    except (RuntimeError, tf.errors.OpError) as error:
        first = str(error).strip().splitlines()[0]
        raise KerazooError(
            f"{cluster.name(cluster.rank)} cannot join the others: {first} Start the same command "
            "again on all; in Python, before anything else is computed."
        ) from error


def has_workers(model: keras.Model) -> bool:
    """Tell whether a model was built under a strategy of several workers."""
    return isinstance(model.distribute_strategy, tf.distribute.MultiWorkerMirroredStrategy)


def writes_files(model: keras.Model) -> bool:
    """Tell whether this process is the one that writes checkpoints, of all that train a model."""
    return bool(model.distribute_strategy.extended.should_checkpoint)


def is_broken_off(error: BaseException) -> bool:
    """Tell whether an error is what TensorFlow makes of a worker that cannot be reached."""
    kinds = (
        tf.errors.UnavailableError,
        tf.errors.AbortedError,
        tf.errors.CancelledError,
        tf.errors.DeadlineExceededError,
        tf.errors.InternalError,
    )
    return isinstance(error, kinds) or isinstance(error.__cause__, kinds)


def check_divisible(model: keras.Model) -> None:
    """Refuse a model whose batches cannot be divided with the same result.

    Raises:
        KerazooError: if it has a training step of its own, which does not add up the losses of
            shares, or clips gradients, which each replica would do before they are added up.
    """
    own = [name for name in _STEPS if getattr(type(model), name) is not getattr(keras.Model, name)]
    if own:
        raise KerazooError(
            f"{model.name!r} has a {own[0]} of its own, which is made for one machine: leave out "
            "--workers."
        )
    clips = [name for name in _CLIPS if getattr(model.optimizer, name, None) is not None]
    if clips:
        raise KerazooError(
            f"the optimizer has {clips[0]}, which each worker would apply to its share alone: leave"
            " out that, or --workers."
        )


def replicas_of(model: keras.Model) -> int:
    """Return how many replicas train a model: 1 unless it was built under a strategy."""
    return int(model.distribute_strategy.num_replicas_in_sync)


def check_distribution(model: keras.Model) -> None:
    """Refuse what does not work under a strategy, before anything is compiled.

    Raises:
        KerazooError: for strategies other than one device, mirrored and multi-worker mirrored.
    """
    strategy = model.distribute_strategy
    known = (tf.distribute.MirroredStrategy, tf.distribute.MultiWorkerMirroredStrategy)
    if replicas_of(model) > 1 and not isinstance(strategy, known):
        raise KerazooError(
            f"the model was built under {type(strategy).__name__}; build it under MirroredStrategy "
            "or MultiWorkerMirroredStrategy."
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
        share = _share(size, replicas)
        # Some shares may be empty, and a mean over no rows is NaN: then each takes all rows.
        step(indices if size < replicas else indices[share])

    if size < replicas:
        model.distribute_strategy.run(run_share)
        return
    with (
        _weighing_loss(model.optimizer, size, replicas),
        _synchronized(model),
        drawing_for_shares(size, lambda: _share(size, replicas)),
    ):
        model.distribute_strategy.run(run_share)


def _share(size: int, replicas: int) -> slice:
    """Return which rows of a batch the replica takes in whose context this is called."""
    context = tf.distribute.get_replica_context()
    replica = int(tf.get_static_value(context.replica_id_in_sync_group))
    return slice(size * replica // replicas, size * (replica + 1) // replicas)


@contextlib.contextmanager
def _weighing_loss(optimizer: Any, size: int, replicas: int) -> Iterator[None]:
    """While a step is traced, let the share of each replica count by its rows.

    Keras takes gradients of the mean over a share, divided by the number of shares.
    """
    scale = optimizer.scale_loss

    def scale_loss(loss: Any) -> Any:
        share = _share(size, replicas)
        weight = (share.stop - share.start) * replicas / size
        return scale(loss if weight == 1 else loss * tf.cast(weight, loss.dtype))

    optimizer.scale_loss = scale_loss
    try:
        yield
    finally:
        optimizer.__dict__.pop("scale_loss", None)  # which hid the method of its class


@contextlib.contextmanager
def _synchronized(model: keras.Model) -> Iterator[None]:
    """While a step is traced, let batch normalization take the statistics of the whole batch."""
    kind = keras.layers.BatchNormalization
    layers = [one for one in layers_of(model) if isinstance(one, kind) and not one.synchronized]
    for layer in layers:
        layer.synchronized = True
    try:
        yield
    finally:
        for layer in layers:
            layer.synchronized = False
