"""How large a table is, told before it is read: whether it fits into memory, and into a card."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kerazoo._machine import free_memory
from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.reading.delimiters import find_delimiter
from kerazoo.datasets.reading.packed import Unpacked
from kerazoo.datasets.reading.shard_paths import PARQUET, is_folder_of_parquet, parquet_paths
from kerazoo.errors import InvalidInput

_BEGIN = 16  # bytes by which packed files are told
_SAMPLE = 2**20  # bytes that the length of a row is told by
_LARGE = 2**26  # bytes of a file from which on it is worth looking first
_PACKED = 5.0  # bytes of text in a byte of a packed file, about
# Bytes of memory for a byte of text and for a cell, at most, while a table is read and encoded.
# Measured on generated files of 5 and 60 columns, of numbers and of words.
_PER_BYTE, _PER_CELL = 5.0, 40.0
_WORTH_SAYING = 0.25  # of the free memory


@dataclass(frozen=True)
class Size:
    """How large a table is, about.

    Args:
        text: bytes of its text, unpacked; 0 for Parquet.
        rows: its rows.
        columns: its columns.
    """

    text: float
    rows: int
    columns: int

    @property
    def memory(self) -> float:
        """Bytes of memory that learning from it takes."""
        return self.text * _PER_BYTE + self.rows * self.columns * _PER_CELL


def size_of(path: str) -> Size | None:
    r"""Return the size of a table in a file, told by its first rows; `None` if it is not known.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp(), "table.csv")
        >>> _ = file.write_text("a,b\n" + "1,2\n" * 1000)
        >>> size_of(str(file))
        Size(text=4004.0, rows=1000, columns=2)
    """
    if is_parquet_path(path):
        return _size_of_parquet(path)
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        begin = file.read(_BEGIN)
        file.seek(0)
        head = Unpacked(file, path).read(_SAMPLE)
    lines = head.splitlines()
    if not lines:
        return None
    is_packed = not head.startswith(begin)
    text = max(os.path.getsize(path) * (_PACKED if is_packed else 1.0), float(len(head)))
    header = re.sub(r'"[^"]*"', "", lines[0].decode("latin-1"))
    columns = header.count(find_delimiter(header)) + 1
    body = lines[1:-1] or lines[1:] or lines
    a_row = sum(map(len, body)) / len(body) + 1
    return Size(text, max(1, round((text - len(lines[0]) - 1) / a_row)), columns)


def check_size(path: str) -> None:
    """Say how much memory a large table takes, before it is read; refuse one that does not fit.

    Raises:
        InvalidInput: if it takes more memory than is free.
    """
    size = size_of(path) if is_large(path) or is_parquet_path(path) else None
    if size is None:
        return
    free = free_memory()
    rows, columns = counted(_rounded(size.rows), "row"), counted(size.columns, "column")
    about = f"{path} has about {rows} of {columns}"
    memory = f"{size.memory / 1e9:.1f} GB of memory; {free / 1e9:.1f} GB are free"
    if size.memory > free:
        raise InvalidInput(
            f"{about}, and takes about {memory}. Give a part of its rows, or fewer columns."
        )
    if size.memory > free * _WORTH_SAYING:
        warn_user(f"{about}, and takes about {memory}.", at_once=True)


def needs_batches(path: str) -> bool:
    """Tell whether a table in Parquet takes more memory than is free: it is read in batches then.

    Args:
        path: a file, or a folder of Parquet files.
    """
    size = size_of(path) if is_parquet_path(path) else None
    return size is not None and size.memory > free_memory()


def is_large(path: str) -> bool:
    """Tell whether a file is so large that a look at it should not read all of it."""
    return os.path.isfile(path) and os.path.getsize(path) >= _LARGE


@contextmanager
def head_of(path: str) -> Iterator[str]:
    """Give a file with the first rows of a large table of text; of any other one, itself.

    A row that is cut, as a quoted cell may hold line ends, is for whoever reads it to find out.
    """
    if not is_large(path) or is_parquet_path(path):
        yield path
        return
    with open(path, "rb") as file:
        head = Unpacked(file, path).read(_SAMPLE)
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder, "head.csv")
        part.write_bytes(head[: head.rfind(b"\n") + 1] or head)
        yield str(part)


def is_parquet_path(path: str) -> bool:
    """Tell whether a table is a Parquet file, by its name, or a folder of such."""
    return (path.lower().endswith(PARQUET) and os.path.isfile(path)) or is_folder_of_parquet(path)


def _size_of_parquet(path: str) -> Size | None:
    try:
        from pyarrow.parquet import read_metadata  # type: ignore[import-untyped]

        found = [read_metadata(one) for one in parquet_paths(path)]
    except (ImportError, ValueError, OSError):  # whoever reads it says why
        return None
    return Size(0.0, sum(one.num_rows for one in found), found[0].num_columns)


def _rounded(count: int) -> int:
    """Return a count with two digits."""
    return int(float(f"{count:.2g}"))
