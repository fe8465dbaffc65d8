"""Prediction from a saved model: kerazoo beside Keras, cold, warm, and on ten million rows.

    python benchmarks/predict_speed.py --record

Ratios are of medians of runs taken in turn in one go, so that what else the machine does weighs on
both sides alike. Needs Linux (`/proc`).
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import json
import os
import pty
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kerazoo.saved import load_card, locate_model
from kerazoo.saved.card import Card

RESULTS = Path(__file__).parent / "results"
LIBRARIES = ("kerazoo", "keras", "tensorflow", "ai-edge-litert", "numpy", "pandas")
COLD_ROWS = 100
WARM_ROWS = 10_000
MEGABYTE = 2**20

# What a user of Keras writes: load the same file, read the same rows, predict.
KERAS_SCRIPT = """
import sys
import keras
import pandas
model = keras.models.load_model(sys.argv[1] + "/model.keras")
rows = pandas.read_csv(sys.argv[2])
for column, words in {words!r}.items():
    rows[column] = rows[column].map(words.index)
print(model.predict(rows[{columns!r}].to_numpy("float32"), verbose=0))
"""
KERAZOO = [sys.executable, "-c", "from kerazoo.cli import main; main()", "predict"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="wine_multiclass", help="a name or a directory")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the big file")
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    options = parser.parse_args()
    folder = locate_model(options.model).resolve()
    card = load_card(folder)
    with tempfile.TemporaryDirectory() as scratch:
        figures = {
            "model": card.name,
            "machine": {"cpus": os.cpu_count(), "python": sys.version.split()[0]},
            "versions": {name: importlib.metadata.version(name) for name in LIBRARIES},
            "repeats": options.repeats,
            "cold": measure_cold(folder, card, Path(scratch), options.repeats),
            "warm": measure_warm(folder, card, options.repeats),
            "big": measure_big(folder, card, Path(scratch), options.rows),
        }
    print(render(figures))
    if options.record:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "predict_speed.json").write_text(json.dumps(figures, indent=1) + "\n")
        (RESULTS / "predict_speed.md").write_text(render(figures))


# === Cold: a whole process ===


def measure_cold(folder: Path, card: Card, scratch: Path, repeats: int) -> dict[str, Any]:
    rows = scratch / "rows.csv"
    write_rows(rows, card, COLD_ROWS)
    script = scratch / "with_keras.py"
    words = {column.name: list(column.categories) for column in card.columns if column.categories}
    columns = [column.name for column in card.columns]
    script.write_text(KERAS_SCRIPT.format(words=words, columns=columns))
    commands = {
        "kerazoo": [*KERAZOO, str(folder), str(rows)],
        "keras": [sys.executable, str(script), str(folder), str(rows)],
    }
    runs: dict[str, list[tuple[float, float]]] = {who: [] for who in commands}
    for repeat in range(repeats + 1):
        for who, command in commands.items():
            measured = run(command)
            if repeat > 0:  # the first time fills the file cache
                runs[who].append(measured)
    seconds = {who: statistics.median(run[0] for run in runs[who]) for who in runs}
    megabytes = {who: statistics.median(run[1] for run in runs[who]) for who in runs}
    return {
        "seconds": seconds,
        "megabytes": megabytes,
        "time_ratio": seconds["kerazoo"] / seconds["keras"],
        "memory_ratio": megabytes["kerazoo"] / megabytes["keras"],
    }


def run(command: list[str]) -> tuple[float, float]:
    """Run a process; return its seconds and its peak memory in megabytes."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with PeakMemory(process.pid) as memory:
        status = process.wait()
        seconds = time.perf_counter() - started
    if status != 0:
        raise SystemExit(f"{command} failed with status {status}")
    return seconds, memory.megabytes


class PeakMemory:
    """The peak of a process' memory, read from the kernel's own high-water mark while it runs.

    What `wait4` reports is no use here: it starts at the size of the process that started it.
    """

    def __init__(self, pid: int) -> None:
        self.megabytes = 0.0
        self._path = Path(f"/proc/{pid}/status")
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._thread.join()

    def _read(self) -> str:
        try:
            return self._path.read_text()
        except OSError:  # it has ended
            return ""

    def _watch(self) -> None:
        while marks := re.findall(r"VmHWM:\s+(\d+) kB", self._read()):
            self.megabytes = int(marks[0]) * 1024 / MEGABYTE
            time.sleep(0.005)


# === Warm: calls in one process ===


