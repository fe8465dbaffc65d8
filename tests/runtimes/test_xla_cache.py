"""Kept programs are the user's own, whole, few enough, and never in the way of a training."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from kerazoo.errors import KerazooError
from kerazoo.runtimes import xla_cache
from tests.conftest import run_python

PROGRAM = "xla_compile_cache__1__2__XLA_CPU_JIT.pb"
CONTEXT = "tensorflow.python.eager.context"


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache folder of its own, before TensorFlow is imported."""
    for module in ("tensorflow", CONTEXT):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    monkeypatch.delenv(xla_cache.SWITCH, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a cache"))
    return tmp_path / "a cache" / "kerazoo" / "xla"


@contextlib.contextmanager
def keeping() -> Iterator[Path | None]:
    """Give the folder that TensorFlow is told, if there is one; nothing may be said."""
    with xla_cache.keeping_programs(pytest.fail):
        yield told()


def told() -> Path | None:
    found = re.search("directory='(.*)' --tf_xla", os.environ.get("TF_XLA_FLAGS", ""))
    return Path(found[1]) if found else None


def compile_program(name: str = PROGRAM, content: bytes = b"machine code") -> None:
    with keeping() as own:
        assert own is not None
        (own / name).write_bytes(content)


def kept(cache: Path) -> list[Path]:
    return sorted(cache.glob("*/*.pb.*"))


def test_the_next_process_finds_what_one_has_compiled(cache: Path) -> None:
    compile_program()
    for _ in range(2):
        with keeping() as own:
            assert own is not None
            assert [one.name for one in own.iterdir()] == [PROGRAM]
            assert (own / PROGRAM).read_bytes() == b"machine code"
        assert len(kept(cache)) == 1
    assert "TF_XLA_FLAGS" not in os.environ
    for folder in (cache, *cache.iterdir()):
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damage", ["truncated", "changed", "empty", "foreign", "link", "fifo"])
def test_what_is_not_what_was_written_is_removed(cache: Path, damage: str) -> None:
    compile_program()
    (program,) = kept(cache)
    if damage == "truncated":
        program.write_bytes(b"machine")
    elif damage == "changed":
        program.write_bytes(b"machine cOde")
    elif damage == "empty":
        program.write_bytes(b"")
    elif damage == "foreign":
        program.rename(program.with_name(f"{PROGRAM}.{'0' * 64}"))
    else:
        program.rename(cache / "elsewhere")
        program.symlink_to(cache / "elsewhere") if damage == "link" else os.mkfifo(program)
    with keeping() as own:
        assert own is not None
        assert list(own.iterdir()) == []
    assert kept(cache) == []


def link(cache: Path) -> None:
    (cache.parent / "elsewhere").mkdir(parents=True, mode=0o700)
    cache.symlink_to(cache.parent / "elsewhere")


def give_away(cache: Path) -> None:
    cache.mkdir(parents=True, mode=0o700)
    os.chown(cache, 12345, -1)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda cache: (cache.mkdir(parents=True), cache.chmod(0o770)), "is not yours alone"),
        (lambda cache: (cache.parent.mkdir(parents=True), cache.touch()), "is no folder"),
        (link, "is no folder, or a link"),
        pytest.param(
            give_away,
            "is not yours alone",
            marks=pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away"),
        ),
    ],
)
def test_a_folder_that_others_can_write_to_is_not_believed(
    cache: Path, make: Callable[[Path], object], reason: str
) -> None:
    make(cache)
    refuses(reason)


def refuses(reason: str) -> None:
    said: list[str] = []
    with xla_cache.keeping_programs(said.append):
        assert told() is None
    assert len(said) == 1
    assert reason in said[0]
    assert xla_cache.describe().startswith("off: ")


@pytest.mark.parametrize(("mode", "is_safe"), [(0o777, False), (0o775, False), (0o1777, True)])
def test_the_way_to_the_folder_is_checked(
    monkeypatch: pytest.MonkeyPatch, mode: int, is_safe: bool
) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as shared:  # where everybody gets
        Path(shared).chmod(mode)
        monkeypatch.setenv("XDG_CACHE_HOME", shared)
        compile_program() if is_safe else refuses(f"others may write to {shared}")


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_nobody_else_owns_a_part_of_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as shared:
        monkeypatch.setenv("XDG_CACHE_HOME", f"{shared}/cache")
        compile_program()
        Path(shared).chmod(0o755)
        os.chown(shared, 12345, -1)
        refuses(f"others may write to {shared}")


def test_behind_a_closed_door_others_may_write(tmp_path: Path, cache: Path) -> None:
    cache.mkdir(parents=True, mode=0o700)
    cache.parent.chmod(0o777)
    tmp_path.chmod(0o700)
    compile_program()
    assert len(kept(cache)) == 1


