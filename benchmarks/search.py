"""Searches of settings: kerazoo beside Keras Tuner and scikit-learn, trials in a second.

    python benchmarks/search.py                 # prints a table
    python benchmarks/search.py --record        # writes benchmarks/results/search.json and .md
    python benchmarks/search.py kerazoo --trials 1000

All search the learning rate and the weight decay of 13-52-39-26-1 on the same rows of `boston`, 100
epochs of batches of 32 at most, and judge by the mean absolute error on the same 41 rows held out.
Each runs in a process of its own that has imported its libraries; compilation counts. What they
do differs: Keras Tuner and scikit-learn draw at random and train every trial to its end; kerazoo
gives trials up that fall behind, and trains the best three and the recipe from four further seeds,
which its seconds hold, and its epochs do not. A value is that of the last epoch, and with Keras
Tuner that of the best one, which is lower.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results"
EPOCHS, BATCH = 100, 32
RATES, DECAYS = (3e-4, 3e-2), (1e-3, 1.0)
Outcome = tuple[int, float]
"""How many epochs were trained in all, and the best value."""


def rows() -> tuple[Any, Any]:
    """Return training and validation rows."""
    import kerazoo

    splits = kerazoo.load_dataset("boston", validation_fraction=0.1)
    return splits.train, splits.validation


def by_kerazoo(trials: int, space: dict[str, Any] | None) -> Outcome:
    """Search with kerazoo; without a space, also what shapes the network."""
    import kerazoo

    with tempfile.TemporaryDirectory() as folder:
        found = kerazoo.search(
            "boston",
            splits=kerazoo.load_dataset("boston", validation_fraction=0.1),
            space=space,
            trials=trials,
            epochs=EPOCHS,
            out=folder,
        )
    ended = found.trials[found.trials["state"].isin(["recipe", "complete"])]
    return int(found.trials["epochs"].sum()), float(ended["value"].min())


def by_keras_tuner(trials: int) -> Outcome:
    """Search with Keras Tuner."""
    import keras
    import keras_tuner

    import kerazoo

    train, validation = rows()

    def build(choices: Any) -> keras.Model:
        model = kerazoo.build_boston()
        kerazoo.adapt_normalization(model, *train)
        optimizer = keras.optimizers.AdamW(
            choices.Float("rate", *RATES, sampling="log"),
            weight_decay=choices.Float("decay", *DECAYS, sampling="log"),
        )
        model.compile(optimizer, kerazoo.compile_model(model, "boston").loss, metrics=["mae"])
        return model

    with tempfile.TemporaryDirectory() as folder:
        search = keras_tuner.RandomSearch(
            build,
            keras_tuner.Objective("val_mae", "min"),
            max_trials=trials,
            directory=folder,
            seed=0,
        )
        search.search(
            *train, validation_data=validation, epochs=EPOCHS, batch_size=BATCH, verbose=0
        )
        best = search.oracle.get_best_trials(1)[0].score
    return trials * EPOCHS, float(best)


def by_scikit_learn(trials: int) -> Outcome:
    """Search with RandomizedSearchCV over MLPRegressor, its rows scaled."""
    from scipy.stats import loguniform
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.model_selection import PredefinedSplit, RandomizedSearchCV
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    parts = rows()
    x, y = (np.concatenate([part[index] for part in parts]) for index in range(2))
    held_out = np.repeat([-1, 0], [len(part[0]) for part in parts])
    network = MLPRegressor(
        hidden_layer_sizes=(52, 39, 26),
        batch_size=BATCH,
        max_iter=EPOCHS,
        n_iter_no_change=EPOCHS,
    )
    model = make_pipeline(
        StandardScaler(), TransformedTargetRegressor(network, transformer=StandardScaler())
    )
    name = "transformedtargetregressor__regressor__"
    search = RandomizedSearchCV(
        model,
        {f"{name}learning_rate_init": loguniform(*RATES), f"{name}alpha": loguniform(*DECAYS)},
        n_iter=trials,
        scoring="neg_mean_absolute_error",
        cv=PredefinedSplit(held_out),
        refit=False,
        random_state=0,
    )
    search.fit(x, y.ravel())
    return trials * EPOCHS, float(-search.best_score_)


NUMBERS = {"rate": RATES, "decay": DECAYS, "input_noise": [0.0]}
CONTENDERS: dict[str, tuple[str, int, Callable[[int], Outcome]]] = {
    "keras_tuner": ("Keras Tuner, RandomSearch", 3, by_keras_tuner),
    "scikit_learn": ("scikit-learn, RandomizedSearchCV", 30, by_scikit_learn),
    "kerazoo": ("**kerazoo**", 1000, lambda trials: by_kerazoo(trials, NUMBERS)),
    "kerazoo_shapes": (
        "**kerazoo**, also noise, batch size, width and depth",
        30,
        lambda trials: by_kerazoo(trials, None),
    ),
}


def main() -> None:
    """Run contenders, each in its own process, and write or print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="default: all of them")
    parser.add_argument("--trials", type=int, help="of each, in place of its own number")
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(CONTENDERS):
        parser.error(f"unknown {', '.join(unknown)}; choose from {', '.join(CONTENDERS)}")
    if arguments.worker:
        print(json.dumps(measure(arguments.names[0], arguments.trials)))
        return
    path = RESULTS / "search.json"
    known = json.loads(path.read_text())["rows"] if path.exists() else {}
    for name in arguments.names or CONTENDERS:
        known[name] = run_worker(name, arguments.trials or CONTENDERS[name][1])
        print(table_row(name, known[name]), flush=True)
    if arguments.record:
        from train_speed import describe_machine

        libraries = ("tensorflow", "keras", "scikit-learn", "keras-tuner", "optuna")
        results = {name: known[name] for name in CONTENDERS if name in known}
        content = {"machine": describe_machine(libraries), "rows": results}
        path.write_text(json.dumps(content, indent=1) + "\n")
        path.with_suffix(".md").write_text(render(results))


