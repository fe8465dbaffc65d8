"""A site on this machine: a small server of files that only this machine can ask."""

from __future__ import annotations

import json
import mimetypes
import urllib.parse
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from kerazoo.errors import KerazooError, UnknownName
from kerazoo.web.built import PAGE
from kerazoo.web.site import Site

HOST = "127.0.0.1"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".txt": "text/plain; charset=utf-8",
}


class _Handler(BaseHTTPRequestHandler):
    site: ClassVar[Site]
    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds; a client that says nothing holds a thread

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        host = self.headers.get("Host", "").rpartition(":")[0]
        if host not in (HOST, "localhost"):  # a page elsewhere whose name leads here
            self._send(HTTPStatus.FORBIDDEN, b"ask 127.0.0.1", "text/plain", with_body)
            return
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).lstrip("/") or PAGE
        try:
            content, status = self.site.read(path), HTTPStatus.OK
            kind = _TYPES.get("." + path.rpartition(".")[2]) or mimetypes.guess_type(path)[0]
        except UnknownName as error:
            content, status = _as_problem(error), HTTPStatus.NOT_FOUND
            kind = _TYPES[".json"]
        except (KerazooError, OSError) as error:
            content, status = _as_problem(error), HTTPStatus.INTERNAL_SERVER_ERROR
            kind = _TYPES[".json"]
        self._send(status, content, kind or "application/octet-stream", with_body)

    def _send(self, status: HTTPStatus, content: bytes, kind: str, with_body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")  # a model may have been trained again
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if with_body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the page says what went wrong."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away."""


def _as_problem(error: Exception) -> bytes:
    return json.dumps({"error": str(error)}, ensure_ascii=False).encode()


def make_server(site: Site, port: int = 0) -> ThreadingHTTPServer:
    """Return a server that listens, and answers once `serve_forever()` is called.

    Args:
        site: what to show.
        port: 0 takes a free one.

    Raises:
        KerazooError: if somebody else has the port.
    """
    return listen(type("Handler", (_Handler,), {"site": site}), port)


def listen(handler: type[BaseHTTPRequestHandler], port: int) -> ThreadingHTTPServer:
    """Return a server on this machine alone, with a thread for each request.

    Args:
        handler: of a request.
        port: 0 takes a free one.

    Raises:
        KerazooError: if somebody else has the port.
    """
    try:
        return _Server((HOST, port), handler)
    except OSError as error:
        raise KerazooError(
            f"port {port} cannot be used: {error.strerror}. Choose another one: --port 0 takes "
            "any that is free."
        ) from error


def address_of(server: ThreadingHTTPServer) -> str:
    """Return where a server answers."""
    return f"http://{HOST}:{server.server_port}/"
