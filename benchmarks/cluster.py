"""A Ray cluster of this machine: what spreading costs, and which of Ray's libraries to spread with.

    python benchmarks/cluster.py                # prints tables
    python benchmarks/cluster.py --record       # writes cluster.json and .md to benchmarks/results

The same rows are answered by one process, by pieces as Ray tasks (`kerazoo predict --ray`), and by
Ray Data with a predictor in each actor. The same trials are trained by one process, as Ray tasks
(`kerazoo search --ray`), and by Ray Tune with Optuna. Each runs in a process of its own. What
counts is the processor's time of all its processes, the cluster's own included: a clock also tells
what else the machine does. That of Ray Tune is left out of the table: it has a process for each
trial, and those that have ended are not counted. The cluster is this machine: no network between
machines is measured.

The cost model multiplies measured processor seconds; see `model`.
"""

from __future__ import annotations

import argparse
import importlib
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
import psutil

RESULTS = Path(__file__).parent / "results"
MODEL = "wine_multiclass"
EPOCHS, RATES = 20, (3e-4, 3e-2)
CORES = (16, 128, 1024)
ROWS_ASKED, TRIALS_ASKED = 10**9, 10**5
KNOWN, PROPOSED = (1000, 4000), 20  # trials that a search knows, and what it then proposes


def processor_seconds() -> float:
    """Return what this process and all that it has started have taken so far."""
    mine = psutil.Process()
    times = [mine.cpu_times()]
    for one in mine.children(recursive=True):
        try:
            times.append(one.cpu_times())
        except psutil.Error:
            continue
    return sum(t.user + t.system + t.children_user + t.children_system for t in times)


# === Rows ===


def rows_alone(path: Path, out: Path) -> None:
    """Answer in one process."""
    subprocess.run(
        [sys.executable, "-m", "kerazoo", "predict", MODEL, str(path), "--out", str(out)],
        check=True,
    )


def rows_in_pieces(path: Path, out: Path) -> None:
    """Answer pieces as Ray tasks."""
    from kerazoo.experiments.spread.answers import Question, answer_spread

    answer_spread(MODEL, Question("rows", "csv", {}), [str(path)], out, "local")


class Answering:
    """A predictor in an actor of Ray Data."""

    def __init__(self) -> None:
        import kerazoo

        self.predictor = kerazoo.load_predictor(MODEL)

    def __call__(self, batch: Any) -> Any:
        return self.predictor.predict(batch).to_frame()


def rows_by_ray_data(path: Path, out: Path) -> None:
    """Answer by Ray Data, which writes a file for each block."""
    import ray

    ray.data.read_csv(str(path)).map_batches(
        Answering,
        batch_size=16_384,
        batch_format="pandas",
        concurrency=os.cpu_count(),
        num_cpus=0.5,  # with a whole one for each, none would be left to read and write
    ).write_csv(str(out))


# === Trials ===


def trials_alone(trials: int) -> None:
    """Search in one process."""
    import kerazoo

    kerazoo.search("boston", space={"rate": RATES}, trials=trials, epochs=EPOCHS)


def trials_as_tasks(trials: int) -> None:
    """Search with trials as Ray tasks."""
    import kerazoo

    kerazoo.search("boston", space={"rate": RATES}, trials=trials, epochs=EPOCHS, ray="local")


def train_for_tune(config: dict[str, float]) -> None:
    """Train one trial, in the process that Ray Tune has started for it."""
    from ray import tune

    import kerazoo
    from kerazoo.recipe import with_learning_rate

    recipe = with_learning_rate(kerazoo.load_recipe("boston"), config["rate"])
    run = kerazoo.train("boston", recipe=recipe, epochs=EPOCHS, seed=0)
    tune.report({"score": run.validation_metrics["mean_absolute_error"]})


