"""What runs on the machines of a cluster."""

from __future__ import annotations

import importlib
import os
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from kerazoo.errors import KerazooError

_MOST_PREPARED = 2  # searches, trainings or files that a worker is at
_prepared: OrderedDict[str, Any] = OrderedDict()

Answer = tuple[str, Any]
"""`"done"` and a result; `"refused"` and an error; or why this worker cannot be asked."""


def make_task() -> Callable[..., Answer]:
    """Return the function that is a Ray task.

    Ray sends a function inside of a function as it stands, and others by their names: what looks
    for this package must not be looked for in it.
    """

    def task(version: str, work: str, key: str, shared: list[Any], item: Any) -> tuple[str, Any]:
        try:
            import kerazoo
        except ImportError as error:
            return "missing", str(error)
        found = getattr(kerazoo, "__version__", "unknown")
        if found != version:
            return "version", found
        if not work:
            return "done", None
        from kerazoo.cluster.worker import carry_out

        return carry_out(work, key, shared, item)

    return task


def carry_out(work: str, key: str, shared: list[Any], item: Any) -> Answer:
    """Do one piece of work.

    Args:
        work: the name of a module that defines `prepare(shared)` and `work(prepared, item)`.
        key: what names the whole; what it needs is prepared once in a process.
        shared: a reference to what `prepare` takes.
        item: the piece.
    """
    # There is a worker for each processor: one thread each, and as few lines as possible.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "1")
    module: Any = importlib.import_module(work)
    try:
        if key not in _prepared:
            import ray

            _prepared[key] = module.prepare(ray.get(shared[0]))
            while len(_prepared) > _MOST_PREPARED:
                _prepared.popitem(last=False)
        return "done", module.work(_prepared[key], item)
    except (KerazooError, OSError) as error:  # as of a full disk, which says all there is to say
        return "refused", error
