"""A `.tflite` file of somebody else runs in a process of its own first, within limits.

LiteRT is native code and trusts the graph that it is given: one made for it can crash the process,
run for ever, or take all memory. Here that ends the trial, and not the program.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from kerazoo.errors import DamagedFile, damaged

_SECONDS = 10  # of processor time; the rows of a probe take milliseconds
_WALL_SECONDS = 120.0  # a busy machine may let it wait
_MEMORY = 2**31  # bytes, beside twenty times what the file has
_REFUSED = 3
_LOOPS = {"WHILE", "IF", "CALL", "CALL_ONCE", "CUSTOM", "STABLEHLO_WHILE", "STABLEHLO_COMPOSITE"}


def try_network(content: bytes, rows: np.ndarray, source: str) -> None:
    """Run a network on some rows in a process of its own.

    Args:
        content: a `.tflite` file.
        rows: raw input, as the network takes it.
        source: its path, for messages.

    Raises:
        DamagedFile: if LiteRT crashes, does not end, takes very much memory, refuses the file, or
            the graph holds a loop, whose end nobody knows.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        return  # there is no interpreter to start
    packed = io.BytesIO()
    np.save(packed, rows)
    code = (
        f"import sys; sys.path[:] = {sys.path!r}; from kerazoo.runtimes.trial import main; main()"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # each takes a stack of memory
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=packed.getvalue() + content,
            capture_output=True,
            timeout=_WALL_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise damaged(source, f"does not answer within {_WALL_SECONDS:g} s") from None
    if done.returncode == 0:
        return
    if done.returncode == _REFUSED:
        raise DamagedFile(done.stdout.decode(errors="replace").replace("a.tflite", source, 1))
    raise damaged(source, _describe_end(done.returncode))


def main() -> None:
    """Be the process: rows and file come on standard input, a refusal goes to standard output."""
    from kerazoo.runtimes.litert import LitertNetwork

    stream = io.BytesIO(sys.stdin.buffer.read())
    rows = np.load(stream, allow_pickle=False)
    content = stream.read()
    _limit(_MEMORY + 20 * len(content))
    try:
        network = LitertNetwork(content, "a.tflite")
        if loops := _LOOPS & network.operations():
            raise damaged("a.tflite", f"holds {', '.join(sorted(loops))}, which no export has")
        for batch in (rows, rows[:1], np.concatenate([rows, rows, rows[:1]])):
            network(batch)
    except (DamagedFile, MemoryError) as error:
        sys.stdout.write(str(error) or damaged("a.tflite", "takes too much memory").args[0])
        sys.stdout.flush()
        os._exit(_REFUSED)
    os._exit(0)  # what LiteRT does at its end is of no interest


def _limit(memory: int) -> None:
    """Bound memory, time and crash dumps, where the operating system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        largest = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (largest, largest))


def _describe_end(status: int) -> str:
    if -status in (signal.SIGXCPU, signal.SIGKILL):
        return f"does not end within {_SECONDS} s"
    if status < 0:
        return f"makes LiteRT crash ({signal.Signals(-status).name})"
    return f"could not be tried (exit status {status})"
