"""The meeting of all workers before a training: the same package, recipe and data, or none begins.

Worker 0 listens at its address, the others connect to it and say what they are about to do. Their
connections stay open for `watch.py`. The listening ends with the meeting, and TensorFlow takes the
address over.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from kerazoo.engine.workers.cluster import Cluster, split_address
from kerazoo.engine.workers.messages import NoMessageError, receive, send
from kerazoo.errors import KerazooError

Identity = Mapping[str, str]
"""What all workers must have in common, by the name of each aspect."""

Say = Callable[[str], object]

_GREETING = "kerazoo worker 1"
_FIRST_WORD_AFTER, _FURTHER_WORDS_AFTER = 5.0, 60.0  # seconds of waiting
_HELLO_SECONDS = 5.0  # for somebody who connects to say who it is
_PAUSE = 0.2


def meet(
    cluster: Cluster, identity: Identity, say: Say, *, checkpoint: bytes = b""
) -> tuple[dict[int, socket.socket], bytes]:
    """Wait until all workers are there, and agree on what is trained.

    Args:
        cluster: the workers.
        identity: what this one is about to train, and with what.
        say: is told for whom it waits.
        checkpoint: what worker 0 goes on from; the others get it.

    Returns:
        Open connections by rank: worker 0 has one with each, each other one has one with it. And
        the checkpoint, empty if the training begins anew.

    Raises:
        KerazooError: if one does not come in time, cannot be reached, or is about to train
            something else.
    """
    with _listening(cluster) as listener, contextlib.ExitStack() as opened:
        if cluster.rank == 0:
            found = _gather(cluster, listener, identity, say, opened)
            for connection in found.values():
                with contextlib.suppress(OSError):  # the watch will say that it is gone
                    send(connection, {"begin": True}, checkpoint)
        else:
            found, checkpoint = _join(cluster, identity, say, opened)
        opened.pop_all()
    return found, checkpoint


@contextlib.contextmanager
def _listening(cluster: Cluster) -> Iterator[socket.socket]:
    """Listen at the own address: on the address itself if it is of this machine, or on all."""
    host, port = split_address(cluster.addresses[cluster.rank])
    try:
        try:
            listener = socket.create_server((host, port), family=_family_of(host))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            listener = socket.create_server(("", port))  # a translated address, as in containers
    except OSError as error:
        raise KerazooError(
            f"{cluster.name(cluster.rank)} is this one, and cannot listen there: "
            f"{error.strerror or error}. Choose another port, or check --rank."
        ) from error
    with listener:
        yield listener


def _family_of(host: str) -> socket.AddressFamily:
    return socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0][0]


class _Waiting:
    """Says now and then for whom a worker waits, and when it has waited enough."""

    def __init__(self, patience: float, say: Say) -> None:
        self.began = time.monotonic()
        self.patience = patience
        self._say = say
        self._next = _FIRST_WORD_AFTER

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.began + self.patience - time.monotonic()

    def say(self, for_whom: str) -> None:
        """Say it, unless that was said a moment ago."""
        if time.monotonic() - self.began >= self._next:
            self._next += _FURTHER_WORDS_AFTER
            self._say(f"waiting for {for_whom}, for {max(0, self.left):.0f} s more")


def _gather(
    cluster: Cluster,
    listener: socket.socket,
    identity: Identity,
    say: Say,
    opened: contextlib.ExitStack,
) -> dict[int, socket.socket]:
    """Be worker 0: wait for the others, and refuse one that differs, and with it all."""
    found: dict[int, socket.socket] = {}
    waiting = _Waiting(cluster.patience, say)
    try:
        while len(found) < len(cluster.addresses) - 1:
            missing = [k for k in range(1, len(cluster.addresses)) if k not in found]
            if waiting.left <= 0:
                raise KerazooError(
                    f"{_names(cluster, missing)} did not come within {cluster.patience:.0f} s. "
                    "Start the same command there, or leave it out of --workers."
                )
            waiting.say(_names(cluster, missing))
            listener.settimeout(min(1.0, max(waiting.left, 0.01)))
            with contextlib.suppress(TimeoutError):
                connection, _ = listener.accept()
                opened.enter_context(connection)
                rank = _hear(connection, cluster, identity, found)
                if rank is not None:
                    found[rank] = connection
    except KerazooError as error:
        for connection in found.values():
            with contextlib.suppress(OSError):
                send(connection, {"refused": str(error)})
        raise
    return found


def _hear(
    connection: socket.socket,
    cluster: Cluster,
    identity: Identity,
    found: Mapping[int, socket.socket],
) -> int | None:
    """Hear who has connected; `None` if it is no worker.

    Raises:
        KerazooError: if it is one that differs; it is told so, too.
    """
    connection.settimeout(_HELLO_SECONDS)
    try:
        hello, _ = receive(connection)
        if hello.get("greeting") != _GREETING:
            return None
        rank, theirs = int(hello["rank"]), dict(hello["identity"])
    except (OSError, EOFError, NoMessageError, ValueError, KeyError, TypeError):
        return None  # somebody else, such as a scanner of ports
    refusal = _refusal(cluster, rank, identity, theirs, found)
    if refusal is None:
        connection.settimeout(None)
        return rank
    with contextlib.suppress(OSError):
        send(connection, {"refused": refusal})
    raise KerazooError(refusal)


def _refusal(
    cluster: Cluster,
    rank: int,
    ours: Identity,
    theirs: Identity,
    found: Mapping[int, socket.socket],
) -> str | None:
    """Say why a worker cannot take part; `None` if it can."""
    if theirs.get("workers") != ours.get("workers"):
        return (
            f"a worker was started with --workers {theirs.get('workers')}, and worker 0 with "
            f"{ours.get('workers')}. Start all with the same."
        )
    if not 0 < rank < len(cluster.addresses) or rank in found:
        return f"there are two workers {rank}. Give each a --rank of its own."
    name = cluster.name(rank)
    differing = [
        f"{aspect} {theirs.get(aspect, 'absent')} (here {ours.get(aspect, 'absent')})"
        for aspect in {**ours, **theirs}
        if ours.get(aspect) != theirs.get(aspect)
    ]
    if differing:
        return (
            f"{name} differs from {cluster.name(0)}: it has {', '.join(differing)}. Start all "
            "with the same package, command and data."
        )
    try:
        socket.create_connection(split_address(cluster.addresses[rank]), _HELLO_SECONDS).close()
    except OSError as error:
        return (
            f"{name} came, and cannot be reached at its address: {error.strerror or error}. Name "
            "an address in --workers that all machines know, and open its port to them."
        )
    return None


def _join(
    cluster: Cluster, identity: Identity, say: Say, opened: contextlib.ExitStack
) -> tuple[dict[int, socket.socket], bytes]:
    """Be another worker: find worker 0, and hear whether the training begins."""
    first = cluster.name(0)
    waiting = _Waiting(cluster.patience, say)
    connection = opened.enter_context(_connect(cluster, waiting))
    # Worker 0 waits for the others as long: it is the one that says who did not come.
    connection.settimeout(2 * cluster.patience + _HELLO_SECONDS)
    try:
        send(
            connection,
            {"greeting": _GREETING, "rank": cluster.rank, "identity": dict(identity)},
        )
        answer, checkpoint = receive(connection)
    except (OSError, EOFError, NoMessageError) as error:
        raise KerazooError(
            f"{first} ended before the training began. Start the same command again on all."
        ) from error
    if "refused" in answer:
        raise KerazooError(str(answer["refused"]))
    connection.settimeout(None)
    return {0: connection}, checkpoint


def _connect(cluster: Cluster, waiting: _Waiting) -> socket.socket:
    address = split_address(cluster.addresses[0])
    while True:
        try:
            return socket.create_connection(address, min(_HELLO_SECONDS, max(waiting.left, 0.1)))
        except OSError as error:
            reason = error.strerror or str(error)
        if waiting.left <= 0:
            raise KerazooError(
                f"{cluster.name(0)} was not there within {cluster.patience:.0f} s: {reason}. Start "
                "the same command there, and check that its port is open to this machine."
            )
        waiting.say(f"{cluster.name(0)} ({reason})")
        time.sleep(_PAUSE)


def _names(cluster: Cluster, ranks: Sequence[int]) -> str:
    return " and ".join(cluster.name(rank) for rank in ranks)
