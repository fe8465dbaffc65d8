"""Peak memory of training: kerazoo beside keras.Model.fit, on images in memory or a table in files.

    python benchmarks/train_memory.py --record            # writes benchmarks/results/train_memory.*
    python benchmarks/train_memory.py --gigabytes 2 --record      # the table: train_large.*
    python benchmarks/train_memory.py --gigabytes 20 --without-keras --folder /scratch --record

Each training runs in a process of its own; the peak is the kernel's own high-water mark of it. The
images are random bytes of the shape of Fashion-MNIST: what they show does not change their size.
The table has 100 random columns and a target, float32, in two `.npy` files that are opened with
`mmap_mode="r"`; kerazoo reads it in the blocks that it chooses where memory is short.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "train_memory.json"
ROWS = 60_000
NETWORKS = ("fashion_mnist", "cnn")

LARGE_RESULTS = RESULTS.with_name("train_large.json")
LARGER_RESULTS = RESULTS.with_name("train_larger.json")  # which Keras is left out of
COLUMNS = 100
WRITTEN_AT_ONCE = 2**18  # rows


def main() -> None:
    """Measure every network with both, and print or record the peaks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write benchmarks/results/")
    parser.add_argument("--gigabytes", type=float, help="train on a table in files, of this size")
    parser.add_argument("--folder", help="where the table is written for a while")
    parser.add_argument(
        "--without-keras", action="store_true", help="if memory is too small for it"
    )
    parser.add_argument("--worker", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        work = train if len(arguments.worker) == 2 else train_on_files
        print(json.dumps(work(*arguments.worker)))
        return
    if arguments.gigabytes:
        engines = ("resident",) if arguments.without_keras else ("keras", "resident")
        compare_on_files(arguments.gigabytes, engines, arguments.folder, arguments.record)
        return
    peaks = {
        network: {engine: measure(network, engine) for engine in ("keras", "resident")}
        for network in NETWORKS
    }
    table = render(peaks)
    print(table)
    if arguments.record:
        from train_speed import describe_machine

        results = {"machine": describe_machine(), "rows": ROWS, "megabytes": peaks}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        RESULTS.with_suffix(".md").write_text(table)


def measure(network: str, engine: str) -> float:
    """Return the peak of a training in megabytes."""
    return float(run_worker(network, engine))


def run_worker(*arguments: str) -> Any:
    """Return what a process of its own found."""
    command = [sys.executable, __file__, "--worker", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def train(network: str, engine: str) -> float:
    """Train for an epoch, and return this process' peak in megabytes."""
    import numpy as np

    import kerazoo

    generator = np.random.default_rng(0)
    rows = ROWS if network == "fashion_mnist" else ROWS // 10  # of a slow network, fewer steps
    x = generator.integers(0, 256, (ROWS, 28, 28, 1), dtype=np.uint8)
    y = generator.integers(0, 10, ROWS)
    model = kerazoo.compile_model(kerazoo.load_builder(network)(), network)
    options = {"epochs": 1, "batch_size": 128, "verbose": 0}
    if engine == "keras":
        model.fit(x[:rows], y[:rows], **options)
    else:
        kerazoo.fit_model(model, (x[:rows], y[:rows]), engine="resident", **options)
    return peak()


def peak() -> float:
    """Return the most memory that this process has had, in megabytes; on Linux."""
    # `getrusage` counts what the process that started this one had, too.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def compare_on_files(
    gigabytes: float, engines: Sequence[str], folder: str | None, record: bool
) -> None:
    """Write a table, train on it in processes of their own, and print or record the peaks."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        rows = write_table(Path(place), gigabytes)
        found = {engine: run_worker("files", engine, place) for engine in engines}
    table = render_large(gigabytes, rows, found)
    print(table)
    if record:
        from train_speed import describe_machine

        results = {"machine": describe_machine(), "gigabytes": gigabytes, "rows": rows, **found}
        path = LARGE_RESULTS if "keras" in found else LARGER_RESULTS
        path.write_text(json.dumps(results, indent=1) + "\n")
        path.with_suffix(".md").write_text(table)


def write_table(folder: Path, gigabytes: float) -> int:
    """Write `x.npy` and `y.npy`, and return how many rows they have."""
    import numpy as np

    rows = int(gigabytes * 10**9 / (4 * (COLUMNS + 1)))
    generator = np.random.default_rng(0)
    truth = generator.normal(size=(COLUMNS, 1)).astype("float32")
    about = {"descr": "<f4", "fortran_order": False}
    with open(folder / "x.npy", "wb") as x, open(folder / "y.npy", "wb") as y:
        for file, columns in ((x, COLUMNS), (y, 1)):
            np.lib.format.write_array_header_1_0(file, {**about, "shape": (rows, columns)})
        for start in range(0, rows, WRITTEN_AT_ONCE):
            size = min(WRITTEN_AT_ONCE, rows - start)
            values = generator.standard_normal((size, COLUMNS), "float32")
            x.write(values.tobytes())
            y.write((values @ truth).tobytes())
    return rows


def train_on_files(_: str, engine: str, folder: str) -> dict[str, float]:
    """Train for an epoch, and return peaks in megabytes, seconds and the loss."""
    import keras
    import numpy as np

    import kerazoo
    from kerazoo.engine.choose import BLOCK_BYTES

    keras.utils.set_random_seed(0)
    layers = [keras.layers.Normalization(name="standardize")]
    layers += [keras.layers.Dense(64, "relu"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((COLUMNS,)), *layers])
    model.compile("adam", "mse")
    x, y = (np.load(Path(folder) / name, mmap_mode="r") for name in ("x.npy", "y.npy"))
    options = {"epochs": 1, "batch_size": 1024, "verbose": 0}
    before, started = peak(), time.process_time()
    if engine == "keras":
        model.layers[0].adapt(x[:WRITTEN_AT_ONCE])  # of all rows, it takes longer than an epoch
        history = model.fit(x, y, **options)
    else:
        block_rows = BLOCK_BYTES // (4 * (COLUMNS + 1))
        history = kerazoo.fit_model(model, (x, y), block_rows=block_rows, **options)
    seconds, loss = time.process_time() - started, history.history["loss"][0]
    return {"before": before, "peak": peak(), "seconds": seconds, "loss": loss}


def render_large(gigabytes: float, rows: int, found: dict[str, dict[str, float]]) -> str:
    """Return a Markdown table of both, on a table of some size."""
    names = {"keras": "Keras `fit`", "resident": "**kerazoo**"}
    lines = [
        f"| {gigabytes:g} GB in files, {rows:,} rows | peak memory, MB | of that before training, "
        "MB | first epoch, processor seconds | loss |",
        "| --- | --- | --- | --- | --- |",
    ]
    for engine, one in found.items():
        lines.append(
            f"| {names[engine]} | {one['peak']:,.0f} | {one['before']:,.0f} | "
            f"{one['seconds']:.3g} | {one['loss']:.3g} |"
        )
    return "\n".join(lines) + "\n"


def render(peaks: dict[str, dict[str, float]]) -> str:
    """Return the peaks as a Markdown table."""
    lines = ["| peak memory of training, MB | Keras `fit` | **kerazoo** |", "| --- | --- | --- |"]
    lines += [f"| {name} | {p['keras']:,.0f} | {p['resident']:,.0f} |" for name, p in peaks.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
