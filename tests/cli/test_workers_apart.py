"""Two workers on two machines, as far as the network tells: a wire between them, which is cut."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

NAMES = [f"kerazoo{os.getpid()}{side}" for side in "ab"]
HOSTS = ("10.211.7.1", "10.211.7.2")
IN_TIME = 240.0  # a busy machine: silence is noticed after 30 s, and the training begins in 10


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=20)


@pytest.fixture
def namespaces() -> Iterator[list[str]]:
    """Two network namespaces with a wire between them."""
    if shutil.which("ip") is None:
        pytest.skip("ip is not installed")
    wires = [f"kz{os.getpid() % 10**6}{side}" for side in "ab"]
    try:
        for name in NAMES:
            ip("netns", "add", name)
        ip("link", "add", wires[0], "type", "veth", "peer", "name", wires[1])
        for name, wire, host in zip(NAMES, wires, HOSTS, strict=True):
            ip("link", "set", wire, "netns", name)
            ip("-n", name, "addr", "add", f"{host}/24", "dev", wire)
            ip("-n", name, "link", "set", wire, "up")
            ip("-n", name, "link", "set", "lo", "up")
    except (subprocess.CalledProcessError, OSError) as error:
        for name in NAMES:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        pytest.skip(f"network namespaces are not allowed here: {error}")
    yield wires
    for name in NAMES:
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def test_a_wire_that_is_cut_ends_both(namespaces: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kerazoo", "train", "xor", "--epochs", "100000"]
    command += ["--workers", ",".join(HOSTS), "--quiet"]  # each finds itself by its address
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    started = []
    for rank, name in enumerate(NAMES):
        own = tmp_path / str(rank)
        own.mkdir()
        started.append(
            subprocess.Popen(
                ["ip", "netns", "exec", name, *command],
                cwd=own,
                env=environment,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    history = tmp_path / "0" / "runs" / "xor" / "history.jsonl"
    until = time.monotonic() + IN_TIME
    while not (history.exists() and history.stat().st_size):
        assert all(one.poll() is None for one in started), started[0].communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.1)
    ip("-n", NAMES[0], "link", "set", namespaces[0], "down")
    for rank, one in enumerate(started):
        _, errors = one.communicate(timeout=IN_TIME)
        assert one.returncode == 1
        assert f"worker {1 - rank} ({HOSTS[1 - rank]}:2222) has not been heard of" in errors