def measure_warm(folder: Path, card: Card, repeats: int) -> dict[str, Any]:
    import keras

    from kerazoo.predict import load_predictor

    predictor = load_predictor(folder)
    model = keras.models.load_model(folder / "model.keras")
    many = make_rows(card, WARM_ROWS)
    one = many[:1]
    calls: dict[str, tuple[Callable[[], Any], int]] = {
        "kerazoo, 1 row": (lambda: predictor.predict(one), 2000),
        "keras predict, 1 row": (lambda: model.predict(one, verbose=0), 10),
        "keras model(x), 1 row": (lambda: model(one, training=False), 100),
        "kerazoo, 10,000 rows": (lambda: predictor.predict(many), 10),
        "keras predict, 10,000 rows": (lambda: model.predict(many, verbose=0), 1),
        "keras predict, 10,000 rows in one batch": (
            lambda: model.predict(many, batch_size=WARM_ROWS, verbose=0),
            3,
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in calls}
    for repeat in range(repeats + 1):
        for name, (call, count) in calls.items():
            started = time.perf_counter()
            for _ in range(count):
                call()
            if repeat > 0:  # the first time compiles
                times[name].append((time.perf_counter() - started) / count)
    seconds = {name: statistics.median(values) for name, values in times.items()}
    row, rows = seconds["kerazoo, 1 row"], seconds["kerazoo, 10,000 rows"]
    return {
        "microseconds": {name: value * 1e6 for name, value in seconds.items()},
        "one_row_faster_than_predict": seconds["keras predict, 1 row"] / row,
        "one_row_faster_than_call": seconds["keras model(x), 1 row"] / row,
        "rows_faster_than_predict": seconds["keras predict, 10,000 rows"] / rows,
        "rows_faster_than_one_batch": seconds["keras predict, 10,000 rows in one batch"] / rows,
    }


# === Big: a file that does not fit in memory ===


def measure_big(folder: Path, card: Card, scratch: Path, rows: int) -> dict[str, Any]:
    path, answers = scratch / "big.csv", scratch / "answers.csv"
    write_rows(path, card, rows)
    # A terminal for standard error, so that there is a progress bar to pay for.
    terminal, its_end = pty.openpty()
    started = time.perf_counter()
    process = subprocess.Popen(
        [*KERAZOO, str(folder), str(path), "--out", str(answers)], stderr=its_end
    )
    os.close(its_end)
    with PeakMemory(process.pid) as memory:
        shown = read_all(terminal)
        status = process.wait()
        seconds = time.perf_counter() - started
    if status != 0:
        raise SystemExit(f"prediction of {rows} rows failed: {shown[-500:]!r}")
    with open(answers, "rb") as file:
        answered = sum(block.count(b"\n") for block in iter(lambda: file.read(2**24), b"")) - 1
    if answered != rows:
        raise SystemExit(f"{answered} answers to {rows} rows")
    return {
        "rows": rows,
        "file_megabytes": path.stat().st_size / MEGABYTE,
        "seconds": seconds,
        "rows_per_second": rows / seconds,
        "megabytes": memory.megabytes,
        "progress_bar": b"#####" in shown,
    }


def read_all(terminal: int) -> bytes:
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            return shown
        if not piece:
            return shown
        shown += piece


# === Rows ===


def make_rows(card: Card, count: int) -> np.ndarray:
    """Draw rows from the range that the network was trained on."""
    low = np.array([column.minimum for column in card.columns])
    high = np.array([column.maximum for column in card.columns])
    rows = np.random.default_rng(0).uniform(low, high, (count, len(low)))
    for number, column in enumerate(card.columns):
        if column.categories:
            rows[:, number] = np.random.default_rng(1).integers(0, len(column.categories), count)
    return rows.astype("float32")


def write_rows(path: Path, card: Card, count: int) -> None:
    """Write rows as people do: rounded, words for categories; a block again and again."""
    block = make_rows(card, min(count, 100_000))
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in card.columns])
        lines = [
            ",".join(
                column.categories[int(value)] if column.categories else f"{value:.4g}"
                for value, column in zip(row, card.columns, strict=True)
            )
            + "\n"
            for row in block.tolist()
        ]
        while count > 0:
            file.write("".join(lines[:count]))
            count -= len(lines)


def render(figures: dict[str, Any]) -> str:
    cold, warm, big = figures["cold"], figures["warm"], figures["big"]
    times = warm["microseconds"]
    lines = [
        f"Prediction with `{figures['model']}` on {figures['machine']['cpus']} cores, medians of "
        f"{figures['repeats']} runs taken in turn.",
        "",
        "| what | kerazoo | Keras | ratio |",
        "| --- | --- | --- | --- |",
        f"| a whole process, {COLD_ROWS} rows of CSV | {cold['seconds']['kerazoo']:.2f} s | "
        f"{cold['seconds']['keras']:.2f} s | {1 / cold['time_ratio']:.1f} times faster |",
        f"| its peak memory | {cold['megabytes']['kerazoo']:.0f} MB | "
        f"{cold['megabytes']['keras']:.0f} MB | {1 / cold['memory_ratio']:.1f} times less |",
    ]
    for what, ours, theirs, ratio in (
        (
            "1 row, `predict`",
            "kerazoo, 1 row",
            "keras predict, 1 row",
            "one_row_faster_than_predict",
        ),
        (
            "1 row, `model(x)`",
            "kerazoo, 1 row",
            "keras model(x), 1 row",
            "one_row_faster_than_call",
        ),
        (
            "10,000 rows, `predict`",
            "kerazoo, 10,000 rows",
            "keras predict, 10,000 rows",
            "rows_faster_than_predict",
        ),
        (
            "10,000 rows, `predict` in one batch",
            "kerazoo, 10,000 rows",
            "keras predict, 10,000 rows in one batch",
            "rows_faster_than_one_batch",
        ),
    ):
        lines.append(
            f"| {what} | {times[ours] / 1000:.3g} ms | {times[theirs] / 1000:.3g} ms | "
            f"{warm[ratio]:,.0f} times faster |"
        )
    lines += [
        "",
        f"A CSV file of {big['rows']:,} rows ({big['file_megabytes']:,.0f} MB): "
        f"{big['rows_per_second']:,.0f} rows per second, {big['megabytes']:.0f} MB of memory, "
        f"{'with' if big['progress_bar'] else 'without'} a progress bar, answers to a file.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
