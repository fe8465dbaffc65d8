"""The keeper: saves the state of a training after its epochs, and puts it back."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from kerazoo.engine.checkpoints.callback_state import State, capture_callbacks, restore_callbacks
from kerazoo.engine.checkpoints.file import (
    Progress,
    check_identity,
    read_checkpoint,
    write_checkpoint,
)
from kerazoo.errors import KerazooError


class Keeper:
    """Keeps one training in one directory.

    Args:
        directory: where the checkpoint is.
        seconds: at least this long between two checkpoints; 0 writes one whenever it is asked to.
        identity: what is trained, by the name of each aspect.
        resume: whether to go on from a checkpoint that is there.

    Raises:
        KerazooError: if the checkpoint that is there belongs to another training.
    """

    def __init__(
        self, directory: Path, seconds: float, identity: dict[str, str], resume: bool
    ) -> None:
        self.directory = directory
        self.seconds = seconds
        self.identity = identity
        self._stored = read_checkpoint(directory) if resume else None
        self._written_at = time.monotonic()
        self._unchanged: State = []
        if self._stored is not None:
            check_identity(self._stored[0].identity, identity, directory)

    @property
    def progress(self) -> Progress | None:
        """Where the resumed training stood, or `None` if it starts afresh."""
        return self._stored[0] if self._stored else None

    def start(
        self,
        variables: Sequence[Any],
        history: keras.callbacks.History,
        callbacks: Sequence[keras.callbacks.Callback],
    ) -> None:
        """Put the checkpoint's state back, if there is one, once the callbacks have begun."""
        self._unchanged = capture_callbacks(callbacks, [])
        if self._stored is None:
            return
        progress, arrays = self._stored
        self._stored = None
        values, rest = arrays[: progress.n_variables], arrays[progress.n_variables :]
        if [value.shape for value in values] != [tuple(v.shape) for v in variables]:
            raise KerazooError(
                f"the checkpoint in {self.directory} holds variables of other shapes than this "
                "training has. Use another directory, or train with resume=False."
            )
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value.view(variable.dtype.as_numpy_dtype))
        history.history = progress.history
        history.epoch = progress.history_epochs
        restore_callbacks(callbacks, progress.callbacks, rest)

    def is_due(self) -> bool:
        """Tell whether enough time has passed for another checkpoint."""
        return time.monotonic() - self._written_at >= self.seconds

    def write(
        self,
        variables: Sequence[Any],
        history: keras.callbacks.History,
        callbacks: Sequence[keras.callbacks.Callback],
        *,
        epoch: int,
        stopped: bool,
        jit_compile: bool,
    ) -> None:
        """Write a checkpoint after an epoch."""
        of_callbacks: list[np.ndarray] = []
        progress = Progress(
            identity=self.identity,
            epoch=epoch,
            stopped=stopped,
            jit_compile=jit_compile,
            history=history.history,
            history_epochs=history.epoch,
            callbacks=capture_callbacks(callbacks, of_callbacks, self._unchanged),
            n_variables=len(variables),
        )
        values = [variable.numpy() for variable in variables]
        write_checkpoint(self.directory, progress, [*values, *of_callbacks])
        self._written_at = time.monotonic()


def identify_model(model: keras.Model) -> dict[str, str]:
    """Return hashes of the network, its optimizer and its loss, for an identity."""
    return {
        "network": _hash(_anonymous_config(model)),
        "optimizer": _hash(_config_of(model.optimizer)),
        "loss": _hash(str(_config_of(getattr(model, "loss", None)))),
    }


def _anonymous_config(model: keras.Model) -> str:
    """Return a network's configuration without the numbers that Keras puts into default names."""
    config = json.dumps(_config_of(model), default=str, sort_keys=True)
    names = [model.name, *(layer.name for layer in model._flatten_layers(include_self=False))]
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


def identify_callbacks(callbacks: Sequence[keras.callbacks.Callback]) -> dict[str, str]:
    """Return the names of the callbacks, for an identity."""
    return {"callbacks": ", ".join(type(callback).__name__ for callback in callbacks)}
