"""The journal of a search: finished trials in a file that survives kills and is shared.

A line of the file is an operation of Optuna's `JournalStorage`, so Optuna's own tools can read it.
Three things differ from Optuna's own file:

- The lock is the system's, which ends with the process that holds it: after a SIGKILL nobody waits.
- A line that a killed process or a full disk left half-written is cut off before the next one.
- A trial is one line, written once it has finished. A process that dies loses the trial that it was
  at, and the next one tries another in its place; there are no trials that run for ever.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import BaseJournalBackend

from kerazoo.errors import KerazooError

_STUDY = "search"
_IDENTITY = "identity"
_CHECK = "trained again"

Direction = Literal["minimize", "maximize"]


class JournalFile(BaseJournalBackend):
    """Lines of JSON in a file, appended by one process at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._starts = [0]  # where each line begins, and the next one will
        path.touch()

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:
        """Yield whole lines, from a number on."""
        with open(self._path, "rb") as file:
            number = min(log_number_from, len(self._starts) - 1)
            file.seek(self._starts[number])
            for line in file:
                if not line.endswith(b"\n"):
                    return  # it is being written, or its writer was killed
                number += 1
                if number == len(self._starts):
                    self._starts.append(self._starts[-1] + len(line))
                if number > log_number_from:
                    yield json.loads(line)

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Append lines: all of them, or none."""
        lines = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        left = memoryview(lines.encode())
        with open(self._path, "r+b", buffering=0) as file, _locked(file):
            end = _end_of_lines(file)
            file.truncate(end)
            file.seek(end)
            try:
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            except OSError as error:  # a full disk
                with contextlib.suppress(OSError):
                    file.truncate(end)
                error.filename = os.fspath(self._path)
                raise


def _end_of_lines(file: IO[bytes]) -> int:
    """Return where the last whole line ends."""
    end = file.seek(0, os.SEEK_END)
    while end > 0:
        begin = max(0, end - 4096)
        file.seek(begin)
        found = file.read(end - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


@contextlib.contextmanager
def _locked(file: IO[bytes]) -> Iterator[None]:
    if os.name == "posix":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)  # closing the file lets go of it
        yield
        return
    windows: Any = importlib.import_module("msvcrt")
    file.seek(0)
    windows.locking(file.fileno(), windows.LK_LOCK, 1)
    try:
        yield
    finally:
        file.seek(0)
        windows.locking(file.fileno(), windows.LK_UNLCK, 1)


class Journal:
    """The finished trials of one search.

    Args:
        path: the file; `None` keeps them in memory.
        identity: what makes trials comparable: network, recipe, data, space.
        direction: `"minimize"` or `"maximize"`.

    Raises:
        KerazooError: if the file is no journal, or of another search.
    """

    def __init__(self, path: Path | None, identity: dict[str, Any], direction: Direction) -> None:
        self.path = path
        try:
            storage = None if path is None else JournalStorage(JournalFile(path))
            known = [] if storage is None else optuna.get_all_study_names(storage)
            if known not in ([], [_STUDY]):
                raise KerazooError(_other_search(path, None, identity))
            self.study = optuna.create_study(
                storage=storage,
                study_name=None if path is None else _STUDY,
                direction=direction,
                load_if_exists=path is not None,
            )
            before = self.study.user_attrs.get(_IDENTITY)
            trials = self.study.get_trials(deepcopy=False)
        except (OSError, KerazooError):
            raise
        except Exception as error:  # whatever Optuna makes of another file
            raise KerazooError(
                f"{path} is no journal of a search, or is damaged ({type(error).__name__}). Choose "
                "another --out."
            ) from error
        if before is None and not trials:
            self.study.set_user_attr(_IDENTITY, identity)
        elif before != identity or self.study.direction.name.lower() != direction:
            raise KerazooError(_other_search(path, before, identity))

    def trials(self) -> list[optuna.trial.FrozenTrial]:
        """Return all finished trials, those of other processes too."""
        return list(self.study.get_trials(deepcopy=False))

    def add(self, trial: optuna.trial.FrozenTrial) -> None:
        """Write down a finished trial."""
        self.study.add_trial(trial)

    def note_check(self, trial: int, seed: int, value: float) -> None:
        """Write down what a trial's settings reach from another seed."""
        self.study.set_user_attr(f"{_CHECK} {trial} {seed}", value)

    def checks(self) -> dict[tuple[int, int], float]:
        """Return what has been noted, by trial and seed."""
        found = {}
        for key, value in self.study.user_attrs.items():
            if key.startswith(f"{_CHECK} "):
                trial, seed = key.split()[-2:]
                found[int(trial), int(seed)] = float(value)
        return found

    def begin_session(self) -> int:
        """Return how many processes have worked on the search before this one began."""
        token = f"session {os.getpid()} {os.urandom(4).hex()}"
        self.study.set_user_attr(token, True)
        sessions = [key for key in self.study.user_attrs if key.startswith("session ")]
        return sessions.index(token)


def _other_search(path: Path | None, known: Any, identity: dict[str, Any]) -> str:
    if isinstance(known, dict):
        differs = [key for key, value in identity.items() if known.get(key) != value]
        what = f"a search with other {' and '.join(differs) or 'settings'}"
    else:
        what = "another study"
    return f"{path} holds {what}. Choose another --out, or run that search again."
