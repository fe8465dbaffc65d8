"""A file of answers that grows: nothing that was written is lost, and nothing is there twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kerazoo.errors import KerazooError
from kerazoo.experiments.spread.unfinished import Unfinished
from tests.conftest import run_python

# A limit to the size of files stands for a disk that is full.
FULL = """
import resource, signal, sys
from pathlib import Path
from kerazoo.experiments.spread.unfinished import Unfinished
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Unfinished(Path(sys.argv[1]) if len(sys.argv) > 1 else Path({out!r}), ["asked"]) as one:
    one.add(b"first\\n" * 100)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    try:
        one.add(b"second\\n" * 100)
    except OSError as error:
        print(type(error).__name__, error.filename)
"""


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "answers.csv"
    with Unfinished(out, ["asked"]) as one:
        one.add(b"a\n")
    assert not out.exists()
    with Unfinished(out, ["asked"]) as one:
        assert one.pieces == 1
        one.add(b"b\n")
        one.finish()
    assert out.read_bytes() == b"a\nb\n"
    assert os.listdir(tmp_path) == ["answers.csv"]


@pytest.mark.parametrize("left", [b"", b'{"pieces": 2, "en'])
def test_half_of_a_piece_is_cut_off(tmp_path: Path, left: bytes) -> None:
    out = tmp_path / "answers.csv"
    with Unfinished(out, ["asked"]) as one:
        one.add(b"a\n")
    for name, content in (("answers", b"half of b"), ("journal", left)):
        with open(tmp_path / "answers.csv.unfinished" / name, "ab") as file:
            file.write(content)
    with Unfinished(out, ["asked"]) as one:
        assert one.pieces == 1
        one.add(b"b\n")
        one.finish()
    assert out.read_bytes() == b"a\nb\n"


def test_a_full_disk_keeps_whole_pieces(tmp_path: Path) -> None:
    out = tmp_path / "answers.csv"
    done = run_python(FULL.format(out=str(out)))
    assert done.stdout == f"OSError {out}\n", done.stderr
    with Unfinished(out, ["asked"]) as one:
        assert one.pieces == 1
        one.add(b"second\n")
        one.finish()
    assert out.read_bytes() == b"first\n" * 100 + b"second\n"


def test_answers_to_something_else_are_refused_unless_forced(tmp_path: Path) -> None:
    out = tmp_path / "answers.csv"
    with Unfinished(out, ["asked"]) as one:
        one.add(b"a\n")
        with pytest.raises(KerazooError, match="another process writes to"):
            Unfinished(out, ["asked"])
    with pytest.raises(KerazooError, match="holds answers to something else"):
        Unfinished(out, ["other"])
    with Unfinished(out, ["other"], force=True) as one:
        assert one.pieces == 0
        one.add(b"b\n")
        one.finish()
    assert out.read_bytes() == b"b\n"
