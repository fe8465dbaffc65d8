"""A table that is larger than memory: the same parts as in memory, and nothing left behind."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kerazoo
from kerazoo import _scratch
from kerazoo._scratch import scratch_beside
from kerazoo.datasets.reading import parquet_files, shuffled, size
from kerazoo.datasets.reading.large import load
from kerazoo.errors import InvalidInput, KerazooError
from tests.tables import make_table

pytest.importorskip("pyarrow", reason="pyarrow is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of a few rows, and a sample that is not the whole table."""
    monkeypatch.setattr(parquet_files, "_CELLS_AT_ONCE", 1000)
    monkeypatch.setattr(load, "_SAMPLE_CELLS", 1)
    monkeypatch.setattr(load, "_FEWEST", 120)


@pytest.fixture
def short_of_memory(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    return lambda yes: monkeypatch.setattr(size, "free_memory", lambda: 0 if yes else 2**50)


def in_both_ways(
    path: Path, short_of_memory: Callable[[bool], None], **options: Any
) -> tuple[kerazoo.Splits, kerazoo.Splits]:
    found = []
    for yes in (False, True):
        short_of_memory(yes)
        found.append(kerazoo.load_dataset("table_csv", path=path, **options))
    assert not isinstance(found[0].train.x, np.memmap)
    assert isinstance(found[1].train.x, np.memmap)
    return found[0], found[1]


def write_shards(frame: pd.DataFrame, folder: Path, count: int = 3) -> Path:
    folder.mkdir()
    for number, rows in enumerate(np.array_split(np.arange(len(frame)), count)):
        frame.iloc[rows].to_parquet(folder / f"part-{number}.parquet", row_group_size=50)
    return folder


def filled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(day=frame["day"].ffill().bfill())


@pytest.mark.parametrize(
    "options",
    [
        {"target": "price"},
        {"target": "color"},
        {"target": "flag", "labels": "one_hot", "balance": True},
        {"target": "count", "predict": "number", "drop": ["zip"]},
        {"target": "price", "weights": "count"},
        {"target": "price", "group": "zip"},
        {"target": "price", "time": "day"},
        {"target": "color", "categorical": ["count"], "seed": 3},
    ],
)
def test_the_parts_are_those_of_a_table_in_memory(
    options: dict[str, Any],
    tmp_path: Path,
    small: None,
    short_of_memory: Callable[[bool], None],
) -> None:
    path = write_shards(filled(make_table()), tmp_path / "shards")
    known, found = in_both_ways(path, short_of_memory, **options)
    assert found.about == known.about
    assert found.test_rows is not None
    assert known.test_rows is not None
    np.testing.assert_array_equal(found.test_rows["row"], known.test_rows["row"])
    for one, other in zip(
        (known.train, known.validation, known.test),
        (found.train, found.validation, found.test),
        strict=True,
    ):
        for array, same in zip(one, other, strict=True):
            assert same.dtype == array.dtype
            np.testing.assert_allclose(same, array, rtol=1e-6)


def test_equal_rows_and_what_rows_have_in_common_decide_as_in_memory(
    tmp_path: Path, small: None, short_of_memory: Callable[[bool], None]
) -> None:
    frame = filled(make_table(200))
    frame = pd.concat([frame, frame.iloc[:60], frame.iloc[:20]], ignore_index=True)
    frame["always"], frame["never"], frame["row"] = 1, np.nan, np.arange(len(frame)) + 5
    frame["late"] = np.where(np.arange(len(frame)) == 250, 2.0, 1.0)  # a sample would miss it
    frame.loc[[3, 77], "price"] = None
    frame["missed"] = np.where(frame["price"].isna(), 1.0, 0.0)  # the same in all that count
    path = write_shards(frame, tmp_path / "shards")
    known, found = in_both_ways(path, short_of_memory, target="price")
    assert found.hash() == known.hash()
    assert found.about == known.about
    assert "late" in found.feature_names
    assert not {"always", "never", "row", "missed"} & {*found.feature_names}


def test_whole_numbers_of_which_a_sample_shows_few_are_no_classes(
    tmp_path: Path, small: None, short_of_memory: Callable[[bool], None]
) -> None:
    frame = pd.DataFrame({"x": np.arange(800) % 31 * 0.5, "y": np.arange(800) // 40})
    frame.to_parquet(tmp_path / "t.parquet")
    known, found = in_both_ways(tmp_path / "t.parquet", short_of_memory, target="y")
    assert not known.class_names
    assert found.hash() == known.hash()


@pytest.mark.thorough
def test_the_network_is_the_same(
    tmp_path: Path, small: None, short_of_memory: Callable[[bool], None]
) -> None:
    path = write_shards(make_table(), tmp_path / "shards")
    runs = []
    for yes in (False, True):
        short_of_memory(yes)
        runs.append(kerazoo.train("boston", data=path, target="price", epochs=3))
    known, found = (run.model.get_weights() for run in runs)
    for one, other in zip(known, found, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-5, atol=1e-5)
    assert runs[1].metrics == pytest.approx(runs[0].metrics, rel=1e-5)
    assert runs[1].validation_metrics == pytest.approx(runs[0].validation_metrics, rel=1e-5)


def test_a_large_training_part_is_shuffled_as_a_whole(
    tmp_path: Path,
    small: None,
    monkeypatch: pytest.MonkeyPatch,
    short_of_memory: Callable[[bool], None],
) -> None:
    monkeypatch.setattr(shuffled, "BUCKET_BYTES", 1000)
    monkeypatch.setattr("kerazoo.datasets.reading.large.arrays.BUCKET_BYTES", 1000)
    frame = pd.DataFrame({"x": np.arange(600) * 1.5, "y": np.sort(np.arange(600) % 3)})
    path = write_shards(frame, tmp_path / "shards")
    options = {"target": "y", "predict": "classes", "numeric": ["x"]}
    known, found = in_both_ways(path, short_of_memory, **options)
    order = np.argsort(found.train.x[:, 0])
    np.testing.assert_array_equal(found.train.x[order], known.train.x)
    np.testing.assert_array_equal(np.asarray(found.train.y)[order], known.train.y)
    assert {*np.asarray(found.train.y)[:50].tolist()} == {0, 1, 2}  # the file is sorted
    np.testing.assert_array_equal(found.test.x, known.test.x)


def test_shards_that_do_not_go_together_are_refused_by_name(tmp_path: Path) -> None:
    path = write_shards(make_table(), tmp_path / "shards")
    other = pd.read_parquet(path / "part-1.parquet")
    for frame, message in (
        (other.drop(columns="size"), "part-0.parquet has a column 'size', and .*part-1.parquet"),
        (other.assign(more=1), "part-1.parquet has a column 'more', and .*part-0.parquet has not"),
        (other.assign(color=1), "the column 'color' is a number in .*part-1.*, text in .*part-0"),
    ):
        frame.to_parquet(path / "part-1.parquet")
        for free in (0, 2**50):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(size, "free_memory", lambda free=free: free)
                with pytest.raises(InvalidInput, match=message):
                    kerazoo.load_table(path, target="price")


def test_a_shard_that_is_damaged_in_the_middle_is_named(
    tmp_path: Path, short_of_memory: Callable[[bool], None]
) -> None:
    path = write_shards(make_table(), tmp_path / "shards")
    content = (path / "part-1.parquet").read_bytes()
    short_of_memory(True)
    (path / "part-1.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(InvalidInput, match=r"part-1.parquet is not a whole Parquet file"):
        kerazoo.load_table(path, target="price")
    half = bytearray(content)
    half[4 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4)  # its footer is whole
    (path / "part-1.parquet").write_bytes(half)
    with pytest.raises(InvalidInput, match=r"part-1.parquet is not a whole Parquet file"):
        kerazoo.load_table(path, target="price")


def test_a_cell_that_is_no_number_is_named_by_its_row(
    tmp_path: Path, small: None, short_of_memory: Callable[[bool], None]
) -> None:
    cells = ["1.5", "2.5", "3"] * 200
    cells[432] = "three"
    path = tmp_path / "t.parquet"
    pd.DataFrame({"x": cells, "y": np.arange(600) * 0.5}).to_parquet(path, row_group_size=100)
    for yes in (False, True):
        short_of_memory(yes)
        with pytest.raises(InvalidInput, match=r"row 433, column 'x' is 'three'"):
            kerazoo.load_table(path, target="y")


def test_a_disk_without_room_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, short_of_memory: Callable[[bool], None]
) -> None:
    make_table().to_parquet(tmp_path / "t.parquet")
    short_of_memory(True)
    usage = type(_scratch.shutil.disk_usage(tmp_path))(10, 9, 1)
    monkeypatch.setattr(_scratch.shutil, "disk_usage", lambda path: usage)
    with scratch_beside(tmp_path / "out" / "model"), pytest.raises(KerazooError) as refused:
        kerazoo.load_table(tmp_path / "t.parquet", target="price")
    assert f"on the disk of {tmp_path} until" in str(refused.value)
    assert os.listdir(tmp_path) == ["t.parquet"]


@pytest.mark.skipif(os.name != "posix", reason="limits of files are POSIX")
def test_a_disk_that_is_full_in_the_middle_leaves_nothing(
    tmp_path: Path, short_of_memory: Callable[[bool], None]
) -> None:
    make_table().to_parquet(tmp_path / "t.parquet")
    short_of_memory(True)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with scratch_beside(tmp_path / "model"), pytest.raises(OSError, match=str(tmp_path)):
            kerazoo.load_table(tmp_path / "t.parquet", target="price")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(tmp_path) == ["t.parquet"]


KILLED = """
import os, signal, sys, warnings
warnings.simplefilter("ignore")
from kerazoo import _scratch
from kerazoo.datasets.reading import size
size.free_memory = lambda: 0
from kerazoo.datasets.table_csv import load_table
writes = 0
write = _scratch.write_all
def stop(file, rows):
    global writes
    write(file, rows)
    writes += 1
    if writes == 2:
        os.kill(os.getpid(), getattr(signal, sys.argv[1]))
import kerazoo._scratch
_scratch.write_all = stop
with _scratch.scratch_beside("model"):
    load_table("t.parquet", target="price")
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
@pytest.mark.thorough
@pytest.mark.parametrize("sent", ["SIGINT", "SIGKILL"])
def test_whoever_is_stopped_while_writing_leaves_nothing(sent: str, tmp_path: Path) -> None:
    make_table().to_parquet(tmp_path / "t.parquet")
    before = (tmp_path / "t.parquet").read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, sent], cwd=tmp_path, capture_output=True, text=True
    )
    ended_by = -signal.SIGKILL if sent == "SIGKILL" else -signal.SIGINT
    assert done.returncode == ended_by, done.stderr
    assert os.listdir(tmp_path) == ["t.parquet"]
    assert (tmp_path / "t.parquet").read_bytes() == before


def test_what_is_done_is_said_before(
    tmp_path: Path, small: None, short_of_memory: Callable[[bool], None]
) -> None:
    make_table().to_parquet(tmp_path / "t.parquet", row_group_size=50)
    short_of_memory(True)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        kerazoo.load_table(tmp_path / "t.parquet", target="price")
    lines = [str(one.message) for one in said]
    assert "has 400 rows, and is read in batches" in lines[0]
    assert "120 rows of it tell what each column is" in lines[0]
    assert any("arrays take 0.0 MB on the disk of" in line for line in lines)
    assert any("numbers: 'size' (40 empty), 'count'." in line for line in lines)


def test_rows_without_end_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, short_of_memory: Callable[[bool], None]
) -> None:
    make_table().to_parquet(tmp_path / "t.parquet")
    short_of_memory(True)
    monkeypatch.setattr(load, "_BYTES_OF_ROW", 2**40)
    monkeypatch.setattr(load, "free_memory", lambda: 10**9)
    with pytest.raises(InvalidInput, match=r"400 rows, .* 1.0 GB are free"):
        kerazoo.load_table(tmp_path / "t.parquet", target="price")
