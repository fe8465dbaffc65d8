"""What every command shares: where output goes, and how it looks on a terminal."""

from __future__ import annotations

import contextlib
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from kerazoo._files import replacing_file
from kerazoo._machine import quiet_libraries
from kerazoo.errors import KerazooError

_REDRAW_SECONDS = 0.2
_PATIENCE_SECONDS = 2.0

T = TypeVar("T")


def say(message: str) -> None:
    """Print a message to a person; results alone go to standard output."""
    print(message, file=sys.stderr, flush=True)


def wrap(text: str, indent: int = 0) -> str:
    """Break a paragraph to the width of the terminal, further lines indented."""
    width = min(shutil.get_terminal_size().columns, 100)
    first, further = " " * indent, " " * (indent + 4)
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=further)


def quietly(call: Callable[[], T]) -> T:
    """Call without what libraries print on the way; our own errors are raised after it."""
    with quiet_libraries():
        try:
            return call()
        except KerazooError as error:
            failure = error
    raise failure


@contextlib.contextmanager
def said_if_slow(message: str) -> Iterator[None]:
    """Say what is being done, once it has taken a moment."""
    timer = threading.Timer(_PATIENCE_SECONDS, say, (f"{message} ...",))
    timer.daemon = True  # nobody waits for it who ends early
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def writing(output: Path | None) -> Iterator[Callable[[str], object]]:
    """Give what writes answers: to standard output, or to a file that appears when it is whole."""
    if output is None:
        yield sys.stdout.write
        sys.stdout.flush()
        return
    with replacing_file(output) as part, open(part, "w", encoding="utf-8", newline="") as file:
        yield file.write


@contextlib.contextmanager
def progress_bar(name: str) -> Iterator[Callable[[float], object]]:
    """Give what is told the share that is done; a terminal shows a bar after a moment."""
    started = time.monotonic()
    drawn = [started]  # when, the last time; the first entry stands for never

    def show(share: float) -> None:
        now = time.monotonic()
        if now - drawn[-1] < _REDRAW_SECONDS or not sys.stderr.isatty():
            return
        drawn.append(now)
        left = (now - started) * (1 - share) / max(share, 1e-6)
        filled = "#" * round(30 * share)
        line = f"\r\x1b[2K{Path(name).name[:30]} [{filled:30}] {share:4.0%}, {left:.0f} s left"
        print(line, end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        if len(drawn) > 1:
            print("\r\x1b[2K", end="", file=sys.stderr, flush=True)
