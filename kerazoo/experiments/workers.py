"""One training by several workers: what `run.train` does differently, if there are any."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import importlib.metadata
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from kerazoo import __version__
from kerazoo._notes import warn_user
from kerazoo.datasets import Splits
from kerazoo.engine.checkpoints.file import FILE_NAME, next_epoch, read_checkpoint
from kerazoo.engine.fit import fit_model
from kerazoo.engine.workers.cluster import Cluster
from kerazoo.engine.workers.meeting import Identity, meet
from kerazoo.engine.workers.watch import SILENCE, Watch
from kerazoo.errors import KerazooError
from kerazoo.recipe import Recipe
from kerazoo.registry import load_module
from kerazoo.tasks import load_task

_LONGEST, _DIGITS = 60, 12
_NEWS_SECONDS = SILENCE + 5.0  # TensorFlow may notice before the watch does
_LIBRARIES = ("tensorflow", "keras", "numpy")


Make = Callable[[], keras.Model]
"""Builds and compiles the network of a training anew."""


@dataclass(frozen=True)
class Team:
    """What a training has to know of those that take part in it.

    Args:
        checkpoint: where its checkpoints are, if anywhere.
        resume: whether it goes on from the one that is there.
        writes: whether it judges and saves the network.
        build: builds the network for all of them.
        finish: says good-bye to the others, once the network is trained or Ctrl-C has ended that,
            and returns it as a network of one machine.
    """

    checkpoint: Path | None
    resume: bool
    writes: bool = True
    build: Callable[[Make], keras.Model] = lambda make: make()
    finish: Callable[[keras.Model, Make, bool], keras.Model] = lambda model, make, stopped: model


@contextlib.contextmanager
def working_together(
    cluster: Cluster | None, identity: Callable[[], Identity], checkpoint: Path | None, resume: bool
) -> Iterator[Team]:
    """Give those who train together; a training alone is a team, too.

    Args:
        cluster: the workers, if there are several.
        identity: tells what all of them must have in common.
        checkpoint: where worker 0 keeps checkpoints.
        resume: whether worker 0 goes on from the one that is there. The others get it.

    Raises:
        KerazooError: if a worker does not come, is about to do something else, or goes.
    """
    if cluster is None:
        yield Team(checkpoint, resume)
        return
    content = b""
    if cluster.rank == 0 and resume and checkpoint is not None:
        read_checkpoint(checkpoint)  # which says what is wrong with a damaged one
        path = checkpoint / FILE_NAME
        content = path.read_bytes() if path.exists() else b""
    connections, content = meet(
        cluster,
        {**_identify(cluster), **identity()},
        functools.partial(warn_user, at_once=True),
        checkpoint=content,
    )
    with contextlib.ExitStack() as stack:
        if cluster.rank:
            checkpoint = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            if content:
                (checkpoint / FILE_NAME).write_bytes(content)
        yield stack.enter_context(_watching(cluster, connections, checkpoint, bool(content)))


@contextlib.contextmanager
def _watching(
    cluster: Cluster, connections: dict[int, Any], checkpoint: Path | None, resume: bool
) -> Iterator[Team]:
    """Give the team while the watch is kept; what ends this worker early is told to the others."""
    from kerazoo.engine.distribution import check_divisible, is_broken_off, join_workers
    from kerazoo.engine.keras_internals import abort_collectives

    watch = Watch(
        cluster,
        connections,
        abort=abort_collectives,
        epoch=lambda: None if checkpoint is None else next_epoch(checkpoint),
    )

    def build(make: Make) -> keras.Model:
        with strategy.scope():
            model = make()
        check_divisible(model)
        return model

    def finish(model: keras.Model, make: Make, interrupted: bool) -> keras.Model:
        watch.leave("it was interrupted" if interrupted else "")
        return _alone(model, make)

    try:
        strategy = join_workers(cluster)
        yield Team(checkpoint, resume, cluster.rank == 0, build, finish)
    except BaseException as error:
        if watch.is_over:  # the training is done: what fails now is this worker's alone
            raise
        broken = is_broken_off(error)
        loss = watch.wait_for_loss(_NEWS_SECONDS if broken else 0)
        watch.leave(_in_a_line(error))
        if loss is not None and isinstance(error, Exception):
            raise KerazooError(loss.message) from error
        if broken:
            raise KerazooError(f"another worker cannot be reached: {_in_a_line(error)}") from error
        raise


def _in_a_line(error: BaseException) -> str:
    """Say to the others why this worker ends; never nothing, which would mean that it is done."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}, of {error.filename or 'a file'}"
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _alone(model: keras.Model, make: Make) -> keras.Model:
    """Return the same network, with the state of its optimizer, without any other worker."""
    copy = make()
    copy.optimizer.build(copy.trainable_variables)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.weights.h5"
        model.save_weights(path)
        copy.load_weights(path)
    return copy


def check_kind(cluster: Cluster | None, name: str, recipe: Recipe, *, begins: bool) -> None:
    """Refuse to share the training of what does not learn from batches of rows in one go.

    Args:
        cluster: the workers, if there are several.
        name: the network.
        recipe: how it is trained.
        begins: whether the training goes on from no saved network.

    Raises:
        KerazooError: if it is one.
    """
    if cluster is None:
        return
    if not begins:
        raise KerazooError("several workers begin anew: leave out --from, or --workers.")
    has_stages = getattr(load_module(name), "fit", None) is not None
    if has_stages or load_task(recipe.task).trainer(recipe) is not fit_model:
        how = "in stages" if has_stages else "in a way of its own"
        raise KerazooError(
            f"{name} is trained {how}, which several workers cannot divide: leave out --workers."
        )


def identify(name: str, recipe: Recipe, splits: Splits, seed: int) -> Identity:
    """Return what is trained, by the name of each aspect, as a person reads it.

    Args:
        name: the network.
        recipe: how it is trained.
        splits: on what.
        seed: decides initial weights and the order of the rows.
    """
    settings = {
        f"{one.name.replace('_', ' ')} of the recipe": _shortened(getattr(recipe, one.name))
        for one in dataclasses.fields(recipe)
    }
    return {"network": name, "seed": str(seed), "data": splits.hash()[:_DIGITS], **settings}


def _shortened(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= _LONGEST else hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def _identify(cluster: Cluster) -> dict[str, str]:
    libraries = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return {"workers": ",".join(cluster.addresses), "kerazoo": __version__, **libraries}
