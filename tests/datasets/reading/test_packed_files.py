"""A file that unpacks to far more than a data set holds is given up early."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import lzma
import tracemalloc
from pathlib import Path

import pytest

from kerazoo.datasets.sources import DataFile, read
from kerazoo.errors import DamagedFile

CONTENT = b"what it should be"
FILE = DataFile("data.csv", hashlib.sha256(CONTENT).hexdigest(), "a test", largest=2**20)


@pytest.mark.parametrize(("suffix", "pack"), [(".xz", lzma.open), (".gz", gzip.open)])
def test_zeros_without_end_are_not_unpacked(suffix: str, pack, tmp_path: Path) -> None:
    path = tmp_path / f"data.csv{suffix}"
    with pack(path, "wb") as stream:
        for _ in range(64):
            stream.write(bytes(2**20))
    tracemalloc.start()
    with pytest.raises(DamagedFile, match="holds more than 1,048,576 bytes, so it is not data"):
        read(FILE, tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 2**20


@pytest.mark.parametrize(("suffix", "pack"), [(".xz", lzma.open), (".gz", gzip.open), ("", open)])
def test_the_file_itself_is_read(suffix: str, pack, tmp_path: Path) -> None:
    with pack(tmp_path / f"data.csv{suffix}", "wb") as stream:
        stream.write(CONTENT)
    assert read(dataclasses.replace(FILE, largest=len(CONTENT)), tmp_path) == CONTENT
