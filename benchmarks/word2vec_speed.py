"""Training speed of word2vec beside gensim, in words of raw text per second of an epoch.

    python benchmarks/word2vec_speed.py --record            # every case; writes benchmarks/results/
    python benchmarks/word2vec_speed.py "window 2" --share 0.1   # some cases, only prints

Needs the extra `bench`, and the IMDB reviews (KERAZOO_DATA_DIR). Each case runs in a process of its
own, in which the two take turns after one epoch that is not counted: it compiles the program.
Counting and numbering the words is not counted for either.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from typing import Any

from train_speed import describe_machine
from word2vec import (
    CONTENDERS,
    Settings,
    alternately,
    load_text,
    made_up_text,
    results_folder,
    seconds_of,
)

SHARE = 0.2
CASES: dict[str, tuple[Settings, Any]] = {
    "dimension 100, window 5, 5 negatives": (Settings(), SHARE),
    "dimension 300": (Settings(dimension=300), SHARE),
    "window 2": (Settings(window=2), SHARE),
    "window 10": (Settings(window=10), SHARE),
    "one core": (Settings(cores=1), SHARE),
    "cbow": (Settings(architecture="cbow"), SHARE),
    "a tenth of the reviews": (Settings(), 0.1),
    "all reviews": (Settings(), 1.0),
    "10,000 words made up": (Settings(), 10_000),
    "100,000 words made up": (Settings(), 100_000),
    "1,000,000 words made up": (Settings(), 1_000_000),
}


def main() -> None:
    """Run cases, each in its own process, and write or print the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", help="default: all of them")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--share", type=float, help="of the reviews, instead of each case's own")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        print(json.dumps(measure(arguments.cases[0], arguments.rounds, arguments.share)))
        return
    path = results_folder() / "word2vec_speed.json"
    known = json.loads(path.read_text())["cases"] if path.exists() else {}
    measured = {}
    for name in arguments.cases or CASES:
        measured[name] = run_worker(name, arguments.rounds, arguments.share)
        print(_row(name, measured[name]), flush=True)
    if arguments.record:
        cases = {name: {**known, **measured}[name] for name in CASES if name in known | measured}
        results = {"machine": describe_machine(("gensim", "tensorflow", "numpy")), "cases": cases}
        path.write_text(json.dumps(results, indent=1) + "\n")
        path.with_suffix(".md").write_text(render(cases))


def run_worker(name: str, rounds: int, share: float | None) -> dict[str, Any]:
    """Measure one case in a fresh process, on one core if the case says so."""
    command = [sys.executable, __file__, name, "--rounds", str(rounds), "--worker"]
    command += [] if share is None else ["--share", str(share)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environment[variable] = "1"  # gensim's workers are threads of their own
    one = CASES[name][0].cores == 1
    first = {min(os.sched_getaffinity(0))} if hasattr(os, "sched_getaffinity") else set()

    def pin() -> None:
        if one and first:
            os.sched_setaffinity(0, first)

    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, env=environment, preexec_fn=pin
    )
    return json.loads(done.stdout.splitlines()[-1])


def measure(name: str, rounds: int, share: float | None) -> dict[str, Any]:
    """Let both train on the same text in turn, and return words per second of every round."""
    settings, size = CASES[name]
    text = made_up_text(size) if isinstance(size, int) else load_text(share or size)
    contenders = {key: make(text, settings) for key, make in CONTENDERS.items()}
    first = {key: seconds_of(one.train, 1) for key, one in contenders.items()}
    speeds: dict[str, list[float]] = {key: [] for key in contenders}
    for _, key in alternately(rounds, list(contenders)):
        speeds[key].append(text.words_read / seconds_of(contenders[key].train, 1))
    return {
        "words": text.words_read,
        "vocabulary": len(text.words),
        "first_epoch_seconds": first,
        "words_per_second": speeds,
    }


def render(cases: dict[str, Any]) -> str:
    """Return the results as a Markdown table."""
    lines = [
        "| word2vec, one epoch | vocabulary | words of text | gensim, words per second "
        "| **kerazoo** | ratio |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *(_row(name, case) for name, case in cases.items())]) + "\n"


def _row(name: str, case: dict[str, Any]) -> str:
    speeds = {key: statistics.median(values) for key, values in case["words_per_second"].items()}
    ratio = speeds["kerazoo"] / speeds["gensim"]
    return (
        f"| {name} | {case['vocabulary']:,} | {case['words']:,} | {speeds['gensim']:,.0f} "
        f"| {speeds['kerazoo']:,.0f} | {ratio:.2f} x |"
    )


if __name__ == "__main__":
    main()
