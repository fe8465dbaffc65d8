"""A small server that answers as the Hugging Face Hub does, or as it should not."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "a" * 40


@dataclass
class Hub:
    """What is on it, what it was asked, and what it does instead of answering as it should.

    Args:
        repos: the content of each file of each repository.
        private: the repositories that not everybody sees.
        asked: each request, as method and path.
        misbehaves: given a request's path and its handler, whether it has answered it.
    """

    repos: dict[str, dict[str, bytes]] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    misbehaves: Callable[[str, Any], bool] = lambda path, handler: False
    address: str = ""


@contextlib.contextmanager
def serving() -> Iterator[Hub]:
    """Serve on a free port of this machine until the end."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

        def reply(self, status: int, content: bytes, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def reply_json(self, plain: Any, status: int = 200, **headers: str) -> None:
            content = json.dumps(plain).encode()
            self.reply(status, content, content_type="application/json", **headers)

        def body(self) -> bytes:
            if "content-length" in self.headers:
                return self.rfile.read(int(self.headers["content-length"]))
            content = b""
            while self.headers.get("transfer-encoding") == "chunked":
                size = int(self.rfile.readline(), 16)
                content += self.rfile.read(size)
                self.rfile.readline()
                if not size:
                    break
            return content

        def do_GET(self) -> None:
            hub.asked.append(f"GET {self.path}")
            if hub.misbehaves(self.path, self):
                return
            if found := re.fullmatch(r"/(\w+/[\w.-]+)/resolve/([^/]+)/(.+)", self.path):
                repo, _, name = found.groups()
                content = hub.repos.get(repo, {}).get(name)
                if content is None:
                    self.reply(404, b"not there", x_error_code="EntryNotFound")
                else:
                    self.reply(200, content, x_repo_commit=COMMIT)
            elif found := re.fullmatch(r"/api/models/(\w+/[\w.-]+)(\?.*)?", self.path):
                if found[1] not in hub.repos:
                    self.reply_json({"error": "no"}, 404, x_error_code="RepoNotFound")
                    return
                files = [{"rfilename": name} for name in hub.repos[found[1]]]
                self.reply_json({"id": found[1], "sha": COMMIT, "siblings": files})
            else:
                self.reply(404, b"")

        def do_POST(self) -> None:
            hub.asked.append(f"POST {self.path}")
            content = self.body()
            if hub.misbehaves(self.path, self):
                return
            if self.path == "/api/repos/create":
                plain = json.loads(content)
                owner = plain.get("organization") or "ann"
                repo = f"{owner}/{plain['name']}"
                hub.repos.setdefault(repo, {".gitattributes": b""})
                if plain.get("private") or plain.get("visibility") == "private":
                    hub.private.add(repo)
                self.reply_json({"url": f"{hub.address}/{repo}"})
            elif self.path == "/api/validate-yaml":
                self.reply_json({"errors": [], "warnings": []})
            elif "/preupload/" in self.path:
                files = [
                    {"path": one["path"], "uploadMode": "regular", "shouldIgnore": False}
                    for one in json.loads(content)["files"]
                ]
                self.reply_json({"files": files})
            elif found := re.match(r"/api/models/(\w+/[\w.-]+)/commit/", self.path):
                for line in content.splitlines():
                    plain = json.loads(line)
                    if plain["key"] == "file":
                        value = plain["value"]
                        hub.repos[found[1]][value["path"]] = base64.b64decode(value["content"])
                url = f"{hub.address}/{found[1]}/commit/{COMMIT}"
                self.reply_json({"commitUrl": url, "commitOid": COMMIT})
            else:
                self.reply(404, b"")

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of a client that hung up: tests read what the process prints."""
            if not isinstance(sys.exception(), OSError):
                super().handle_error(request, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


def drips(handler: Any, seconds: float = 30.0) -> None:
    """Send a byte now and then, each before anybody loses patience with silence."""
    handler.send_response(200)
    handler.send_header("content-length", "1000000")
    handler.end_headers()
    end = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while time.monotonic() < end:
            handler.wfile.write(b" ")
            time.sleep(0.02)


def never_ends(handler: Any, seconds: float = 30.0) -> None:
    """Send as much as is taken, without saying how much it will be."""
    handler.send_response(200)
    handler.send_header("connection", "close")
    handler.end_headers()
    handler.close_connection = True
    end = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        while time.monotonic() < end:
            handler.wfile.write(b" " * 2**16)
