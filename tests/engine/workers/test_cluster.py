"""Who the workers are, from the command line or from `TF_CONFIG`."""

from __future__ import annotations

import json
import socket

import pytest

from kerazoo.engine.workers.cluster import Cluster, find_cluster, split_address
from kerazoo.errors import KerazooError, WrongUsage


def config(**settings) -> dict[str, str]:
    return {"TF_CONFIG": json.dumps(settings)}


def test_addresses_get_a_port_and_a_rank() -> None:
    found = find_cluster("one, two:2300,[::1]", 2, {}, patience=7)
    assert found == Cluster(("one:2222", "two:2300", "[::1]:2222"), 2, 7)
    assert split_address(found.addresses[2]) == ("::1", 2222)


def test_a_machine_finds_itself_by_its_address() -> None:
    found = find_cluster("one.invalid,127.0.0.1", None, {})
    assert found is not None
    assert found.rank == 1


@pytest.mark.parametrize("workers", ["one.invalid,two.invalid", "127.0.0.1:1,127.0.0.1:2"])
def test_a_machine_that_cannot_tell_asks_for_a_rank(workers: str) -> None:
    with pytest.raises(WrongUsage, match="say by --rank"):
        find_cluster(workers, None, {})


def test_nobody_named_is_nobody() -> None:
    assert find_cluster(None, None, {}) is None
    assert find_cluster(None, None, {"TF_CONFIG": ""}) is None
    assert find_cluster(None, None, config(task={"type": "worker", "index": 0})) is None
    one = config(cluster={"worker": ["one:1"]}, task={"type": "worker", "index": 0})
    assert find_cluster(None, None, one) is None


def test_tf_config_names_them_as_clusters_do() -> None:
    cluster = {"chief": ["one:1"], "worker": ["two:2", "three:3"]}
    found = find_cluster(None, None, config(cluster=cluster, task={"type": "worker", "index": 1}))
    assert found == Cluster(("one:1", "two:2", "three:3"), 2)
    found = find_cluster(None, None, config(cluster=cluster, task={"type": "chief", "index": 0}))
    assert found is not None
    assert found.rank == 0


def test_the_command_line_comes_before_tf_config() -> None:
    cluster = config(cluster={"worker": ["a:1", "b:2"]}, task={"type": "worker", "index": 1})
    assert find_cluster("one,two", 0, cluster) == Cluster(("one:2222", "two:2222"), 0)


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        json.dumps({"cluster": {"worker": ["a:1", "b:2"]}}),
        json.dumps(
            {"cluster": {"worker": ["a:1"], "ps": ["b:2"]}, "task": {"type": "ps", "index": 0}}
        ),
        json.dumps({"cluster": {"worker": ["a:1", "b:2"]}, "task": {"type": "worker", "index": 5}}),
    ],
)
def test_a_tf_config_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(KerazooError, match=r"TF_CONFIG is .* Leave it unset"):
        find_cluster(None, None, {"TF_CONFIG": text})


@pytest.mark.parametrize(
    ("workers", "rank", "message"),
    [
        ("one", 0, "two addresses or more"),
        ("one,one", 0, "each once"),
        ("one,two:port", 0, "HOST:PORT"),
        ("one,two:70000", 0, "HOST:PORT"),
        ("one,::1", 0, "for IPv6"),
        ("one,two", 2, "expected 0 to 1"),
        (None, 1, "add --workers"),
    ],
)
def test_what_names_no_workers_is_refused(workers: str | None, rank: int, message: str) -> None:
    with pytest.raises(WrongUsage, match=message):
        find_cluster(workers, rank, {})


def test_the_loopback_has_a_name() -> None:
    """What the tests of this folder take for granted."""
    assert socket.gethostbyname("localhost") == "127.0.0.1"
