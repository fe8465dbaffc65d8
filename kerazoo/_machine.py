"""The machine: its free memory, and what its C++ libraries write to the terminal."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kerazoo._notes import Beforehand
from kerazoo.errors import KerazooError

_UNKNOWN = 2**62


def free_memory() -> int:
    """Return how many bytes can be used without swapping, or all there are if nobody knows.

    Example:
        >>> free_memory() > 0
        True
    """
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
