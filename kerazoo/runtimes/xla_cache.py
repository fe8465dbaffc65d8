"""XLA's programs of earlier trainings, kept in the user's cache folder.

XLA compiles a program for seconds. TensorFlow can keep it on disk, so that the next process that
trains the same network on as many rows has it in a fraction. What it keeps is machine code, and
TensorFlow runs it as it stands: a damaged file ends a training, a foreign one can do anything. So

- the folder is the user's alone, and so is the way to it, or nothing is kept;
- a program's name in it ends in its SHA-256; one that is not what its name says is removed;
- programs of another TensorFlow, processor, number of cores or setting lie in another folder;
- the oldest are removed, once all together take more than `MOST_BYTES`.

A process works in a folder of its own, with links to the programs that it has checked; what it has
compiled gets its name among the others at the end. So any number of them may run at once, and what
a killed one leaves is never believed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from kerazoo._files import fsync_file, part_folder, user_cache
from kerazoo._private_folder import (
    NotOurs,
    check_private,
    files_in,
    make_private,
    remove_oldest,
)
from kerazoo._wording import counted
from kerazoo.errors import KerazooError

MOST_BYTES = 64 * 2**20
"""What all kept programs may take; one takes 1 to 5 MB."""

SWITCH = "KERAZOO_XLA_CACHE"
_FLAGS = "TF_XLA_FLAGS"
_PROGRAMS = "*.pb.*"
_PROGRAMS_BELOW = f"*/{_PROGRAMS}"
_ROOM = 16 * 2**20  # bytes that must be free: TensorFlow gives up a training if it cannot write
_OF_PROCESSOR = frozenset(
    {"vendor_id", "cpu family", "model", "model name", "stepping", "flags"}
    | {"Features", "CPU implementer", "CPU architecture", "CPU variant", "CPU part"}
)


class _NotKept(Exception):
    """Why no program is kept."""


@contextlib.contextmanager
def keeping_programs(say: Callable[[str], object]) -> Iterator[None]:
    """Let TensorFlow use kept programs, and keep those that this process compiles.

    It must not have looked for devices yet, nor computed. Whoever has set `TF_XLA_FLAGS` has
    decided already.

    Args:
        say: is given a line if the folder is not the user's alone.

    Raises:
        KerazooError: if the environment variable `KERAZOO_XLA_CACHE` is neither 0 nor 1.
    """
    with contextlib.ExitStack() as stack:
        try:
            _check_wanted()
            if _has_read_settings():
                raise _NotKept("TensorFlow has read its settings already")
            store = _find_folder()
            make_private(store)
            remove_oldest(store.parent, _PROGRAMS_BELOW, MOST_BYTES)
            own = stack.enter_context(part_folder(store / "running", 0o700))
            _check_room(own)
            _link_checked(store, own)
        except NotOurs as reason:
            say(f"XLA's programs are not kept: {reason}, or set {SWITCH}=0.")
        except (_NotKept, OSError):
            pass  # `kerazoo doctor` says why
        else:
            os.environ[_FLAGS] = (
                f"--tf_xla_persistent_cache_directory='{own}' "
                "--tf_xla_persistent_cache_device_types=CPU"
            )
            stack.callback(_keep_new, own, store)
            stack.callback(os.environ.pop, _FLAGS, None)
        yield


def describe() -> str:
    """Say where programs are kept, how many there are and what they take, or why there are none."""
    try:
        _check_wanted()
        folder = _find_folder()
        check_private(folder.parent)
        stores = folder.parent.iterdir() if folder.parent.exists() else ()
        sizes = [status.st_size for store in stores for _, status in files_in(store, _PROGRAMS)]
    except (_NotKept, NotOurs, OSError) as reason:
        return f"off: {reason}"
    return (
        f"on: {counted(len(sizes), 'program')}, {sum(sizes) / 2**20:.1f} of at most "
        f"{MOST_BYTES >> 20} MB, in {folder.parent}; {SWITCH}=0 switches it off"
    )


def _has_read_settings() -> bool:
    """Tell whether TensorFlow has: it does when it looks for devices, or computes at first."""
    module = sys.modules.get("tensorflow.python.eager.context")
    if module is None:
        return "tensorflow" in sys.modules  # in the middle of its import
    context = module.context()
    marks = ("_context_handle", "_physical_devices")
    return any(getattr(context, mark, context) is not None for mark in marks)


def _check_wanted() -> None:
    value = os.environ.get(SWITCH) or "1"
    if value not in ("0", "1"):
        raise KerazooError(f"{SWITCH} is {value!r}; expected 0 (off) or 1 (on).")
    if value == "0":
        raise _NotKept(f"{SWITCH} is 0")
    if _FLAGS in os.environ:
        raise _NotKept(f"{_FLAGS} is set, and kerazoo leaves it as it is")


def _find_folder() -> Path:
    """Return the folder for programs of this TensorFlow on this machine; it need not exist."""
    cache = user_cache()
    if cache is None:
        raise _NotKept("nobody can tell where this user's cache folder is; set XDG_CACHE_HOME")
    cache = cache.resolve()  # no link on the way that could lead elsewhere later
    if "'" in str(cache) or not str(cache).isprintable():
        raise _NotKept(f"TensorFlow cannot be told the name {str(cache)!r}")
    settings = sorted(
        f"{name}={value}"
        for name, value in os.environ.items()
        if name.startswith(("XLA_", "TF_", "OMP_")) and not name.startswith("TF_CPP_")
    )
    machine = "\n".join([*_processor(), *_tensorflow(), *settings])
    return cache / "xla" / hashlib.sha256(machine.encode()).hexdigest()[:16]


def _processor() -> list[str]:
    """Return what the compiler looks at: the kind of processor and how many cores may be used."""
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
        cores = len(os.sched_getaffinity(0))
    except (OSError, AttributeError):
        raise _NotKept("only on Linux can kerazoo tell what processor this is") from None
    known = {line for line in lines if line.partition(":")[0].strip() in _OF_PROCESSOR}
    return [*sorted(known), f"{cores} of {os.cpu_count()} cores"]


def _tensorflow() -> list[str]:
    """Return what tells one installed TensorFlow from another, without importing it."""
    spec = importlib.util.find_spec("tensorflow")
    if spec is None or spec.origin is None:
        raise _NotKept("TensorFlow is not installed")
    try:
        version = importlib.metadata.version("tensorflow")
    except importlib.metadata.PackageNotFoundError:  # a build of somebody's own
        version = "unknown"
    return [version, spec.origin, str(os.stat(spec.origin).st_mtime_ns)]


def _check_room(folder: Path) -> None:
    """Refuse a disk that is full, also for this user's quota or this process' limit."""
    probe = folder / "probe"
    descriptor = os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, _ROOM)
    finally:
        os.close(descriptor)
        probe.unlink()


def _link_checked(store: Path, own: Path) -> None:
    """Put the programs that are what their names say into the folder of this process."""
    for program, status in files_in(store, _PROGRAMS):
        if stat.S_ISREG(status.st_mode) and _hash(program) == program.suffix[1:]:
            with contextlib.suppress(FileExistsError):  # two processes have compiled it at once
                os.link(program, own / program.stem)
        else:
            program.unlink(missing_ok=True)


def _keep_new(own: Path, store: Path) -> None:
    """Give what this process has compiled a name among the kept programs."""
    with contextlib.suppress(OSError):
        known = {kept.stem for kept, _ in files_in(store, _PROGRAMS)}
        for program in own.glob("*.pb"):
            if program.name not in known:
                fsync_file(program)  # or a power cut could leave its name, and nothing in it
                program.rename(store / f"{program.name}.{_hash(program)}")
        remove_oldest(store.parent, _PROGRAMS_BELOW, MOST_BYTES)


def _hash(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
