"""The workers of a training: their addresses, and which one this process is."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kerazoo.errors import KerazooError, WrongUsage

PORT = 2222
"""Where a worker listens whose port is not named."""

PATIENCE = 300.0
"""Seconds for which a worker waits for the others."""


@dataclass(frozen=True)
class Cluster:
    """All workers of a training, as one of them sees them.

    Args:
        addresses: `"host:port"` of each.
        rank: which of them this process is, from 0.
        patience: for how many seconds it waits for the others.
    """

    addresses: tuple[str, ...]
    rank: int
    patience: float = PATIENCE

    def name(self, rank: int) -> str:
        """Return what a message calls a worker.

        Example:
            >>> Cluster(("one:2222", "two:2222"), rank=0).name(1)
            'worker 1 (two:2222)'
        """
        return f"worker {rank} ({self.addresses[rank]})"


def find_cluster(
    workers: str | None,
    rank: int | None,
    environment: Mapping[str, str],
    *,
    patience: float = PATIENCE,
) -> Cluster | None:
    """Return the workers that a user, or the cluster that started this process, has named.

    Args:
        workers: addresses, separated by commas.
        rank: which of them this process is; found by the addresses of this machine otherwise.
        environment: `TF_CONFIG` in it says the same, as clusters set it; `workers` comes first.
        patience: as for `Cluster`.

    Returns:
        The workers, or `None` if there is one alone.

    Raises:
        WrongUsage: if the addresses or the rank are none.
        KerazooError: if `TF_CONFIG` is not what TensorFlow takes.

    Example:
        >>> find_cluster("one,two:2300", 1, {})
        Cluster(addresses=('one:2222', 'two:2300'), rank=1, patience=300.0)
    """
    if workers is None:
        config = environment.get("TF_CONFIG")
        found = _read_config(config) if config else None
        if found is None and rank is not None:
            raise WrongUsage(f"--rank {rank} is the number of a worker: add --workers HOSTS.")
        if found is None or len(found[0]) == 1:
            return None
        addresses, own = found
        return Cluster(addresses, own if rank is None else _checked(rank, addresses), patience)
    addresses = tuple(_with_port(one.strip()) for one in workers.split(",") if one.strip())
    if len(addresses) < 2 or len(set(addresses)) < len(addresses):
        raise WrongUsage(
            f"--workers is {workers!r}; expected two addresses or more, each once, such as "
            "one.local,two.local or 10.0.0.1:2222,10.0.0.2:2222."
        )
    rank = _rank_of_this_machine(addresses) if rank is None else _checked(rank, addresses)
    return Cluster(addresses, rank, patience)


def split_address(address: str) -> tuple[str, int]:
    """Return host and port.

    Example:
        >>> split_address("one.local:2222"), split_address("[::1]:2300")
        (('one.local', 2222), ('::1', 2300))
    """
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _with_port(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, str(PORT)
    is_whole = ":" not in host or (host.startswith("[") and host.endswith("]"))
    if not host or not is_whole or not port.isdecimal() or not 0 < int(port) < 2**16:
        raise WrongUsage(
            f"--workers names {text!r}; expected HOST or HOST:PORT, [HOST]:PORT for IPv6."
        )
    return f"{host}:{int(port)}"


def _checked(rank: int, addresses: Sequence[str]) -> int:
    if not 0 <= rank < len(addresses):
        raise WrongUsage(f"--rank is {rank}; expected 0 to {len(addresses) - 1}, one per worker.")
    return rank


def _rank_of_this_machine(addresses: Sequence[str]) -> int:
    own = [rank for rank, one in enumerate(addresses) if _is_here(split_address(one)[0])]
    if len(own) != 1:
        several = "several of the addresses are" if own else "none of the addresses is"
        raise WrongUsage(
            f"{several} of this machine: say by --rank which worker it is, from 0 to "
            f"{len(addresses) - 1}."
        )
    return own[0]


def _is_here(host: str) -> bool:
    """Tell whether an address is of this machine: only then can something listen there."""
    with contextlib.suppress(OSError):
        for family, kind, _, _, address in socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM):
            with contextlib.suppress(OSError), socket.socket(family, kind) as one:
                one.bind(address)
                return True
    return False


def _read_config(text: str) -> tuple[tuple[str, ...], int] | None:
    """Return the addresses in `TF_CONFIG` and the own rank; `None` if it names no cluster."""
    try:
        config: Any = json.loads(text)
        jobs = dict(config.get("cluster") or {})
        if not jobs:
            return None
        job, index = config["task"]["type"], int(config["task"]["index"])
        # A chief is worker 0, where a cluster has one.
        ordered = [
            (name, k) for name in ("chief", "worker") for k in range(len(jobs.get(name, ())))
        ]
        addresses = tuple(_with_port(jobs[name][k]) for name, k in ordered)
        if not addresses or not jobs.keys() <= {"chief", "worker"}:
            raise ValueError(f"its jobs are {', '.join(sorted(jobs))}")
        return addresses, ordered.index((job, index))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise KerazooError(
            f"TF_CONFIG is {text[:200]!r} ({error}); expected a cluster of workers, with or "
            "without a chief, and the task that this process is. Leave it unset to train alone."
        ) from error
