"""What two workers say to each other: a line of JSON, and the bytes of a checkpoint after it."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

from kerazoo.errors import KerazooError

_LARGEST = 2**20
_LENGTH = struct.Struct(">I")
_ATTACHED = "attached"


class NoMessageError(KerazooError):
    """What came is no message: somebody else has connected."""


def send(connection: socket.socket, message: Mapping[str, Any], attached: bytes = b"") -> None:
    """Send a message, and bytes after it if there are any.

    Raises:
        OSError: if the other one is gone.
    """
    text = json.dumps({**message, _ATTACHED: len(attached)}).encode()
    connection.sendall(_LENGTH.pack(len(text)) + text)
    if attached:
        connection.sendall(attached)


def receive(connection: socket.socket) -> tuple[dict[str, Any], bytes]:
    """Wait for a message, for as long as the connection's timeout says.

    Raises:
        EOFError: if the other one has closed the connection.
        NoMessageError: if something else comes.
        OSError: if the other one is gone, or nothing comes in time.
    """
    (length,) = _LENGTH.unpack(_read(connection, _LENGTH.size))
    if length > _LARGEST:
        raise NoMessageError(
            f"a message of length {length}; expected at most {_LARGEST}, in bytes."
        )
    try:
        message = json.loads(_read(connection, length))
        attached = message.pop(_ATTACHED)
        if not isinstance(attached, int) or attached < 0:
            raise ValueError(f"what comes after it has the length {attached!r}")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise NoMessageError(f"no message of a worker: {error}.") from error
    return message, _read(connection, attached)


def _read(connection: socket.socket, count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = connection.recv(min(count, _LARGEST))
        if not part:
            raise EOFError("the connection was closed")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
