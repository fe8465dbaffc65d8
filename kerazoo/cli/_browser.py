"""A server for this machine, shown in its browser until somebody ends it."""

from __future__ import annotations

import contextlib
import signal
import threading
import webbrowser
from http.server import ThreadingHTTPServer

from kerazoo.cli._console import say


def show_until_stopped(server: ThreadingHTTPServer, address: str, *, opens: bool) -> None:
    """Answer until Ctrl-C or SIGTERM: both are how a demonstration ends, and no failure.

    Args:
        server: listens already.
        address: of its page; it is printed.
        opens: whether to open the page in a browser.
    """
    print(address, flush=True)
    if opens and not _open(address):
        say("no browser was found here; open the address in one.")
    stop = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while not stop.wait(0.5):  # Windows lets no signal through to a wait without an end
        pass
    server.shutdown()
    server.server_close()


def _open(address: str) -> bool:
    with contextlib.suppress(webbrowser.Error, OSError):
        return webbrowser.open(address)
    return False
