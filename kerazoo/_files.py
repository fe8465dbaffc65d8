"""Files that are written whole or not at all, and the folders they are in.

A file is written under another name beside its target, flushed to the disk, and given its name in
one step: whoever is killed, at any moment, leaves the old content or the new one. What a killed
writer leaves beside it, `.NAME.PID-MACHINE-TOKEN.part`, a file or a folder, is removed by the next
one that writes there.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import os
import platform
import re
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from kerazoo.errors import KerazooError, WrongUsage

_PART = re.compile(
    r"\..+\.(?P<pid>\d+)(-(?P<machine>[0-9a-f]{6}))?(-[0-9a-f]{8})?\.part(\.[\w.]+)?",
    re.DOTALL,
)
_ABANDONED_AFTER_SECONDS = 3600.0
_LONGEST_NAME = 150  # bytes of the target's name in that of its part; file systems take 255 in all
_being_written: set[str] = set()  # paths of the parts of this process


@contextlib.contextmanager
def replacing_file(path: str | os.PathLike[str], suffix: str = "") -> Iterator[Path]:
    """Give the path of an empty file that takes the place of `path` at the end, or vanishes.

    The new file has the permissions of an older one. If `path` is a link, it stays one, and the
    file that it leads to is replaced.

    Args:
        path: the file to write; its folder must exist.
        suffix: what the name of the empty file ends in, for a writer that insists.

    Raises:
        OSError: if there cannot be such a file, or `path` is a folder or a device: before anything
            else is done.
    """
    target = Path(os.path.realpath(path))
    mode = _mode_of(target)
    sweep(target.parent)
    part = _part_of(target, suffix)
    try:
        _being_written.add(str(part))
        _make_empty(part, path, 0o666 if mode is None else mode | stat.S_IWUSR)
        yield part
        fsync_file(part)
        if mode is not None:
            part.chmod(mode)
        os.replace(part, target)
        # The file has its name by now; only a power cut could still take that away.
        with contextlib.suppress(OSError):
            fsync_folder(target.parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        _being_written.discard(str(part))


def write_whole(path: str | os.PathLike[str], content: str | bytes | memoryview) -> None:
    r"""Write a file whole or not at all; text is written as UTF-8, with the line ends that it has.

    Raises:
        OSError: if it cannot be written; an older file is as it was.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp(), "words.txt")
        >>> write_whole(path, "one\ntwo\n")
        >>> path.read_bytes()
        b'one\ntwo\n'
    """
    with replacing_file(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


def make_folder(folder: str | os.PathLike[str]) -> Path:
    """Make a folder, if it does not exist, and check that files can be written there.

    Raises:
        KerazooError: if they cannot.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = _part_of(path / "probe")
        _make_empty(probe, path, 0o600)
        probe.unlink()
    except OSError as error:
        raise KerazooError(
            f"nothing can be written to {path}: {error.strerror or error}. Choose another folder."
        ) from error
    return path


def user_cache() -> Path | None:
    """Return the folder in which this user's programs may keep what they can do without.

    `None` where nobody can tell, as in a container whose user has no home.
    """
    import platformdirs

    try:
        folder = platformdirs.user_cache_path("kerazoo")
    except RuntimeError:  # older versions give a folder called ~
        return None
    return folder if folder.is_absolute() else None


def check_new_file(
    path: Path, suffixes: Sequence[str], option: str, *, force: bool = False
) -> None:
    """Check the name of a file that is to be written, before anything is computed for it.

    Args:
        path: what was passed.
        suffixes: endings that it may have.
        option: what it was passed as, such as `"--plot"`.
        force: whether it may replace a file that is there.

    Raises:
        WrongUsage: if it ends otherwise.
        KerazooError: if it is a folder, its folder does not exist, or it is there already and
            `force` is not set.

    Example:
        >>> check_new_file(Path("a.jpg"), (".png",), "--plot")
        Traceback (most recent call last):
        kerazoo.errors.WrongUsage: --plot a.jpg: expected a name that ends in .png, in a folder...
    """
    is_named = path.suffix.lower() in suffixes
    if not is_named or path.is_dir() or not path.absolute().parent.is_dir():
        raise (KerazooError if is_named else WrongUsage)(
            f"{option} {path}: expected a name that ends in {' or '.join(suffixes)}, in a folder "
            "that exists."
        )
    refuse_existing(path, option, force=force)


def refuse_existing(path: Path, option: str, *, force: bool) -> None:
    """Refuse to replace what is there already, unless a user has said so.

    Raises:
        KerazooError: if it is there and `force` is not set.

    Example:
        >>> import tempfile
        >>> refuse_existing(Path(tempfile.mkdtemp()), "--out", force=False)
        Traceback (most recent call last):
        kerazoo.errors.KerazooError: --out ... exists already. Choose another name, or add ...
    """
    if not force and os.path.lexists(path):
        raise KerazooError(
            f"{option} {path} exists already. Choose another name, or add --force to replace it."
        )


