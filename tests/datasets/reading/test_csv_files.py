"""The first line of a CSV file, and what else other programs make of one."""

from __future__ import annotations

import bz2
import lzma
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from kerazoo.datasets.about import Images
from kerazoo.datasets.reading.csv_files import read_csv_file
from kerazoo.datasets.reading.series import read_series
from kerazoo.datasets.splits import Part, Splits
from kerazoo.errors import InvalidInput

ROWS = "2024-01-01,1.5,7.25\n2024-01-02,2.5,8.5\n2024-01-03,3.5,9.75\n"


def write(path: Path, header: str, rows: str = ROWS) -> str:
    path.write_bytes(f"{header}\n{rows}".encode())
    return str(path)


NAMES = {
    "day,sold,temp": ("sold", "temp"),
    'day,"sold\n(kg)",temp': ("sold (kg)", "temp"),
    "day,so\tld,  temp ": ("so ld", "temp"),
    f"day,{unicodedata.normalize('NFD', '판매량')},temp": ("판매량", "temp"),
    "day,sold\u200b,temp": ("sold", "temp"),
}


@pytest.mark.parametrize("header", NAMES, ids=ascii)
def test_names_are_as_a_person_reads_them(tmp_path, header):
    assert read_series(write(tmp_path / "s.csv", header)).names == NAMES[header]


WRONG_HEADERS = {
    "2024-01-01,1.5,7.25": "begins with 2024-01-01, 1.5, 7.25; expected a line of names",
    "2024-01-01T00:00:00Z,1e5,-7": "expected a line of names",
    "Sales of 2024,,": "has names for 1 of 3 columns in its first line",
    "day,sold,sold": "two columns are called 'sold'; rename one",
    "day,so\x1b[31mld,temp": r"the column 'so\\x1b\[31mld' has signs",
}


@pytest.mark.parametrize("header", WRONG_HEADERS, ids=ascii)
def test_headers_that_are_none(tmp_path, header):
    with pytest.raises(InvalidInput, match=WRONG_HEADERS[header]):
        read_series(write(tmp_path / "s.csv", header))


def test_a_column_without_a_name_is_not_learned_from(tmp_path):
    numbered = "".join(f"{n},{line}\n" for n, line in enumerate(ROWS.split()))
    with pytest.warns(UserWarning, match=r"not used: '' \(it has no name\)"):
        table = read_series(write(tmp_path / "s.csv", ",day,sold,temp", numbered))
    assert table.names == ("sold", "temp")
    assert table.date == "day"


WRITTEN_BY_PROGRAMS = {
    "sep=;\nday;sold;temp": ROWS.replace(",", ";"),
    "day|sold|temp": ROWS.replace(",", "|"),
    'day;"sold, net";temp': ROWS.replace(",", ";"),
    "day;sold, net;temp": ROWS.replace(",", ";"),
}


@pytest.mark.parametrize("header", WRITTEN_BY_PROGRAMS)
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.filterwarnings("ignore:.*columns are separated")
def test_separators(tmp_path, header, end):
    text = f"{header}\n{WRITTEN_BY_PROGRAMS[header]}".replace("\n", end)
    (tmp_path / "s.csv").write_bytes(text.encode())
    table = read_series(str(tmp_path / "s.csv"))
    np.testing.assert_array_equal(table.values, [[1.5, 7.25], [2.5, 8.5], [3.5, 9.75]])


