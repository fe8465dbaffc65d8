"""A stream of bytes as blocks of whole lines, whatever ends a line in it."""

from __future__ import annotations

from collections.abc import Iterator

from kerazoo.datasets.reading.encodings import Utf8Stream
from kerazoo.errors import InvalidInput

LONGEST_LINE = 2**26
_FIRST_BLOCK = 2**20
_BLOCK = 2**23
_BOM = b"\xef\xbb\xbf"


def cut_into_lines(stream: Utf8Stream, source: str) -> Iterator[bytes]:
    """Cut a stream into blocks of whole lines, each of which ends in a line feed.

    Args:
        stream: bytes whose lines end in line feeds, carriage returns, or both.
        source: what messages call it.

    Raises:
        InvalidInput: if a line is longer than any table has.
    """
    size, is_first = _FIRST_BLOCK, True
    rest = held = b""
    while piece := _read_whole(stream, size):
        is_last = len(piece) < size
        piece = held + (piece.removeprefix(_BOM) if is_first else piece)
        is_first = False
        # The line feed that belongs to the last carriage return may still come.
        held = b"\r" if piece.endswith(b"\r") and not is_last else b""
        if b"\r" in piece:
            piece = piece.removesuffix(held).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if is_last and not piece.endswith(b"\n"):
            piece += b"\n"
        end = piece.rfind(b"\n") + 1
        block = b"".join((rest, memoryview(piece)[:end])) if end else b""
        rest = piece[end:] if end else rest + piece
        if len(rest) > LONGEST_LINE:
            raise InvalidInput(
                f"{source} has a line of more than {LONGEST_LINE} bytes; is it a CSV file at "
                "all? Expected a line per row."
            )
        if block:
            size = _BLOCK
            del piece  # one block of a large file at a time
            yield block
            del block
    if rest or held:
        yield rest + b"\n"


def _read_whole(stream: Utf8Stream, size: int) -> bytes:
    """Return so many bytes, or a few more; fewer at the end only."""
    pieces: list[bytes] = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class Lines:
    r"""Blocks of whole lines, of which the first ones are looked at.

    Args:
        blocks: what `cut_into_lines` gives.

    Example:
        >>> lines = Lines(iter([b"a,b\n1,2\n", b"3,4\n"]))
        >>> lines.skip(lines.peek())
        >>> lines.peek(), list(lines.rest())
        (b'1,2\n', [b'1,2\n', b'3,4\n'])
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._block, self._start = b"", 0

    def peek(self) -> bytes:
        """Return the next line; none at the end only."""
        while self._start == len(self._block):
            block = next(self._blocks, None)
            if block is None:
                return b""
            self._block, self._start = block, 0
        end = self._block.find(b"\n", self._start) + 1 or len(self._block)
        return self._block[self._start : end]

    def skip(self, line: bytes) -> None:
        """Go on behind a line that was looked at."""
        self._start += len(line)

    def rest(self) -> Iterator[bytes]:
        """Return the blocks from here on."""
        if self._start < len(self._block):
            yield self._block[self._start :]
        yield from self._blocks
