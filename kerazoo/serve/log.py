"""A line for each request, written by a thread of its own: whoever reads it holds up no answer."""

from __future__ import annotations

import collections
import sys
import threading
import time
from types import TracebackType

_SECONDS = 0.2
_MOST = 20_000  # lines that wait; if nobody reads them, the rest is counted and dropped


class Log:
    """Writes lines to standard error, some at a time.

    Args:
        is_on: whether anything is written.
    """

    def __init__(self, *, is_on: bool) -> None:
        self._is_on = is_on
        self._lines: collections.deque[str] = collections.deque()
        self._dropped = 0
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def __enter__(self) -> Log:
        if self._is_on:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._ends.set()
        if self._is_on:
            self._thread.join(2.0)  # a reader that has stopped reading is not waited for

    def request(self, client: str, line: str, status: int, seconds: float, rows: int) -> None:
        """Note a request.

        Args:
            client: its address.
            line: method and path.
            status: of the response.
            seconds: that it took.
            rows: that were answered.
        """
        if not self._is_on:
            return
        if len(self._lines) >= _MOST:
            self._dropped += 1
            return
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        # What a client has sent must not end the line, or steer a terminal.
        shown = line if line.isascii() and line.isprintable() else ascii(line)
        of_rows = f" rows={rows}" if rows else ""
        self._lines.append(f'{now} {client} "{shown}" {status} {1000 * seconds:.1f} ms{of_rows}')

    def _run(self) -> None:
        ended = False
        while not ended:
            ended = self._ends.wait(_SECONDS)
            some = [self._lines.popleft() for _ in range(len(self._lines))]
            if self._dropped:
                some.append(f"{self._dropped} lines were not written: nobody read them in time.")
                self._dropped = 0
            if some:
                try:
                    sys.stderr.write("\n".join(some) + "\n")
                    sys.stderr.flush()
                except (OSError, ValueError):  # whoever read it went away
                    return
