"""Files are written whole or not at all, whoever is killed and when."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from kerazoo import _files
from kerazoo._files import make_folder, own_temporary_files, replacing_file, write_whole
from kerazoo.errors import KerazooError
from tests.conftest import run_python

SIZE = 2**20
LONG_AGO = time.time() - 7200
KILLS = 25
WRITER = f"""
import itertools, sys
from kerazoo._files import write_whole
print("started", flush=True)
for number in itertools.count():
    write_whole(sys.argv[1], bytes([number % 2]) * {SIZE})
"""


def parts(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if ".part" in entry.name)


def ended_pid() -> int:
    return int(run_python("import os; print(os.getpid())").stdout)


def leave_part(folder: Path, pid: object, age: float = 7200, name: str = "table.csv") -> Path:
    """Leave what a killed writer leaves."""
    part = folder / f".{name}.{pid}-0123abcd.part"
    part.write_text("half")
    os.utime(part, (time.time() - age,) * 2)
    return part


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "numbers.bin"
    write_whole(target, bytes(SIZE))
    moments, left = random.Random(0), set()
    for _ in range(KILLS):
        command = [sys.executable, "-c", WRITER, str(target)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"started\n"
            time.sleep(moments.uniform(0, 0.03))
            writer.send_signal(signal.SIGKILL)
        content = target.read_bytes()
        assert content in (bytes(SIZE), bytes([1]) * SIZE)
        left.update(parts(tmp_path))
    assert len(left) > 1, "no process was killed while it wrote"
    write_whole(target, b"done")
    assert os.listdir(tmp_path) == ["numbers.bin"]


def test_an_interrupted_writer_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"

    def fail(error: type[BaseException]) -> None:
        with replacing_file(target) as part:
            part.write_text("half")
            raise error

    for error in (KeyboardInterrupt, SystemExit, OSError, ZeroDivisionError):
        with pytest.raises(error):
            fail(error)
        assert os.listdir(tmp_path) == []
    write_whole(target, "whole")
    with pytest.raises(KeyboardInterrupt):
        fail(KeyboardInterrupt)
    assert target.read_text() == "whole"
    assert os.listdir(tmp_path) == ["table.csv"]


def test_only_what_is_ours_and_of_no_living_process_is_swept(tmp_path: Path) -> None:
    dead, here = ended_pid(), _files._machine()
    folder = tmp_path / f".model.{dead}-{here}-0123abcd.part"
    folder.mkdir()
    (folder / "card.json").write_text("half")
    swept = [
        folder,
        leave_part(tmp_path, f"{dead}-{here}", age=0),
        leave_part(tmp_path, dead),  # of another machine, or an older version, and old
        leave_part(tmp_path, dead, name="of another file.png"),
        leave_part(tmp_path, os.getpid()),  # of an earlier process of our number
        leave_part(tmp_path, 10**30),
        (tmp_path / f".best.weights.h5.{dead}-0123abcd.part.weights.h5"),
        (tmp_path / f".from.an.older.version.{dead}.part"),
    ]
    link = tmp_path / f".link.{dead}-0123abcd.part"
    link.symlink_to(tmp_path / "elsewhere")
    kept = [
        leave_part(tmp_path, dead, age=60, name="young, of another machine"),
        leave_part(tmp_path, f"{dead}-{'0' * 6}", age=60, name="young, too"),
        leave_part(tmp_path, f"1-{here}"),
        leave_part(tmp_path, 1),
        tmp_path / "download.bin.part",
        tmp_path / f".table.csv.{dead}.parts",
        tmp_path / ".table.csv.part",
    ]
    for path in (*swept, *kept):
        if not path.exists():
            path.write_text("half")
            os.utime(path, (LONG_AGO, LONG_AGO))
    write_whole(tmp_path / "new", "")
    assert not [path for path in swept if path.exists()]
    assert all(path.exists() for path in kept)
    assert link.is_symlink()


def test_temporary_files_go_with_the_process(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with own_temporary_files():
        inside = Path(tempfile.mkdtemp())
        assert inside.parent.parent == tmp_path
        assert os.environ["TMPDIR"] == str(inside.parent)
        assert stat.S_IMODE(inside.parent.stat().st_mode) == 0o700
    assert os.listdir(tmp_path) == []
    assert tempfile.gettempdir() == str(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with own_temporary_files():
        assert tempfile.tempdir == str(tmp_path / "missing")


def test_what_this_process_is_writing_is_not_swept(tmp_path: Path) -> None:
    with replacing_file(tmp_path / "slow") as part:
        os.utime(part, (LONG_AGO, LONG_AGO))
        write_whole(tmp_path / "quick", "")
        part.write_text("whole")
    assert (tmp_path / "slow").read_text() == "whole"


def test_threads_that_write_one_file_do_not_mix(tmp_path: Path) -> None:
    target = tmp_path / "shared"
    contents = [bytes([number]) * SIZE for number in range(8)]
    threads = [threading.Thread(target=write_whole, args=(target, each)) for each in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert target.read_bytes() in contents
    assert os.listdir(tmp_path) == ["shared"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "results.json"
    link.symlink_to(Path("elsewhere", "real.json"))
    for content in ("first", "second"):  # the first one leads to nothing yet
        write_whole(link, content)
        assert link.is_symlink()
        assert (tmp_path / "elsewhere" / "real.json").read_text() == content
    assert os.listdir(tmp_path / "elsewhere") == ["real.json"]
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    with pytest.raises(OSError, match="no plain file"):
        write_whole(loop, "")
    assert loop.is_symlink()


def test_the_permissions_of_an_older_file_are_kept(tmp_path: Path) -> None:
    for mode in (0o600, 0o664, 0o444):
        target = tmp_path / f"{mode}"
        target.write_text("old")
        target.chmod(mode)
        with replacing_file(target) as part:
            others = stat.S_IMODE(part.stat().st_mode) & 0o077
            assert others & ~mode == 0  # nobody reads it before its time
            part.write_text("new")
        assert stat.S_IMODE(target.stat().st_mode) == mode
        assert target.read_text() == "new"


def test_nothing_but_a_file_is_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "pipe", tmp_path / "folder", tmp_path, Path("/dev/null")):
        with pytest.raises(OSError, match="no plain file"), replacing_file(target):
            pytest.fail("something would have been written")
    assert sorted(os.listdir(tmp_path)) == ["folder", "pipe"]


def test_an_error_names_the_file_and_not_its_part(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "table.csv"
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(target, "")
    assert caught.value.filename == str(target)


@pytest.mark.parametrize("name", ["a" * 255, "가" * 85, "line\nend", "-", "table.csv"])
def test_any_name_of_a_file_will_do(tmp_path: Path, name: str) -> None:
    write_whole(tmp_path / name, name)
    assert (tmp_path / name).read_text() == name
    assert os.listdir(tmp_path) == [name]


def test_the_content_is_on_the_disk_before_it_gets_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []
    for module, name in ((_files, "fsync_file"), (os, "replace"), (_files, "fsync_folder")):
        real = getattr(module, name)
        call = lambda *args, real=real, name=name: (done.append(name), real(*args))[1]  # noqa: E731
        monkeypatch.setattr(module, name, call)
    write_whole(tmp_path / "file", "content")
    assert done == ["fsync_file", "replace", "fsync_folder"]


def test_a_folder_is_made_and_tried(tmp_path: Path) -> None:
    assert make_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert os.listdir(tmp_path / "a" / "b") == []
    (tmp_path / "file").touch()
    with pytest.raises(KerazooError, match=r"nothing can be written to .*file"):
        make_folder(tmp_path / "file")
