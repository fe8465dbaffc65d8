"""Peak memory of training: kerazoo beside keras.Model.fit, on the same images in memory.

    python benchmarks/train_memory.py --record    # writes benchmarks/results/train_memory.*

Each training runs in a process of its own; the peak is the kernel's own high-water mark of it. The
images are random bytes of the shape of Fashion-MNIST: what they show does not change their size.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "train_memory.json"
ROWS = 60_000
NETWORKS = ("fashion_mnist", "cnn")


def main() -> None:
    """Measure every network with both, and print or record the peaks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write benchmarks/results/")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        print(train(*arguments.worker))
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
    command = [sys.executable, __file__, "--worker", network, engine]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


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
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def render(peaks: dict[str, dict[str, float]]) -> str:
    """Return the peaks as a Markdown table."""
    lines = ["| peak memory of training, MB | Keras `fit` | **kerazoo** |", "| --- | --- | --- |"]
    lines += [f"| {name} | {p['keras']:,.0f} | {p['resident']:,.0f} |" for name, p in peaks.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
