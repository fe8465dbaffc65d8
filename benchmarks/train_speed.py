"""Training speed: kerazoo.fit_model beside keras.Model.fit, PyTorch and hand-written JAX.

    python benchmarks/train_speed.py --record       # every case; writes benchmarks/results/
    python benchmarks/train_speed.py boston xor     # some cases, only prints

Each case runs in a process of its own, in which the contenders take turns, so that what else the
machine does hits them alike. Reported are medians of seconds per epoch, validation included, and
ratios of medians; the first call, which compiles, is reported apart.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
ROUNDS = 5
SECONDS_PER_ROUND = 0.5
XOR_EPOCHS = 2000
LIBRARIES = ("tensorflow", "keras", "torch", "jax", "optax")


def main() -> None:
    """Run cases, each in its own process, and write or print the results."""
    from networks import CASES

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", choices=[*CASES, []], help="default: all of them")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        print(json.dumps(measure(arguments.cases[0], arguments.rounds)))
        return
    path = RESULTS / "train_speed.json"
    known = json.loads(path.read_text())["cases"] if path.exists() else {}
    measured = {}
    for name in arguments.cases or CASES:
        measured[name] = run_worker(name, arguments.rounds)
        print(_row(measured[name]), flush=True)
    if arguments.record:
        cases = {
            name: {**known, **measured}[name] for name in CASES if name in {**known, **measured}
        }
        results = {"machine": describe_machine(), "cases": cases}
        path.write_text(json.dumps(results, indent=1) + "\n")
        path.with_suffix(".md").write_text(render(results))


def run_worker(name: str, rounds: int) -> dict[str, Any]:
    """Measure one case in a fresh process."""
    command = [sys.executable, __file__, name, "--rounds", str(rounds), "--worker"]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def measure(name: str, rounds: int) -> dict[str, Any]:
    """Let all contenders train one case in turn, and return seconds per epoch of every round."""
    from contenders import CONTENDERS
    from networks import make_case

    case = make_case(name)
    if name == "xor":
        return {"title": case.title, "contenders": measure_whole_trainings(case, rounds)}
    contenders: dict[str, Any] = {}
    trains, epochs = {}, {}
    for contender, make in CONTENDERS.items():
        train = make(case)
        if train is None:
            continue
        trains[contender] = train
        seconds = time_of(train, 1)
        warm = time_of(train, 1)
        epochs[contender] = max(1, min(200, round(SECONDS_PER_ROUND / warm)))
        if epochs[contender] > 1:
            seconds = max(seconds, time_of(train, epochs[contender]))
        contenders[contender] = {"first_call_seconds": seconds, "seconds_per_epoch": []}
    for _ in range(rounds):
        for contender, train in trains.items():
            seconds = time_of(train, epochs[contender]) / epochs[contender]
            contenders[contender]["seconds_per_epoch"].append(seconds)
    return {"title": case.title, "rows": len(case.train[0]), "contenders": contenders}


def measure_whole_trainings(case: Any, rounds: int) -> dict[str, Any]:
    """Time whole trainings from a fresh model, what is compiled included.

    Keras' `fit` is timed over 50 epochs after its first, and extrapolated: it would take minutes.
    """
    from contenders import CONTENDERS

    contenders: dict[str, Any] = {}
    for _ in range(rounds):
        for contender, make in CONTENDERS.items():
            if contender == "kerazoo_auto":
                continue
            train = make(case)
            if contender == "keras":
                first = time_of(train, 1)
                seconds = first + (XOR_EPOCHS - 1) * time_of(train, 50) / 50
            else:
                seconds = time_of(train, XOR_EPOCHS)
            record = contenders.setdefault(contender, {"whole_training_seconds": []})
            record["whole_training_seconds"].append(seconds)
    for record in contenders.values():
        record["seconds_per_epoch"] = [s / XOR_EPOCHS for s in record["whole_training_seconds"]]
    return contenders


def time_of(train: Any, epochs: int) -> float:
    """Return the seconds that training takes."""
    started = time.perf_counter()
    train(epochs)
    return time.perf_counter() - started


def describe_machine(libraries: Sequence[str] = LIBRARIES) -> dict[str, Any]:
    """Return what the figures depend on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "bfloat16": any("avx512_bf16" in line or "amx_bf16" in line for line in lines),
        "python": platform.python_version(),
        "versions": {name: metadata.version(name) for name in libraries},
    }


def render(results: dict[str, Any]) -> str:
    """Return the results as a Markdown table."""
    lines = [
        "| training | Keras `fit`, ms per epoch | PyTorch | JAX by hand | **kerazoo** "
        '| kerazoo, precision "auto" | kerazoo against Keras | PyTorch | JAX | first call, s |',
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_row(case) for case in results["cases"].values()]
    return "\n".join([*lines, "", _images_per_second(results["cases"])]) + "\n"


def _images_per_second(cases: dict[str, Any]) -> str:
    """Say how many images a second the zoo's own convolutional network learns from."""
    case = cases.get("cnn")
    if case is None:
        return ""
    rates = {
        name: case["rows"] / statistics.median(record["seconds_per_epoch"])
        for name, record in case["contenders"].items()
    }
    names = {"keras": "Keras `fit`", "torch": "PyTorch", "kerazoo": "kerazoo"}
    names["kerazoo_auto"] = 'kerazoo with precision "auto"'
    told = ", ".join(f"{title} {rates[name]:,.0f}" for name, title in names.items())
    return f"`cnn`, images per second: {told}."


def _row(case: dict[str, Any]) -> str:
    medians = {
        name: statistics.median(record["seconds_per_epoch"])
        for name, record in case["contenders"].items()
    }

    def milliseconds(name: str) -> str:
        return f"{1000 * medians[name]:.3g}" if name in medians else "-"

    def ratios(name: str) -> str:
        if name not in medians:
            return "-"
        ours = [medians[key] for key in ("kerazoo", "kerazoo_auto") if key in medians]
        return " / ".join(f"{medians[name] / value:.3g} x" for value in ours)

    first = case["contenders"]["kerazoo"].get("first_call_seconds")
    columns = [
        case["title"],
        *(milliseconds(name) for name in ("keras", "torch", "jax", "kerazoo", "kerazoo_auto")),
        *(ratios(name) for name in ("keras", "torch", "jax")),
        "included" if first is None else f"{first:.1f}",
    ]
    return f"| {' | '.join(columns)} |"


if __name__ == "__main__":
    main()
