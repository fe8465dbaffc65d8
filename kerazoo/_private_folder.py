"""Folders that only their owner can change: what lies there may be run as it stands."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


class NotOurs(Exception):
    """A folder that somebody else could write to, which its owner should know."""


def make_private(folder: Path) -> None:
    """Make a folder and its parent for this user alone, and check them if they are there.

    Raises:
        NotOurs: if somebody else could write to one of them.
        OSError: if they cannot be made.
    """
    folder.parent.parent.mkdir(parents=True, exist_ok=True)
    for one in (folder.parent, folder):
        with contextlib.suppress(FileExistsError):
            one.mkdir(mode=0o700)
        check_private(one)


def check_private(folder: Path) -> None:
    """Refuse a folder that somebody else could write to, or put another one in the place of.

    Raises:
        NotOurs: with what to do about it. A folder that does not exist is nobody's.
    """
    if not os.path.lexists(folder):
        return
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode):
        raise NotOurs(f"{folder} is no folder, or a link; remove it")
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise NotOurs(f"{folder} is not yours alone; remove it")
    # In a container without rights of its own, what belongs to root outside looks like nobody's.
    trusted = (0, os.getuid(), os.stat("/").st_uid)
    for parent in reversed(folder.resolve().parents):
        status = parent.stat()
        if status.st_uid == os.getuid() and not status.st_mode & 0o077:
            return  # nobody else gets further
        is_shared = status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX
        if is_shared or status.st_uid not in trusted:
            raise NotOurs(
                f"others may write to {parent}, which leads to {folder}; chmod go-w {parent}"
            )


def files_in(folder: Path, pattern: str) -> list[tuple[Path, os.stat_result]]:
    """Return the files of a pattern and what is known of them; a link stands for itself."""
    found = []
    for path in folder.glob(pattern):
        with contextlib.suppress(FileNotFoundError):  # another process has removed it
            found.append((path, path.lstat()))
    return found


def remove_oldest(root: Path, pattern: str, most_bytes: int) -> None:
    """Keep the newest files that fit, those for other machines and versions among them."""
    total = 0
    for path, status in sorted(
        files_in(root, pattern), key=lambda one: one[1].st_mtime, reverse=True
    ):
        total += status.st_size
        if total > most_bytes:
            path.unlink(missing_ok=True)
