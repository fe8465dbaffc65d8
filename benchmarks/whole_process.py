"""Whole processes: from the command to the prompt, imports, data, judging and saving included.

    python benchmarks/whole_process.py --record        # every row; writes benchmarks/results/
    python benchmarks/whole_process.py xor --rounds 1  # some rows, only prints

`kerazoo train` beside a script as somebody writes it for Keras: the same data, network, optimizer
and epochs, `fit`, `evaluate` and `save`, but no LiteRT file and no card. They take turns; reported
are medians of seconds. *Again* is a second process that trains the same: the first one, which
starts with an empty cache folder, has left the traced graph there, and what XLA has compiled.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from train_total import render, table_row

RESULTS = Path(__file__).parent / "results"
ROUNDS = 5
XOR = """
import keras, numpy as np
x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y = np.array([[0], [1], [1], [0]], "float32")
keras.utils.set_random_seed(0)
model = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Rescaling(2, -1),
    keras.layers.Dense(2, "sigmoid"),
    keras.layers.Dense(1, "sigmoid"),
])
model.compile(keras.optimizers.Adam(0.1), "mse", metrics=["accuracy"])
model.fit(x, y, batch_size=4, epochs=500, validation_data=(x, y), verbose=0)
print(model.evaluate(x, y, verbose=0))
model.save("model.keras")
"""
WINE = """
import sys
import keras, numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
path, epochs, batch_size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
wines = pd.read_csv(path).drop_duplicates()
y = np.eye(3, dtype="float32")[np.digitize(wines["quality"], [6, 7])]
wines["color"] = (wines["color"] == "white").astype("float32")
x = wines.drop(columns="quality").to_numpy("float32")
x, x_test, y, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=0)
x, x_valid, y, y_valid = train_test_split(x, y, test_size=0.05, random_state=0)
keras.utils.set_random_seed(0)
standardize = keras.layers.Normalization()
standardize.adapt(x)
layers = []
for units in (48, 24, 12):
    layers += [keras.layers.Dense(units, "relu"), keras.layers.Dropout(0.1)]
output = keras.layers.Dense(3, "softmax")
model = keras.Sequential([keras.Input((12,)), standardize, *layers, output])
rate = keras.optimizers.schedules.CosineDecay(0.003, epochs * -(-len(x) // batch_size))
model.compile(
    keras.optimizers.AdamW(rate, weight_decay=0.2), "categorical_crossentropy", metrics=["accuracy"]
)
model.fit(
    x, y, batch_size=batch_size, epochs=epochs, validation_data=(x_valid, y_valid), verbose=0
)
print(model.evaluate(x_test, y_test, verbose=0))
model.save("model.keras")
"""
OURS = "from kerazoo.cli import main; main()"


def commands() -> dict[str, tuple[str, dict[str, list[str]]]]:
    """Return what makes the title of a row and the arguments of Python for each contender."""
    from kerazoo.datasets.sources import find
    from kerazoo.datasets.wine import FILES

    wines = str(find(FILES[0]))
    long = ["train", "wine_multiclass", "--epochs", "100", "--batch-size", "32", "--force"]
    return {
        "xor": (
            "kerazoo train xor, 500 epochs",
            {
                "keras": [XOR],
                "kerazoo": [OURS, "train", "xor", "--force"],
                "again": [OURS, "train", "xor", "--force"],
            },
        ),
        "wine": (
            "kerazoo train wine_multiclass, 60 epochs",
            {
                "keras": [WINE, wines, "60", "64"],
                "kerazoo": [OURS, "train", "wine_multiclass", "--force"],
                "again": [OURS, "train", "wine_multiclass", "--force"],
            },
        ),
        "wine_xla": (
            "the same, batch 32, 100 epochs, under XLA",
            {
                "keras": [WINE, wines, "100", "32"],
                "kerazoo": [OURS, *long],
                "again": [OURS, *long],
            },
        ),
    }


def main() -> None:
    """Run rows, and write or print the results."""
    known = commands()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", help=f"default: all of {', '.join(known)}")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    arguments = parser.parse_args()
    if unknown := set(arguments.rows) - set(known):
        parser.error(f"unknown rows {', '.join(unknown)}; choose from {', '.join(known)}")
    path = RESULTS / "whole_process.json"
    measured = json.loads(path.read_text())["rows"] if path.exists() else {}
    for name in arguments.rows or known:
        title, contenders = known[name]
        measured[name] = {"title": title, "seconds": measure(contenders, arguments.rounds)}
        print(table_row(measured[name]), flush=True)
    if arguments.record:
        from train_speed import describe_machine

        machine = describe_machine(("tensorflow", "keras", "scikit-learn", "pandas"))
        rows = {name: measured[name] for name in known if name in measured}
        path.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")
        path.with_suffix(".md").write_text(render(rows))


def measure(contenders: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Let processes of all contenders run in turn, and return the seconds of every round."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder, "cache")
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "TF_CPP_MIN_LOG_LEVEL": "3"}
        environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
        for _ in range(rounds):
            shutil.rmtree(cache, ignore_errors=True)
            for name, (code, *words) in contenders.items():
                command = [sys.executable, "-c", code, *words]
                started = time.perf_counter()
                subprocess.run(
                    command, cwd=folder, env=environment, capture_output=True, check=True
                )
                seconds[name].append(time.perf_counter() - started)
    return seconds


if __name__ == "__main__":
    main()
