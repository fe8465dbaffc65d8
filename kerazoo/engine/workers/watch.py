"""The watch over the other workers: when one goes, the others end within seconds, with a word.

Each worker sends a beat to worker 0 every second, and hears one from it. Whoever is killed closes
its connection, which is noticed at once; a machine without power or network is noticed as it is not
heard of any more. Worker 0 tells all others who was lost.

A graph that waits for numbers of a lost worker is aborted, so that Python gets to know. If it does
not, as inside of a library that hangs, the process ends without it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kerazoo.engine.workers.cluster import Cluster
from kerazoo.engine.workers.messages import NoMessageError, receive, send

SILENCE = 30.0
"""After so many seconds without a beat a worker counts as lost."""

_BEAT_SECONDS = 1.0
_GRACE = 20.0  # seconds for a training to end by itself, once a worker is lost
_FAREWELL, _FAREWELL_WITH_REASON = 60.0, 3.0  # seconds for the others to be done, too


@dataclass(frozen=True)
class Loss:
    """A worker that is gone.

    Args:
        text: which one, and how it was noticed.
        epoch: the next epoch of the last checkpoint that is known of; `None` if there is none.
    """

    text: str
    epoch: int | None

    @property
    def message(self) -> str:
        """What all others say as they end."""
        return f"{self.text}. {how_to_go_on(self.epoch)}"


def how_to_go_on(epoch: int | None) -> str:
    """Say what becomes of a training that was broken off."""
    if epoch is None:
        return "There was no checkpoint yet: start the same command again on all, with --force."
    return f"The same command on all, with --resume, goes on from epoch {epoch + 1}."


class Watch:
    """Watches over the workers that this one is connected to, in threads of its own.

    Args:
        cluster: the workers.
        connections: an open one for each rank, as `meet` returns them.
        abort: ends what waits for a lost worker.
        epoch: tells the next epoch of the checkpoint that there is; asked by worker 0 alone.
        silence: after how many seconds a worker counts as lost.
    """

    def __init__(
        self,
        cluster: Cluster,
        connections: Mapping[int, socket.socket],
        *,
        abort: Callable[[str], object],
        epoch: Callable[[], int | None],
        silence: float = SILENCE,
    ) -> None:
        self.loss: Loss | None = None
        self._cluster = cluster
        self._connections = dict(connections)
        self._abort = abort
        self._epoch = epoch
        self._heard_epoch: int | None = None
        self._left: set[int] = set()
        self._leaves = self._ends = False
        self._sending = threading.Lock()
        self._changed = threading.Condition()
        for rank, connection in self._connections.items():
            connection.settimeout(silence)
            threading.Thread(target=self._listen, args=(rank,), daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether this worker has left."""
        return self._ends

    def wait_for_loss(self, seconds: float) -> Loss | None:
        """Return who is gone; wait for the news a moment, as TensorFlow may have noticed first."""
        with self._changed:
            self._changed.wait_for(lambda: self.loss is not None, seconds)
        return self.loss

    def leave(self, reason: str = "") -> None:
        """Say good-bye to the others, wait until they have heard it, and stop watching.

        Args:
            reason: why this worker ends before the training does; empty if it is done.
        """
        with self._changed:
            is_news, self._leaves = self.loss is None, True
        if is_news:
            self._send_all({"left": reason})
            with self._changed:
                # Who is done waits for all: another one may still want numbers. Who ends early is
                # answered by the end of the others.
                self._changed.wait_for(
                    lambda: self.loss or self._left >= self._connections.keys(),
                    _FAREWELL_WITH_REASON if reason else _FAREWELL,
                )
        self._ends = True
        for connection in self._connections.values():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _beat(self) -> None:
        while not self._ends:
            beat: dict[str, Any] = {"beat": True}
            if not self._cluster.rank:
                beat["epoch"] = self._epoch()
            self._send_all(beat)
            time.sleep(_BEAT_SECONDS)

    def _send_all(self, message: Mapping[str, Any]) -> None:
        with self._sending:
            for connection in self._connections.values():
                with contextlib.suppress(OSError):  # whoever listens to it notices, too
                    send(connection, message)

    def _listen(self, rank: int) -> None:
        """Hear what one worker says, until it leaves or is lost."""
        name = self._cluster.name(rank)
        connection = self._connections[rank]
        try:
            while True:
                message, _ = receive(connection)
                if "lost" in message:
                    self._lose(Loss(str(message["lost"]), message.get("epoch")))
                    return
                if "left" in message:
                    break
                self._heard_epoch = message.get("epoch", self._heard_epoch)
        except TimeoutError:
            silence = connection.gettimeout() or 0
            self._lose(self._loss(f"{name} has not been heard of for {silence:.0f} s"))
        except (OSError, EOFError, NoMessageError):
            self._lose(self._loss(f"{name} is gone: its process or its machine has ended"))
        else:
            if message["left"]:
                self._lose(self._loss(f"{name} has ended: {message['left']}"))
            with self._changed:
                self._left.add(rank)
                self._changed.notify_all()

    def _loss(self, text: str) -> Loss:
        return Loss(text, self._heard_epoch if self._cluster.rank else self._epoch())

    def _lose(self, loss: Loss) -> None:
        """Let all know that a worker is gone; the first news counts. Who leaves knows already."""
        with self._changed:
            if self._ends or self.loss is not None:
                return
            self.loss = loss
            self._changed.notify_all()
            if self._leaves:
                return
        if not self._cluster.rank:
            self._send_all({"lost": loss.text, "epoch": loss.epoch})
        self._abort(loss.text)
        time.sleep(_GRACE)
        if not self._ends:
            print(f"error: {loss.message}", file=sys.stderr, flush=True)
            os._exit(1)
