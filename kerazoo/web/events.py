"""Server-sent events: what happens here, shown by any number of pages at once.

A `Publisher` holds the newest event of each name. Whoever publishes never waits: a listener that is
slow misses what was replaced meanwhile, and one that comes late begins with what is newest. So an
event has to tell a state, such as all losses until now, and not only what changed.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Generator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from kerazoo.errors import WrongUsage

END = "end"
"""The name of the last event: a page then stops listening, or its browser would ask again."""

HEARTBEAT_SECONDS = 10.0
_RETRY_MILLISECONDS = 1000  # how soon a browser asks again once a connection was lost
# Bytes that the system keeps of what a slow page has not read yet: old news are of no use to it.
_WAITING_BYTES = 65536
_NAME = re.compile(r"[a-z_]+")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")  # which are those of the format; splitlines knows more


class Publisher:
    r"""Hands the newest events to all who listen.

    Every method may be called from any thread.

    Example:
        >>> publisher = Publisher()
        >>> publisher.publish("epoch", "1")
        >>> publisher.publish("epoch", "2")
        >>> publisher.close()
        >>> [message.decode() for message in publisher.listen()]
        ['id: 2\nevent: epoch\ndata: 2\n\n', 'event: end\ndata:\n\n']
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: dict[str, tuple[int, bytes]] = {}  # by the name of the event
        self._count = 0
        self._listeners = 0
        self._is_closed = False

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return self._listeners

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed

    def publish(self, name: str, text: str) -> None:
        """Replace the newest event of a name, and wake all who listen. It waits for nobody.

        Args:
            name: what the page listens to: small letters and underscores.
            text: what it is given; JSON, mostly.

        Raises:
            WrongUsage: if the name is none, or the publisher is closed.
        """
        if not _NAME.fullmatch(name) or name == END:
            raise WrongUsage(
                f"{name!r} cannot be the name of an event; choose small letters and underscores, "
                f"and not {END!r}."
            )
        lines = "".join(f"data: {line}\n" for line in _LINE_BREAK.split(text))
        with self._changed:
            if self._is_closed:
                raise WrongUsage("this publisher is closed; make another one to publish more.")
            self._count += 1
            message = f"id: {self._count}\nevent: {name}\n{lines}\n".encode()
            self._newest[name] = self._count, message
            self._changed.notify_all()

    def close(self) -> None:
        """Tell all who listen that nothing more comes. It may be called again."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def listen(self, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> Generator[bytes]:
        """Give what to send to one page: the newest events, and each that follows, until the end.

        Args:
            heartbeat_seconds: after so long without an event there is a line that pages skip. It
                tells whoever is between that the connection is alive, and here, that the page left.
        """
        seen = 0
        with self._changed:
            self._listeners += 1
        try:
            while True:
                until = time.monotonic() + heartbeat_seconds
                with self._changed:
                    while self._count == seen and not self._is_closed:
                        if not self._changed.wait(until - time.monotonic()):
                            break
                    news = sorted(one for one in self._newest.values() if one[0] > seen)
                    seen, is_last = self._count, self._is_closed
                yield from (message for _, message in news)
                if is_last:
                    yield f"event: {END}\ndata:\n\n".encode()
                    return
                if not news:
                    yield b": still here\n\n"
        finally:
            with self._changed:
                self._listeners -= 1


def send_events(
    handler: BaseHTTPRequestHandler,
    publisher: Publisher,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
) -> None:
    """Answer a request with events, until they end or the page leaves.

    The connection ends with it. A page that reads nothing for as long as the handler's `timeout`
    counts as gone.

    Args:
        handler: of the request, in a thread of its own.
        publisher: of the events.
        heartbeat_seconds: see `Publisher.listen`.
    """
    with contextlib.suppress(OSError):  # some systems take no such size
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _WAITING_BYTES)
    handler.close_connection = True
    handler.send_response(HTTPStatus.OK)
    handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
    handler.send_header("Cache-Control", "no-store")
    handler.send_header("X-Content-Type-Options", "nosniff")
    handler.send_header("Connection", "close")  # so that no length has to be told
    handler.end_headers()
    with (
        contextlib.suppress(OSError),
        contextlib.closing(publisher.listen(heartbeat_seconds)) as all_,
    ):
        handler.wfile.write(b"retry: %d\n\n" % _RETRY_MILLISECONDS)
        for message in all_:
            handler.wfile.write(message)
