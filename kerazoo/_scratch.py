"""Room on a disk for what does not fit into memory: files without a name, which end by themselves.

Such a file is gone when its last user is, however that ended: after Ctrl-C, a kill, or a power cut
nothing is left that somebody would have to remove.
"""

from __future__ import annotations

import contextlib
import contextvars
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from kerazoo.errors import KerazooError

_place: contextvars.ContextVar[Path | None] = contextvars.ContextVar("scratch", default=None)


@contextlib.contextmanager
def scratch_beside(target: str | os.PathLike[str] | None) -> Iterator[None]:
    """Let scratch files lie on the disk of a file or folder that is to be written.

    Args:
        target: it, which need not exist; `None` for the folder of temporary files.
    """
    token = _place.set(None if target is None else Path(target).absolute().parent)
    try:
        yield
    finally:
        _place.reset(token)


def scratch_folder() -> Path:
    """Return the folder whose disk scratch files lie on: of one that is to be made, that above."""
    place = _place.get() or Path(tempfile.gettempdir())
    return next(one for one in (place, *place.parents) if one.is_dir())


def scratch_file() -> IO[bytes]:
    """Return a new file without a name; its room is free again when it is closed."""
    return tempfile.TemporaryFile(dir=scratch_folder(), buffering=0)


def check_scratch_room(needed: int) -> None:
    """Refuse what the disk has no room for.

    Args:
        needed: bytes.

    Raises:
        KerazooError: saying how much there is.
    """
    folder = scratch_folder()
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise KerazooError(
            f"{needed / 1e9:.1f} GB are needed on the disk of {folder} until the training has "
            f"ended, and {free / 1e9:.1f} GB are free. Make room, or name a folder on another disk "
            "with --out."
        )


class ScratchArray:
    """An array that is written to the disk a piece at a time, and then mapped.

    Args:
        shape: of a row; `()` for an array of one axis.
        dtype: of its numbers.

    Example:
        >>> array = ScratchArray((2,), "float32")
        >>> array.append(np.ones((3, 2)))
        >>> array.mapped().shape
        (3, 2)
    """

    def __init__(self, shape: tuple[int, ...], dtype: str) -> None:
        self._shape, self._dtype = shape, np.dtype(dtype)
        self._file, self._rows = scratch_file(), 0

    def append(self, rows: np.ndarray) -> None:
        """Write rows behind those that are there.

        Raises:
            OSError: if the disk is full; it names the folder.
        """
        self._rows += len(rows)
        write_all(self._file, np.ascontiguousarray(rows, self._dtype))

    def mapped(self) -> np.ndarray:
        """Return all rows, none of which is in memory before it is read."""
        shape = (self._rows, *self._shape)
        if not self._rows:
            return np.empty(shape, self._dtype)
        file: Any = self._file
        with file:  # the mapping keeps it until nobody has the array any more
            return np.memmap(file, self._dtype, "r", shape=shape)


def write_all(file: IO[bytes], rows: np.ndarray) -> None:
    """Write the bytes of rows to a scratch file.

    Raises:
        OSError: if the disk is full; it names the folder.
    """
    # Not through a mapping: a full disk kills a process that writes to one.
    left: Any = rows.reshape(-1).view(np.uint8).data
    try:
        while left:
            left = left[file.write(left) :]
    except OSError as error:
        error.filename = os.fspath(scratch_folder())
        raise
