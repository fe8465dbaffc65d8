"""Parquet: one file, or a folder of them that are read in the order of their names."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kerazoo.datasets.reading.names import one_line
from kerazoo.datasets.reading.shard_paths import parquet_paths
from kerazoo.errors import InvalidInput

_CELLS_AT_ONCE = 2**21
_MOST_ROWS_AT_ONCE = 2**16
_PIECES = 8  # of a sample


@dataclass(frozen=True)
class ParquetFiles:
    """Parquet files with the same columns, as one table that is read a batch of rows at a time.

    Args:
        title: what messages call them.
        files: each with its path.
        names: of the columns, in their order.
    """

    title: str
    files: tuple[tuple[Path, Any], ...]
    names: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many rows all files have together."""
        return sum(file.metadata.num_rows for _, file in self.files)

    def frames(self, wanted: Collection[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield all rows, some thousand at a time; their index counts rows from 0 on.

        Args:
            wanted: the only columns that are read; by default all are.

        Raises:
            InvalidInput: if a file is damaged.
        """
        first = 0
        for path, file in self.files:
            before = first
            for frame in _batches(path, file, wanted, self._rows_at_once(wanted)):
                frame.index = pd.RangeIndex(first, first + len(frame))
                first += len(frame)
                yield frame
            if first - before != file.metadata.num_rows:
                raise InvalidInput(
                    f"{path} was changed while it was read. Leave it as it is, and train again."
                )

    def sample(self, rows: int) -> pd.DataFrame:
        """Return the first rows of some parts at even distances, or all if there are no more.

        Args:
            rows: how many, about.
        """
        groups, first = [], 0
        for path, file in self.files:
            for number in range(file.metadata.num_row_groups):
                groups.append((path, file, number, first))
                first += file.metadata.row_group(number).num_rows
        groups = [one for one in groups if one[1].metadata.row_group(one[2]).num_rows]
        if self.rows > rows and len(groups) > _PIECES:
            chosen = np.unique(np.linspace(0, len(groups) - 1, _PIECES).astype(int))
            groups = [groups[number] for number in chosen]
        of_each = self.rows if self.rows <= rows else max(1, rows // len(groups))
        found = []
        for path, file, number, start in groups:
            size = min(of_each, file.metadata.row_group(number).num_rows)
            frame = next(_batches(path, file, None, size, [number]))
            frame.index = pd.RangeIndex(start, start + len(frame))
            found.append(frame)
        return pd.concat(found)

    def _rows_at_once(self, wanted: Collection[str] | None) -> int:
        columns = len(self.names if wanted is None else wanted)
        return max(1, min(_MOST_ROWS_AT_ONCE, _CELLS_AT_ONCE // max(1, columns)))


def open_parquet(source: str | os.PathLike[str]) -> ParquetFiles:
    """Open a Parquet file, or all of a folder, and see whether they go together.

    Args:
        source: its path.

    Raises:
        InvalidInput: if pyarrow is not installed, there is no such file, one is damaged, or the
            columns of two files differ.
    """
    title, paths = os.fspath(source), parquet_paths(source)
    if not paths or not paths[0].is_file():
        raise InvalidInput(f"there is no Parquet file in {title!r}. Check the path.")
    files = tuple((path, _open(path)) for path in paths)
    (first, known), *others = files
    kinds = _kinds_of(known)
    for path, file in others:
        for name, kind in _kinds_of(file).items():
            if name not in kinds:
                raise _differs(f"{path} has a column {name!r}, and {first} has not")
            if kind != kinds[name] and "null" not in (kind, kinds[name]):
                raise _differs(f"the column {name!r} is {kind} in {path}, {kinds[name]} in {first}")
        for name in kinds.keys() - _kinds_of(file).keys():
            raise _differs(f"{first} has a column {name!r}, and {path} has not")
    return ParquetFiles(title, files, tuple(map(str, _frame_of(known.schema_arrow.empty_table()))))


def _differs(how: str) -> InvalidInput:
    return InvalidInput(f"{how}; expected the same columns in each file of a folder.")


def _open(path: Path) -> Any:
    try:
        from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]
    except ImportError as error:
        raise InvalidInput(
            f"{path}: reading Parquet needs pyarrow. Install it: pip install pyarrow."
        ) from error
    try:
        # Not a whole row group ahead: it may be larger than what memory is left.
        return ParquetFile(path, pre_buffer=False, buffer_size=2**20)
    except (ValueError, OSError) as error:  # pyarrow's errors derive from these
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> InvalidInput:
    reason = " ".join(str(error).split())[:200]
    return InvalidInput(f"{path} is not a whole Parquet file: {reason}")


def _kinds_of(file: Any) -> dict[str, str]:
    """Return the columns of a file, and what their cells are."""
    import pyarrow.types as kinds  # type: ignore[import-untyped]

    found = {}
    for field in file.schema_arrow:
        kind = field.type.value_type if kinds.is_dictionary(field.type) else field.type
        name = "text" if kinds.is_string(kind) or kinds.is_large_string(kind) else str(kind)
        # Whole numbers and others go together: pandas makes one of the other.
        is_number = kinds.is_integer(kind) or kinds.is_floating(kind)
        name = "a time" if kinds.is_timestamp(kind) else name
        found[field.name] = "a number" if is_number else name
    return found


def _batches(
    path: Path,
    file: Any,
    wanted: Collection[str] | None,
    rows: int,
    groups: list[int] | None = None,
) -> Iterator[pd.DataFrame]:
    import pyarrow

    columns = None
    if wanted is not None:
        columns = [name for name in file.schema_arrow.names if one_line(name) in wanted]
    try:
        for batch in file.iter_batches(rows, groups, columns):
            yield _frame_of(pyarrow.Table.from_batches([batch]))
    except (ValueError, OSError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise _damaged(path, error) from error


def _frame_of(table: Any) -> pd.DataFrame:
    """Return rows as `pandas.read_parquet` would; an index that has a name is a column."""
    frame = table.to_pandas()
    names = {str(name) for name in frame.index.names if name is not None}
    if names and not names & set(frame):
        frame = frame.reset_index()
    frame.columns = frame.columns.map(lambda name: one_line(str(name)))
    return frame


def read_whole(source: str | os.PathLike[str]) -> pd.DataFrame:
    """Return all rows of a Parquet file or a folder of them.

    Raises:
        InvalidInput: as for `open_parquet`.
    """
    found = open_parquet(source)
    frames = []
    for path, file in found.files:
        try:
            frames.append(_frame_of(file.read()))
        except (ValueError, OSError) as error:
            raise _damaged(path, error) from error
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
