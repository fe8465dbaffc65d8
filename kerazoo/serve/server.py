"""uvicorn, and what it leaves unbounded: slow headers, long ones, answers that nobody takes."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kerazoo._wording import counted
from kerazoo.serve.app import App
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Served
from kerazoo.serve.problems import Problem

_KEEP_ALIVE = 75  # seconds that an idle connection stays open
_LOOK_SECONDS = 1.0  # between two looks at the folders
_SWITCH_SECONDS = 0.001  # a thread that computes lets go of Python: five times as often as usual


def run(app: App, listening: socket.socket, limits: Limits, *, ready: Callable[[], object]) -> None:
    """Answer requests until the process is told to stop; what is being answered then, is.

    Args:
        app: answers.
        listening: the socket.
        limits: how long a stop waits, and what a connection may take.
        ready: called once requests are answered.

    Raises:
        KeyboardInterrupt: if it was Ctrl-C.
    """
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)  # problems say it
    config = uvicorn.Config(
        app,
        http=_protocol(limits),
        ws="none",
        lifespan="off",
        loop="asyncio",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=int(limits.seconds) + 1,
    )
    sys.setswitchinterval(_SWITCH_SECONDS)
    server = _Server(config, app, ready)
    asyncio.run(server.serve(sockets=[listening]))
    if server.stopped_by == signal.SIGINT:
        raise KeyboardInterrupt


class _Server(uvicorn.Server):
    """Says when it is ready, looks at the folders of models, and ends as a command does."""

    def __init__(self, config: uvicorn.Config, app: App, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self.stopped_by: int | None = None
        self._app = app
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What was imported lives as long as the process: it is not looked through again and again.
        gc.collect()
        gc.freeze()
        self._watch = asyncio.create_task(_watch(self._app))
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._watch.cancel()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let signals end the server, and not the process: uvicorn raises them again."""
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {one: signal.signal(one, self.handle_exit) for one in signals}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; at once, if that was asked for before."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self.stopped_by = sig


async def _watch(app: App) -> None:
    """Read models again whose folders were replaced."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        for name, served in app.models.items():
            try:
                is_read = await asyncio.to_thread(_read_if_replaced, served)
            except Exception as error:  # the old one goes on, and so does the looking
                app.metrics.count_reload(name, is_read=False)
                _say(f"{name}: the new model is not taken, the old one goes on: {error}")
            else:
                if is_read:
                    app.metrics.count_reload(name, is_read=True)
                    _say(f"{name}: replaced; version {served.current.version} answers from now on")


def _read_if_replaced(served: Served) -> bool:
    if not served.is_replaced():
        return False
    served.read_again()
    return True


def _say(line: str) -> None:
    print(" ".join(line.split()), file=sys.stderr, flush=True)


def _protocol(limits: Limits) -> type[HttpToolsProtocol]:
    """Return the class of connections that are bounded so."""

    class Bounded(_Bounded):
        bounds = limits

    return Bounded


class _Joined:
    """What a response is written to: its head goes along with its body, in one packet.

    Args:
        transport: of the connection.
        loop: in which a head without a body is written a moment later.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""

    def write(self, data: bytes) -> None:
        is_head = data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 100")
        if is_head and not self._head:
            self._head = data
            self._loop.call_soon(self._flush)
            return
        self._transport.write(self._head + data)
        self._head = b""

    def _flush(self) -> None:
        if self._head and not self._transport.is_closing():
            self._transport.write(self._head)
            self._head = b""

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Bounded(HttpToolsProtocol):
    """A connection whose headers, and whose answers, may not take for ever."""

    bounds: Limits

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # Otherwise a small packet waits 40 ms for word of the one before. asyncio sees to that only
        # for sockets that were made with the number of TCP.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._await_headers()
        if len(self.connections) > self.bounds.connections:
            self._refuse(Problem("busy", "too many connections are open. Ask again in a second."))

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._timer is not None and not self.transport.is_closing():
            self._header_bytes += len(data)
            if self._header_bytes > self.bounds.header_bytes:
                most = self.bounds.header_bytes
                self._refuse(
                    Problem("headers-too-large", f"the server takes {counted(most, 'byte')}.")
                )

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_headers()

    def on_headers_complete(self) -> None:
        self._end_timer()
        super().on_headers_complete()
        self.cycle.transport = _Joined(self.transport, self.loop)  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_timer()
        self._end_unread()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._end_unread()
        self._unread = self.loop.call_later(self.bounds.header_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        self._end_unread()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        self._refuse(Problem("malformed", "what was sent is no request; send HTTP/1.1."))

    def _await_headers(self) -> None:
        self._end_timer()
        self._header_bytes = 0
        self._timer = self.loop.call_later(self.bounds.header_seconds, self._too_slow)

    def _too_slow(self) -> None:
        if not self._header_bytes:  # nothing was asked: there is nothing to be said
            self.transport.close()
            return
        seconds = self.bounds.header_seconds
        self._refuse(
            Problem(
                "too-slow", f"the headers were not whole after {seconds:g} s. Send them faster."
            )
        )

    def _refuse(self, problem: Problem) -> None:
        self._end_timer()
        if not self.transport.is_closing():
            self.transport.write(problem.response())
            self.transport.close()

    def _end_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
