"""Whole trainings: what a user waits for, tracing, compiling and validation included.

    python benchmarks/train_total.py --record          # every row; writes benchmarks/results/
    python benchmarks/train_total.py table_5 gru       # some rows, only prints

Each row runs in a process of its own, warm: every contender has trained a small network before.
Every round makes a fresh network for each contender, and they take turns. Reported are medians of
the seconds of whole trainings, and ratios of medians. *Again* is the second training of the same
structure in the same process, for which nothing is compiled. *New process* is the first training of
a process, warm too, of a structure that an earlier process has trained: its graph is in the cache
folder, and is not traced.

    python benchmarks/train_total.py --many            # ten seeds, ten folds, trials of a search
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
ROUNDS = 5


def main() -> None:
    """Run rows, each in its own process, and write or print the results."""
    from totals import MANY, ROWS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", help="default: all of them")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    parser.add_argument("--many", action="store_true", help="many trainings of one structure")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    known = MANY if arguments.many else ROWS
    if unknown := set(arguments.rows) - set(known):
        parser.error(f"unknown rows {', '.join(unknown)}; choose from {', '.join(known)}")
    if arguments.one:
        _, contenders = ROWS[arguments.rows[0]]()
        print(seconds_of(contenders["again"]))
        return
    if arguments.worker:
        print(json.dumps(measure(arguments.rows[0], arguments.rounds, arguments.many)))
        return
    path = RESULTS / ("train_many.json" if arguments.many else "train_total.json")
    measured = json.loads(path.read_text())["rows"] if path.exists() else {}
    for name in arguments.rows or known:
        measured[name] = run_worker(name, arguments)
        print(table_row(measured[name]), flush=True)
    if arguments.record:
        from train_speed import describe_machine

        rows = {name: measured[name] for name in known if name in measured}
        machine = describe_machine(("tensorflow", "keras", "torch", "scikit-learn", "keras-tuner"))
        path.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")
        path.with_suffix(".md").write_text(render(rows))


def run_worker(name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure one row in a fresh process."""
    command = [sys.executable, __file__, name, "--rounds", str(arguments.rounds), "--worker"]
    command += ["--many"] if arguments.many else []
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def measure(name: str, rounds: int, many: bool) -> dict[str, Any]:
    """Let all contenders train in turn, and return the seconds of every round."""
    from totals import MANY, ROWS, in_a_new_process

    os.environ["KERAZOO_GRAPH_CACHE"] = "0"  # nothing is known beforehand
    title, contenders = (MANY if many else ROWS)[name]()
    if not many:
        contenders = {**contenders, "new_process": in_a_new_process(name)}
    seconds: dict[str, list[float]] = {contender: [] for contender in contenders}
    for _ in range(rounds):
        for contender, train in contenders.items():
            own = contender == "new_process"  # leaves out how long the process takes to start
            seconds[contender].append(train() if own else seconds_of(train))
    return {"title": title, "seconds": seconds}


def seconds_of(train: Callable[[], Any]) -> float:
    """Return how long a training takes."""
    started = time.perf_counter()
    train()
    return time.perf_counter() - started


HEADINGS = {
    "keras": "Keras `fit`, s",
    "torch": "PyTorch, s",
    "sklearn": "scikit-learn, s",
    "keras_tuner": "Keras Tuner, s",
    "one": "one training, s",
    "kerazoo": "**kerazoo**, s",
    "again": "again, s",
    "new_process": "new process, s",
}
OURS = ("kerazoo", "again", "new_process")


def render(rows: dict[str, Any]) -> str:
    """Return the results as a Markdown table."""
    names = [name for name in HEADINGS if any(name in row["seconds"] for row in rows.values())]
    others = [name for name in names if name not in OURS]
    headings = ["training", *(HEADINGS[name] for name in names)]
    headings += [f"against {HEADINGS[name].split(',')[0]}" for name in others]
    lines = [f"| {' | '.join(headings)} |", f"|{' --- |' * len(headings)}"]
    lines += [table_row(row, names, others) for row in rows.values()]
    return "\n".join(lines) + "\n"


def table_row(
    row: dict[str, Any], names: list[str] | None = None, others: list[str] | None = None
) -> str:
    """Return one row of the table, with ratios of medians at its end."""
    medians = {name: statistics.median(seconds) for name, seconds in row["seconds"].items()}
    names = names or list(medians)
    others = others if others is not None else [n for n in names if n not in OURS]
    cells = [f"{medians[name]:.3g}" if name in medians else "-" for name in names]
    ours = [medians[name] for name in ("kerazoo", "new_process") if name in medians]
    for name in others:
        ratios = [f"{medians[name] / seconds:.2g} x" for seconds in ours if name in medians]
        cells.append(" / ".join(ratios) or "-")
    return f"| {' | '.join([row['title'], *cells])} |"


if __name__ == "__main__":
    main()
