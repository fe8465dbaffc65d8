"""One training by one, two and four processes of this machine: the same weights, and its cost.

    python benchmarks/workers.py --record       # writes benchmarks/results/
    python benchmarks/workers.py --epochs 5     # only prints

`kerazoo train boston --epochs 10`, with `--workers` on the loopback for two and four processes. All
of them share the processors of one machine, so that this measures what sharing a batch costs, and
that it comes to the same network; not what several machines gain. Reported are the median of
seconds per epoch, without the first one, which includes tracing; the loss after the last epoch; and
the largest difference of any weight from that of one process, as a share of the largest weight of
its array.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results"
COUNTS = (1, 2, 4)
EPOCHS = 10
NETWORK = "boston"
COLUMNS = ("s per epoch", "loss after the last epoch", "largest difference of a weight")


@dataclass(frozen=True)
class Trained:
    """What some processes came to."""

    seconds: list[float]
    loss: float
    difference: float


def main() -> None:
    """Train, and write or print the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    arguments = parser.parse_args()
    results = measure(arguments.epochs)
    text = render(results)
    print(text, end="")
    if arguments.record:
        from train_speed import describe_machine

        stored = {
            "machine": describe_machine(("tensorflow", "keras")),
            "processes": {str(count): asdict(one) for count, one in results.items()},
        }
        path = RESULTS / "workers.json"
        path.write_text(json.dumps(stored, indent=1) + "\n")
        path.with_suffix(".md").write_text(text)


def measure(epochs: int) -> dict[int, Trained]:
    """Train with each number of processes, one number after the other."""
    results: dict[int, Trained] = {}
    alone: list[np.ndarray] = []
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as folder:
            train(count, epochs, Path(folder))
            run = Path(folder, "0", "runs", NETWORK)
            weights = read_weights(run)
            lines = map(json.loads, (run / "history.jsonl").read_text().splitlines())
            noted = [(line["seconds"], line["loss"]) for line in lines]
        alone = alone or weights
        differences = [
            np.abs(one - first).max() / max(np.abs(first).max(), 1e-9)
            for one, first in zip(weights, alone, strict=True)
        ]
        seconds = [one for one, _ in noted[1:]]
        results[count] = Trained(seconds, noted[-1][1], float(max(differences)))
    return results


def train(count: int, epochs: int, folder: Path) -> None:
    """Let some processes train together, each in a folder of its own."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
    command = [sys.executable, "-m", "kerazoo", "train", NETWORK, "--quiet"]
    command += ["--epochs", str(epochs)]
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        workers = ",".join(f"127.0.0.1:{one.getsockname()[1]}" for one in sockets)
    started = []
    for rank in range(count):
        own = folder / str(rank)
        own.mkdir()
        share = ["--workers", workers, "--rank", str(rank)] if count > 1 else []
        started.append(subprocess.Popen([*command, *share], cwd=own, env=environment))
    statuses = [one.wait() for one in started]
    if any(statuses):
        raise SystemExit(f"{count} processes did not train to the end")


def read_weights(folder: Path) -> list[np.ndarray]:
    """Return the weights of a saved network, but whole numbers, which are no weights."""
    import kerazoo

    weights = kerazoo.load_model(folder).get_weights()
    return [one for one in weights if one.dtype.kind == "f"]


def render(results: dict[int, Trained]) -> str:
    """Return a table."""
    lines = [f"| processes | {' | '.join(COLUMNS)} |", "| --- " * (1 + len(COLUMNS)) + "|"]
    for count, one in results.items():
        seconds = statistics.median(one.seconds)
        difference = f"{one.difference:.1e}" if count > 1 else ""
        lines.append(f"| {count} | {seconds:.3f} | {one.loss:.6f} | {difference} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
