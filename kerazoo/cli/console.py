"""What every command shares: where output goes, and how an error looks."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sys
import tempfile
import textwrap
from collections.abc import Iterator

from kerazoo.errors import KerazooError


def say(message: str) -> None:
    """Print a message to a person; results alone go to standard output."""
    print(message, file=sys.stderr, flush=True)


def wrap(text: str, indent: int = 0) -> str:
    """Break a paragraph to the width of the terminal, further lines indented."""
    width = min(shutil.get_terminal_size().columns, 100)
    first, further = " " * indent, " " * (indent + 4)
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=further)


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep what C++ libraries say by themselves off the terminal, unless something goes wrong.

    TensorFlow and LiteRT write to the file descriptor; what Python writes to `sys.stderr` is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Training several networks in one process is what this program is for, not a mistake.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    sys.stderr.flush()
    terminal, python_stderr = os.dup(2), sys.stderr
    with tempfile.TemporaryFile() as chatter, os.fdopen(os.dup(2), "w") as still_shown:
        os.dup2(chatter.fileno(), 2)
        if python_stderr is sys.__stderr__:  # not so under a test runner
            sys.stderr = still_shown
        try:
            yield
        except (KerazooError, KeyboardInterrupt):
            raise  # says all there is to say
        except BaseException:
            chatter.seek(0)
            os.write(terminal, chatter.read())
            raise
        finally:
            sys.stderr = python_stderr
            os.dup2(terminal, 2)
            os.close(terminal)