def trials_by_tune(trials: int) -> None:
    """Search by Ray Tune, with Optuna as what proposes."""
    from ray import tune
    from ray.tune.search.optuna import OptunaSearch

    found = tune.Tuner(
        train_for_tune,
        param_space={"rate": tune.loguniform(*RATES)},
        tune_config=tune.TuneConfig(
            metric="score",
            mode="min",
            num_samples=trials,
            max_concurrent_trials=os.cpu_count(),
            search_alg=OptunaSearch(seed=0),
        ),
        run_config=tune.RunConfig(storage_path=tempfile.mkdtemp(), verbose=0),
    ).fit()
    if found.num_errors:
        raise SystemExit(f"Ray Tune: {found.num_errors} trials failed: {found.errors[0]}")


ROWS: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "rows_alone": ("one process", rows_alone),
    "rows_in_pieces": ("**Ray tasks**, `predict --ray local`", rows_in_pieces),
    "rows_by_ray_data": ("Ray Data", rows_by_ray_data),
}
TRIALS: dict[str, tuple[str, Callable[[int], None]]] = {
    "trials_alone": ("one process", trials_alone),
    "trials_as_tasks": ("**Ray tasks**, `search --ray local`", trials_as_tasks),
    "trials_by_tune": ("Ray Tune with Optuna", trials_by_tune),
}


NOT_COUNTED = "trials_by_tune"  # its processor seconds are those of processes that still run


