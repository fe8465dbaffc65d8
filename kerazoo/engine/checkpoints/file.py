"""One file with everything that an exact resume needs; a kill leaves the old one or the new one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._files import write_whole
from kerazoo.errors import DamagedFile, KerazooError

FILE_NAME = "training.npz"


@dataclass(frozen=True)
class Progress:
    """Where a training stands after an epoch, as plain data.

    Args:
        identity: what is trained, by the name of each aspect; a training that differs is refused.
        epoch: the next epoch.
        stopped: whether a callback has ended the training.
        jit_compile: whether XLA compiled the program: without it, numbers are rounded differently.
        history: values per epoch, by name.
        history_epochs: the epochs that `history` is about.
        callbacks: state of each callback; it refers to arrays by their index.
        n_variables: how many of the arrays, from the first, are variables; the others belong to
            callbacks.
    """

    identity: dict[str, str]
    epoch: int
    stopped: bool
    jit_compile: bool
    history: dict[str, list[Any]]
    history_epochs: list[int]
    callbacks: list[dict[str, Any]]
    n_variables: int


def write_checkpoint(directory: Path, progress: Progress, arrays: Sequence[np.ndarray]) -> None:
    """Replace the checkpoint in a directory.

    The file is complete and on disk before it gets its name. A process that is killed, at any
    moment, leaves either the old checkpoint or the new one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    write_whole(directory / FILE_NAME, _to_bytes(progress, arrays))


def read_checkpoint(directory: Path) -> tuple[Progress, list[np.ndarray]] | None:
    """Return the checkpoint of a directory, or `None` if there is none.

    Raises:
        DamagedFile: if the file is not what was written.
    """
    path = directory / FILE_NAME
    if not path.exists():
        return None
    try:
        # NumPy checks the CRC of each array as it reads.
        with np.load(path, allow_pickle=False) as file:
            content = {name: file[name] for name in file.files}
        progress = Progress(**json.loads(bytes(content.pop("progress"))))
        arrays = [content[str(index)] for index in range(len(content))]
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DamagedFile(
            f"{path} is not a readable checkpoint ({error}); delete it, or train without resuming."
        ) from error
    return progress, arrays


def next_epoch(directory: Path) -> int | None:
    """Return the next epoch of the checkpoint in a directory; `None` if there is none to be read.

    Only this is read of it, while another process may write the next one.
    """
    try:
        with np.load(directory / FILE_NAME, allow_pickle=False) as file:
            return int(json.loads(bytes(file["progress"]))["epoch"])
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile):
        return None


def check_identity(stored: dict[str, str], current: dict[str, str], directory: Path) -> None:
    """Refuse to go on with another network, other data or other settings.

    Raises:
        KerazooError: naming what differs.
    """
    differing = [
        # A fingerprint is of these three, and says nothing to a person.
        "its data, recipe or seed"
        if name == "fingerprint"
        else f"{name} ({stored.get(name, 'absent')} then, {current.get(name, 'absent')} now)"
        for name in {**current, **stored}
        if stored.get(name) != current.get(name)
    ]
    if differing:
        raise KerazooError(
            f"the checkpoint in {directory} belongs to another training: it differs in "
            f"{', '.join(differing)}. Use another directory, or train without resuming."
        )


def _to_bytes(progress: Progress, arrays: Sequence[np.ndarray]) -> memoryview:
    header = np.frombuffer(
        json.dumps(asdict(progress), default=np.ndarray.tolist).encode(), np.uint8
    )
    buffer = io.BytesIO()
    named: dict[str, Any] = {str(index): array for index, array in enumerate(arrays)}
    np.savez(buffer, progress=header, **named)
    return buffer.getbuffer()
