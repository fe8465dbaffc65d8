"""What serving costs: seconds to start, memory, requests a second, and how long each waits.

    python benchmarks/serve.py --record          # writes benchmarks/results/
    python benchmarks/serve.py --rate 500        # another load; only prints
    python benchmarks/serve.py --soak 3600       # an hour of the same load: does anything grow?
    python benchmarks/serve.py --processor       # only processor time: of a start, and of a request

The server is `kerazoo serve MODEL` in a process of its own, the load comes from this one, over the
loopback: both share the machine's cores, and the processor time of both is given. Each request is
one row of a table as JSON. Requests are sent at fixed moments, whether or not the last one has been
answered, and a latency counts from that moment: a server that halts for a second is seen to do so.
The load may be late itself: what it is from when it has really sent a request is given as well.
Of several rounds of load, each with a new server, that with the median 99th percentile counts.

Processor time is what the kernel says that the server's process has used. It hardly depends on what
else the machine has to do, so that two versions can be compared by it: the least of some rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
STARTS, LOADS = 5, 7
ROUNDS, REQUESTS = 7, 2000
MODEL = "wine_multiclass"
COMMAND = [sys.executable, "-m", "kerazoo"]
# What pip compiles when it installs a package is not compiled anew at each start.
_COMPILED = tempfile.TemporaryDirectory(prefix="kerazoo-")
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(Path(__file__).parent.parent),
    "PYTHONPYCACHEPREFIX": _COMPILED.name,
    "PYTHONDONTWRITEBYTECODE": "",
}


def main() -> None:
    """Measure, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1000, help="requests a second")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--soak", type=float, help="seconds, in place of --seconds")
    parser.add_argument("--processor", action="store_true", help="print processor time, no more")
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    asked = parser.parse_args()
    if asked.processor:
        print(json.dumps(measure_processor(asked.connections), indent=1))
        return
    found = measure_start()
    seconds, rounds = (asked.soak, 1) if asked.soak else (asked.seconds, LOADS)
    loads = [measure_load(asked.rate, seconds, asked.connections) for _ in range(rounds)]
    loads.sort(key=lambda load: load["p99_ms"])
    found |= loads[rounds // 2]
    found |= {"p99_ms_least": loads[0]["p99_ms"], "p99_ms_most": loads[-1]["p99_ms"]}
    found["failed"] = sum(load["failed"] for load in loads)
    print(render(found))
    if asked.record:
        name = "serve_soak" if asked.soak else "serve"
        (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n")
        (RESULTS / f"{name}.md").write_text(render(found) + "\n")
    if found["failed"]:
        sys.exit(f"{found['failed']:.0f} requests failed")


class Server:
    """`kerazoo serve` in a process of its own."""

    def __init__(self, body: bytes = b"") -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as it runs)
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [*COMMAND, "serve", MODEL, "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=ENVIRONMENT,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            self._errors.seek(0)
            sys.exit(self._errors.read().decode())
        self.body = body or self._example()
        self.ask()
        self.start_seconds = time.perf_counter() - started

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        status = self.process.wait(timeout=60)
        assert status == 0, status

    def ask(self) -> dict:
        """Ask once, and return the answer."""
        request = urllib.request.Request(
            f"{self.address}/v1/models/{MODEL}:predict",
            self.body,
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def gauge(self, name: str) -> float:
        """Return a number that the server says of itself."""
        with urllib.request.urlopen(f"{self.address}/metrics") as page:
            text = page.read().decode()
        return float(re.search(rf"^{name} (\S+)", text, re.MULTILINE)[1])

    def _example(self) -> bytes:
        with urllib.request.urlopen(f"{self.address}/openapi.json") as page:
            path = json.load(page)["paths"][f"/v1/models/{MODEL}:predict"]
        content = path["post"]["requestBody"]["content"]["application/json"]
        return json.dumps(content["example"]).encode()


def measure_start() -> dict[str, float]:
    """Return seconds until a row is answered, beside those of the empty command line."""
    with Server() as server:
        body = server.body
    starts = []
    for _ in range(STARTS):
        with Server(body) as server:
            starts.append(server.start_seconds)
    empty = []
    for _ in range(STARTS):
        began = time.perf_counter()
        subprocess.run([*COMMAND, "--version"], capture_output=True, check=True, env=ENVIRONMENT)
        empty.append(time.perf_counter() - began)
    return {
        "start_seconds": statistics.median(starts),
        "start_seconds_least": min(starts),
        "command_line_seconds": statistics.median(empty),
        "command_line_seconds_least": min(empty),
    }


def measure_processor(connections: int) -> dict[str, float]:
    """Return the processor time of a start with its first answer, and of a request."""
    with Server() as server:
        body = server.body
    starts, rounds = [], []
    for _ in range(ROUNDS):
        with Server(body) as server:
            starts.append(server.gauge("process_cpu_seconds_total"))
    with Server(body) as server:
        for _ in range(ROUNDS):
            before = server.gauge("process_cpu_seconds_total")
            load = Load(server, connections)
            asyncio.run(load.run_all(REQUESTS))
            used = server.gauge("process_cpu_seconds_total") - before
            rounds.append(1e6 * used / REQUESTS)
    return {
        "start_processor_seconds_least": min(starts),
        "start_processor_seconds": statistics.median(starts),
        "request_processor_microseconds_least": min(rounds),
        "request_processor_microseconds": statistics.median(rounds),
    }


def measure_load(rate: int, seconds: float, connections: int) -> dict[str, float]:
    """Return what a load at a fixed rate meets."""
    with Server() as server:
        load = Load(server, connections)
        asyncio.run(load.run(rate, min(2.0, seconds)))  # nobody counts the first two seconds
        memory = server.gauge("process_resident_memory_bytes")
        before = server.gauge("process_cpu_seconds_total"), time.process_time()
        stolen = stolen_seconds()
        load = Load(server, connections)
        began = time.perf_counter()
        asyncio.run(load.run(rate, seconds))
        took = time.perf_counter() - began
        after = server.gauge("process_cpu_seconds_total"), time.process_time()
        waits, served = sorted(load.waits), sorted(load.served)
        return {
            "rate": rate,
            "seconds": took,
            "answered_a_second": len(waits) / took,
            "failed": load.failed,
            "p50_ms": 1000 * waits[len(waits) // 2],
            "p99_ms": 1000 * waits[len(waits) * 99 // 100],
            "worst_ms": 1000 * waits[-1],
            "sent_p50_ms": 1000 * served[len(served) // 2],
            "sent_p99_ms": 1000 * served[len(served) * 99 // 100],
            "server_cores": (after[0] - before[0]) / took,
            "client_cores": (after[1] - before[1]) / took,
            "memory_mb": memory / 1e6,
            "memory_after_mb": server.gauge("process_resident_memory_bytes") / 1e6,
            "other_load": os.getloadavg()[0],
            "stolen_cores": (stolen_seconds() - stolen) / took,
        }


def stolen_seconds() -> float:
    """Return how long this virtual machine has waited for its host's processors."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return int(fields[8]) / os.sysconf("SC_CLK_TCK")


class Load:
    """Sends requests at fixed moments over some connections."""

    def __init__(self, server: Server, connections: int) -> None:
        host, _, port = server.address.rpartition("//")[2].rpartition(":")
        self.host, self.port = host, int(port)
        head = (
            f"POST /v1/models/{MODEL}:predict HTTP/1.1\r\nhost: {host}:{port}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(server.body)}\r\n\r\n"
        )
        self.request = head.encode() + server.body
        self.connections = connections
        self.waits: list[float] = []
        self.served: list[float] = []  # the same, from when they were really sent
        self.failed = 0
        self.idle: collections.deque[Connection] = collections.deque()
        self.due: collections.deque[float] = collections.deque()  # without a connection yet

    async def run(self, rate: int, seconds: float) -> None:
        """Send `rate` requests a second, and wait for the last answers."""
        loop = asyncio.get_running_loop()
        for _ in range(self.connections):
            await loop.create_connection(lambda: Connection(self), self.host, self.port)
        began = time.perf_counter()
        total = int(rate * seconds)
        for number in range(total):
            moment = began + number / rate
            if (early := moment - time.perf_counter()) > 0.0005:
                await asyncio.sleep(early)
            elif number % 32 == 0:
                await asyncio.sleep(0)  # late: answers are still to be read
            self.due.append(moment)
            self.send()
        for _ in range(500):
            if len(self.waits) + self.failed >= total:
                break
            await asyncio.sleep(0.02)
        self.failed += total - len(self.waits) - self.failed

    async def run_all(self, total: int) -> None:
        """Send requests one after another on each connection, and wait for the last answers."""
        self.due.extend([time.perf_counter()] * total)
        loop = asyncio.get_running_loop()
        for _ in range(self.connections):
            await loop.create_connection(lambda: Connection(self), self.host, self.port)
        self.send()
        while len(self.waits) + self.failed < total:
            await asyncio.sleep(0.005)
        if self.failed:
            sys.exit(f"{self.failed} requests failed")

    def send(self) -> None:
        """Send what is due, as far as connections are idle."""
        while self.due and self.idle:
            self.idle.popleft().send(self.due.popleft())


class Connection(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.found = b""
        self.moment = self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.load.idle.append(self)

    def send(self, moment: float) -> None:
        self.moment, self.sent = moment, time.perf_counter()
        self.transport.write(self.load.request)

    def data_received(self, data: bytes) -> None:
        self.found += data
        head, separator, body = self.found.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(re.search(rb"content-length: (\d+)", head)[1])
        if len(body) < length:
            return
        if self.found.startswith(b"HTTP/1.1 200"):
            now = time.perf_counter()
            self.load.waits.append(now - self.moment)
            self.load.served.append(now - self.sent)
        else:
            self.load.failed += 1
        self.found = b""
        self.load.idle.append(self)
        self.load.send()


def render(found: dict[str, float]) -> str:
    """Return the table as Markdown."""
    rows = [
        ("requests sent a second", f"{found['rate']:,.0f}"),
        ("seconds", f"{found['seconds']:,.0f}"),
        ("answered a second", f"{found['answered_a_second']:,.0f}"),
        ("failed", f"{found['failed']:,.0f}"),
        ("median latency, ms", f"{found['p50_ms']:.1f}"),
        ("99th percentile, ms", f"{found['p99_ms']:.1f}"),
        (
            "99th percentile of all rounds, ms",
            f"{found['p99_ms_least']:.1f} to {found['p99_ms_most']:.1f}",
        ),
        ("longest, ms", f"{found['worst_ms']:.0f}"),
        ("median from when it was really sent, ms", f"{found['sent_p50_ms']:.1f}"),
        ("99th percentile of that, ms", f"{found['sent_p99_ms']:.1f}"),
        ("processor time of the server, cores", f"{found['server_cores']:.2f}"),
        ("processor time of the load, cores", f"{found['client_cores']:.2f}"),
        ("processor time that the host gave to others, cores", f"{found['stolen_cores']:.2f}"),
        ("memory, MB", f"{found['memory_mb']:.0f}"),
        ("memory at the end, MB", f"{found['memory_after_mb']:.0f}"),
        ("seconds to start, median", f"{found['start_seconds']:.2f}"),
        ("seconds to start, least", f"{found['start_seconds_least']:.2f}"),
        ("of them the command line, median", f"{found['command_line_seconds']:.2f}"),
        ("of them the command line, least", f"{found['command_line_seconds_least']:.2f}"),
        ("processes that wanted the two cores", f"{found['other_load']:.1f}"),
    ]
    lines = ["| one row a request, JSON | |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {name} | {value} |" for name, value in rows)])


if __name__ == "__main__":
    main()