def main() -> None:
    """Run contenders, each in its own process, and write or print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="default: all of them")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--record", action="store_true", help=f"write to {RESULTS.name}/")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    known = [*ROWS, *TRIALS, "tasks", "proposals"]
    if unknown := set(arguments.names) - set(known):
        parser.error(f"unknown {', '.join(unknown)}; choose from {', '.join(known)}")
    if arguments.worker:
        print(json.dumps(measure(arguments.names[0], arguments.rows, arguments.trials)))
        return
    path = RESULTS / "cluster.json"
    found = json.loads(path.read_text())["rows"] if path.exists() else {}
    for name in arguments.names or known:
        found[name] = run_worker(name, arguments.rows, arguments.trials)
        print(name, found[name], flush=True)
    if arguments.record:
        from train_speed import describe_machine

        libraries = ("ray", "tensorflow", "keras", "ai-edge-litert", "optuna", "pandas")
        content = {"machine": describe_machine(libraries), "rows": found}
        path.write_text(json.dumps(content, indent=1) + "\n")
        if {"rows_in_pieces", "trials_as_tasks", "proposals"} <= set(found):  # of the model
            for table, text in render(found).items():
                (RESULTS / f"{table}.md").write_text(text)


def run_worker(name: str, rows: int, trials: int) -> dict[str, Any]:
    """Measure one contender in a fresh process."""
    command = [sys.executable, __file__, name, "--rows", str(rows), "--trials", str(trials)]
    environment = {
        **os.environ,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "KERAZOO_GRAPH_CACHE": "0",
        "RAY_worker_niceness": "0",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    }
    done = subprocess.run(
        [*command, "--worker"], stdout=subprocess.PIPE, text=True, check=True, env=environment
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(name: str, rows: int, trials: int) -> dict[str, Any]:
    """Let one contender work, and return what it took by the clock and of the processor."""
    if name == "proposals":
        return {f"{known}": propose(known) for known in KNOWN}
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "rows.csv")
        if name in ROWS:
            from predict_speed import write_rows

            from kerazoo.saved import load_card, locate_model

            write_rows(table, load_card(locate_model(MODEL)), rows)
        if name.startswith("trials"):
            import kerazoo

            kerazoo.train("xor", epochs=1)  # imports all there is
        if name not in ("rows_alone", "trials_alone"):
            import ray

            ray.init("local", logging_level="ERROR", log_to_driver=False, include_dashboard=False)
            ray.get(ray.remote(work).remote(None, 1))  # a worker has started
        load = os.getloadavg()[0]
        started, before, own = time.perf_counter(), processor_seconds(), time.process_time()
        if name in ROWS:
            ROWS[name][1](table, Path(folder, "answers.csv"))
            count = rows
        elif name == "tasks":
            count = hand_out()
        else:
            TRIALS[name][1](trials)
            count = trials
        return {
            "count": count,
            "seconds": round(time.perf_counter() - started, 1),
            "processor_seconds": round(processor_seconds() - before, 2),
            "driver_seconds": round(time.process_time() - own, 2),
            "load_before": round(load, 1),
        }


def prepare(shared: None) -> None:
    """Prepare nothing, in a worker."""


def work(prepared: None, item: int) -> int:
    """Do nothing, in a worker."""
    return item


def hand_out(count: int = 2000) -> int:
    """Hand out pieces of work that do nothing."""
    from kerazoo.cluster import connected, spread

    with connected("local") as cluster:
        this = importlib.import_module("cluster")
        return sum(1 for _ in spread(cluster, this, None, range(count)))


def propose(known: int) -> int:
    """Propose settings to a search that knows some trials already."""
    import kerazoo
    from kerazoo.experiments.search.journal import Journal
    from kerazoo.experiments.search.proposals import Proposals, Question, finished_trial
    from kerazoo.experiments.search.space import Range
    from kerazoo.experiments.search.trials import Outcome

    space = {"rate": Range(*RATES, log=True, whole=False)}
    question = Question("boston", kerazoo.load_recipe("boston"), space, 363, "mae", "min", 0)
    journal = Journal(None, {}, "minimize")
    random = np.random.default_rng(0)
    for value in random.uniform(*RATES, known).tolist():
        outcome = Outcome((abs(value - 0.01),), 1, 0.1, False, {})
        journal.add(finished_trial(question, {"rate": value}, outcome, "", is_recipe=False))
    proposals = Proposals(question, journal, at_once=True)
    proposals.end(proposals.next())  # which learns of all that is known
    started = time.process_time()
    for _ in range(PROPOSED):
        proposals.end(proposals.next())
    return round(1e6 * (time.process_time() - started) / PROPOSED)


def model(found: dict[str, Any]) -> list[tuple[str, int, float, float]]:
    """Return hours that large jobs would take: of the workers, by their number, and of the driver.

    What workers do divides among them. What the driver does for each piece does not: it hands the
    piece out and writes the answers, or proposes settings, for which Optuna looks at all trials so
    far. Both go on at once, so that a job takes the longer of the two.
    """
    lines = []
    for what, name, count in (
        ("rows", "rows_in_pieces", ROWS_ASKED),
        ("trials", "trials_as_tasks", TRIALS_ASKED),
    ):
        one = found[name]
        driver = count * one["driver_seconds"] / one["count"]
        workers = count * (one["processor_seconds"] - one["driver_seconds"]) / one["count"]
        if what == "trials":
            few, many = (found["proposals"][f"{known}"] / 1e6 for known in KNOWN)
            growth = (many - few) / (KNOWN[1] - KNOWN[0])  # seconds a proposal, for each trial
            driver = count * few + growth * count**2 / 2
        lines += [(what, cores, workers / cores / 3600, driver / 3600) for cores in CORES]
    return lines


def render(found: dict[str, Any]) -> dict[str, str]:
    """Return the tables as Markdown, by name."""
    names = [*ROWS.items(), *TRIALS.items()]
    measured = ["| what | by | processor seconds | s by the clock |", f"|{' --- |' * 4}"]
    for name, (title, _) in names:
        if name not in found:
            continue
        row = found[name]
        what = f"{row['count']:,} {'rows' if name in ROWS else 'trials'}"
        processor = "-" if name == NOT_COUNTED else f"{row['processor_seconds']:.3g}"
        measured.append(f"| {what} | {title} | {processor} | {row['seconds']:.3g} |")
    modeled = [
        "| job | processors | workers, hours | driver, hours | takes, hours |",
        f"|{' --- |' * 5}",
    ]
    counts = {"rows": ROWS_ASKED, "trials": TRIALS_ASKED}
    for what, cores, workers, driver in model(found):
        cells = [f"{counts[what]:,} {what}", f"{cores:,}"]
        cells += [f"{hours:.2g}" for hours in (workers, driver, max(workers, driver))]
        modeled.append(f"| {' | '.join(cells)} |")
    return {
        "cluster": "\n".join(measured) + "\n",
        "cluster_model": "\n".join(modeled) + "\n",
    }


if __name__ == "__main__":
    main()
