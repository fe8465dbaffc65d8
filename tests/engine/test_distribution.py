"""Two replicas train like one device with the same global batch size."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.thorough

SCRIPT = Path(__file__).with_name("distributed.py")


def start(kind: str, result: Path, config: dict[str, Any] | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "TF_CONFIG": json.dumps(config)} if config else None
    command = [sys.executable, str(SCRIPT), kind, str(result)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def finish(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        try:
            _, errors = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            for other in processes:
                other.kill()
            raise
        assert process.returncode == 0, errors[-3000:]


def load(path: Path) -> list[np.ndarray]:
    with np.load(path) as file:
        return [file[name] for name in file.files]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[np.ndarray]:
    """What one device computes."""
    path = tmp_path_factory.mktemp("alone") / "result.npz"
    finish(start("alone", path))
    return load(path)


def test_mirrored_strategy(tmp_path: Path, alone: list[np.ndarray]) -> None:
    finish(start("mirrored", tmp_path / "result.npz"))
    for ours, expected in zip(load(tmp_path / "result.npz"), alone, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-9)


def test_two_workers(tmp_path: Path, alone: list[np.ndarray]) -> None:
    with socket.socket() as first, socket.socket() as second:
        for listener in (first, second):
            listener.bind(("127.0.0.1", 0))
        workers = [f"127.0.0.1:{listener.getsockname()[1]}" for listener in (first, second)]
    results = [tmp_path / f"{index}.npz" for index in range(2)]
    finish(
        *(
            start(
                "worker",
                results[index],
                {"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}},
            )
            for index in range(2)
        )
    )
    for ours, others, expected in zip(*map(load, results), alone, strict=True):
        np.testing.assert_array_equal(ours, others)
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-9)
