"""Showing what is done and how long it takes: one kind of bar, in one line that fits its terminal.

`engine/progress.py` shows epochs with it, `cli/_console.py` what commands do besides. tqdm, which
formats bars and times, is imported when there is something to show.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TextIO

REDRAW_SECONDS = 0.1

_GAP = "  "
_MORE = "\u2026"
_BARS = (20, 10)  # a bar of any width would jump with every digit of the values behind it
_WITH_BAR = 3  # parts that are worth more than a bar: the time, the loss, the loss on validation
_TICK_SECONDS = 1.0
_USUAL_COLUMNS = 80
_MINUTE = 60.0
_DIGITS_BELOW = 9.95


def in_time(seconds: float) -> str:
    """Return a duration for a person.

    Example:
        >>> in_time(2.13), in_time(35.4), in_time(125), in_time(3725)
        ('2.1 s', '35 s', '02:05', '1:02:05')
    """
    if seconds < _DIGITS_BELOW:
        return f"{seconds:.1f} s"
    if round(seconds) < _MINUTE:
        return f"{seconds:.0f} s"
    from tqdm import tqdm

    return str(tqdm.format_interval(seconds))


def draw_bar(share: float, width: int) -> str:
    """Return a bar that is filled up to a share from 0 to 1.

    Example:
        >>> draw_bar(0.5, 10)
        '|#####     |'
    """
    from tqdm import tqdm

    done = round(1000 * min(max(share, 0.0), 1.0))
    bar = tqdm.format_meter(done, 1000, 0, bar_format="{bar}", ascii=" #", ncols=width)
    return f"|{bar}|"


def lay_out(
    head: str,
    parts: Sequence[str],
    *,
    share: float,
    width: int | None = None,
    optional: str = "",
) -> str:
    """Return one line: a head, a bar, and parts, none of them cut.

    Args:
        head: what always comes first.
        parts: what follows, the most important first: the last ones are left out where they do not
            fit, then the bar, then the first ones.
        share: how far the bar is filled.
        width: columns that there are; as many as are wanted by default.
        optional: a part that comes after the first one where all parts fit with it.

    Example:
        >>> lay_out("epoch 1/4", ["3.0 s left", "loss 0.5"], share=0.25, width=79)
        'epoch 1/4 |#####               |  3.0 s left  loss 0.5'
        >>> lay_out("epoch 1/4", ["3.0 s left", "loss 0.5"], share=0.25, width=26)
        'epoch 1/4  3.0 s left  \u2026'
    """
    from tqdm.utils import disp_len, disp_trim

    heads = [f"{head} {draw_bar(share, size)}" for size in _BARS]
    shown = [" ".join(part.split()) for part in parts]
    choices = [(one, [*shown[:1], optional, *shown[1:]]) for one in heads if optional]
    choices += [(one, shown) for one in heads]
    choices += [(heads[-1], [*shown[:k], _MORE]) for k in range(len(shown) - 1, _WITH_BAR - 1, -1)]
    choices += [(head, shown)]
    choices += [(head, [*shown[:k], _MORE]) for k in range(len(shown) - 1, -1, -1)]
    lines = [_GAP.join([first, *rest]) for first, rest in choices]
    if width is None:
        return lines[0]
    return next((one for one in lines if disp_len(one) <= width), str(disp_trim(head, width)))


def cut(text: str, end: str, width: int) -> str:
    """Return a text and its end in one line; the text is cut where both do not fit.

    Example:
        >>> cut("judging on the 10,000 rows of the test part ...", " 12 s", 30)
        'judging on the 10,000 ro\u2026 12 s'
    """
    from tqdm.utils import disp_len, disp_trim

    if disp_len(text + end) > width:
        text = str(disp_trim(text, max(width - disp_len(_MORE + end), 0))) + _MORE
    return str(disp_trim(text + end, width))


def is_terminal(stream: TextIO) -> bool:
    """Tell whether lines of a stream can be rewritten."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def columns_of(stream: TextIO) -> int:
    """Return how many columns a line of a terminal may fill without breaking."""
    columns = 0
    with contextlib.suppress(ValueError):
        columns = int(os.environ.get("COLUMNS", ""))
    if columns < 1:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            columns = os.get_terminal_size(stream.fileno()).columns
    return max(1, (columns or _USUAL_COLUMNS) - 1)


class Line:
    """A line of a terminal that is rewritten in place, from any thread.

    Args:
        stream: the name of a stream of `sys`; which object that is may change meanwhile.
    """

    def __init__(self, stream: Literal["stdout", "stderr"]) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._ended = False
        self._is_empty = True

    def draw(self, compose: Callable[[int], str]) -> None:
        """Rewrite it, unless it has ended.

        Args:
            compose: given the columns that there are, what is to be shown.
        """
        stream: TextIO = getattr(sys, self._stream)
        self._write(f"\r\x1b[2K{compose(columns_of(stream))}")

    def end(self, *, keep: bool) -> None:
        """Leave it as it is and go to the next one, or leave nothing; it may have been empty."""
        self._write("\n" if keep else "\r\x1b[2K", last=True)

    def _write(self, text: str, *, last: bool = False) -> None:
        with self._lock:
            is_left_empty = last and self._is_empty
            was_ended, self._ended, self._is_empty = self._ended, self._ended or last, False
            if was_ended or is_left_empty:
                return
            stream: TextIO = getattr(sys, self._stream)
            stream.write(text)
            stream.flush()


class Ticker:
    """Calls a function every second, in a thread of its own, until it is stopped.

    Args:
        call: what is called. That the stream is gone, to which it writes, is for others to find.
        after: seconds before the first call.
    """

    def __init__(self, call: Callable[[], object], after: float = _TICK_SECONDS) -> None:
        self._call = call
        self._after = after
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)  # dies with the process
        self._thread.start()

    def stop(self) -> None:
        """End the calls; none is under way any more when this returns."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        wait = self._after
        while not self._stopped.wait(wait):
            wait = _TICK_SECONDS
            with contextlib.suppress(OSError, ValueError):
                self._call()


@contextlib.contextmanager
def erasing(line: Line) -> Iterator[None]:
    """Leave nothing of a line at the end of the block."""
    try:
        yield
    finally:
        line.end(keep=False)


@contextlib.contextmanager
def ticking(call: Callable[[], object], after: float = _TICK_SECONDS) -> Iterator[None]:
    """Call a function every second for as long as the block takes."""
    ticker = Ticker(call, after)
    try:
        yield
    finally:
        ticker.stop()