def test_a_cache_folder_may_be_a_link_to_another_disk(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    cache.parent.parent.symlink_to(tmp_path / "disk")
    with keeping() as own:
        assert own is not None
        assert own.is_relative_to(tmp_path / "disk")  # also if the link is turned meanwhile


def test_whoever_has_set_the_flags_has_decided(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_clustering_debug")
    with keeping() as own:
        assert own is None
    assert os.environ["TF_XLA_FLAGS"] == "--tf_xla_clustering_debug"
    assert xla_cache.describe() == "off: TF_XLA_FLAGS is set, and kerazoo leaves it as it is"
    assert not cache.exists()


@pytest.mark.parametrize(
    "started",
    [None, {}, {"_context_handle": 1}, {"_physical_devices": ["CPU:0"]}],
    ids=["in its import", "of another version", "has computed", "has looked for devices"],
)
def test_it_is_too_late_once_tensorflow_has_started(
    cache: Path, monkeypatch: pytest.MonkeyPatch, started: dict[str, object] | None
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", sys)
    if started is not None:
        unused = dict.fromkeys(("_context_handle", "_physical_devices")) if started else {}
        context = SimpleNamespace(**unused | started)
        monkeypatch.setitem(sys.modules, CONTEXT, SimpleNamespace(context=lambda: context))
    with keeping() as own:
        assert own is None


def test_the_switch(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAZOO_XLA_CACHE", "0")
    with keeping() as own:
        assert own is None
    assert xla_cache.describe() == "off: KERAZOO_XLA_CACHE is 0"
    assert not cache.exists()
    monkeypatch.setenv("KERAZOO_XLA_CACHE", "1")
    compile_program()
    monkeypatch.setenv("KERAZOO_XLA_CACHE", "off")
    for use in (compile_program, xla_cache.describe):
        with pytest.raises(KerazooError, match=r"'off'; expected 0 \(off\) or 1 \(on\)"):
            use()


def test_without_a_cache_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xla_cache, "user_cache", lambda: None)
    with keeping() as own:
        assert own is None
    assert "set XDG_CACHE_HOME" in xla_cache.describe()


@pytest.mark.parametrize("name", ["it's", "line\nbreak"])
def test_a_name_that_tensorflow_does_not_understand(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
    with keeping() as own:
        assert own is None
    assert xla_cache.describe().startswith("off: TensorFlow cannot be told the name ")


def test_where_nothing_can_be_written_nothing_is_kept(cache: Path) -> None:
    cache.parent.parent.mkdir()
    cache.parent.touch()
    with keeping() as own:
        assert own is None


def test_where_there_is_no_room_nothing_is_kept(cache: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (xla_cache._ROOM - 1, hard))
    try:
        with keeping() as own:
            assert own is None
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path for path in cache.rglob("*") if not path.is_dir()] == []
    compile_program()
    assert len(kept(cache)) == 1


@pytest.mark.parametrize(
    ("name", "value", "is_other"),
    [
        ("XLA_FLAGS", "--xla_cpu_enable_fast_math=true", True),
        ("TF_ENABLE_ONEDNN_OPTS", "0", True),
        ("TF_CPP_MIN_LOG_LEVEL", "1", False),
    ],
)
def test_other_settings_have_other_programs(
    name: str, value: str, is_other: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_program()
    monkeypatch.setenv(name, value)
    with keeping() as own:
        assert own is not None
        assert (list(own.iterdir()) == []) == is_other


@pytest.mark.parametrize("what", ["_processor", "_tensorflow"])
def test_other_machines_and_versions_have_other_programs(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = getattr(xla_cache, what)()
    assert len(here) > 2
    compile_program()
    monkeypatch.setattr(xla_cache, what, lambda: [*here, "more"])
    with keeping() as own:
        assert own is not None
        assert list(own.iterdir()) == []


def test_the_oldest_are_removed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xla_cache, "MOST_BYTES", 250)
    for age, setting in ((3, "a"), (2, "b"), (1, "b")):
        monkeypatch.setenv("XLA_FLAGS", setting)  # those of other settings count, too
        compile_program(f"of_age_{age}.pb", bytes(100))
        (program,) = cache.glob(f"*/of_age_{age}.pb.*")
        os.utime(program, (1e9 - age, 1e9 - age))
    compile_program("new.pb", b"")
    assert [one.name[:8] for one in kept(cache)] == ["new.pb.e", "of_age_1", "of_age_2"]


def test_what_a_killed_process_leaves_is_not_believed(cache: Path) -> None:
    code = """
import os, re
from pathlib import Path
from kerazoo.runtimes.xla_cache import keeping_programs
with keeping_programs(print):
    folder = re.search("directory='(.*)' --tf", os.environ["TF_XLA_FLAGS"])[1]
    Path(folder, "half.pb").write_bytes(b"mach")
    os.kill(os.getpid(), 9)
"""
    assert run_python(code).returncode == -9
    assert list(cache.rglob("half.pb")) != []
    with keeping() as own:
        assert own is not None
        assert list(own.iterdir()) == []
    assert list(cache.rglob("half.pb")) == []


def test_two_at_once_do_not_see_one_another(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with keeping() as first:
        monkeypatch.delenv("TF_XLA_FLAGS")
        with keeping() as second:
            assert None not in (first, second)
            for own, content in ((first, b"one"), (second, b"two")):
                (own / PROGRAM).write_bytes(content)
            assert first != second
    assert [one.read_bytes() for one in kept(cache)] == [b"two"]


def test_of_two_under_one_name_one_is_used(cache: Path) -> None:
    compile_program()
    other = kept(cache)[0].with_name(f"{PROGRAM}.{hashlib.sha256(b'other').hexdigest()}")
    other.write_bytes(b"other")
    with keeping() as own:
        assert own is not None
        assert [one.name for one in own.iterdir()] == [PROGRAM]


def test_doctor_is_told_how_much_there_is(cache: Path) -> None:
    compile_program(content=bytes(2**20))
    assert xla_cache.describe() == (
        f"on: 1 program, 1.0 of at most 64 MB, in {cache}; KERAZOO_XLA_CACHE=0 switches it off"
    )
