"""Parquet files of any size as two arrays that lie in files, which `fit_model` trains on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo._files import make_folder, replacing_file
from kerazoo._scratch import scratch_beside
from kerazoo.datasets.reading.shuffled import shuffled
from kerazoo.errors import InvalidInput, unknown_name

_ROWS_AT_ONCE = 2**16


def parquet_to_arrays(
    source: str | os.PathLike[str],
    target: str,
    folder: str | os.PathLike[str],
    *,
    features: Sequence[str] = (),
    shuffle: bool = True,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Write columns of Parquet files into `x.npy` and `y.npy`, and open these without reading them.

    Memory holds some 128 MiB of the rows at a time. Shuffling takes as much room on the disk again
    while it lasts. The two files appear when all is written, or not at all.

    Args:
        source: a Parquet file, or a folder of them, which are read in the order of their names.
        target: the column that is learned.
        folder: where the arrays are written; it is made if it does not exist.
        features: the columns that it is learned from; by default all others.
        shuffle: whether the rows are put in a random order: each one is equally likely.
        seed: decides that order.

    Returns:
        The features, `(rows, columns)`, and the target, `(rows, 1)`, both float32. An empty cell of
        a feature is NaN.

    Raises:
        InvalidInput: if there is no such file or column, a column holds no numbers, or a target is
            empty.
        OSError: if the disk is full; nothing is left behind then.

    Example:
        >>> import pandas as pd, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> frame = pd.DataFrame({"a": [1, 2], "b": [3.0, 4.0], "price": [5, 6]})
        >>> frame.to_parquet(Path(folder, "part-0.parquet"))
        >>> x, y = parquet_to_arrays(folder, "price", folder, shuffle=False)
        >>> x.tolist(), y.tolist()
        ([[1.0, 3.0], [2.0, 4.0]], [[5.0], [6.0]])
    """
    files = _open_files(source)
    names = [*(features or [name for name in files[0][1].schema.names if name != target]), target]
    for path, file in files:
        _check_columns(path, file, names)
    rows = sum(file.metadata.num_rows for _, file in files)
    if not rows:
        raise InvalidInput(f"{source} has no rows; expected at least one.")
    place = make_folder(folder)
    with scratch_beside(place / "x.npy"):
        matrices = _read(files, names)
        if shuffle:
            matrices = shuffled(matrices, (rows, len(names)), seed)
        _write(matrices, rows, place)
    return np.load(place / "x.npy", mmap_mode="r"), np.load(place / "y.npy", mmap_mode="r")


def _open_files(source: str | os.PathLike[str]) -> list[tuple[Path, Any]]:
    try:
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ImportError as error:
        raise InvalidInput("reading Parquet needs pyarrow. Install it: pip install pyarrow.") from (
            error
        )
    path = Path(source)
    paths = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not paths or not paths[0].is_file():
        raise InvalidInput(f"there is no Parquet file in {str(path)!r}. Check the path.")
    try:
        return [(one, pyarrow.parquet.ParquetFile(one)) for one in paths]
    except (ValueError, OSError) as error:  # pyarrow's errors derive from these
        reason = " ".join(str(error).split())[:200]
        raise InvalidInput(f"{path} holds no whole Parquet files: {reason}") from error


def _check_columns(path: Path, file: Any, names: Sequence[str]) -> None:
    import pyarrow.types as kinds  # type: ignore[import-untyped]

    for name in names:
        if name not in file.schema_arrow.names:
            raise unknown_name(f"column of {path}", name, file.schema_arrow.names)
        kind = file.schema_arrow.field(name).type
        if not (kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_boolean(kind)):
            raise InvalidInput(
                f"{path}: the column {name!r} is of type {kind}, and no number. Leave it out by "
                "features=, or turn it into numbers first."
            )


def _read(files: Sequence[tuple[Path, Any]], names: Sequence[str]) -> Iterator[np.ndarray]:
    """Yield rows as float32, the target last."""
    for path, file in files:
        for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=list(names)):
            # Parquet gives columns in its own order.
            columns = [batch.column(name).to_numpy(zero_copy_only=False) for name in names]
            matrix = np.stack(columns, axis=1).astype("float32")
            if np.isnan(matrix[:, -1]).any():
                raise InvalidInput(
                    f"{path}: the column {names[-1]!r} has empty cells. Drop those rows: there is "
                    "nothing to learn from them."
                )
            yield matrix


def _write(matrices: Iterator[np.ndarray], rows: int, folder: Path) -> None:
    # Not through a mapping: a full disk kills a process that writes to one.
    with (
        replacing_file(folder / "y.npy") as y_path,
        replacing_file(folder / "x.npy") as x_path,
        open(y_path, "wb") as y,
        open(x_path, "wb") as x,
    ):
        for number, matrix in enumerate(matrices):
            for file, part in ((x, matrix[:, :-1]), (y, matrix[:, -1:])):
                if number == 0:
                    about = {"descr": "<f4", "fortran_order": False}
                    shape = (rows, part.shape[1])
                    np.lib.format.write_array_header_1_0(file, about | {"shape": shape})
                file.write(part.tobytes())
