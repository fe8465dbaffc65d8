"""How large a table is, before it is read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

import kerazoo
from kerazoo.datasets.reading import size
from kerazoo.datasets.reading.table import list_columns, look_at, read_cases

pytestmark = pytest.mark.filterwarnings("ignore:.*are separated by semicolons")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text('"a;x";b;c\n' + "".join(f"{n:05};{n % 7}.5;red\n" for n in range(3000)))
    return path


def test_rows_and_columns_are_told_by_the_first_rows(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(size, "_SAMPLE", 1000)
    found = size.size_of(str(table))
    assert found is not None
    assert (found.rows, found.columns) == (3000, 3)
    packed = table.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(table.read_bytes()))
    other = size.size_of(str(packed))
    assert other is not None
    assert other.columns == 3
    assert size.size_of("-") is None
    parquet = table.with_suffix(".parquet")
    pd.DataFrame({"a": range(10), "b": 1}).to_parquet(parquet)
    assert size.size_of(str(parquet)) == size.Size(0.0, 10, 2)


def test_a_table_that_does_not_fit_is_refused_before_it_is_read(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(size, "_LARGE", 1000)
    monkeypatch.setattr(size, "free_memory", lambda: 100_000)
    with pytest.raises(kerazoo.InvalidInput, match=r"about 3,000 rows of 3 columns.*0.0 GB are"):
        read_cases(table)
    monkeypatch.setattr(size, "free_memory", lambda: 1_000_000)
    with pytest.warns(UserWarning, match="takes about 0.0 GB of memory"):
        read_cases(table)


def test_a_look_at_a_large_file_reads_its_first_rows_alone(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(size, "_LARGE", 1000)
    monkeypatch.setattr(size, "_SAMPLE", 500)
    monkeypatch.setattr(size, "free_memory", lambda: 2**40)
    assert list_columns(table) == ["a;x", "b", "c"]
    assert 0 < len(look_at(table)) < 100
    table.write_text('a,b\n"' + "1\n" * 400 + '",2\n3,4\n')  # cut inside of a cell
    assert len(look_at(table)) == 2


def test_too_many_columns_are_refused_before_the_rows_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{n}" for n in range(20_000)) + "\n" + ",".join("1" * 20_000) + "\n")
    monkeypatch.setattr("kerazoo.datasets.table_csv.read_cases", None)  # it is not called
    with pytest.raises(kerazoo.InvalidInput, match="20,000 columns to learn from"):
        kerazoo.load_table(path, target="c0")
