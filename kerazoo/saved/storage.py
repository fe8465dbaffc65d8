"""Where saved models lie: read without following a link, written whole or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from kerazoo._files import fsync_file, fsync_folder, is_part, part_folder
from kerazoo._wording import counted
from kerazoo.errors import DamagedFile, KerazooError, damaged
from kerazoo.saved.card import CARD_FILE, LITERT_FILE, MODEL_FILE, File
from kerazoo.saved.card_text import LARGEST_CARD, read_card

HISTORY_FILE = "history.jsonl"
"""What a training writes into the folder of its model: a line for each epoch."""

LOGS_FOLDER = "logs"
"""What trackers write, in the folder of the model. Both stay when the model is replaced."""

README_FILE = "README.md"
"""For people. It is no part of what the card vouches for: models are loaded with it or without."""

_OURS = {CARD_FILE, LITERT_FILE, MODEL_FILE}
_HERE = -100  # AT_FDCWD: paths are relative to the working directory
_EXCHANGE = 2  # RENAME_EXCHANGE


def read_file(path: Path, largest: int) -> bytes:
    """Return the content of a plain file.

    Args:
        path: the file; a link, a pipe or a device is refused, as nothing there can be verified.
        largest: the most bytes it may have.

    Raises:
        DamagedFile: if it is missing, not a plain file, or larger.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if path.is_symlink():
            raise DamagedFile(f"{path} is a link; a saved model holds plain files. Copy it there.")
        with open(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise damaged(path, "is not a plain file; a saved model holds nothing else")
            if status.st_size > largest:
                raise damaged(
                    path,
                    f"has {counted(status.st_size, 'byte')}, expected {largest:,} at most: it is "
                    "damaged, or no model of kerazoo",
                )
            return file.read(largest + 1)
    except OSError as error:
        raise DamagedFile(
            f"{path} cannot be read: {error.strerror}. Make it readable, or save the model again."
        ) from error


def read_verified(path: Path, expected: File) -> bytes:
    """Return the content of a file that is what its card says.

    Raises:
        DamagedFile: if it is not.
    """
    content = read_file(path, expected.size)
    if len(content) != expected.size:
        raise damaged(
            path, f"has {counted(len(content), 'byte')}, expected {expected.size:,}; it is damaged"
        )
    if hashlib.sha256(content).hexdigest() != expected.sha256:
        raise damaged(
            path,
            "does not have the SHA-256 that its card gives; it is damaged or from another model",
        )
    return content


@contextlib.contextmanager
def watching(folder: Path) -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether `folder` was replaced.

    The directory is held open, so that the system cannot give its number to a new one.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # not there at this moment, or Windows, which opens no directories
        before = _identity(folder)
        yield lambda: _identity(folder) != before
        return
    try:
        before = _identity(descriptor)
        yield lambda: _identity(folder) != before
    finally:
        os.close(descriptor)


def _identity(folder: Path | int) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def check_writable(path: str | os.PathLike[str], name: str, *, overwrite: bool = True) -> Path:
    """Check that a model can be saved to a directory, before anybody trains it for hours.

    Args:
        path: the directory; it need not exist.
        name: the model that is to be saved there.
        overwrite: whether an older model of the same name may be replaced.

    Returns:
        The directory, as an absolute path without links.

    Raises:
        KerazooError: if it is a file, holds another model or anything else that would be lost, or
            cannot be written.

    Example:
        >>> check_writable("setup.cfg", "xor")
        Traceback (most recent call last):
        kerazoo.errors.KerazooError: ...setup.cfg is a file; a model is saved to a directory...
    """
    folder = Path(path).resolve()
    is_here = folder.exists() and folder.samefile(os.curdir)
    if not folder.name or is_here or folder in Path.cwd().parents:
        # It is swapped for another as a whole, after which no relative path would lead anywhere.
        raise KerazooError(
            f"{str(path)!r} is the working directory, or one above it; a model is saved to a "
            "directory of its own. Choose another name, such as runs/mine."
        )
    if folder.is_dir():
        _check_content(folder, name, overwrite)
    elif folder.exists():
        raise KerazooError(
            f"{folder} is a file; a model is saved to a directory of its own. Choose another name."
        )
    ancestor = next(parent for parent in folder.parents if parent.exists())
    try:
        with part_folder(ancestor / folder.name):
            pass
    except OSError as error:
        raise KerazooError(
            f"{folder} cannot be written: {error.strerror} in {ancestor}. Choose another directory."
        ) from error
    return folder


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give an empty directory that takes the place of `folder` at the end, or leaves no trace.

    A reader sees the old directory or the new one, never a mixture and, where the operating system
    can exchange two directories (Linux), never none, whenever the writer is killed.

    Args:
        folder: an absolute path, as `check_writable` returns it.

    Raises:
        KerazooError: if the disk is full or refuses for another reason; `folder` is as it was.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with part_folder(folder) as staged:
            yield staged
            for file in staged.iterdir():
                fsync_file(file)
            _bring_logs(folder, staged)
            fsync_folder(staged)
            _put_in_place(staged, folder)
            fsync_folder(folder.parent)
    except OSError as error:
        reason = error.strerror or error
        raise KerazooError(
            f"{folder} could not be written: {reason}. It is as it was. Mend that, or choose "
            "another directory."
        ) from error


def _check_content(folder: Path, name: str, overwrite: bool) -> None:
    # What a killed writer left there is lost without loss.
    content = sorted(
        entry.name
        for entry in folder.iterdir()
        if not is_part(entry.name) and entry.name not in (HISTORY_FILE, LOGS_FOLDER)
    )
    if not content:
        return
    if CARD_FILE not in content:
        raise _would_lose(folder, content)
    try:
        card = read_card(read_file(folder / CARD_FILE, LARGEST_CARD), str(folder / CARD_FILE))
    except DamagedFile as error:
        raise KerazooError(
            f"{folder} holds something that is not a whole kerazoo model ({error}) Delete it or "
            "choose another directory."
        ) from error
    others = [entry for entry in content if entry not in {README_FILE, *_OURS, *card.files}]
    if others:
        raise _would_lose(folder, others)
    found = card.name
    if found != name:
        raise KerazooError(
            f"{folder} holds the model {found!r}, which saving {name!r} there would lose. Choose "
            "another directory."
        )
    if not overwrite:
        raise KerazooError(f"{folder} holds a model already; pass overwrite=True to replace it.")


def _would_lose(folder: Path, entries: list[str]) -> KerazooError:
    return KerazooError(
        f"{folder} holds {', '.join(map(repr, entries[:3]))}, which saving a model there would "
        "lose. Choose a directory that does not exist."
    )


def _bring_logs(folder: Path, staged: Path) -> None:
    """Give the new directory the logs of the old one: the same files, so that none is ever lost."""
    for name in (HISTORY_FILE, LOGS_FOLDER):
        old, new = folder / name, staged / name
        if old.is_dir() and not old.is_symlink():
            shutil.copytree(old, new, symlinks=True, copy_function=_link_or_copy)
        elif os.path.lexists(old):
            _link_or_copy(old, new)


def _link_or_copy(old: str | Path, new: str | Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # a file system without links
        shutil.copy2(old, new, follow_symlinks=False)


def _put_in_place(staged: Path, folder: Path) -> None:
    """Let `staged` become `folder`, and what was there, if anything, `staged`."""
    while True:
        try:
            os.rename(staged, folder)  # onto nothing, or an empty directory
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EACCES):
                raise
            if not folder.exists():
                raise
        try:
            _exchange(staged, folder)
            return
        except FileNotFoundError:
            continue  # somebody removed the old one in between


def _exchange(staged: Path, folder: Path) -> None:
    """Swap two directories, in one step where the operating system can."""
    library = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    rename = getattr(library, "renameat2", None)
    if rename is not None:
        if rename(_HERE, os.fsencode(staged), _HERE, os.fsencode(folder), _EXCHANGE) == 0:
            return
        number = ctypes.get_errno()
        if number not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
            raise OSError(number, os.strerror(number), str(folder))
    aside = folder.with_name(f"{staged.name}.old")
    os.rename(folder, aside)
    try:
        os.rename(staged, folder)
    except OSError:
        os.rename(aside, folder)
        raise
    os.rename(aside, staged)
