"""One training by several processes: what comes out, and what happens when one of them goes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CompletedProcess

import keras
import numpy as np
import pytest

import kerazoo
from tests.processes import Started, run_forked, start_forked

pytestmark = pytest.mark.thorough

EPOCHS = 30
IN_TIME = 200.0  # a busy machine: alone it takes a tenth

Finished = list[CompletedProcess[str]]


def addresses(count: int) -> str:
    """Addresses of this machine that are free now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return ",".join(f"127.0.0.1:{one.getsockname()[1]}" for one in sockets)


def write_checkpoint_after_every_epoch() -> None:
    from kerazoo.engine.checkpoints.checkpointer import Checkpointer

    Checkpointer.is_due = lambda self: True  # type: ignore[method-assign]


def fill_the_disk_soon() -> None:
    """Let no file grow past a few bytes, as a full disk does."""
    import resource

    write_checkpoint_after_every_epoch()
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


def start(
    folder: Path,
    *arguments: object,
    count: int = 2,
    first: Callable[[], object] = write_checkpoint_after_every_epoch,
) -> list[Started]:
    """Start a command on every worker, each in a folder of its own.

    Args:
        folder: holds those of all workers.
        arguments: of the command.
        count: how many workers.
        first: what worker 0 calls before.
    """
    workers = addresses(count)
    started = []
    for rank in range(count):
        own = folder / str(rank)
        own.mkdir(parents=True, exist_ok=True)
        given = ("--workers", workers, "--rank", rank, "--quiet", *arguments)
        before = None if rank else first
        started.append(start_forked("train", "xor", *given, cwd=own, before=before))
    return started


def finish(started: Sequence[Started]) -> Finished:
    return [one.finish(IN_TIME) for one in started]


def kill_at(epoch: int, history: Path, victim: Started) -> None:
    """Kill a worker once so many epochs are in the history of worker 0."""
    until = time.monotonic() + IN_TIME
    while not history.exists() or len(history.read_bytes().splitlines()) < epoch:
        assert victim.process.exitcode is None
        assert time.monotonic() < until
        time.sleep(0.002)
    os.kill(victim.process.pid, signal.SIGKILL)


def weights(folder: Path) -> list[np.ndarray]:
    model: keras.Model = kerazoo.load_model(folder / "runs" / "xor")
    return list(model.get_weights())


def values(folder: Path) -> list[dict[str, float]]:
    """What was noted of each epoch, but for the time it took."""
    lines = (folder / "runs" / "xor" / "history.jsonl").read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in lines]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two workers come to if nobody is killed."""
    folder = tmp_path_factory.mktemp("untouched")
    for done in finish(start(folder, "--epochs", EPOCHS)):
        assert done.returncode == 0, done.stderr
    return folder / "0"


def test_two_workers_come_to_what_one_does(untouched: Path, tmp_path: Path) -> None:
    assert run_forked("train", "xor", "--epochs", EPOCHS, "--quiet", cwd=tmp_path).returncode == 0
    for ours, alone in zip(weights(untouched), weights(tmp_path), strict=True):
        np.testing.assert_allclose(ours, alone, rtol=1e-5, atol=1e-5)
    assert os.listdir(untouched / "runs") == ["xor"]
    assert os.listdir(untouched.parent / "1") == []


def test_kills_of_a_worker_and_of_the_first_one_are_survived(
    untouched: Path, tmp_path: Path
) -> None:
    history = tmp_path / "0" / "runs" / "xor" / "history.jsonl"
    for victim, epoch, how in ((1, 8, ()), (0, 16, ("--resume",))):
        started = start(tmp_path, "--epochs", EPOCHS, *how)
        kill_at(epoch, history, started[victim])
        survivor = finish(started)[1 - victim]
        assert survivor.returncode == 1
        line = survivor.stderr.strip().splitlines()[-1]
        assert f"error: worker {victim} (127.0.0.1:" in line
        assert "is gone" in line
        assert "with --resume, goes on from epoch" in line
    for done in finish(start(tmp_path, "--epochs", EPOCHS, "--resume")):
        assert done.returncode == 0, done.stderr
    for ours, expected in zip(weights(tmp_path / "0"), weights(untouched), strict=True):
        np.testing.assert_array_equal(ours, expected)
    assert values(tmp_path / "0") == values(untouched)
    assert os.listdir(tmp_path / "1") == []


def test_four_workers(untouched: Path, tmp_path: Path) -> None:
    for done in finish(start(tmp_path, "--epochs", EPOCHS, count=4)):
        assert done.returncode == 0, done.stderr
    for ours, expected in zip(weights(tmp_path / "0"), weights(untouched), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-5)


def test_a_full_disk_of_the_first_worker_is_said_by_all(tmp_path: Path) -> None:
    first, other = finish(start(tmp_path, "--epochs", EPOCHS, first=fill_the_disk_soon))
    assert first.returncode == other.returncode == 1
    assert "File too large" in first.stderr
    line = other.stderr.strip().splitlines()[-1]
    assert "error: worker 0 (127.0.0.1:" in line
    assert "has ended: File too large" in line


def test_a_worker_that_does_not_come_is_said(tmp_path: Path) -> None:
    given = ("--workers", addresses(2), "--rank", 1, "--wait", 1)
    done = run_forked("train", "xor", *given, cwd=tmp_path)
    assert done.returncode == 1
    assert "worker 0 (127.0.0.1:" in done.stderr
    assert "was not there within 1 s: Connection refused" in done.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["vgg_transfer", "word2vec"])
def test_what_cannot_be_shared_is_refused(name: str, tmp_path: Path) -> None:
    given = ("--workers", addresses(2), "--rank", 1, "--wait", 1)
    done = run_forked("train", name, *given, cwd=tmp_path)
    assert done.returncode == 1
    assert "leave out --workers" in done.stderr


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--workers", "one"), "two addresses or more"),
        (("--rank", "1"), "add --workers HOSTS"),
        (("--workers", "one,two", "--rank", "0", "--seeds", "3"), "leave out --seeds"),
    ],
)
def test_wrong_usage_is_said(given: tuple[str, ...], message: str, tmp_path: Path) -> None:
    done = run_forked("train", "xor", *given, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
