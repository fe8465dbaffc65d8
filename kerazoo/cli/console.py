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


def say(message: str) -> None:
    """Print a message to a person; results alone go to standard output."""
    print(message, file=sys.stderr, flush=True)


def wrap(text: str, indent: int = 0) -> str:
    """Break a paragraph to the width of the terminal, further lines indented."""
    width = min(shutil.get_terminal_size().columns, 100)
    first, further = " " * indent, " " * (indent + 4)
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=further)


@contextlib.contextmanager
def quiet_import() -> Iterator[None]:
    """Keep the start-up chatter of TensorFlow's C++ off the terminal, unless the import fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Training several networks in one process is what this program is for, not a mistake.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as chatter:
        os.dup2(chatter.fileno(), 2)
        try:
            yield
        except BaseException:
            chatter.seek(0)
            os.write(terminal, chatter.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
