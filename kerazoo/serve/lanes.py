"""The threads that answer: one for small requests of a model, one for its large ones.

What waits in the lane of small requests is computed together, so that many cost little more than
one; nobody is made to wait for that. Large requests, images and explanations wait for one another,
and hold up no small one. LiteRT lets go of Python while it computes.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kerazoo.serve.answers import (
    Answer,
    Asked,
    answer_alone,
    answer_together,
    is_small,
    took_too_long,
)
from kerazoo.serve.limits import Limits
from kerazoo.serve.models import Served
from kerazoo.serve.problems import Problem, problem_of

_REQUESTS = 64  # of a batch, each with a row at least


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

    def put(self, asked: Asked, done: Callable[[], object]) -> asyncio.Future[Answer | Problem]:
        """Let a request wait in the lane of its kind.

        Args:
            asked: the request.
            done: called once it is answered, also if nobody waits for that any more.
        """
        if is_small(asked, self._served.current, self._limits):
            if self._small is None:
                name = f"small requests of {self._served.name}"
                self._small = Lane(name, self._answer_together, _REQUESTS)
            return self._small.put(asked, done)
        if self._large is None:
            name = f"large requests of {self._served.name}"
            self._large = Lane(name, self._answer_alone, 1)
        return self._large.put(asked, done)

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
