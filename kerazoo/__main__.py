"""The command `kerazoo`, also as `python -m kerazoo`: Ctrl-C ends it with 130 at any moment."""

from __future__ import annotations

import os
import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the command line; Ctrl-C may come while the package itself is still being imported."""
    try:
        from kerazoo.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted.\n")
        _leave()
    except SystemExit as stop:
        if stop.code != _INTERRUPTED:
            raise
        _leave()


def _leave() -> None:
    """End at once: threads of libraries that are half imported must not hold it up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
