"""A series is read from the files that other programs write, or they say what to do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kerazoo.datasets.reading.series import read_series
from kerazoo.errors import InvalidInput

PLAIN = "날짜,판매 수량\n2023-01-02,1.5\n2023-01-03,2\n2023-01-04,4\n2023-01-05,3\n"


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (PLAIN.encode(), ""),
        (gzip.compress(PLAIN.encode()), ""),
        (PLAIN.encode("utf-8-sig"), ""),
        (PLAIN.encode("cp949"), "is not UTF-8; read as CP949"),
        (PLAIN.encode("utf-16"), "is not UTF-8; read as UTF-16"),
        (PLAIN.replace(",", "\t").encode(), "columns are separated by tabs; read so"),
        (PLAIN.replace(",", ";").encode(), "columns are separated by semicolons; read so"),
        (
            b"# by a tool\n#\n" + PLAIN.encode(),
            "left out: 2 lines before the header that begin with #",
        ),
        (
            "\n".join(
                f"{line}{',' * (n > 0)}" for n, line in enumerate(PLAIN.splitlines())
            ).encode(),
            "each row ends in a separator",
        ),
    ],
    ids=[
        "utf8",
        "gzip",
        "bom",
        "cp949",
        "utf16",
        "tabs",
        "semicolons",
        "comments",
        "commas_at_the_end",
    ],
)
def test_files_of_other_programs_are_read(
    content: bytes, note: str, tmp_path: Path, recwarn
) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(content)
    table = read_series(path)
    assert (table.names, table.date) == (("판매 수량",), "날짜")
    assert table.values.tolist() == [[1.5], [2], [4], [3]]
    said = [str(warning.message) for warning in recwarn]
    assert len(said) == (note != "")
    assert all(text.startswith(str(path)) for text in said)
    if note:
        recwarn.clear()
        with pytest.warns(UserWarning, match=note):
            read_series(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlsx", b"no matter", "is no text but a file of another program"),
        ("a.csv", b"PK\3\4abc", "is no text but a file of another program"),
        ("a.csv", "jour,été\n1,2\n".encode("cp437"), "is not UTF-8 text"),
        ("a.csv", b'day,sold\n2023-01-02,"1\n', "cannot be read as a CSV file.*Expected a line"),
    ],
)
def test_others_are_refused_with_a_remedy(
    name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        read_series(path)