BROKEN = {
    "a longer row": (
        ROWS + "2024-01-04,4.5,1,1\n",
        "row 4 has 4 cells, the header 3; expected as many",
    ),
    "an open quote": (ROWS + '2024-01-04,"4.5,1\n', "a quote that opens in row 4 is never closed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_rows_are_told_in_plain_words(tmp_path, name):
    rows, message = BROKEN[name]
    with pytest.raises(InvalidInput, match=message):
        read_series(write(tmp_path / "s.csv", "day,sold,temp", rows))


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_packed_files(tmp_path, pack):
    content = pack(f"day,sold,temp\n{ROWS}".encode())
    path = tmp_path / "s.csv.packed"
    path.write_bytes(content)
    assert read_series(str(path)).values[-1].tolist() == [3.5, 9.75]
    path.write_bytes(content[:-9])
    with pytest.raises(InvalidInput, match="cannot be unpacked"):
        read_series(str(path))


@pytest.mark.parametrize("encoding", ["iso2022_kr", "iso2022_jp"])
def test_encodings_that_look_like_ascii(tmp_path, encoding):
    name = "판매량" if encoding == "iso2022_kr" else "売上"
    (tmp_path / "s.csv").write_bytes(f"day,{name},temp\n{ROWS}".encode(encoding))
    with pytest.warns(UserWarning, match=f"read as {encoding.upper()}"):
        assert read_series(str(tmp_path / "s.csv")).names == (name, "temp")


def test_names_that_no_card_takes_are_refused_before_training():
    part = Part(np.zeros((1, 2, 2, 1), "uint8"), np.zeros(1, "int32"))
    with pytest.raises(InvalidInput, match=r"the name 'a\\nb' has signs that cannot be printed"):
        Splits(part, part, part, Images(("a\nb", "c")))


def test_hundreds_of_columns_are_not_all_listed(tmp_path):
    names = ",".join(f"c{number}" for number in range(300))
    words = ",".join(["x"] * 300)
    rows = "".join(f"2024-01-{day:02},{day},{words}\n" for day in range(1, 4))
    with pytest.warns(UserWarning, match="not used: .* and 290 more") as told:
        read_series(write(tmp_path / "s.csv", f"day,sold,{names}", rows))
    assert max(len(str(one.message)) for one in told) < 500


def late(word: str, encoding: str) -> bytes:
    """A table of more than a block, whose last cell alone is not ASCII."""
    rows = b"2024-01-01,1.5,plain\n" * 60_000
    return b"day,sold,note\n" + rows + f"2024-01-02,2.5,{word}\n".encode(encoding)


def test_an_encoding_may_show_late(tmp_path):
    path = tmp_path / "s.csv"
    path.write_bytes(late("물건이 작고 가볍다", "cp949"))
    with pytest.warns(UserWarning, match="is not UTF-8; read as CP949"):
        frame, _, _ = read_csv_file(str(path))
    assert frame["note"].iloc[-1] == "물건이 작고 가볍다"
    path.write_bytes(late("물건이 작고 가볍다", "utf-8"))
    assert read_csv_file(str(path))[0]["note"].iloc[-1] == "물건이 작고 가볍다"


def test_letters_of_several_encodings_are_refused_wherever_they_are(tmp_path):
    path = tmp_path / "s.csv"
    western = "day,sold,note\n" + "2024-01-01,1.5,café\n" * 60_000
    path.write_bytes(western.encode("cp1252"))
    with pytest.warns(UserWarning, match="read as CP1252"):
        assert read_csv_file(str(path))[0]["note"].iloc[0] == "café"
    path.write_bytes(western.encode("cp1252") + "2024-01-02,2.5,žena\n".encode("cp1250"))
    with pytest.raises(InvalidInput, match="it may be in several encodings"):
        read_csv_file(str(path))


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize(
    "word", ["crème", "mañana", "São Paulo", "Ångström", "garçon", "più", "Ærø", "¿qué?"]
)
def test_western_letters_in_a_table_are_read_and_shown(
    word: str, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes(f"sold,note\n1.5,plain\n2.5,{word}\n".encode(encoding))
    with pytest.warns(UserWarning, match=r"read as CP1252(, with the word '.+'; if that is)?"):
        frame, _, _ = read_csv_file(str(path))
    assert frame["note"].tolist() == ["plain", word]


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("Kateřina, žena", "cp1250"),
        ("Białystok, Łódź", "cp1250"),
        ("żona", "iso8859-2"),
        ("ağaç, şişe, ışık", "cp1254"),
        ("привет", "cp1251"),
        ("テスト", "shift_jis"),
        ("天气", "gb18030"),
    ],
)
def test_other_letters_in_a_table_are_refused(words: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes(f'sold,note\n1.5,plain\n2.5,"{words}"\n'.encode(encoding))
    with pytest.raises(InvalidInput, match=r"s\.csv is not UTF-8"):
        read_csv_file(str(path))


def test_a_damaged_letter_does_not_make_utf8_western(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes("sold,note\n1.5,crème\n2.5,gar".encode() + b"\xe7on\n")
    with pytest.raises(InvalidInput, match=r"s\.csv is not UTF-8"):
        read_csv_file(str(path))
