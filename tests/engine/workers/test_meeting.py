"""All workers come and agree, or none begins; and a watch notices who goes."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any

import pytest

from kerazoo.engine.workers.cluster import Cluster, split_address
from kerazoo.engine.workers.meeting import meet
from kerazoo.engine.workers.messages import NoMessageError, receive, send
from kerazoo.engine.workers.watch import Watch
from kerazoo.errors import KerazooError

SAME = {"workers": "all", "kerazoo": "1.2.3", "data": "abc"}


def clusters(count: int, patience: float = 10.0) -> list[Cluster]:
    with contextlib.ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        addresses = tuple(f"127.0.0.1:{one.getsockname()[1]}" for one in sockets)
    return [Cluster(addresses, rank, patience) for rank in range(count)]


@contextlib.contextmanager
def meeting(
    workers: list[Cluster], identities: Mapping[int, Mapping[str, str]] | None = None, **options
) -> Iterator[list[Future[Any]]]:
    """Let workers meet at the same time, each in a thread."""
    with ThreadPoolExecutor(len(workers)) as pool:
        yield [
            pool.submit(meet, one, (identities or {}).get(one.rank, SAME), print, **options)
            for one in workers
        ]


def knock(address: str) -> socket.socket:
    """Connect to a worker, as soon as its thread listens."""
    until = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(split_address(address), timeout=10)
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def test_all_meet_and_get_the_checkpoint() -> None:
    workers = clusters(3)
    with meeting(workers[:1], checkpoint=b"x" * 3_000_000) as first, meeting(workers[1:]) as others:
        found = [one.result() for one in [*first, *others]]
    assert found[0][0].keys() == {1, 2}
    for connections, checkpoint in found[1:]:
        assert connections.keys() == {0}
        assert checkpoint == b"x" * 3_000_000
    for connections, _ in found:
        for connection in connections.values():
            connection.close()


@pytest.mark.parametrize(
    ("aspect", "theirs", "message"),
    [
        ("kerazoo", "1.2.4", r"worker 1 .* differs from worker 0 .* kerazoo 1.2.4 \(here 1.2.3\)"),
        ("data", "xyz", r"it has data xyz \(here abc\)"),
        ("workers", "two,one", "started with --workers two,one, and worker 0 with all"),
    ],
)
def test_who_differs_is_refused_on_both_sides(aspect: str, theirs: str, message: str) -> None:
    with meeting(clusters(2), {1: {**SAME, aspect: theirs}}) as results:
        for one in results:
            with pytest.raises(KerazooError, match=message):
                one.result()


def test_one_that_differs_ends_the_meeting_for_all() -> None:
    workers = clusters(3)
    with meeting(workers[:2]) as results:
        time.sleep(0.5)  # worker 1 has come
        with pytest.raises(KerazooError, match="data xyz"):
            meet(workers[2], {**SAME, "data": "xyz"}, print)
        for one in results:
            with pytest.raises(KerazooError, match=r"worker 2 .* data xyz"):
                one.result()


def test_two_of_one_rank_are_refused() -> None:
    first, second, _ = clusters(3)
    with meeting([first]) as (result,):
        connections = [knock(first.addresses[0]) for _ in range(2)]
        with socket.create_server(split_address(second.addresses[1])):
            for one in connections:
                send(one, {"greeting": "kerazoo worker 1", "rank": 1, "identity": SAME})
            with pytest.raises(KerazooError, match="two workers 1"):
                result.result()
        for one in connections:
            one.close()


def test_who_never_comes_is_named() -> None:
    workers = clusters(2, patience=0.4)
    with pytest.raises(KerazooError, match=r"worker 1 \(127.* did not come within 0 s"):
        meet(workers[0], SAME, print)
    with pytest.raises(KerazooError, match=r"worker 0 \(127.* was not there .*refused"):
        meet(workers[1], SAME, print)


def test_a_host_that_does_not_exist_is_named() -> None:
    address = "127.0.0.1:" + clusters(1)[0].addresses[0].rpartition(":")[2]
    with pytest.raises(KerazooError, match=r"nowhere\.invalid:2222\) was not there"):
        meet(Cluster(("nowhere.invalid:2222", address), 1, 0.1), SAME, print)


def test_a_port_that_is_taken_is_named() -> None:
    (one, _) = clusters(2)
    with (
        socket.create_server(split_address(one.addresses[0])),
        pytest.raises(KerazooError, match=r"cannot listen there: .*[Aa]ddress already in use"),
    ):
        meet(one, SAME, print)


def test_strangers_are_ignored() -> None:
    workers = clusters(2)
    with meeting(workers[:1]) as (first,):
        for content in (b"GET / HTTP/1.0\r\n\r\n", b"", b"\0\0\0\2{}", b"\0\0\0\4null"):
            with knock(workers[0].addresses[0]) as stranger:
                stranger.sendall(content)
        with meeting(workers[1:]) as (second,):
            assert second.result()[0].keys() == {0}
        assert first.result()[0].keys() == {1}


def test_who_cannot_be_reached_at_its_address_is_refused() -> None:
    first, _ = clusters(2)
    with meeting([first]) as (result,):
        with knock(first.addresses[0]) as second:
            send(second, {"greeting": "kerazoo worker 1", "rank": 1, "identity": SAME})
            answer, _ = receive(second)
        assert "cannot be reached at its address" in answer["refused"]
        with pytest.raises(KerazooError, match="cannot be reached"):
            result.result()


def test_a_message_may_be_no_larger_than_expected() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"\xff\xff\xff\xff")
        with pytest.raises(NoMessageError, match="at most"):
            receive(ours)


class Watched:
    """Three workers that watch one another, in one process."""

    def __init__(
        self, silence: float = 30.0, epoch: int | None = 4, alive: tuple[int, ...] = (0, 1, 2)
    ) -> None:
        self.aborted: dict[int, str] = {}
        self.changed = threading.Condition()
        self.pairs = {rank: socket.socketpair() for rank in (1, 2)}
        workers = [Cluster(("one:1", "two:2", "three:3"), rank) for rank in range(3)]
        connections = {0: {rank: pair[0] for rank, pair in self.pairs.items()}}
        connections |= {rank: {0: pair[1]} for rank, pair in self.pairs.items()}
        self.watches = [
            Watch(
                one,
                connections[one.rank],
                abort=partial(self.abort, one.rank),
                epoch=lambda: epoch,
                silence=silence,
            )
            for one in workers
            if one.rank in alive
        ]

    def abort(self, rank: int, text: str) -> None:
        with self.changed:
            self.aborted[rank] = text
            self.changed.notify_all()

    def wait_for_aborts(self, *ranks: int) -> bool:
        # A worker is aborted after it tells of the loss, by another thread.
        with self.changed:
            return self.changed.wait_for(lambda: self.aborted.keys() >= set(ranks), 10)

    def leave(self, *reasons: str) -> None:
        threads = [
            threading.Thread(target=watch.leave, args=(reason,))
            for watch, reason in zip(self.watches, reasons, strict=True)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join(10)
            assert not one.is_alive()


@pytest.fixture
def watched() -> Callable[..., Watched]:
    return Watched


def test_all_hear_of_a_worker_that_is_gone(watched: Callable[..., Watched]) -> None:
    three = watched()
    three.pairs[2][1].shutdown(socket.SHUT_RDWR)  # as when its process is killed
    for watch in three.watches[:2]:
        loss = watch.wait_for_loss(10)
        assert loss is not None
        assert "worker 2 (three:3) is gone" in loss.message
        assert "goes on from epoch 5" in loss.message
    assert three.wait_for_aborts(0, 1)
    three.leave("", "", "")


def test_all_hear_of_the_first_worker(watched: Callable[..., Watched]) -> None:
    # Worker 0 does not watch here: it would tell one that the other is gone.
    two = watched(epoch=None, alive=(1, 2))
    for pair in two.pairs.values():
        pair[0].shutdown(socket.SHUT_RDWR)
    for watch in two.watches:
        loss = watch.wait_for_loss(10)
        assert loss is not None
        assert "worker 0 (one:1) is gone" in loss.message
        assert "no checkpoint yet" in loss.message
    two.leave("", "")


def test_all_hear_why_a_worker_ends(watched: Callable[..., Watched]) -> None:
    three = watched()
    three.watches[1].leave("the disk is full")
    for watch in (three.watches[0], three.watches[2]):
        loss = watch.wait_for_loss(10)
        assert loss is not None
        assert loss.text == "worker 1 (two:2) has ended: the disk is full"
    three.leave("", "", "")


def test_a_worker_that_says_nothing_any_more_is_lost() -> None:
    ours, theirs = socket.socketpair()
    aborted: SimpleQueue[str] = SimpleQueue()
    cluster = Cluster(("one:1", "two:2"), 0)
    watch = Watch(cluster, {1: ours}, abort=aborted.put, epoch=lambda: None, silence=0.2)
    with theirs:
        loss = watch.wait_for_loss(10)
        assert loss is not None
        assert "worker 1 (two:2) has not been heard of" in loss.text
        # A worker is aborted after it tells of the loss, by another thread.
        assert aborted.get(timeout=10) == loss.text
        watch.leave()
    assert aborted.empty()


def test_who_is_done_is_not_lost(watched: Callable[..., Watched]) -> None:
    three = watched()
    three.leave("", "", "")
    assert [watch.loss for watch in three.watches] == [None] * 3
    assert three.aborted == {}
