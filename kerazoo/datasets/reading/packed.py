"""Files packed with gzip, bzip2 or xz, read as if they were not."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from typing import IO, Any, cast

from kerazoo.errors import InvalidInput

_OPENERS: dict[bytes, Callable[[Any], Any]] = {
    b"\x1f\x8b": lambda stream: gzip.GzipFile(fileobj=stream),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}


class Unpacked:
    """The bytes of a stream; if they are packed, what is in there.

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
        begin = can_peek.peek(max(map(len, _OPENERS)))
        opener = next((o for magic, o in _OPENERS.items() if begin.startswith(magic)), None)
        self._stream = can_peek if opener is None else opener(can_peek)
        self._source = source

    def peek(self) -> bytes:
        """Return some of the next bytes, without going on; none at the end only.

        Raises:
            InvalidInput: as for `read`.
        """
        return self._unpack(lambda: self._stream.peek(1))

    def read(self, size: int = -1) -> bytes:
        """Return at most some bytes, or all; none at the end only.

        Raises:
            InvalidInput: if they are packed, and damaged or cut short.
        """
        return self._unpack(lambda: self._stream.read(size))

    def _unpack(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # of the disk
            raise InvalidInput(
                f"{self._source} cannot be unpacked: {str(error).rstrip('.')}. Get it again."
            ) from error