def refuse_images_in(folder: Path, option: str, *, force: bool) -> None:
    """Refuse to draw into a folder that has images in it, unless a user has said so.

    Which files will be drawn is known only at the end of a training: too late to say no.

    Raises:
        KerazooError: if it is a file, or holds a PNG file and `force` is not set.
    """
    if folder.exists() and not folder.is_dir():
        raise KerazooError(f"{option} {folder} is a file; give a folder to draw in.")
    if not force and folder.is_dir() and (found := sorted(folder.glob("*.png"))):
        raise KerazooError(
            f"{option} {folder} holds images already, such as {found[0].name}. Choose another "
            "folder, or add --force to replace those of the same name."
        )


def checkpoint_folder(out: str | os.PathLike[str]) -> Path:
    """Return where checkpoints of a training lie while it runs: beside what it will save.

    Example:
        >>> checkpoint_folder("runs/xor").as_posix()
        'runs/xor.checkpoint'
    """
    path = Path(out)
    named = path if path.name not in ("", "..") else path.resolve()
    return named.with_name(named.name + ".checkpoint")


@contextlib.contextmanager
def part_folder(target: Path, mode: int = 0o777) -> Iterator[Path]:
    """Give an empty hidden folder beside a file or folder that is to be, for what becomes it.

    It is removed at the end, or by the next one that writes there if this process is killed.

    Args:
        target: the file or folder.
        mode: permissions, less those that the user's mask takes away.

    Raises:
        OSError: if there cannot be such a folder.
    """
    sweep(target.parent)
    part = _part_of(target)
    _being_written.add(str(part))
    try:
        part.mkdir(mode)
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
        _being_written.discard(str(part))


@contextlib.contextmanager
def own_temporary_files() -> Iterator[None]:
    """Let the temporary files of all libraries lie in a folder that goes with this process.

    What a killed process has left there is removed when the next one starts.
    """
    before = tempfile.tempdir, os.environ.get("TMPDIR")
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # there is no place for any
            base = os.environ.get("TMPDIR") or tempfile.gettempdir()
            folder = str(stack.enter_context(part_folder(Path(base, "kerazoo"), 0o700)))
            tempfile.tempdir = os.environ["TMPDIR"] = folder
        try:
            yield
        finally:
            tempfile.tempdir = before[0]
            if before[1] is None:
                os.environ.pop("TMPDIR", None)
            else:
                os.environ["TMPDIR"] = before[1]


def is_part(name: str) -> bool:
    """Tell whether a file or folder is named like what a killed writer leaves.

    Example:
        >>> is_part(".card.json.4711-0a1b2c-0123abcd.part"), is_part("card.json")
        (True, False)
    """
    return _PART.fullmatch(name) is not None


def sweep(folder: Path) -> None:
    """Remove what killed writers left in a folder.

    Only what is named like ours is removed, once its process has ended. If it came from another
    machine, which may share the folder, nobody here knows its processes: it must be an hour old.
    """
    for path in _abandoned(folder):
        with contextlib.suppress(OSError):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def abandoned_parts(target: Path) -> list[Path]:
    """Return what killed writers of a file or folder left, before it is swept."""
    name = os.fsencode(target.name)[:_LONGEST_NAME].decode(errors="ignore")
    return [one for one in _abandoned(target.parent) if one.name.startswith(f".{name}.")]


def _abandoned(folder: Path) -> list[Path]:
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = _PART.fullmatch(entry.name)
            if name is None or entry.path in _being_written or not _has_ended(int(name["pid"])):
                continue
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                is_old = time.time() - status.st_mtime > _ABANDONED_AFTER_SECONDS
                is_plain = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
                if is_plain and (is_old or name["machine"] == _machine()):
                    found.append(Path(entry.path))
    return found


def standard_input() -> BinaryIO:
    """Return the bytes on standard input.

    Raises:
        KerazooError: if it is closed.
    """
    if sys.stdin is None:
        raise KerazooError("standard input is closed, so - has no data. Pass a file, or open it.")
    return sys.stdin.buffer


def fsync_file(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    descriptor = os.open(path, os.O_RDWR)  # Windows flushes only what could be written to
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows cannot open one for that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _mode_of(target: Path) -> int | None:
    """Return the permissions of the file that is there, or `None`; refuse all but plain files."""
    try:
        mode = os.lstat(target).st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        number = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
        raise OSError(number, "it is no plain file", str(target))
    return stat.S_IMODE(mode)


def _part_of(target: Path, suffix: str = "") -> Path:
    """Return a name that nobody has, not even another thread or another machine."""
    name = os.fsencode(target.name)[:_LONGEST_NAME].decode(errors="ignore")
    owner = f"{os.getpid()}-{_machine()}-{secrets.token_hex(4)}"
    return target.with_name(f".{name}.{owner}.part{suffix}")


@functools.cache
def _machine() -> str:
    """Return what tells apart machines, and containers, that share a folder: each counts anew."""
    name = platform.node()
    with contextlib.suppress(OSError):  # there is none but on Linux
        name += os.readlink("/proc/self/ns/pid")
    return hashlib.sha256(name.encode()).hexdigest()[:6]


def _make_empty(part: Path, path: str | os.PathLike[str], mode: int) -> None:
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
    except OSError as error:
        error.filename = os.fspath(path)  # the name that the caller knows
        raise


def _has_ended(pid: int) -> bool:
    if os.name != "posix" or pid == os.getpid():
        # Windows removes no open file; and what this process is writing has been left out already.
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:  # it is there, and somebody else's
        pass
    return False
