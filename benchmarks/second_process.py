"""How soon a training begins once TensorFlow is imported, in a first and in a second process.

    python benchmarks/second_process.py --record       # writes benchmarks/results/
    python benchmarks/second_process.py --rounds 1     # only prints

`kerazoo train wine_multiclass --batch-size 32 --epochs 100`, which XLA compiles. The first process
starts with an empty cache folder: it traces the graph and compiles it, and leaves both there.
Reported are medians of seconds from the end of `import tensorflow`, which is given beside them, to
the end of the first call of the training program: reading the data, building the network, and
everything else that comes before is in it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
ROUNDS = 5
TRAINING = "train wine_multiclass --batch-size 32 --epochs 100 --force --quiet"
PROCESS = """
import sys, time
started = time.perf_counter()
import tensorflow
imported = time.perf_counter()
from kerazoo.engine.program import Program
run, called = Program.run, []
def timed(self, orders):
    called.append(time.perf_counter())
    values = run(self, orders)
    called.append(time.perf_counter())
    return values
Program.run = timed
from kerazoo.cli import main
try:
    main()
finally:
    print(imported - started, called[0] - imported, called[1] - imported)
"""
COLUMNS = ("import tensorflow, s", "to the first call, s", "to its end, s")


def main() -> None:
    """Run processes, and write or print the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    arguments = parser.parse_args()
    seconds = measure(arguments.rounds)
    text = render(seconds)
    print(text, end="")
    if arguments.record:
        from train_speed import describe_machine

        machine = describe_machine(("tensorflow", "keras"))
        path = RESULTS / "second_process.json"
        path.write_text(json.dumps({"machine": machine, "seconds": seconds}, indent=1) + "\n")
        path.with_suffix(".md").write_text(text)


def measure(rounds: int) -> dict[str, list[list[float]]]:
    """Return the three times of every round, for a first and a second process."""
    seconds: dict[str, list[list[float]]] = {"first": [], "second": []}
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder, "cache")
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "TF_CPP_MIN_LOG_LEVEL": "3"}
        environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
        for _ in range(rounds):
            shutil.rmtree(cache, ignore_errors=True)
            for times in seconds.values():
                done = subprocess.run(
                    [sys.executable, "-c", PROCESS, *TRAINING.split()],
                    cwd=folder,
                    env=environment,
                    stdout=subprocess.PIPE,
                    text=True,
                    check=True,
                )
                times.append([float(word) for word in done.stdout.splitlines()[-1].split()])
    return seconds


def render(seconds: dict[str, list[list[float]]]) -> str:
    """Return a table of medians."""
    lines = [f"| process | {' | '.join(COLUMNS)} |", "| --- " * (1 + len(COLUMNS)) + "|"]
    for name, rounds in seconds.items():
        medians = [statistics.median(times) for times in zip(*rounds, strict=True)]
        lines.append(f"| {name} | {' | '.join(f'{median:.2f}' for median in medians)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
