"""Parquet files as two arrays that lie in files."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets.reading import shards, shuffled
from kerazoo.errors import InvalidInput, UnknownName

pytest.importorskip("pyarrow", reason="pyarrow is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files of 40 rows: the price says which row it is."""
    for number in range(3):
        price = np.arange(40) + 40 * number
        frame = pd.DataFrame({"rooms": price * 2.0, "new": price % 2 == 0, "price": price})
        frame.to_parquet(tmp_path / f"part-{number}.parquet")
    return tmp_path


def test_rows_stay_together_and_none_is_lost(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shuffled, "BUCKET_BYTES", 200)
    monkeypatch.setattr(shards, "_ROWS_AT_ONCE", 7)
    x, y = kerazoo.parquet_to_arrays(folder, "price", tmp_path / "out")
    assert isinstance(x, np.memmap)
    assert x.dtype == y.dtype == np.float32
    assert sorted(y[:, 0]) == list(range(120))
    np.testing.assert_array_equal(x[:, 0], y[:, 0] * 2)
    np.testing.assert_array_equal(x[:, 1], y[:, 0] % 2 == 0)
    # Shuffled over all files: no third of the rows is one of the files.
    assert all(len({int(price) // 40 for price in y[i : i + 40, 0]}) == 3 for i in (0, 40, 80))
    again, _ = kerazoo.parquet_to_arrays(folder, "price", tmp_path / "again")
    other, _ = kerazoo.parquet_to_arrays(folder, "price", tmp_path / "other", seed=1)
    np.testing.assert_array_equal(again, x)
    assert not np.array_equal(other, x)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["x.npy", "y.npy"]


def test_the_order_of_the_files_on_request(folder: Path, tmp_path: Path) -> None:
    x, y = kerazoo.parquet_to_arrays(
        folder, "price", tmp_path / "out", features=["new"], shuffle=False
    )
    assert x.shape == (120, 1)
    assert y[:, 0].tolist() == list(range(120))


def test_empty_cells(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": pd.array([1, None, 3], "Int64"), "b": [1, 2, 3]})
    frame.to_parquet(tmp_path / "table.parquet")
    x, _ = kerazoo.parquet_to_arrays(tmp_path / "table.parquet", "b", tmp_path / "out", seed=2)
    assert np.isnan(x).sum() == 1
    with pytest.raises(InvalidInput, match="'a' has empty cells"):
        kerazoo.parquet_to_arrays(tmp_path / "table.parquet", "a", tmp_path / "none")
    assert list((tmp_path / "none").iterdir()) == []


def test_mistakes(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'price'"):
        kerazoo.parquet_to_arrays(folder, "prise", tmp_path / "out")
    with pytest.raises(InvalidInput, match="there is no Parquet file"):
        kerazoo.parquet_to_arrays(folder / "nowhere", "price", tmp_path / "out")
    pd.DataFrame({"rooms": ["two"], "new": [True], "price": [1]}).to_parquet(folder / "z.parquet")
    with pytest.raises(InvalidInput, match=r"z.parquet: the column 'rooms' .* no number"):
        kerazoo.parquet_to_arrays(folder, "price", tmp_path / "out")
    (folder / "broken.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InvalidInput, match="no whole Parquet files"):
        kerazoo.parquet_to_arrays(folder, "price", tmp_path / "out")


def test_a_full_disk_leaves_what_was_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    kerazoo.parquet_to_arrays(folder, "price", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def fill(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array_header_1_0", fill)
    with pytest.raises(OSError, match="No space left"):
        kerazoo.parquet_to_arrays(folder, "price", out, seed=1)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
