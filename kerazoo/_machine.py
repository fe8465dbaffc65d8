"""The machine: its free memory, and what its C++ libraries write to the terminal."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kerazoo._notes import Beforehand
from kerazoo.errors import KerazooError

_UNKNOWN = 2**62
MEMORY_VARIABLE = "KERAZOO_MEMORY"
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_CGROUPS = Path("/sys/fs/cgroup")
# The limit of a group of processes, what it uses, and what of that is files that can be read again:
# of version 2 and of version 1.
_LIMITS = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


def free_memory() -> int:
    """Return how many bytes can be used without swapping, or all there are if nobody knows.

    A container or another group of processes may have less than the machine. The environment
    variable `KERAZOO_MEMORY`, such as `4G`, says that there is no more than so much.

    Raises:
        KerazooError: if that variable is no size.

    Example:
        >>> free_memory() > 0
        True
    """
    return min(_free_of_machine(), _free_of_group(), _memory_to_use())


def _memory_to_use() -> int:
    """Return what the user allows."""
    text = os.environ.get(MEMORY_VARIABLE, "").strip()
    if not text:
        return _UNKNOWN
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", text.lower())
    if found is None:
        raise KerazooError(f"{MEMORY_VARIABLE} is {text[:40]!r}; expected a size, such as 4G.")
    return int(float(found[1]) * _UNITS[found[2]])


def _free_of_group() -> int:
    """Return what the groups of processes that this one is in have left."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:  # not Linux
        return _UNKNOWN
    free = _UNKNOWN
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        root = _CGROUPS / controllers
        inside = root / path.lstrip("/")
        # Each group above limits it, too; of a container, the root may be its own group.
        for group in (inside, *(one for one in inside.parents if one.is_relative_to(root))):
            free = min(free, *(_left_in(group, *names) for names in _LIMITS))
    return free


def _left_in(group: Path, limit: str, used: str, cached: str) -> int:
    try:
        most = int((group / limit).read_text())
        if most >= _UNKNOWN:
            return _UNKNOWN
        taken = int((group / used).read_text())
        counts = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):  # no such group, or no limit: "max"
        return _UNKNOWN
    return max(0, most - taken + int(counts.get(cached, 0)))


def _free_of_machine() -> int:
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        for line in meminfo.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return total_memory()


def total_memory() -> int:
    """Return how many bytes of memory the machine has; a very large number if nobody knows.

    Example:
        >>> total_memory() >= free_memory()
        True
    """
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows does not tell
        return _UNKNOWN


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep what C++ libraries say by themselves off the terminal, unless something goes wrong.

    TensorFlow and LiteRT write to the file descriptor; what Python writes to `sys.stderr` is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if os.path.expanduser("~") == "~":  # no home: Keras would make a folder of this name
        os.environ.setdefault("KERAS_HOME", os.path.join(tempfile.gettempdir(), "keras"))
    # Training several networks in one process is what this program is for, not a mistake.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    with holding_back_stderr():
        yield


@contextlib.contextmanager
def holding_back_stderr() -> Iterator[None]:
    """Keep what is written to file descriptor 2 until the end: it is shown if something fails."""
    sys.stderr.flush()
    terminal, python_stderr = os.dup(2), sys.stderr
    with tempfile.TemporaryFile() as chatter, os.fdopen(os.dup(2), "w") as still_shown:
        os.dup2(chatter.fileno(), 2)
        if python_stderr is sys.__stderr__:  # not so under a test runner
            sys.stderr = still_shown
        try:
            yield
        except (KerazooError, KeyboardInterrupt, OSError):
            raise  # says all there is to say
        except BaseException:
            chatter.seek(0)
            os.write(terminal, chatter.read())
            raise
        finally:
            sys.stderr = python_stderr
            os.dup2(terminal, 2)
            os.close(terminal)


@contextlib.contextmanager
def warnings_as_lines(say: Callable[[str], object]) -> Iterator[None]:
    """Hand warnings on as lines for a person, without the code that they come from."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        keep = warnings.showwarning

        def show(message: Any, category: type[Warning], *where: Any) -> None:
            if issubclass(category, Beforehand):
                say(str(message))
            else:
                keep(message, category, *where)

        warnings.showwarning = show  # type: ignore[assignment]
        yield
    for warning in caught:
        if issubclass(warning.category, UserWarning):  # others are for programmers
            say(str(warning.message))
