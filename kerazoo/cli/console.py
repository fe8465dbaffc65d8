"""What every command shares: where output goes, and how an error looks."""

from __future__ import annotations

import shutil
import sys
import textwrap


def say(message: str) -> None:
    """Print a message to a person; results alone go to standard output."""
    print(message, file=sys.stderr, flush=True)


def wrap(text: str, indent: int = 0) -> str:
    """Break a paragraph to the width of the terminal, further lines indented."""
    width = min(shutil.get_terminal_size().columns, 100)
    first, further = " " * indent, " " * (indent + 4)
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=further)
