"""The playground on this machine: its page, what the page hears, and what it may ask.

    GET  /events    what is trained, as server-sent events
    GET  /code      the Python code that does the same
    POST /settings  other settings; see kerazoo/playground/settings.py
    POST /action    {"action": "play"}, "pause", "step" or "reset"; or {"pace": 5}

Only pages of this server may ask: a page from elsewhere could otherwise make the browser do it.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import Any, ClassVar

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.playground.session import Session
from kerazoo.playground.settings import read_settings
from kerazoo.web import built
from kerazoo.web.events import Publisher, send_events
from kerazoo.web.loopback import HOST, TYPES, LoopbackHandler, listen_here

MOST_BYTES = 2**16
"""Of a body: settings take some hundred bytes, with two names of columns."""

BODY_SECONDS = 5.0
_DISCARD_SECONDS = 0.5


class _Refused(Exception):
    """A request that is not answered: a status, and a line that says why."""

    def __init__(self, status: HTTPStatus, line: str) -> None:
        super().__init__(line)
        self.status = status


class _Handler(LoopbackHandler):
    session: ClassVar[Session]
    publisher: ClassVar[Publisher]

    def respond(self, to: Callable[[str], None]) -> None:
        try:
            self._check_is_ours()
            super().respond(to)
        except _Refused as refused:
            self.close_connection = True  # what is left of the body is not read
            self.send_problem(refused.status, str(refused))
            self._discard()
        except (KerazooError, OSError) as error:
            self.send_problem(HTTPStatus.BAD_REQUEST, " ".join(str(error).split()))

    def _check_is_ours(self) -> None:
        host = self.headers.get("Host", "")
        if not self.is_asked_by_name():
            raise _Refused(HTTPStatus.FORBIDDEN, f"ask {HOST}, not {host[:60]!r}.")
        origin = self.headers.get("Origin")
        if origin is not None and origin != f"http://{host}":
            line = f"a page of {origin[:60]!r} may not ask this server; open its own page."
            raise _Refused(HTTPStatus.FORBIDDEN, line)
        if self.headers.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site"):
            raise _Refused(HTTPStatus.FORBIDDEN, "a page from elsewhere may not ask this server.")

    def answer(self, path: str) -> None:
        path = path or built.PLAY_PAGE
        if path == "events" and self.command == "GET":
            send_events(self, self.publisher)
        elif path == "code":
            self.send(HTTPStatus.OK, self.session.code().encode(), TYPES[".txt"])
        elif path in built.PLAY_FILES:
            kind = TYPES["." + path.rpartition(".")[2]]
            self.send(HTTPStatus.OK, built.read_built(path), kind)
        else:
            raise _Refused(HTTPStatus.NOT_FOUND, f"there is no {path[:60]!r} here.")

    def receive(self, path: str) -> None:
        if path not in ("settings", "action"):
            raise _Refused(HTTPStatus.NOT_FOUND, f"there is no {path[:60]!r} to send to.")
        found = read_object(self._read_body())
        if path == "settings":
            self.session.change(read_settings(found))
        elif set(found) == {"pace"}:
            self.session.set_pace(found["pace"])
        elif set(found) == {"action"}:
            self.session.ask(found["action"])
        else:
            raise InvalidInput('expected {"action": NAME} or {"pace": EPOCHS}, and nothing else.')
        self.send_json(HTTPStatus.OK, {})

    def _read_body(self) -> bytes:
        """Return the body, if it is JSON of a bounded length that arrives in time."""
        if (
            self.headers.get_content_type() != TYPES[".json"]
        ):  # which no form of a page elsewhere can send
            line = f"the body is {self.headers.get_content_type()[:60]!r}; send {TYPES['.json']}."
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, line)
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            line = "the body has no Content-Length; say how many bytes it has."
            raise _Refused(HTTPStatus.LENGTH_REQUIRED, line)
        if len(length) > len(str(MOST_BYTES)) or int(length) > MOST_BYTES:
            line = f"the body has more than {counted(MOST_BYTES, 'byte')}; no settings do."
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, line)
        return self._read_in_time(int(length))

    def _read_in_time(self, left: int) -> bytes:
        pieces = []
        until = time.monotonic() + BODY_SECONDS
        while left:
            try:
                self.connection.settimeout(max(0.01, until - time.monotonic()))
                piece = self.rfile.read1(left)
            except TimeoutError:
                piece = b""
            if not piece or time.monotonic() > until:
                line = (
                    f"{counted(left, 'byte')} of the body did not come within {BODY_SECONDS:g} s."
                )
                raise _Refused(HTTPStatus.REQUEST_TIMEOUT, line)
            pieces.append(piece)
            left -= len(piece)
        self.connection.settimeout(self.timeout)
        return b"".join(pieces)

    def _discard(self) -> None:
        """Take some of what still comes: a client may not read of a connection closed too soon."""
        until = time.monotonic() + _DISCARD_SECONDS
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_DISCARD_SECONDS)
            while time.monotonic() < until and self.rfile.read1(MOST_BYTES):
                pass


def read_object(body: bytes) -> dict[str, Any]:
    """Return the object that a body holds.

    Raises:
        InvalidInput: if it is no JSON object, or holds NaN or infinity.

    Example:
        >>> read_object(b'{"pace": 5}')
        {'pace': 5}
    """
    try:
        found = json.loads(body.decode(), parse_constant=_refuse_constant)
    except InvalidInput:
        raise
    except (ValueError, RecursionError) as error:  # also of text that is not UTF-8
        raise InvalidInput("the body is no JSON; send an object such as {}.") from error
    if not isinstance(found, dict):
        raise InvalidInput(f"the body holds a {type(found).__name__}; send an object such as {{}}.")
    return found


def _refuse_constant(name: str) -> Any:
    raise InvalidInput(f"the body holds {name}, which JSON does not have; send a number.")


def make_playground(session: Session, publisher: Publisher, port: int = 0) -> ThreadingHTTPServer:
    """Return a server that listens, and answers once `serve_forever()` is called.

    Args:
        session: what pages see and change.
        publisher: of its events.
        port: 0 takes a free one.

    Raises:
        KerazooError: if somebody else has the port, or the pages were not built.
    """
    built.check_built(built.PLAY_FILES)
    handler = type("Handler", (_Handler,), {"session": session, "publisher": publisher})
    return listen_here(handler, port)
