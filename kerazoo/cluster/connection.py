"""A Ray cluster: found by its address, and the machines in it looked at before they are asked."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kerazoo._machine import holding_back_stderr
from kerazoo.cluster.worker import make_task
from kerazoo.errors import KerazooError, WrongUsage

LOCAL = "local"
_ADDRESS = re.compile(r"(?:ray://)?(?P<host>[^\s/:]+|\[[0-9a-fA-F:]+\]):(?P<port>\d{1,5})")
_PATIENCE = 5.0  # seconds, for a port to answer
_SLOW_START = 180.0  # seconds, for a worker to start on each machine


@dataclass(frozen=True)
class Cluster:
    """A cluster that this process is connected to.

    Args:
        address: as a user has written it.
        version: of this package, here and on all of its machines.
    """

    address: str
    version: str

    def processors(self) -> int:
        """Return how many there are, on the machines that are there at this moment."""
        return max(1, int(sum(node["Resources"].get("CPU", 0) for node in _nodes())))

    def check_alive(self) -> None:
        """Refuse to wait for a cluster whose machines have all died.

        Raises:
            KerazooError: saying so.
        """
        if not _nodes():
            raise KerazooError(
                f"the Ray cluster at {self.address} has no processors for tasks; start a machine "
                "with ray start --address HOST:PORT, and run the same command again."
            )


def check_ray() -> None:
    """Refuse a cluster without Ray.

    Raises:
        KerazooError: saying how to install it.
    """
    if importlib.util.find_spec("ray") is None:
        raise KerazooError(
            "--ray needs Ray, which is not installed. Install it: pip install 'kerazoo[ray]'."
        )


@contextlib.contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Connect to a cluster, and leave it at the end.

    A process that is connected to one already, with `ray.init`, keeps that connection.

    Args:
        address: `"local"` starts a cluster of this machine alone, which ends with this process;
            `host:port`, the address of its head, is the one that this machine belongs to;
            `ray://host:port` is one that this machine does not belong to.

    Raises:
        WrongUsage: if it is no address.
        KerazooError: if Ray is not installed, nothing answers at the address, or a machine has
            another version of this package.
    """
    check_ray()
    found = _ADDRESS.fullmatch(address)
    if address != LOCAL and found is None:
        raise WrongUsage(
            f"--ray {address} is no address of a cluster; expected local, HOST:PORT or "
            "ray://HOST:PORT."
        )
    if found is not None:
        _check_port(address, found["host"].strip("[]"), int(found["port"]))
    # Ray tells of processors that it hides from tasks without a GPU, which hides nothing here.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if address == LOCAL:  # Ray gives its workers way to all other processes of a machine
        os.environ.setdefault("RAY_worker_niceness", "0")
    import ray

    from kerazoo import __version__

    cluster = Cluster(address, __version__)
    if ray.is_initialized():
        _check_versions(cluster)
        yield cluster
        return
    _connect(address)
    try:
        _check_versions(cluster)
        yield cluster
    finally:
        ray.shutdown()


def _check_port(address: str, host: str, port: int) -> None:
    """Refuse an address where nobody listens: Ray itself would try for minutes."""
    try:
        socket.create_connection((host, port), timeout=_PATIENCE).close()
    except (OSError, OverflowError) as error:
        raise _no_cluster(address, getattr(error, "strerror", None) or str(error)) from error


def _connect(address: str) -> None:
    import ray

    settings: dict[str, Any] = {"address": address}
    if address == LOCAL:
        settings["include_dashboard"] = False
    with holding_back_stderr():  # Ray says the same at every attempt
        try:
            ray.init(logging_level=logging.ERROR, log_to_driver=False, **settings)
        except (OSError, RuntimeError, ValueError, ImportError) as error:
            ray.shutdown()
            raise _no_cluster(address, str(error)) from error


def _no_cluster(address: str, reason: str) -> KerazooError:
    text = " ".join(reason.split()).rstrip(".")[:300]
    return KerazooError(
        f"no Ray cluster answers at {address}: {text}. Start one with ray start --head, pass "
        "--ray local, or set the RAY_AUTH_TOKEN of its machines."
    )


def _nodes() -> list[dict[str, Any]]:
    """Return the machines of the cluster that are there, and take work."""
    import ray

    nodes = [node for node in ray.nodes() if node["Alive"]]
    return [node for node in nodes if node["Resources"].get("CPU", 0) >= 1]


def _check_versions(cluster: Cluster) -> None:
    """Refuse machines that lack this package, or have another version of it."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    cluster.check_alive()
    nodes = _nodes()
    task: Any = ray.remote(num_cpus=0, max_retries=3)(make_task())
    asked = {}
    for node in nodes:
        here = NodeAffinitySchedulingStrategy(node["NodeID"], soft=True)
        one = task.options(scheduling_strategy=here).remote(cluster.version, "", "", [], None)
        asked[one] = node.get("NodeManagerAddress", node["NodeID"])
    answered, silent = ray.wait(list(asked), num_returns=len(asked), timeout=_SLOW_START)
    if silent:
        raise KerazooError(
            f"the machine {asked[silent[0]]} of the Ray cluster at {cluster.address} has started "
            f"no worker in {_SLOW_START:.0f} s; look at it with ray status."
        )
    for one in answered:
        check_answer(ray.get(one), cluster, asked[one])


def check_answer(answer: tuple[str, Any], cluster: Cluster, machine: str = "") -> None:
    """Raise what a worker's answer says, unless it has done what it was asked for.

    Args:
        answer: what the task gave.
        cluster: which it ran on.
        machine: which it ran on, if it is known.
    """
    kind, value = answer
    where = f"the machine {machine} of the Ray cluster" if machine else "a machine of the cluster"
    if kind == "refused":
        raise value
    if kind == "missing":
        raise KerazooError(
            f"{where} cannot import kerazoo ({value}), here is {cluster.version}; install it "
            f"there: pip install kerazoo=={cluster.version}."
        )
    if kind == "version":
        raise KerazooError(
            f"{where} has kerazoo {value}, here is {cluster.version}; install one version on all: "
            f"pip install kerazoo=={cluster.version}."
        )
