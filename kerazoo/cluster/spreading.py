"""Pieces of work, handed out to the processors of a cluster as they become free."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any, TypeVar

from kerazoo.cluster.connection import Cluster, check_answer
from kerazoo.cluster.worker import make_task
from kerazoo.errors import KerazooError

_PATIENCE = 60.0  # seconds without a result, after which machines are looked for
_RETRIES = 3  # of a piece whose worker or machine has died

T = TypeVar("T")


class Lost(KerazooError):
    """A piece of work whose worker died each time that it was tried."""


def spread(
    cluster: Cluster,
    module: ModuleType,
    shared: Any,
    items: Iterable[T],
    *,
    in_order: bool = False,
    each: int = 1,
) -> Iterator[tuple[T, Any]]:
    """Do pieces of work on a cluster.

    Args:
        cluster: that this process is connected to.
        module: defines `prepare(shared)`, called once in each worker, and `work(prepared, item)`.
        shared: what all of the pieces need; it is sent to each machine once.
        items: the pieces. The next one is asked for when a processor is free, after what was
            finished before has been given: it may depend on that.
        in_order: give results in the order of the pieces.
        each: pieces that are handed out for a processor.

    Yields:
        Each piece and its result; a `Lost` in place of the result of a piece whose worker died
        each time.

    Raises:
        KerazooError: what `prepare` or `work` raised, or that no machine is left.
    """
    import ray

    task: Any = ray.remote(num_cpus=1, max_retries=_RETRIES)(make_task())
    key, sent = secrets.token_hex(8), [ray.put(shared)]
    left, is_over = iter(items), False
    running: OrderedDict[Any, T] = OrderedDict()
    try:
        while True:
            while not is_over and len(running) < each * cluster.processors():
                try:
                    item = next(left)
                except StopIteration:
                    is_over = True
                    break
                asked = task.remote(cluster.version, module.__name__, key, sent, item)
                running[asked] = item
            if not running:
                return
            waited = list(running)[: 1 if in_order else None]
            ready, _ = ray.wait(waited, num_returns=1, timeout=_PATIENCE)
            if not ready:
                cluster.check_alive()
                continue
            yield running.pop(ready[0]), _result(ready[0], cluster)
    finally:
        for one in running:
            ray.cancel(one, force=True)


def _result(one: Any, cluster: Cluster) -> Any:
    import ray

    try:
        answer = ray.get(one)
    except ray.exceptions.RayTaskError:
        raise  # a mistake in the work itself, with its traceback
    except ray.exceptions.RayError as error:
        text = " ".join(str(error).split())[:200]
        return Lost(
            f"its worker died {1 + _RETRIES} times ({type(error).__name__}: {text}). Is there "
            "enough memory on each machine?"
        )
    check_answer(answer, cluster)
    return answer[1]
