"""Files packed with gzip, read as if they were not."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import IO, Any, cast

from kerazoo.errors import InvalidInput

_MAGIC = b"\x1f\x8b"


class Unpacked:
    """The bytes of a stream; if they are packed with gzip, what is in there.

    Args:
        stream: the bytes, whatever the name of their file says.
        source: the file, for messages.

    Example:
        >>> Unpacked(io.BytesIO(gzip.compress(b"a,b")), "table.csv.gz").read()
        b'a,b'
    """

    def __init__(self, stream: IO[bytes], source: str) -> None:
        can_peek: Any = (
            stream if hasattr(stream, "peek") else io.BufferedReader(cast(io.RawIOBase, stream))
        )
        is_packed = can_peek.peek(len(_MAGIC)).startswith(_MAGIC)
        self._stream = gzip.GzipFile(fileobj=can_peek) if is_packed else can_peek
        self._source = source

    def read(self, size: int = -1) -> bytes:
        """Return at most some bytes, or all; none at the end only.

        Raises:
            InvalidInput: if they are packed, and damaged or cut short.
        """
        try:
            return self._stream.read(size)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InvalidInput(
                f"{self._source} cannot be unpacked: {str(error).rstrip('.')}. Get it again."
            ) from error
