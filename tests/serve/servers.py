"""A server in a process of its own, and what asks it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WINE = {
    "fixed_acidity": 7.4,
    "volatile_acidity": 0.7,
    "citric_acid": 0,
    "residual_sugar": 1.9,
    "chlorides": 0.076,
    "free_sulfur_dioxide": 11,
    "total_sulfur_dioxide": 34,
    "density": 0.9978,
    "pH": 3.51,
    "sulphates": 0.56,
    "alcohol": 9.4,
    "color": "red",
}
PREDICT_WINE = "/v1/models/wine_multiclass:predict"
# The process says so itself if anything has imported TensorFlow.
CODE = """
import sys
from kerazoo.cli import main
try:
    main()
finally:
    if "tensorflow" in sys.modules or "keras" in sys.modules:
        print("TensorFlow was imported", file=sys.stderr)
"""


class Server:
    """A server that runs.

    Args:
        process: it.
        errors: what it writes to standard error.
    """

    def __init__(self, process: subprocess.Popen[str], errors: Any) -> None:
        assert process.stdout is not None
        self.process = process
        self._errors = errors
        timer = threading.Timer(60, process.kill)
        timer.start()
        self.address = process.stdout.readline().strip()
        timer.cancel()
        assert self.address, self.log()
        self.port = int(self.address.rpartition(":")[2])

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def raw(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def ask(
        self, path: str, body: Any = None, content_type: str = "application/json", **headers: str
    ) -> tuple[int, Any]:
        """Ask on a connection of its own; return the status, and the body as JSON or text."""
        connection = self.connect()
        try:
            if body is not None:
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                headers = {"content-type": content_type, **headers}
            connection.request("GET" if body is None else "POST", path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            is_json = "json" in (answer.headers["content-type"] or "")
            return answer.status, json.loads(text) if is_json else text
        finally:
            connection.close()

    def log(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode()

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=60)


@contextmanager
def running(*arguments: object, code: str = CODE, **environment: str) -> Iterator[Server]:
    """Start `kerazoo serve ... --port 0`, or other code that does, and end it."""
    words = ["serve", *map(str, arguments), "--port", "0"]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **environment},
        )
        try:
            yield Server(process, errors)
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
