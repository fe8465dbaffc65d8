"""Which LiteRT files may run at once: the package's, the user's own, and those tried before.

The hashes of the latter two are kept in a file of the user's cache. All others are tried in a
process of their own first, `kerazoo.runtimes.trial`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from kerazoo._files import user_cache, write_whole

_FILE = "litert-files.txt"
_MOST = 2000  # hashes; the older half is forgotten then
_PACKAGE = Path(__file__).parent.parent
SHIPPED = (_PACKAGE / "saved_models", _PACKAGE.parent / "saved_models")


def try_unless_known(folder: Path, content: bytes, try_it: Callable[[], object]) -> None:
    """Try a LiteRT file, unless it is known.

    Args:
        folder: where it lies.
        content: of the file.
        try_it: runs it where it can do no harm, and raises an error if it does any.
    """
    if folder.resolve().parent in SHIPPED or _hash(content) in _known():
        return
    try_it()
    remember(content)


def remember(content: bytes) -> None:
    """Note that a LiteRT file is the user's own, or was tried; without a cache nothing is noted."""
    digest, known, file = _hash(content), _known(), _file()
    if file is None or digest in known:
        return
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        if len(known) >= _MOST:
            write_whole(file, "".join(f"{one}\n" for one in known[_MOST // 2 :]))
        # A line is written in one go: two processes may do so at once.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(descriptor, "ab", buffering=0) as stream:
            stream.write(f"{digest}\n".encode())


def _known() -> list[str]:
    file = _file()
    if file is None:
        return []
    try:
        return file.read_text("ascii", "replace").split()
    except OSError:
        return []


def _file() -> Path | None:
    cache = user_cache()
    return None if cache is None else cache / _FILE


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
