"""The checkpointer: writes the state of a training after its epochs, and puts it back."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerazoo.engine.checkpoints.callback_state import (
    State,
    capture_callbacks,
    restore_callbacks,
    with_state,
)
from kerazoo.engine.checkpoints.file import (
    Progress,
    check_identity,
    read_checkpoint,
    write_checkpoint,
)
from kerazoo.engine.keras_internals import layers_of
from kerazoo.errors import KerazooError


@dataclass(frozen=True)
class CheckpointOptions:
    """What a user says about checkpoints.

    Args:
        directory: where to keep the state of the training, if anywhere.
        resume: whether to go on from the checkpoint that is there.
        seconds: at least this long between two checkpoints; 0 writes one whenever Python runs.
        fingerprint: anything that identifies the training, such as a hash of its recipe.

    Raises:
        KerazooError: if there is nowhere to resume from.
    """

    directory: str | PathLike[str] | None
    resume: bool
    seconds: float
    fingerprint: str

    def __post_init__(self) -> None:
        if self.resume and self.directory is None:
            raise KerazooError("resume=True needs checkpoint=, the directory to resume from.")


@dataclass(frozen=True)
class TrainingState:
    """All that a training changes; a checkpoint holds it, and a resumed training gets it back.

    Args:
        variables: TensorFlow variables: weights, optimizer, metrics, seeds; always in one order.
        history: values per epoch.
        callbacks: callbacks whose state counts.
    """

    variables: Sequence[Any]
    history: keras.callbacks.History
    callbacks: Sequence[keras.callbacks.Callback]


def stored_setting(options: CheckpointOptions, name: str, default: str) -> str | None:
    """Return a setting of the interrupted training, or `None` if there is none to resume.

    Args:
        options: where checkpoints are kept.
        name: a key of what identifies a training.
        default: what a checkpoint means that does not name it.
    """
    if options.directory is None or not options.resume:
        return None
    stored = read_checkpoint(Path(options.directory))
    return stored[0].identity.get(name, default) if stored else None


def open_checkpointer(
    options: CheckpointOptions,
    model: keras.Model,
    callbacks: Sequence[keras.callbacks.Callback],
    identity: Mapping[str, str],
) -> Checkpointer | None:
    """Read the checkpoint that is there, if one is wanted, and check that it is of this training.

    Args:
        options: where checkpoints are kept.
        model: a compiled model.
        callbacks: what the user passed.
        identity: what identifies data and settings, by the name of each aspect.

    Returns:
        The checkpointer, or `None` if `options` names no directory.

    Raises:
        KerazooError: if the checkpoint belongs to another training, naming what differs.
        DamagedFile: if the file is not what was written.
    """
    if options.directory is None:
        return None
    directory = Path(options.directory)
    identity = {
        "fingerprint": options.fingerprint,
        **identity,
        **_identify_model(model),
        "callbacks": ", ".join(type(callback).__name__ for callback in with_state(callbacks)),
    }
    stored = read_checkpoint(directory) if options.resume else None
    if stored is not None:
        check_identity(stored[0].identity, identity, directory)
    return Checkpointer(directory, options.seconds, identity, stored)


class Checkpointer:
    """Keeps the checkpoint of one training in one directory.

    Args:
        directory: where the checkpoint is.
        seconds: at least this long between two checkpoints; 0 writes one whenever it is asked to.
        identity: what is trained, by the name of each aspect.
        stored: progress and arrays to go on from, if there are any.
    """

    def __init__(
        self,
        directory: Path,
        seconds: float,
        identity: dict[str, str],
        stored: tuple[Progress, list[np.ndarray]] | None,
    ) -> None:
        self.directory = directory
        self.seconds = seconds
        self.identity = identity
        self._stored = stored
        self._written_at = time.monotonic()
        self._unchanged: State = []

    @property
    def progress(self) -> Progress | None:
        """Where the interrupted training stood, until `restore`; `None` if there was none."""
        return self._stored[0] if self._stored else None

    def restore(self, state: TrainingState) -> Progress | None:
        """Put the state of the interrupted training back, once the callbacks have begun.

        Returns:
            Where that training stood, or `None` if this one starts afresh.

        Raises:
            KerazooError: if the variables have other shapes.
        """
        self._unchanged = capture_callbacks(state.callbacks, [])
        if self._stored is None:
            return None
        progress, arrays = self._stored
        self._stored = None  # the arrays are as large as the model: let go of them
        values, rest = arrays[: progress.n_variables], arrays[progress.n_variables :]
        if [value.shape for value in values] != [tuple(v.shape) for v in state.variables]:
            raise KerazooError(
                f"the checkpoint in {self.directory} holds variables of other shapes than this "
                "training has. Use another directory, or train without resuming."
            )
        for variable, value in zip(state.variables, values, strict=True):
            for one in _parts_of(variable):
                # NumPy stores bfloat16 as two nameless bytes: `view` gives the type back.
                one.assign(value.view(one.dtype.as_numpy_dtype))
        state.history.history = progress.history
        state.history.epoch = progress.history_epochs
        restore_callbacks(state.callbacks, progress.callbacks, rest)
        return progress

    def is_due(self) -> bool:
        """Tell whether enough time has passed for another checkpoint."""
        return time.monotonic() - self._written_at >= self.seconds

    def write(self, state: TrainingState, *, epoch: int, stopped: bool, jit_compile: bool) -> None:
        """Write a checkpoint after an epoch.

        Args:
            state: what is written.
            epoch: the next epoch.
            stopped: whether a callback has ended the training.
            jit_compile: whether XLA compiled the program.
        """
        of_callbacks: list[np.ndarray] = []
        progress = Progress(
            identity=self.identity,
            epoch=epoch,
            stopped=stopped,
            jit_compile=jit_compile,
            history=state.history.history,
            history_epochs=state.history.epoch,
            callbacks=capture_callbacks(state.callbacks, of_callbacks, self._unchanged),
            n_variables=len(state.variables),
        )
        values = [_parts_of(variable)[0].numpy() for variable in state.variables]
        write_checkpoint(self.directory, progress, [*values, *of_callbacks])
        self._written_at = time.monotonic()


def _parts_of(variable: Any) -> Sequence[Any]:
    """Return a variable, or the copies of it that a strategy keeps in this process.

    Reading or assigning all copies at once would wait for other workers. They are alike after an
    epoch, but for metrics: those add up what each replica has seen, and begin anew with the next.
    """
    return tuple(getattr(variable, "values", (variable,)))


def _identify_model(model: keras.Model) -> dict[str, str]:
    """Return hashes of the network, its optimizer and its loss."""
    return {
        "network": _hash(_anonymous_config(model)),
        "optimizer": _hash(_config_of(model.optimizer)),
        "loss": _hash(str(_config_of(getattr(model, "loss", None)))),
    }


def _anonymous_config(model: keras.Model) -> str:
    """Return a network's configuration with layers numbered from 0.

    Keras numbers default names over the whole process: the second `Dense` is `dense_1`.
    """
    config = json.dumps(_config_of(model), default=str, sort_keys=True)
    names = [model.name, *(layer.name for layer in layers_of(model, include_self=False))]
    for number, name in enumerate(names):
        config = re.sub(f'"{re.escape(name)}"', f'"layer {number}"', config)
    return config


def _config_of(thing: Any) -> Any:
    try:
        config = thing.get_config()
    except (AttributeError, NotImplementedError, TypeError):
        return getattr(thing, "__name__", type(thing).__name__)
    return {"class": type(thing).__name__, **{k: v for k, v in config.items() if k != "name"}}


def _hash(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