def run_worker(name: str, trials: int) -> dict[str, Any]:
    """Measure one contender in a fresh process."""
    command = [sys.executable, __file__, name, "--trials", str(trials), "--worker"]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAZOO_GRAPH_CACHE": "0"}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(name: str, trials: int) -> dict[str, Any]:
    """Let one contender search, and return what it took by the clock and of the processor."""
    rows()
    if name != "scikit_learn":
        import kerazoo

        kerazoo.train("xor", epochs=1)  # imports all there is
    load = os.getloadavg()[0]
    started, before = time.perf_counter(), os.times()
    epochs, best = CONTENDERS[name][2](trials)
    seconds, after = time.perf_counter() - started, os.times()
    processor = sum(after[:4]) - sum(before[:4])  # children too
    return {
        "trials": trials,
        "seconds": round(seconds, 1),
        "processor_seconds": round(processor, 1),
        "epochs": epochs,
        "best": round(best, 4),
        "load_before": round(load, 1),
    }


def render(results: dict[str, Any]) -> str:
    """Return the results as a Markdown table."""
    lines = [
        "| search | trials | epochs in all | s | trials a second | processor, s a trial "
        "| best validation MAE, $1000 |",
        f"|{' --- |' * 7}",
    ]
    return "\n".join([*lines, *(table_row(*item) for item in results.items())]) + "\n"


def table_row(name: str, row: dict[str, Any]) -> str:
    """Return one row of the table."""
    each, processor = row["trials"] / row["seconds"], row["processor_seconds"] / row["trials"]
    cells = [CONTENDERS[name][0], f"{row['trials']:,}", f"{row['epochs']:,}"]
    cells += [f"{row['seconds']:.3g}", f"{each:.2g}", f"{processor:.2g}", f"{row['best']:.3f}"]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
