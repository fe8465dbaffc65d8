"""What servers on this machine share: only this machine can ask, by its own name."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kerazoo.errors import KerazooError

HOST = "127.0.0.1"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}


class LoopbackHandler(BaseHTTPRequestHandler):
    """Answers requests of this machine; who inherits says what with, in `answer`."""

    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds; a client that says nothing holds a thread

    def do_GET(self) -> None:
        self.respond(self.answer)

    def do_HEAD(self) -> None:
        self.respond(self.answer)

    def do_POST(self) -> None:
        self.respond(self.receive)

    def answer(self, path: str) -> None:
        """Answer a request.

        Args:
            path: what it asks for, without a slash before it and without a question behind it.
        """
        raise NotImplementedError

    def receive(self, path: str) -> None:
        """Answer a request with a body; who takes none refuses it.

        Args:
            path: where it is sent to, as for `answer`.
        """
        self.close_connection = True  # the body is not read
        self.send_problem(HTTPStatus.METHOD_NOT_ALLOWED, "nothing can be sent here; ask with GET.")

    def respond(self, to: Callable[[str], None]) -> None:
        """Answer by `answer` or `receive`, if this machine was asked by its own name."""
        if not self.is_asked_by_name():
            self.close_connection = True
            self.send(HTTPStatus.FORBIDDEN, b"ask 127.0.0.1", "text/plain")
            return
        to(urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).lstrip("/"))

    def send(self, status: HTTPStatus, content: bytes, kind: str | None) -> None:
        """Send a whole answer, or its header alone if that was asked for."""
        self.send_response(status)
        self.send_header("Content-Type", kind or "application/octet-stream")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_problem(self, status: HTTPStatus, message: str) -> None:
        """Send a sentence that a page shows."""
        self.send_json(status, {"error": message})

    def send_json(self, status: HTTPStatus, value: object) -> None:
        """Send a value as JSON."""
        self.send(status, json.dumps(value, ensure_ascii=False).encode(), TYPES[".json"])

    def is_asked_by_name(self) -> bool:
        """Tell whether this machine's own name was asked, and no name elsewhere that leads here."""
        return self.headers.get("Host", "").rpartition(":")[0] in (HOST, "localhost")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the page says what went wrong."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away."""


def listen_here(handler: type[BaseHTTPRequestHandler], port: int = 0) -> ThreadingHTTPServer:
    """Return a server that listens, and answers once `serve_forever()` is called.

    Args:
        handler: of its requests.
        port: 0 takes a free one.

    Raises:
        KerazooError: if somebody else has the port.
    """
    try:
        return _Server((HOST, port), handler)
    except OSError as error:
        raise KerazooError(
            f"port {port} cannot be used: {error.strerror}. Choose another one: 0 takes any that "
            "is free."
        ) from error


def address_of(server: ThreadingHTTPServer) -> str:
    """Return where a server answers."""
    return f"http://{HOST}:{server.server_port}/"
