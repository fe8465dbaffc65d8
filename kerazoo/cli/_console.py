"""What every command shares: where output goes, and how it looks on a terminal."""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO, TypeVar

from kerazoo._files import replacing_file
from kerazoo._machine import quiet_libraries
from kerazoo._progress import Line, cut, erasing, in_time, is_terminal, lay_out, ticking
from kerazoo._wording import columns_of
from kerazoo.errors import KerazooError

_REDRAW_SECONDS = 0.2
_PATIENCE_SECONDS = 2.0
_LONGEST_NAME = 30
_SECOND = "\0"

T = TypeVar("T")


def say(message: str) -> None:
    """Print a message to a person; results alone go to standard output."""
    print(fitted(message, sys.stderr), file=sys.stderr, flush=True)


def fitted(text: str, stream: TextIO) -> str:
    """Break a long sentence between words if a terminal shows it; a program reads it in a line."""
    return wrap(text) if len(text) > _width() and stream.isatty() else text


def wrap(text: str, indent: int = 0, further: int | None = None) -> str:
    """Break a paragraph to the width of the terminal.

    Args:
        text: a paragraph.
        indent: spaces before its first line.
        further: spaces before the others; four more by default.
    """
    # A mark behind each letter that takes two columns lets its width be counted.
    filled = textwrap.fill(
        "".join(one + _SECOND * (columns_of(one) - 1) for one in text),
        _width(),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 4 if further is None else further),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(_SECOND, "")


def wrap_docstring(text: str) -> str:
    """Break the paragraphs of a docstring that are wider than the terminal; code stays."""
    lines: list[str] = []
    for block in re.split(r"(\n\s*\n)", text):
        if max(map(len, block.split("\n"))) > _width() and ">>>" not in block:
            lines += _fill_block(block.split("\n"))
        else:
            lines += block.split("\n")[1:-1] if not block.strip() else block.split("\n")
    return "\n".join(lines)


def _fill_block(lines: list[str]) -> Iterator[str]:
    """Fill the items of a block: an item is a line and what is indented as deep or deeper."""
    items: list[list[str]] = []
    for line in lines:
        depth = len(line) - len(line.lstrip())
        opens = not items or items[-1][0].endswith(":") or re.match(r"\s*\w+: ", line)
        if opens or depth < len(items[-1][0]) - len(items[-1][0].lstrip()):
            items.append([line])
        else:
            items[-1].append(line)
    for first, *others in items:
        depth = len(first) - len(first.lstrip())
        further = len(others[0]) - len(others[0].lstrip()) if others else depth + 4
        yield wrap(" ".join([first.strip(), *map(str.strip, others)]), depth, further)


def wrap_named(name: str, text: str, width: int) -> str:
    """Return a name and what it is about, in two columns; in a line if a program reads it."""
    line = f"{name:{width}}{text}"
    return wrap(line, 0, width) if sys.stdout.isatty() else line


def wrap_last_column(line: str) -> str:
    """Break a line of a table in its last column, which two spaces or more separate."""
    start = line.rfind("  ") + 2
    return wrap(line, 0, start) if len(line) > _width() else line


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 100)


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
    """Say what is being done, once it has taken a moment; a terminal shows for how long, too."""
    started = time.monotonic()
    if not is_terminal(sys.stderr):
        timer = threading.Timer(_PATIENCE_SECONDS, say, (f"{message} ...",))
        timer.daemon = True  # nobody waits for it who ends early
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
        return
    line = Line("stderr")

    def show() -> None:
        seconds = in_time(time.monotonic() - started)
        line.draw(lambda width: cut(f"{message} ...", f" {seconds}", width))

    with erasing(line), ticking(show, after=_PATIENCE_SECONDS):
        yield


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
    started = drawn = time.monotonic()
    line = Line("stderr")

    def show(share: float) -> None:
        nonlocal drawn
        now = time.monotonic()
        if now - drawn < _REDRAW_SECONDS or not is_terminal(sys.stderr):
            return
        drawn = now
        left = in_time((now - started) * (1 - share) / max(share, 1e-6))
        parts = [f"{share:4.0%}", f"{left} left"]
        head = Path(name).name[:_LONGEST_NAME]
        line.draw(lambda width: lay_out(head, parts, share=share, width=width))

    with erasing(line):
        yield show
