"""Damaged tables: a result, or one line that says what is wrong with them."""

from __future__ import annotations

import gzip
import random
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import kerazoo
from kerazoo.errors import KerazooError
from kerazoo.predict import Predictor, load_predictor
from tests.saved_networks import Saved
from tests.tables import make_table

CASES = 2000
SECONDS, MEGABYTES = 20, 1500
Mangle = Callable[[random.Random, bytes], bytes]
ODD = [
    *(b"", b" ", b'"', b"'", b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\0", b"#", b"\\"),
    *(
        b"\xff",
        b"\xfe",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"\xe2\x80\xae",
        b"\x1b[2J",
        b"\xa0",
        b"\xed\xa0\x80",
    ),
    *(b"nan", b"inf", b"-inf", b"1e999", b"-0", b"1e-400", b"9" * 400, b"0x10", b"1_000", b"1,5"),
    *(
        b"$1",
        b"5%",
        b"1.234,5",
        b"1 234",
        b"True",
        b"null",
        b"?",
        b"00012",
        b"9999-12-31",
        b"3/4/20",
    ),
    *(
        b"2024-02-30",
        b"24:61",
        b"x" * 300,
        b" " * 3000,
        b"=1+1",
        b'"a""b"',
        b'"a\nb"',
        "값".encode(),
    ),
]


def at(random: random.Random, content: bytes) -> int:
    return random.randrange(len(content) + 1)


def flip(random: random.Random, content: bytes) -> bytes:
    changed = bytearray(content or b"x")
    for _ in range(random.choice([1, 1, 2, 5, 50])):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def insert(random: random.Random, content: bytes) -> bytes:
    for _ in range(random.choice([1, 1, 3])):
        place = at(random, content)
        content = content[:place] + random.choice(ODD) + content[place:]
    return content


def replace_cell(random: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    for _ in range(random.choice([1, 1, 5, 40])):
        row = random.randrange(len(lines))
        cells = lines[row].split(b",")
        cells[random.randrange(len(cells))] = random.choice(ODD)
        lines[row] = b",".join(cells)
    return b"\n".join(lines)


def fill_column(random: random.Random, content: bytes) -> bytes:
    lines = [line.split(b",") for line in content.split(b"\n")]
    column, cells = random.randrange(8), random.sample(ODD, 3)
    for line in lines[1:]:
        if column < len(line):
            line[column] = random.choice(cells)
    return b"\n".join(b",".join(line) for line in lines)


def cut(random: random.Random, content: bytes) -> bytes:
    start, end = sorted((at(random, content), at(random, content)))
    return random.choice([content[:end], content[start:], content[:start] + content[end:]])


def double(random: random.Random, content: bytes) -> bytes:
    start, end = sorted((at(random, content), at(random, content)))
    return content[:end] + content[start:end] + content[end:]


def shuffle_lines(random: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    random.shuffle(lines)
    return b"\n".join(lines)


def separate(random: random.Random, content: bytes) -> bytes:
    return content.replace(b",", random.choice([b";", b"\t", b"|", b" ", b", ", b"", b"\0", b",,"]))


def recode(random: random.Random, content: bytes) -> bytes:
    encoding = random.choice(["utf-16", "utf-16-be", "utf-32", "cp949", "latin-1", "utf-8-sig"])
    return content.decode("utf-8", "replace").encode(encoding, "replace")


def quote(random: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    return b"\n".join(
        b'"' + line.replace(b",", b'","') + random.choice([b'"', b"", b'" ']) for line in lines
    )


def pack(random: random.Random, content: bytes) -> bytes:
    return flip(random, gzip.compress(content)) if random.random() < 0.7 else gzip.compress(content)


def few_lines(random: random.Random, content: bytes) -> bytes:
    return b"\n".join(content.split(b"\n")[: random.randrange(5)])


MANGLES: tuple[Mangle, ...] = (
    *(flip, flip, insert, insert, replace_cell, replace_cell, fill_column, fill_column, cut),
    *(double, shuffle_lines, separate, recode, quote, pack, few_lines),
)


@pytest.fixture(scope="module")
def table() -> bytes:
    return make_table(60).to_csv(index=False).encode()


def answer_or_refuse(path: Path, predictor: Predictor) -> tuple[int, int]:
    """Read a table and answer it; return which of the two was refused."""
    refused = [0, 0]
    for index, read in enumerate((read_to_train, predictor.predict)):
        start = time.process_time()
        try:
            found = read(path)
            if index == 1:
                assert np.isfinite(found.values).all()
        except KerazooError as error:
            message = str(error)
            assert message.count("\n") == 0
            assert len(message) < 3000
            refused[index] = 1
        assert time.process_time() - start < SECONDS
    return refused[0], refused[1]


def read_to_train(path: Path) -> kerazoo.Splits:
    splits = kerazoo.load_dataset("table_csv", path=path, target="price")
    for part in (splits.train, splits.validation, splits.test):
        assert len(part.x) > 0
        assert not np.isinf(part.x).any()
        assert np.isfinite(part.y).all()
    return splits


@pytest.mark.thorough  # two minutes
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_mangled_tables_are_read_or_refused(tmp_path: Path, cases: Saved, table: bytes) -> None:
    predictor = load_predictor(cases.path)
    refused = np.zeros(2, int)
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
    for seed in range(CASES):
        chosen = random.Random(seed)
        content = table
        for mangle in chosen.choices(MANGLES, k=chosen.choice([1, 1, 2, 3])):
            content = mangle(chosen, content)
        path = tmp_path / "t.csv"
        path.write_bytes(content)
        try:
            refused += answer_or_refuse(path, predictor)
        except BaseException as error:
            error.add_note(f"seed {seed}: {content[:300]!r}")
            raise
    # Most can be read neither always nor never.
    assert 0.1 * CASES < refused[0] < 0.9 * CASES
    assert 0.1 * CASES < refused[1] < 0.9 * CASES
    assert memory("VmHWM") - before < MEGABYTES


def spreadsheet(folder: Path) -> bytes:
    with zipfile.ZipFile(folder / "x", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return (folder / "x").read_bytes()


HUGE: dict[str, Callable[[bytes], bytes]] = {
    "20,000 columns": lambda t: (
        b",".join(b"c%d" % n for n in range(20_000)) + b",price\n" + b"1," * 20_000 + b"2\n"
    ),
    "20,000 cells in a row": lambda t: t + b"1," * 20_000 + b"\n",
    "a cell of 10 MB": lambda t: t + b"x" * 10**7 + b",1,red,True,2020-01-01,1,2\n",
    "a cell of 10 MB of digits": lambda t: t + b"1" * 10**7 + b",1,red,True,2020-01-01,1,2\n",
    "a cell of 10 MB of spaces": lambda t: (
        t + b"1" + b" " * 10**7 + b"x,1,red,True,2020-01-01,1,2\n"
    ),
    "a date and 10 MB of spaces": lambda t: (
        t + b"1,1,red,True,2020-01-01" + b" " * 10**7 + b"x,1,2\n"
    ),
    "a word of 10 MB": lambda t: t + b"1,1," + b"\t" * 10**7 + b"x,True,2020-01-01,1,2\n",
    "a quote that goes on": lambda t: t + b'"' + b"1,1\n" * 10**6,
    "10 MB of quotes": lambda t: t + b'"' * 10**7,
    "10 MB of zeros": lambda t: bytes(10**7),
    "10 MB of lines": lambda t: t + b"\n" * 10**7,
    "10 MB of comments": lambda t: b"#\n" * (5 * 10**6) + t,
    "10 MB of noise": lambda t: np.random.default_rng(0).bytes(10**7),
    "a name of 10 MB": lambda t: b"x" * 10**7 + b"," + t,
}


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("make", HUGE.values(), ids=HUGE)
def test_huge_tables_take_no_time_and_little_memory(
    make: Callable[[bytes], bytes], tmp_path: Path, cases: Saved, table: bytes
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(make(table))
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
    answer_or_refuse(path, load_predictor(cases.path))
    assert memory("VmHWM") - before < MEGABYTES


def memory(which: str) -> int:
    """The megabytes that this process holds now (VmRSS), or held at most (VmHWM)."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if which in line)) // 2**10


def test_files_of_other_programs_are_named(tmp_path: Path, cases: Saved) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(spreadsheet(tmp_path))
    for read in (read_to_train, load_predictor(cases.path).predict):
        with pytest.raises(KerazooError, match="a file of another program; expected CSV"):
            read(path)


def test_damaged_parquet_files_are_read_or_refused(tmp_path: Path, cases: Saved) -> None:
    make_table(60).to_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    predictor, path = load_predictor(cases.path), tmp_path / "t.parquet"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(30):
            chosen = random.Random(seed)
            path.write_bytes(chosen.choice([flip, cut])(chosen, whole))
            answer_or_refuse(path, predictor)
