"""The command line in a process of its own for every call, without importing TensorFlow each time.

A server process imports what every command needs and runs nothing itself; each call is a fork of
it. That saves several seconds of a call that otherwise has the same processes, files and streams.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["tensorflow", "keras", "kerazoo.cli", "kerazoo.engine.resident"])


@dataclass(frozen=True)
class Started:
    """A command that runs."""

    words: list[str]
    process: Any
    folder: tempfile.TemporaryDirectory[str]

    def finish(self, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
        """Wait for its end, and return what came out; kill it after `timeout` seconds."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        output, error = (Path(self.folder.name, name).read_text() for name in ("output", "error"))
        self.folder.cleanup()
        return subprocess.CompletedProcess(self.words, self.process.exitcode, output, error)


def start_forked(
    *arguments: object,
    input: str | None = None,
    cwd: Path | None = None,
    before: Callable[[], object] | None = None,
) -> Started:
    """Start `kerazoo` with some arguments, as `subprocess.Popen` would.

    Args:
        arguments: what follows `kerazoo` on the command line.
        input: what it finds on standard input; without it, nothing.
        cwd: the folder it runs in.
        before: a function of a module that is called in the process before.
    """
    words = ["kerazoo", *map(str, arguments)]
    folder = tempfile.TemporaryDirectory()
    streams = [Path(folder.name, name) for name in ("input", "output", "error")]
    streams[0].write_text(input or "")
    where = str(cwd or Path.cwd())
    given = (words, streams, where, dict(os.environ), before)
    process = _server.Process(target=_run, args=given)
    process.start()
    return Started(words, process, folder)


def run_forked(
    *arguments: object, input: str | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `kerazoo` with some arguments, as `subprocess.run` would; see `start_forked`."""
    return start_forked(*arguments, input=input, cwd=cwd).finish()


def _run(
    words: list[str],
    streams: list[Path],
    cwd: str,
    environment: Mapping[str, Any],
    before: Callable[[], object] | None,
) -> None:
    """Be the command line: in the forked process."""
    for number, path in enumerate(streams):
        stream = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  (multiprocessing closed it)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = words

    if before is not None:
        before()

    from kerazoo.cli import main

    main()
