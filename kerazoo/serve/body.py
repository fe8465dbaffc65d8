"""The body of a request: bounded, and given up when it does not come."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from kerazoo._wording import counted
from kerazoo.serve.limits import Limits
from kerazoo.serve.problems import Problem

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
"""Gives the next piece, as ASGI has it."""

_DRAINED_BYTES, _DRAINED_SECONDS = 2**25, 2.0


class Gone(Exception):
    """Whoever asked has closed the connection."""


class Body:
    """What has arrived of the body of a request.

    Args:
        receive: gives the next piece.
        headers: of the request.
        limits: how long it may be, and how long it may take.
        started: when its headers had arrived.
    """

    def __init__(
        self, receive: Receive, headers: Mapping[str, bytes], limits: Limits, started: float
    ) -> None:
        self._receive = receive
        self._limits = limits
        self._found = 0
        self._expects = "expect" in headers
        length = headers.get("content-length", b"")
        self._length = int(length) if length.isdigit() else None
        has_none = self._length in (None, 0) and "transfer-encoding" not in headers
        self.deadline = started + limits.seconds
        self.is_whole = has_none

    async def read(self) -> bytes:
        """Return all of it.

        Raises:
            Problem: if it is longer than it may be.
            Gone: if the connection is closed before its end.
        """
        most = self._limits.body_bytes
        if self._length is not None and self._length > most:
            raise self._too_large(counted(self._length, "byte"))
        pieces: list[bytes] = []
        async for piece in self._pieces():
            pieces.append(piece)
            if self._found > most:
                raise self._too_large(f"more than {counted(most, 'byte')}")
        return b"".join(pieces)

    def too_slow(self) -> Problem:
        """Return the problem of one that has not arrived in time."""
        return Problem(
            "too-slow",
            f"after {self._limits.seconds:g} s, {counted(self._found, 'byte')} of the body had "
            "arrived, and not its end. Send it faster, or less.",
        )

    async def discard(self) -> None:
        """Take some of what still comes.

        Of a connection that is closed too soon, the client sees no response. One that waits to be
        told to go on sends nothing.
        """
        if self._expects:
            return
        most = self._found + _DRAINED_BYTES
        with contextlib.suppress(TimeoutError, Gone):
            async with asyncio.timeout(_DRAINED_SECONDS):
                async for _ in self._pieces():
                    if self._found > most:
                        return

    async def _pieces(self) -> AsyncIterator[bytes]:
        while not self.is_whole:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Gone
            self.is_whole = not message.get("more_body", False)
            piece = message.get("body", b"")
            self._found += len(piece)
            yield piece

    def _too_large(self, found: str) -> Problem:
        return Problem(
            "too-large",
            f"the body has {found}; the server takes {self._limits.body_bytes:,}. Send fewer rows, "
            "or smaller images.",
        )
