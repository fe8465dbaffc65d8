"""Two replicas train like one device with the same global batch size."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from kerazoo.errors import KerazooError
from tests.engine import small_networks as networks

pytestmark = pytest.mark.thorough

SCRIPT = Path(__file__).with_name("distributed.py")


def start(kind: str, result: Path, config: dict[str, Any] | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "TF_CONFIG": json.dumps(config)} if config else None
    command = [sys.executable, str(SCRIPT), kind, str(result)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def finish(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        try:
            _, errors = process.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            for other in processes:
                other.kill()
            raise
        assert process.returncode == 0, errors[-3000:]


def load(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def assert_same(ours: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert ours.keys() == expected.keys()
    for name, one in expected.items():
        exact = name.startswith("exact")
        tolerance = {"rtol": 1e-5, "atol": 1e-9} if exact else {"rtol": 1e-4, "atol": 1e-5}
        np.testing.assert_allclose(ours[name], one, **tolerance, err_msg=name)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """What one device computes."""
    path = tmp_path_factory.mktemp("alone") / "result.npz"
    finish(start("alone", path))
    return load(path)


def test_mirrored_strategy(tmp_path: Path, alone: dict[str, np.ndarray]) -> None:
    finish(start("mirrored", tmp_path / "result.npz"))
    assert_same(load(tmp_path / "result.npz"), alone)


def test_two_workers(tmp_path: Path, alone: dict[str, np.ndarray]) -> None:
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
    ours, others = map(load, results)
    for name, one in ours.items():
        np.testing.assert_array_equal(one, others[name])
    assert_same(ours, alone)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (lambda: networks.dense(keras.optimizers.Adam(clipnorm=1.0)), "has clipnorm"),
        (lambda: compiled(OwnStep()), "has a train_step of its own"),
    ],
)
def test_what_cannot_be_divided_is_refused(model: Callable[[], keras.Model], message: str) -> None:
    from kerazoo.engine.distribution import check_divisible

    check_divisible(networks.dense())
    with pytest.raises(KerazooError, match=message):
        check_divisible(model())


class OwnStep(keras.Model):
    def train_step(self, data: Any) -> dict[str, Any]:
        return {}


def compiled(model: keras.Model) -> keras.Model:
    model.compile("adam", "mse")
    return model
