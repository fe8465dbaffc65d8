"""Answers that are being written: after a kill or a full disk, the same command goes on.

Beside the file that is to be, a folder `NAME.unfinished` holds `answers`, which grows piece by
piece, and `journal`: a line for what was asked, and one for each piece that is wholly there. What
is behind the last of these was being written, and is cut off.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Any

from kerazoo._files import fsync_folder, make_folder
from kerazoo.errors import KerazooError


class Unfinished:
    """A file of answers that grows, and has its name when it is whole.

    Args:
        out: the file that is to be.
        asked: what decides each of its bytes: the network, the inputs, the options.
        force: whether answers to something else are begun anew.

    Raises:
        KerazooError: if another process is at it, or it is of something else.
    """

    def __init__(self, out: Path, asked: Any, *, force: bool = False) -> None:
        self.out = out
        self.folder = out.absolute().with_name(out.name + ".unfinished")
        make_folder(self.folder)
        self._journal = open(self.folder / "journal", "a+b")  # noqa: SIM115 (closed at the end)
        self._answers = open(self.folder / "answers", "a+b")  # noqa: SIM115
        try:
            _lock(self._journal, self.folder)
            self.pieces, end = self._read(asked, force)
            os.truncate(self._answers.fileno(), end)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Unfinished:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(self, text: bytes) -> None:
        """Add the answers to the next piece.

        Raises:
            OSError: if they cannot be written; the pieces before are as they were.
        """
        self.pieces += 1
        end = self._append(self._answers, text)
        line = json.dumps({"pieces": self.pieces, "end": end}) + "\n"
        self._append(self._journal, line.encode())

    def finish(self) -> None:
        """Give the file its name."""
        self.close()
        os.replace(self.folder / "answers", self.out)
        with contextlib.suppress(OSError):  # only a power cut could still take the name away
            fsync_folder(self.out.absolute().parent)
        shutil.rmtree(self.folder, ignore_errors=True)

    def close(self) -> None:
        """Close the files; what is in them is kept."""
        self._journal.close()
        self._answers.close()

    def _read(self, asked: Any, force: bool) -> tuple[int, int]:
        """Return how many pieces are there, and where the last one ends."""
        asked = json.loads(json.dumps(asked))
        self._journal.seek(0)
        lines, whole = [], 0
        for line in self._journal:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            lines.append(json.loads(line))
        if lines and lines[0] != asked:
            if not force:
                raise KerazooError(
                    f"{self.folder} holds answers to something else: another model, other inputs "
                    "or options. Run that command again, choose another --out, or add --force."
                )
            lines, whole = [], 0
        os.truncate(self._journal.fileno(), whole)
        if not lines:
            self._append(self._journal, (json.dumps(asked) + "\n").encode())
            return 0, 0
        return (lines[-1]["pieces"], lines[-1]["end"]) if len(lines) > 1 else (0, 0)

    def _append(self, file: Any, content: bytes) -> int:
        """Append bytes, all or none of them, and return where they end."""
        before = os.fstat(file.fileno()).st_size
        left = memoryview(content)
        try:
            while left:
                left = left[os.write(file.fileno(), left) :]
            os.fsync(file.fileno())
        except OSError as error:
            with contextlib.suppress(OSError):
                os.truncate(file.fileno(), before)
            error.filename = os.fspath(self.out)
            raise
        return before + len(content)


def _lock(file: Any, folder: Path) -> None:
    """Keep other processes out, until the file is closed or this process has ended."""
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            windows: Any = importlib.import_module("msvcrt")
            windows.locking(file.fileno(), windows.LK_NBLCK, 1)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            raise
        raise KerazooError(
            f"another process writes to {folder}. Wait for it, or choose another --out."
        ) from error
