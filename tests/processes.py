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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["tensorflow", "keras", "kerazoo.cli", "kerazoo.engine.resident"])


def run_forked(
    *arguments: object, input: str | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `kerazoo` with some arguments, as `subprocess.run` would.

    Args:
        arguments: what follows `kerazoo` on the command line.
        input: what it finds on standard input; without it, nothing.
        cwd: the folder it runs in.
    """
    words = ["kerazoo", *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("input", "output", "error")]
        streams[0].write_text(input or "")
        where = str(cwd or Path.cwd())
        process = _server.Process(target=_run, args=(words, streams, where, dict(os.environ)))
        process.start()
        process.join()
        output, error = (path.read_text() for path in streams[1:])
    assert process.exitcode is not None
    return subprocess.CompletedProcess(words, process.exitcode, output, error)


def _run(words: list[str], streams: list[Path], cwd: str, environment: Mapping[str, Any]) -> None:
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

    from kerazoo.cli import main

    main()
