"""Where requests are answered: at once, or in one of two threads of each model.

Small requests of a model that wait at one time are computed together; nobody is made to wait for
that. A small network of a plain table answers them where they arrive, in the thread of the event
loop: that takes less time than to wake another thread, twice. Other small ones have a thread.
Large requests, images and explanations have one, too, and wait for one another. Small ones wait no
longer for them than Python takes to read their JSON: LiteRT lets go of Python while it computes.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kerazoo.saved.card import LITERT_FILE
from kerazoo.serve.answers import (
    Answer,
    Asked,
    answer_alone,
    answer_together,
    is_small,
)
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Model, Served
from kerazoo.serve.problems import Problem, problem_of
from kerazoo.serve.replies import JSON, took_too_long

_REQUESTS = 64  # of a batch, each with a row at least
_AT_ONCE = 16  # of a batch in the thread of the event loop, which all others wait for
_SMALL_NETWORK = 2**18  # bytes
_FEW_BYTES = 2**11  # of a body: a row or two


@dataclass(frozen=True)
class _Job:
    asked: Asked
    future: asyncio.Future[Answer | Problem]
    done: Callable[[], object]


Work = Callable[[Sequence[Asked]], list[Answer | Problem]]


class Lane:
    """A thread that answers what waits for it.

    Args:
        name: of the thread.
        work: answers some requests.
        most: how many it is given at once.
    """

    def __init__(self, name: str, work: Work, most: int) -> None:
        self._waiting: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._work = work
        self._most = most
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def put(self, asked: Asked, done: Callable[[], object]) -> asyncio.Future[Answer | Problem]:
        """Let a request wait; called in the thread of the event loop, which gets the answer."""
        future: asyncio.Future[Answer | Problem] = asyncio.get_running_loop().create_future()
        self._waiting.put(_Job(asked, future, done))
        return future

    def _run(self) -> None:
        while True:
            jobs = [self._waiting.get()]
            while len(jobs) < self._most:
                try:
                    jobs.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            self._answer(jobs)

    def _answer(self, jobs: list[_Job]) -> None:
        now = time.monotonic()
        late = [job for job in jobs if now > job.asked.deadline]
        in_time = [job for job in jobs if now <= job.asked.deadline]
        done: list[tuple[_Job, Answer | Problem]] = [(job, took_too_long()) for job in late]
        if in_time:
            answers = self._work([job.asked for job in in_time])
            done += zip(in_time, answers, strict=True)
        jobs[0].future.get_loop().call_soon_threadsafe(_hand_over, done)


def _hand_over(done: list[tuple[_Job, Answer | Problem]]) -> None:
    for job, answer in done:
        job.done()
        if not job.future.done():  # whoever asked may have gone away
            job.future.set_result(answer)


def _is_quick(model: Model) -> bool:
    """Tell whether a row takes a fraction of a millisecond: a small network, and no pandas."""
    card = model.card
    is_table = model.kind == "table" and not card.takes_missing
    return is_table and card.files[LITERT_FILE].size <= _SMALL_NETWORK


class Lanes:
    """The lanes of one model; threads begin with their first request.

    Args:
        served: the model.
        limits: what a request may take.
    """

    def __init__(self, served: Served, limits: Limits) -> None:
        self._served = served
        self._limits = limits
        self._small: Lane | None = None
        self._large: Lane | None = None
        self._here: list[_Job] = []

    def put(self, asked: Asked, done: Callable[[], object]) -> asyncio.Future[Answer | Problem]:
        """Let a request wait in the lane of its kind.

        Args:
            asked: the request.
            done: called once it is answered, also if nobody waits for that any more.
        """
        model = self._served.current
        if is_small(asked, model, self._limits):
            is_short = len(asked.body) <= _FEW_BYTES and asked.content_type.startswith(JSON)
            if is_short and _is_quick(model):
                return self._put_here(asked, done)
            if self._small is None:
                name = f"small requests of {self._served.name}"
                self._small = Lane(name, self._answer_together, _REQUESTS)
            return self._small.put(asked, done)
        if self._large is None:
            name = f"large requests of {self._served.name}"
            self._large = Lane(name, self._answer_alone, 1)
        return self._large.put(asked, done)

    def _put_here(
        self, asked: Asked, done: Callable[[], object]
    ) -> asyncio.Future[Answer | Problem]:
        """Answer after all requests that have arrived by now, and together with those."""
        loop = asyncio.get_running_loop()
        job = _Job(asked, loop.create_future(), done)
        if not self._here:
            loop.call_soon(self._answer_here)
        self._here.append(job)
        return job.future

    def _answer_here(self) -> None:
        jobs, self._here = self._here[:_AT_ONCE], self._here[_AT_ONCE:]
        if self._here:
            asyncio.get_running_loop().call_soon(self._answer_here)
        answers = self._answer_together([job.asked for job in jobs])
        _hand_over(list(zip(jobs, answers, strict=True)))

    # Both take the model once, so that an answer is of the old one or of the new one.
    def _answer_together(self, requests: Sequence[Asked]) -> list[Answer | Problem]:
        model = self._served.current
        try:
            return answer_together(requests, model, self._limits)
        except Exception as error:  # not even a mistake of ours may end the thread
            return [problem_of(error) for _ in requests]

    def _answer_alone(self, requests: Sequence[Asked]) -> list[Answer | Problem]:
        model = self._served.current
        return [answer_alone(asked, model, self._limits) for asked in requests]
