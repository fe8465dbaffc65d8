"""What every command shares: where output goes, and how an error looks."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


def say(message: str) -> None:
    """Print a message to a person; results alone go to standard output."""
    print(message, file=sys.stderr, flush=True)


@contextlib.contextmanager
def quiet_import() -> Iterator[None]:
    """Keep the start-up chatter of TensorFlow's C++ off the terminal, unless the import fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
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
