"""Which files a table in Parquet is: one, or those of a folder. Pandas is not imported."""

from __future__ import annotations

import os
from pathlib import Path

PARQUET = (".parquet", ".pq")


def parquet_paths(source: str | os.PathLike[str]) -> list[Path]:
    """Return the Parquet files of a folder in the order of their names; or the file itself."""
    path = Path(source)
    if not path.is_dir():
        return [path]
    return sorted(one for one in path.iterdir() if is_parquet_name(one.name) and one.is_file())


def is_parquet_name(name: str) -> bool:
    """Tell whether a file is Parquet, by its name; what begins with a dot is not finished yet."""
    return name.lower().endswith(PARQUET) and not os.path.basename(name).startswith((".", "_"))


def is_folder_of_parquet(source: str | os.PathLike[str]) -> bool:
    """Tell whether there is a folder of that name with Parquet files in it."""
    return os.path.isdir(source) and bool(parquet_paths(source))
