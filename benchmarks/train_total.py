"""Whole trainings: what a user waits for, tracing, compiling and validation included.

    python benchmarks/train_total.py --record          # every row; writes benchmarks/results/
    python benchmarks/train_total.py table_5 gru       # some rows, only prints

Each row runs in a process of its own, warm: every contender has trained a small network before.
Every round makes a fresh network for each contender, and they take turns. Reported are medians of
the seconds of whole trainings, and ratios of medians. *Again* is the second training of the same
structure in the same process, for which nothing is compiled.

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
    arguments = parser.parse_args()
    known = MANY if arguments.many else ROWS
    if unknown := set(arguments.rows) - set(known):
        parser.error(f"unknown rows {', '.join(unknown)}; choose from {', '.join(known)}")
    if arguments.worker:
        print(json.dumps(measure(known[arguments.rows[0]], arguments.rounds)))
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


def measure(make_row: Callable[[], Any], rounds: int) -> dict[str, Any]:
    """Let all contenders train in turn, and return the seconds of every round."""
    title, contenders = make_row()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, train in contenders.items():
            started = time.perf_counter()
            train()
            seconds[name].append(time.perf_counter() - started)
    return {"title": title, "seconds": seconds}


HEADINGS = {
    "keras": "Keras `fit`, s",
    "torch": "PyTorch, s",
    "sklearn": "scikit-learn, s",
    "keras_tuner": "Keras Tuner, s",
    "one": "one training, s",
    "kerazoo": "**kerazoo**, s",
    "again": "again, s",
}


def render(rows: dict[str, Any]) -> str:
    """Return the results as a Markdown table."""
    names = [name for name in HEADINGS if any(name in row["seconds"] for row in rows.values())]
    others = [name for name in names if name in ("keras", "torch", "sklearn", "keras_tuner", "one")]
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
    others = others if others is not None else [n for n in names if n not in ("kerazoo", "again")]
    cells = [f"{medians[name]:.3g}" if name in medians else "-" for name in names]
    cells += [
        f"{medians[name] / medians['kerazoo']:.2g} x" if name in medians else "-" for name in others
    ]
    return f"| {' | '.join([row['title'], *cells])} |"


if __name__ == "__main__":
    main()
