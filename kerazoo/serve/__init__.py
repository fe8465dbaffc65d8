"""Saved models over HTTP: `kerazoo serve MODEL ...`.

It answers with the readers, the checks and the words of `kerazoo predict`; what is here is only
what a network adds. In reading order:

- this file: `serve`, which opens models and a port, and runs until it is told to stop.
- `limits.py`: what a request may take at most.
- `models.py`: a model under its name, which is read again when its folder is replaced.
- `questions.py`: the body of a request becomes a question. `fields.py` says which fields it may
  have, `strict_json.py` reads JSON, `forms.py` forms with files.
- `answers.py`: a question becomes an answer; `scenes.py` says what masks and boxes are.
- `lanes.py`: where that is done: at once, or in a thread; what waits is answered together.
- `app.py`: the pages, as an ASGI application; `body.py` is what arrives, `problems.py` what is said
  if something is wrong.
- `openapi.py`, `page.py`: the description for programs and for people, made from the cards.
- `metrics.py`, `log.py`: what was done, for Prometheus and for people.
- `server.py`: uvicorn, and what it leaves unbounded.

It is an extra: `pip install 'kerazoo[serve]'`. TensorFlow is not imported.
"""

from __future__ import annotations

import contextlib
import importlib.util
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from kerazoo.errors import KerazooError
from kerazoo.serve.limits import Limits

__all__ = ["Limits", "serve"]

_NEEDED = ("uvicorn", "httptools", "python_multipart")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(
    models: Sequence[str],
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: str | None = None,
    limits: Limits | None = None,
    with_log: bool = True,
    ready: Callable[[str], object] = print,
    note: Callable[[str], object] = print,
) -> None:
    """Answer requests over HTTP with saved models, until SIGTERM or Ctrl-C.

    Args:
        models: directories or names of installed models, also `NAME=DIRECTORY`.
        host: the address to listen on; others than this machine reach `"0.0.0.0"`.
        port: the port; 0 takes a free one.
        token: what requests must show, if they must: `Authorization: Bearer TOKEN`.
        limits: what a request may take at most.
        with_log: whether a line for each request is written to standard error.
        ready: told the address once requests are answered.
        note: told what a person should know.

    Raises:
        KerazooError: if a library is missing, a model cannot be served, or the port is in use.
        UnknownName: if there is no such model.
        KeyboardInterrupt: after Ctrl-C, once what was being answered has been.
    """
    _check_installed()
    from kerazoo.serve.models import open_models

    limits = limits or Limits()
    opened = open_models(models)
    with contextlib.closing(_listen(host, port)) as listening:
        is_local = host in _LOOPBACK
        if not is_local and token is None:
            note(
                f"anybody who reaches {host} can ask: no token is set. Add --token-file FILE, or "
                "let a proxy in front of it ask who they are."
            )
        from kerazoo.serve.app import App
        from kerazoo.serve.log import Log
        from kerazoo.serve.server import run

        address = _address(listening)
        with Log(is_on=with_log) as log:
            app = App(opened, limits, token=token, is_local=is_local, log=log)
            run(app, listening, limits, ready=lambda: ready(address))


def read_token(path: Path) -> str:
    """Return the token that a file holds.

    Raises:
        KerazooError: if it cannot be read, or is no token.
    """
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise KerazooError(
            f"--token-file {path} cannot be read: {reason}. Name a file that holds a token."
        ) from error
    if len(token) < 16 or not token.isascii() or not token.isprintable() or " " in token:
        raise KerazooError(
            f"--token-file {path} holds no token; expected 16 letters and digits at least, on one "
            "line. Make one with secrets.token_urlsafe() of Python."
        )
    return token


def _check_installed() -> None:
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise KerazooError(
            f"serving needs {' and '.join(missing)}, which this Python does not have: pip install "
            "'kerazoo[serve]'."
        )


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that a port in use is said in one line."""
    try:
        family, *_, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(where[:2], family=family, backlog=2048)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise KerazooError(
            f"nothing can listen on port {port} of {host}: {reason}. Choose another port, such as "
            "--port 0, which takes a free one."
        ) from error


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
