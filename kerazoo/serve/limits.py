"""What a request may take at most: bytes, rows, pixels, seconds; and how many there may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a request may take at most, and how many there may be.

    Args:
        body_bytes: length of a body.
        rows: rows, images or texts of one request.
        explained: of a request that asks why.
        steps: rows that a forecast goes ahead.
        pixels: of one image.
        cells: rows times distinct names of records, and rows times numbers of an answer.
        seconds: from the end of a request's headers to its answer, the body included.
        header_seconds: for the headers, and for an answer that nobody takes.
        header_bytes: length of the headers.
        requests: requests that are being answered or wait for that.
        connections: connections that are open.
        small_bytes: length up to which a body waits with other small ones, not with large ones.
    """

    body_bytes: int = 8 * 2**20
    rows: int = 10_000
    explained: int = 100
    steps: int = 1000
    pixels: int = 25_000_000
    cells: int = 2_000_000
    seconds: float = 30.0
    header_seconds: float = 10.0
    header_bytes: int = 2**15
    requests: int = 256
    connections: int = 1024
    small_bytes: int = 2**15
