"""CSV files: one meaning, whatever reads them."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerazoo.datasets.reading import blocks, text_tables
from kerazoo.errors import InvalidInput
from kerazoo.predict import load_predictor, tables
from kerazoo.saved import load_card


@pytest.fixture(scope="module")
def card(wine):
    return load_card(wine.path)


@pytest.fixture(scope="module")
def names(wine) -> list[str]:
    return list(wine.splits.feature_names)


def read(text: str | bytes, card, notes: list[str] | None = None) -> np.ndarray:
    content = text.encode() if isinstance(text, str) else text
    notes = [] if notes is None else notes
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("wine.csv").write_bytes(content)
        pieces = tables.read_table("wine.csv", card, notes.append)
        return np.concatenate([rows for rows, _ in pieces])


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp949", "CP949"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16-LE")]
)
@pytest.mark.parametrize("rows", [1, 30_000])
def test_another_encoding_is_read_and_said(card, names, encoding, name, rows):
    first = "k" if encoding == "utf-16-le" else "고정산도와휘발산도"  # no Korean without a mark
    about = dataclasses.replace(card.about, feature_names=(first, *names[1:]))
    card = dataclasses.replace(card, about=about)
    text = "\n".join([line(first, *names[1:]), *[line(*ROW)] * rows, ""])
    notes: list[str] = []
    found = read(text.encode(encoding), card, notes)
    np.testing.assert_array_equal(found, read(text, card))
    assert len(found) == rows
    assert notes == [f"wine.csv is not UTF-8; read as {name}."]


def line(*cells: object) -> str:
    return ",".join(map(str, cells))


ROW = (7.4, 0.7, 0, 1.9, 0.076, 11, 34, 0.9978, 3.51, 0.56, 9.4, "red")


def test_columns_are_matched_by_name_in_any_order(card, names):
    numbers = read(f"{line(*names[::-1])}\n{line(*ROW[::-1])}\n", card)
    np.testing.assert_allclose(numbers, [[*ROW[:-1], 0]], rtol=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "{header}\r\n{row}\r\n",
        "{header}\n{row}",
        "\ufeff{header}\n\n{row}\n\n  \n",
        '{header}\n"7.4", 0.7 ,0,1.9,"0.076",1.1e1,+34,.9978,3.51,0.56,9.4," red "\n',
        "{header}\n7.4,0.7,0,1.9,0.076,11,34,0.9978,3.51,0.56,9.4,0\n",
        "{header}\r{row}\r",
    ],
)
def test_odd_but_clear_tables_are_read(card, names, text):
    numbers = read(text.format(header=line(*names), row=line(*ROW)), card)
    np.testing.assert_allclose(numbers, [[*ROW[:-1], 0]], rtol=1e-6)


def test_the_target_is_ignored_and_that_is_said(card, names):
    notes: list[str] = []
    numbers = read(f"{line('quality', *names)}\n{line('great', *ROW)}\n", card, notes)
    assert numbers.shape == (1, 12)
    assert notes == ["wine.csv: column 'quality', which is predicted, is not looked at."]


WRONG = {
    "empty": ("", "is empty"),
    "blank": ("\n\n", "is empty"),
    "only a header": ("{header}\n", "no rows"),
    "no header": ("{row}\n{row}\n", "are missing"),
    "numbers for a header": ("1,2,3\n4,5,6\n", "begins with 1, 2, 3; expected a line of names"),
    "semicolons": ("a;b;c\n1;2;3\n", "the columns 'fixed_acidity'.* are missing"),
    "not text": (b"\xff\xfd\0\1\2", "UTF-8"),
    "not text below": (b"{header}\n\xff\n", "UTF-8"),
    "misspelt": ("{misspelt}\n{row}\n", "'pH' is missing. Is 'Ph' meant to be it"),
    "twice": ("{header},pH\n{row},5\n", "two columns are called 'pH'"),
    "a short row": ("{header}\n{row}\n1,2\n", "row 2 has 2 cells, the header 12"),
    "a long row": ("{header}\n{row},1\n", "row 1 has 13 cells, the header 12"),
    "an empty cell": ("{header}\n{row}\n,{rest}\n", "row 2, column 'fixed_acidity' is empty"),
    "a word": ("{header}\nabc,{rest}\n", "row 1, column 'fixed_acidity' is 'abc'"),
    "NaN": ("{header}\nnan,{rest}\n", "row 1, column 'fixed_acidity' is 'nan'"),
    "infinity": ("{header}\n1e999,{rest}\n", "row 1, column 'fixed_acidity' is '1e999'"),
    "too large for float32": ("{header}\n{row}\n1e39,{rest}\n", "row 2, column 'fixed_acidity'"),
    "an underscore": ("{header}\n1_0,{rest}\n", "'1_0'"),
    "a decimal comma beside a point": ('{header}\n"7,4",{rest}\n7.4,{rest}\n7.5,{rest}\n', "'7,4'"),
    "an open quote": ('{header}\n"7.4,{rest}\n', "a quote that opens in row 1 is never closed"),
    "a misspelt word": ("{header}\n{numbers},whte\n", "'whte'.*Did you mean 'white'"),
    "an unknown code": ("{header}\n{numbers},2\n", "'2'; expected 'red' .0. or 'white' .1."),
    "a long cell": ("{header}\n" + "x" * 200_000 + ",{rest}\n", "field larger"),
}


@pytest.mark.parametrize(("text", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_row_and_column(card, names, text, reason):
    parts = {
        "header": line(*names),
        "row": line(*ROW),
        "rest": line(*ROW[1:]),
        "numbers": line(*ROW[:-1]),
        "misspelt": line(*names).replace("pH", "Ph"),
    }
    content = text if isinstance(text, bytes) else text.encode()
    for key, value in parts.items():
        content = content.replace(b"{%s}" % key.encode(), value.encode())
    with pytest.raises(InvalidInput, match=reason) as caught:
        read(content, card)
    assert len(str(caught.value)) < 400


def test_a_million_columns_are_refused_briefly(card):
    header = ",".join(f"c{n}" for n in range(10**6))
    with pytest.raises(InvalidInput, match="and 7 more are missing") as caught:
        read(f"{header}\n{header}\n", card)
    assert len(str(caught.value)) < 500


def test_a_line_without_end_is_refused(card, names, monkeypatch):
    monkeypatch.setattr(blocks, "_FIRST_BLOCK", 1000)
    monkeypatch.setattr(blocks, "_BLOCK", 1000)
    monkeypatch.setattr(blocks, "LONGEST_LINE", 5000)
    with pytest.raises(InvalidInput, match="more than 5000 bytes"):
        read(line(*names) + "\n" + "1" * 10_000, card)


def big_table(names: list[str], rows: int) -> tuple[str, np.ndarray]:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(rows, 11)).round(5)
    colors = rng.integers(0, 2, rows)
    lines = [
        line(*cells, ("red", "white", "0", "1")[color + 2 * (row % 2)])
        for row, (cells, color) in enumerate(zip(numbers.tolist(), colors, strict=True))
    ]
    return "\n".join([line(*names), *lines]) + "\n", np.column_stack([numbers, colors])


def test_both_readers_give_the_same_numbers_and_errors(card, names, monkeypatch):
    monkeypatch.setattr(blocks, "_FIRST_BLOCK", 10_000)
    monkeypatch.setattr(blocks, "_BLOCK", 50_000)
    text, numbers = big_table(names, 5000)
    np.testing.assert_array_equal(read(text, card), numbers.astype("float32"))
    lines = text.splitlines()
    for wrong, reason in (
        ("1,2,3", "row 4000 has 3 cells"),
        (lines[4000] + ",1", "row 4000 has 13 cells"),
        ("x" + lines[4000], "row 4000, column 'fixed_acidity'"),
        (lines[4000].rpartition(",")[0] + ",whte", "row 4000, column 'color' is 'whte'"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            read("\n".join([*lines[:4000], wrong, *lines[4001:]]), card)
    quoted = [lines[0], *(f'"{row[0]}"{row[1:]}' for row in lines[1:])]
    odd = [*lines[:4000], '"1', '",' + lines[1].partition(",")[2], *lines[4000:]]
    assert len(read("\n".join(odd), card)) == 5001
    with pytest.raises(InvalidInput, match="row"):
        read("\n".join(quoted), card)


CELLS = st.one_of(
    st.floats(-1e30, 1e30).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.text("0123456789.eE+-_ xnaif", max_size=6),
    st.sampled_from(
        ["nan", "inf", "1e5", ".5", "5.", "1d5", "0x1F", "1e", "٣", "\t1", "1\0", "NA"]
    ),
)

WORDS = st.sampled_from(["red", "white", " red", "1", "x"])


@given(cells=st.lists(st.tuples(CELLS, WORDS), max_size=3))
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_fast_reader_never_means_anything_else(card, names, cells):
    """It may decline; what it gives is what the definition gives."""
    rows = [line(*ROW[:5], cell, *ROW[6:11], word) for cell, word in cells]
    block = "".join(f"{row}\n" for row in rows).encode()
    table = text_tables.TextTable(tuple(names), ",", "wine.csv", iter(()))
    pieces = tables._Pieces(table, card, print, (), None)
    fast = pieces._read_fast(block)
    if fast is None:
        return
    with np.errstate(over="ignore"):
        fast = fast.astype("float32")
    lines = pieces._read_lines(io.StringIO(block.decode(), ""))
    if not np.isfinite(fast).all():  # what float32 cannot hold is refused by both
        with pytest.raises(InvalidInput, match="expected a finite number"):
            list(lines)
        return
    slow = [numbers for numbers, _ in lines]
    np.testing.assert_array_equal(fast, np.concatenate(slow) if slow else fast[:0])


def test_tables_as_other_programs_write_them(card, names):
    header, row = line(*names), line(*ROW)
    expected = read(f"{header}\n{row}\n{row}\n", card)
    for text, said in (
        (f"{header}\n{row},\n{row},\n".replace(",", "\t"), "separated by tabs"),
        (f"{header}\n{row}\n{row}\n".replace(",", "\t"), "separated by tabs"),
        (
            f"# exported\n# by tool, 2024\n{header}\n{row}\n{row}\n",
            "left out: 2 lines before the header that begin with #",
        ),
        (
            f"# exported\n{header}\n{row}\n{row}\n",
            "left out: 1 line before the header that begins with #",
        ),
        (f"{header}\n{row},\n{row},\n", "each row ends in a separator"),
    ):
        notes: list[str] = []
        np.testing.assert_array_equal(read(text, card, notes), expected)
        assert said in notes[0]
    many = read(f"{header}\n".replace(",", "\t") + f"{row}\n".replace(",", "\t") * 60_000, card)
    assert len(many) == 60_000
    np.testing.assert_array_equal(many[[0, 30_000, -1]], expected[[0, 0, 0]])
    long = read(f"{header}\n" + f"{row},\n" * 60_000, card)
    np.testing.assert_array_equal(long, many)
    for text, reason in (
        (f"{header}\n{row},\n{row},5\n", "row 2 has 13 cells, the header 12"),
        (f"{header}\n{row}\n{row},\n", "row 2 has 13 cells, the header 12"),
        (b"PK\3\4\0\0", "a file of another program; expected CSV"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            read(text, card)


def test_semicolons_and_decimal_commas_of_a_spreadsheet(card, names):
    plain = f"{line(*names)}\n" + f"{line(*ROW)}\n" * 3
    notes: list[str] = []
    german = read(plain.replace(",", ";").replace(".", ","), card, notes)
    np.testing.assert_array_equal(german, read(plain, card))
    assert notes == [
        "wine.csv: columns are separated by semicolons; read so.",
        f"wine.csv: {str(ROW[0]).replace('.', ',')!r} in column {names[0]!r} was read as {ROW[0]}.",
    ]


# Total sulfur dioxide, up to 440 in training: as decimals these would be of the usual size, too.
@pytest.mark.parametrize("rows", [1, 9000])
@pytest.mark.parametrize(
    ("delimiter", "mark", "cell"),
    [(",", ".", '"1,234"'), (";", ",", "1.234"), ("\t", ",", "1.234"), ("|", ".", "1,234")],
)
def test_thousands_are_read_as_such_and_said(card, names, delimiter, mark, cell, rows):
    written = [str(value).replace(".", mark) for value in ROW]
    written[6] = cell
    lines = [delimiter.join(names), *[delimiter.join(written)] * rows]
    notes: list[str] = []
    found = read("\n".join(lines), card, notes)
    assert found.shape == (rows, len(ROW))
    np.testing.assert_array_equal(found[:, 6], 1234)
    np.testing.assert_array_equal(found[:, 10], np.float32(ROW[10]))
    assert (
        notes[-1] == f"wine.csv: {cell.strip(chr(34))!r} in column {names[6]!r} was read as 1234."
    )


@pytest.mark.parametrize(("delimiter", "cells"), [(",", ['"1,234"', "5"]), (";", ["1.234", "5"])])
def test_thousands_or_decimals_are_refused(card, names, delimiter, cells):
    rows = [["7", "0", "0", "2", "0", "11", cell, "1", "3", "1", "9", "red"] for cell in cells]
    text = "\n".join(map(delimiter.join, [names, *rows]))
    with pytest.raises(InvalidInput, match=r"'1[.,]234' in column .* can be read in two ways"):
        read(text, card)


def test_other_columns_are_not_looked_at_and_said(wine, card, names):
    row = line(*ROW)
    text = f"id,{line(*names)},quality,id\n" + f"a7,{row},good,1\n" * 2
    notes: list[str] = []
    found = read(text, card, notes)
    np.testing.assert_array_equal(found, read(f"{line(*names)}\n{row}\n{row}\n", card))
    assert notes == [
        "wine.csv: column 'quality', which is predicted, is not looked at.",
        "wine.csv: column 'id' not looked at: the network has no such input.",
    ]
    record = {"id": "a7", **dict(zip(names, ROW, strict=True))}
    predictor = load_predictor(wine.path)
    with pytest.warns(UserWarning, match="column 'id' not looked at"):
        answer = predictor.predict(record)
    np.testing.assert_array_equal(answer.values, predictor.predict([ROW]).values)


def test_a_value_in_another_unit_is_said_once(wine, names, tmp_path):
    predictor = load_predictor(wine.path)
    swapped = [*ROW[:7], ROW[7] * 1000, *ROW[8:]]
    (tmp_path / "w.csv").write_text("\n".join([line(*names), line(*ROW), *[line(*swapped)] * 3]))
    notes: list[str] = []
    list(predictor.predict_source(tmp_path / "w.csv", note=notes.append))
    assert len(notes) == 1
    assert "row 2, column 'density' is 997.8; in training it was" in notes[0]
    row = dict(zip(names, swapped, strict=True))
    for rows in (row, [row, row], tmp_path / "w.csv"):
        with pytest.warns(UserWarning, match="column 'density' is 997.8; in training"):
            predictor.predict(rows)
    predictor.predict(dict(zip(names, ROW, strict=True)))


@pytest.mark.parametrize("name", ["w.csv.gz", "w.tsv.gz", "W.CSV.GZ", "packed.csv"])
def test_packed_tables_are_read(wine, names, tmp_path, name):
    predictor = load_predictor(wine.path)
    plain = "\n".join([line(*names), *[line(*ROW)] * 3]).replace(
        ",", "\t" if "t" in name[2] else ","
    )
    content = gzip.compress(plain.encode())
    (tmp_path / name).write_bytes(content)
    notes: list[str] = []
    answers = list(predictor.predict_source(tmp_path / name, note=notes.append))
    expected = predictor.predict([ROW] * 3).values
    np.testing.assert_array_equal(np.concatenate([a.values for a, _ in answers]), expected)
    (tmp_path / name).write_bytes(content[:-20])
    with pytest.raises(InvalidInput, match=r"cannot be unpacked: .*\. Get it again\."):
        list(predictor.predict_source(tmp_path / name, note=notes.append))


@pytest.mark.parametrize("name", ["w.xlsx", "w.ods", "w.csv", "w"])
def test_a_spreadsheet_is_told_how_to_become_a_table(wine, tmp_path, name):
    (tmp_path / name).write_bytes(b"PK\3\4")
    with pytest.raises(InvalidInput, match=r"Save it as CSV .* or read it with pandas"):
        load_predictor(wine.path).predict(tmp_path / name)
