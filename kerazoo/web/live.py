"""What a page knows of a training while it runs: its curves, its latest epochs, the time left.

A training writes here what it has, and never waits. What is sent is a whole state, of limited size:
of a long training every second, fourth ... epoch is drawn. It is made only if a page listens, and
once more for each page that comes, so that a training without a page pays for a list alone.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

from kerazoo.web.events import Publisher

Phase = Literal["preparing", "training", "judging", "finished", "interrupted", "failed"]
STATE = "state"
"""The name of the event."""

_MOST_POINTS = 400  # of a curve, which is about as many as can be told apart
_LATEST = 12  # epochs with their numbers
_TELLING = 20  # epochs that say how long the next ones take


@dataclass(frozen=True)
class Epoch:
    """What a page is told of an epoch.

    Args:
        number: from 1 on, over all stages.
        values: loss and metrics by name; those of validation begin with `val_`.
        seconds: how long it took.
    """

    number: int
    values: Mapping[str, float]
    seconds: float


class LiveTraining:
    """The state of a training, for any number of pages.

    Args:
        name: the network.
        monitor: the value that decides which epoch is kept, if one does.
        is_lower_better: whether a low `monitor` is good.
        seeds: how many are trained.

    Example:
        >>> live = LiveTraining("xor")
        >>> live.begin(seed=0)
        >>> live.expect(100)
        >>> live.add([Epoch(1, {"loss": 0.5}, 0.01)])
        >>> live.state()["phase"], live.state()["rows"]
        ('training', [[1, 0.5]])
    """

    def __init__(
        self, name: str, *, monitor: str = "", is_lower_better: bool = True, seeds: int = 1
    ) -> None:
        self.publisher = Publisher()
        self._name = name
        self._monitor = monitor
        self._is_lower_better = is_lower_better
        self._seeds = seeds
        self._done: list[dict[str, Any]] = []
        self._message = ""
        self._lock = threading.RLock()
        self.begin(0)

    def begin(self, seed: int, earlier: Sequence[Epoch] = ()) -> None:
        """Begin with a seed.

        Args:
            seed: which.
            earlier: epochs of a training that goes on.
        """
        with self._lock:
            self._seed = seed
            self._phase: Phase = "preparing"
            self._epochs = {one.number: one for one in earlier}
            self._total = 0
            self._first = 0  # epochs of the first call, whose time is that of compiling, mostly
            self._started = time.monotonic()
        self._tell()

    def expect(self, total: int) -> None:
        """Say how many epochs there are at most, with those of the stages before."""
        with self._lock:
            self._total = total
            self._phase = "preparing"
            self._first = 0
        self._tell()

    def add(self, epochs: Sequence[Epoch]) -> None:
        """Add epochs that are done."""
        with self._lock:
            if not self._first:
                # A checkpoint may be older than the last line that was noted.
                begin, self._first = epochs[0].number, epochs[-1].number
                self._epochs = {n: one for n, one in self._epochs.items() if n < begin}
            self._epochs.update({one.number: one for one in epochs})
            self._phase = "training"
        self._tell()

    def judge(self) -> None:
        """Say that the epochs are done, and the network is judged."""
        with self._lock:
            self._phase = "judging"
        self._tell()

    def score(self, scores: Mapping[str, float]) -> None:
        """Say what the seed has reached on the test part."""
        with self._lock:
            plain = {name: _plain(value) for name, value in scores.items()}
            self._done.append({"seed": self._seed, "scores": plain})
        self._tell()

    def end(self, phase: Literal["finished", "interrupted", "failed"], message: str = "") -> None:
        """Say how the training has ended, and tell all pages that nothing more comes."""
        with self._lock:
            self._phase, self._message = phase, message
            self.refresh()
            self.publisher.close()

    def refresh(self) -> None:
        """Publish the state, for a page that comes."""
        with self._lock:
            if not self.publisher.is_closed:
                self.publisher.publish(STATE, json.dumps(self.state(), allow_nan=False))

    def state(self) -> dict[str, Any]:
        """Return what a page is told."""
        with self._lock:
            numbers = sorted(self._epochs)
            some = numbers[:1] + numbers[-1:]
            names = list(dict.fromkeys(name for one in some for name in self._of(one)))
            step = 1
            while len(numbers) > _MOST_POINTS * step:
                step *= 2
            drawn = numbers[::step]
            if numbers and drawn[-1] != numbers[-1]:
                drawn.append(numbers[-1])
            return {
                "name": self._name,
                "seed": self._seed,
                "seeds": self._seeds,
                "phase": self._phase,
                "message": self._message,
                "epoch": numbers[-1] if numbers else 0,
                "total": max(self._total, *numbers[-1:], 0),
                "seconds": time.monotonic() - self._started,
                "left": self._left(numbers),
                "step": step,
                "names": names,
                "rows": [self._row(number, names) for number in drawn],
                "latest": [self._row(number, names) for number in numbers[-_LATEST:]],
                "best": self._best(numbers),
                "done": list(self._done),
            }

    def _tell(self) -> None:
        if self.publisher.listeners:
            self.refresh()

    def _of(self, number: int) -> Mapping[str, float]:
        return self._epochs[number].values

    def _row(self, number: int, names: Sequence[str]) -> list[float | None]:
        values = self._of(number)
        return [number, *(_plain(values.get(name)) for name in names)]

    def _left(self, numbers: Sequence[int]) -> float | None:
        """Return how many seconds the other epochs take, if that is known."""
        last = numbers[-1] if numbers else 0
        if self._phase != "training" or last == self._first:
            return None
        telling = [self._epochs[one].seconds for one in numbers[-_TELLING:] if one > self._first]
        return median(telling) * max(0, self._total - last)

    def _best(self, numbers: Sequence[int]) -> dict[str, Any] | None:
        """Return which epoch is the best so far, by what decides that."""
        worth = {number: _plain(self._of(number).get(self._monitor)) for number in numbers}
        known = {number: value for number, value in worth.items() if value is not None}
        if not known:
            return None
        number = (min if self._is_lower_better else max)(known, key=lambda one: known[one])
        return {"name": self._monitor, "epoch": number, "value": known[number]}


def _plain(value: float | None) -> float | None:
    """JSON knows no NaN, and no infinity."""
    return None if value is None or not math.isfinite(value) else float(value)
