"""What was done, as text that Prometheus reads: format 0.0.4."""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_TOGETHER = (1, 2, 4, 8, 16, 32, 64, 256, 4096)


class _Histogram:
    """How many values were at most so large.

    Args:
        bounds: upper ends of the buckets.
    """

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def lines(self, name: str, labels: str) -> Iterator[str]:
        total = 0
        for bound, count in zip((*self._bounds, "+Inf"), self._counts, strict=True):
            total += count
            yield f'{name}_bucket{{{labels},le="{bound}"}} {total}'
        yield f"{name}_sum{{{labels}}} {self._sum:.6g}"
        yield f"{name}_count{{{labels}}} {total}"


class Metrics:
    """Counts requests; used in the thread of the event loop alone.

    Example:
        >>> metrics = Metrics()
        >>> metrics.count("churn", "predict", 200, 0.002, rows=3, together=5)
        >>> [line for line in metrics.text({}).splitlines() if "rows_total{" in line]
        ['kerazoo_rows_total{model="churn"} 3']
    """

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._rows: Counter[str] = Counter()
        self._reloads: Counter[tuple[str, str]] = Counter()
        self._seconds = defaultdict[tuple[str, str], _Histogram](lambda: _Histogram(_SECONDS))
        self._together = defaultdict[str, _Histogram](lambda: _Histogram(_TOGETHER))
        self._started = time.time()

    def count(
        self, model: str, verb: str, status: int, seconds: float, *, rows: int, together: int
    ) -> None:
        """Count a request.

        Args:
            model: which was asked; `""` if none.
            verb: `"predict"`, `"explain"`, or another page.
            status: of the response.
            seconds: from the headers to the answer.
            rows: how many were answered.
            together: how many were computed at once with them.
        """
        self._requests[model, verb, status] += 1
        if not model:
            return
        self._rows[model] += rows
        self._seconds[model, verb].add(seconds)
        if together:
            self._together[model].add(together)

    def count_reload(self, model: str, *, is_read: bool) -> None:
        """Count that the folder of a model was replaced, and whether it could be read."""
        self._reloads[model, "read" if is_read else "refused"] += 1

    def text(self, now: Mapping[str, float]) -> str:
        """Return all of it.

        Args:
            now: what is measured at this moment, by name.
        """
        lines = ["# TYPE kerazoo_requests_total counter"]
        lines += [
            f'kerazoo_requests_total{{model="{model}",verb="{verb}",status="{status}"}} {count}'
            for (model, verb, status), count in self._requests.items()
        ]
        lines.append("# TYPE kerazoo_rows_total counter")
        lines += [f'kerazoo_rows_total{{model="{m}"}} {count}' for m, count in self._rows.items()]
        lines.append("# TYPE kerazoo_reloads_total counter")
        lines += [
            f'kerazoo_reloads_total{{model="{model}",result="{result}"}} {count}'
            for (model, result), count in self._reloads.items()
        ]
        lines.append("# TYPE kerazoo_request_seconds histogram")
        for (model, verb), found in self._seconds.items():
            lines += found.lines("kerazoo_request_seconds", f'model="{model}",verb="{verb}"')
        lines.append("# TYPE kerazoo_rows_together histogram")
        for model, found in self._together.items():
            lines += found.lines("kerazoo_rows_together", f'model="{model}"')
        values = {**now, "process_start_time_seconds": self._started, **_of_process()}
        for name, value in values.items():
            kind = "counter" if name.endswith("_total") else "gauge"
            lines += [f"# TYPE {name} {kind}", f"{name} {value:.10g}"]
        return "\n".join(lines) + "\n"


def _of_process() -> dict[str, float]:
    times = os.times()
    found = {"process_cpu_seconds_total": times.user + times.system}
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        found["process_resident_memory_bytes"] = pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):  # there is none but on Linux
        pass
    return found
