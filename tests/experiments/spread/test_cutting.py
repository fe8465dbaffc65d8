"""Pieces of a table: together they are the table, and none needs the rest of it."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pandas as pd
import pytest

from kerazoo.datasets.about import Table
from kerazoo.errors import InvalidInput
from kerazoo.experiments.spread.cutting import cut, extract
from kerazoo.saved import load_card
from kerazoo.saved.card import Card

ROWS = "".join(f'{n},"word ""{n}"", and more",{n / 7}\n' for n in range(500))


@pytest.fixture(scope="module")
def card() -> Card:
    return load_card("wine_multiclass")


def pieces_of(path: Path, card: Card, size: int) -> list[bytes]:
    found = []
    for piece in cut([str(path)], size):
        found.append(extract(piece, card, str(path.parent)).read_bytes())
    return found


def test_pieces_of_a_csv_file_are_all_of_it(tmp_path: Path, card: Card) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,c\n" + ROWS)
    found = pieces_of(path, card, 1000)
    assert len(found) > 10
    assert all(one.startswith(b"a,b,c\n") and one.endswith(b"\n") for one in found)
    assert b"".join(one.removeprefix(b"a,b,c\n") for one in found) == ROWS.encode()
    assert len(pieces_of(path, card, 10**9)) == 1


def test_pieces_of_a_parquet_file_are_all_of_it(tmp_path: Path, card: Card) -> None:
    frame = pd.DataFrame({"a": range(1000), "b": ["x", "y"] * 500})
    path = tmp_path / "table.parquet"
    frame.to_parquet(path, row_group_size=90)
    found = []
    for piece in cut([str(path)], 2000):
        found.append(pd.read_parquet(extract(piece, card, str(tmp_path))))
    assert len(found) > 3
    assert pd.concat(found, ignore_index=True).equals(frame)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x1f\x8b\x08", "it is packed"),
        ("a,b\n1,2\n".encode("utf-16"), "no UTF-8"),
        (b"a;b\n1;2\n", "not separated by commas"),
        (b"# made by hand\na,b\n1,2\n", "one line of names"),
        (b'"a\nb",c\n1,2\n', "one line of names"),
        (b'a,b\n1,"x\ny"\n2,"z"\n', "goes on in the next line"),
        (b'a,b\n1,"x"\n2,\xff\n', "it is no UTF-8"),
        (b"a,b", "its first line has no end"),
    ],
)
def test_a_file_that_cannot_be_cut_is_refused(
    tmp_path: Path, card: Card, content: bytes, reason: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=f"as a whole: .*{reason}"):
        pieces_of(path, card, 1)


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path, card: Card) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    first, second = cut([str(path)], 1)
    extract(first, card, str(tmp_path))
    os.utime(path, ns=(0, 0))
    with pytest.raises(InvalidInput, match="has changed since"):
        extract(second, card, str(tmp_path))
    path.unlink()
    with pytest.raises(InvalidInput, match="does not see"):
        extract(second, card, str(tmp_path))


@pytest.fixture
def card_of_own(card: Card) -> Card:
    """The card of a network of a user's own table, with a date in it."""
    about = Table(("day", "size"), kinds={"day": "date", "size": "number"})
    ranges = ((0.0, 1e5), (0.0, 9.0))
    return dataclasses.replace(card, about=about, ranges=ranges)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2024-01-01,1.5", ""),
        ("2024-01-01,", ""),
        ("2024-01-01 10:00:00,2", ""),
        ('2024-01-01,"1,5"', "numbers are not like 1234.5"),
        ("2024-01-01,12%", "numbers are not like 1234.5"),
        ("03/04/2024,1.5", "dates in column 'day'"),
    ],
)
def test_what_only_the_whole_file_tells_is_refused(
    tmp_path: Path, card_of_own: Card, line: str, reason: str
) -> None:
    path = tmp_path / "new.csv"
    path.write_text(f"day,size\n{line}\n{line}\n")
    if not reason:
        assert len(pieces_of(path, card_of_own, 1)) == 2
        return
    with pytest.raises(InvalidInput, match=reason):
        pieces_of(path, card_of_own, 1)
    frame = pd.DataFrame({"day": ["2024-01-01"], "size": ["1,5"]})
    frame.to_parquet(tmp_path / "new.parquet")
    with pytest.raises(InvalidInput, match="column 'day' holds texts"):
        pieces_of(tmp_path / "new.parquet", card_of_own, 1)
