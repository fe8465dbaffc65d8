"""A training that `kerazoo train` was asked for, seed by seed, and what is said of it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo._wording import counted
from kerazoo.cli._console import said_if_slow
from kerazoo.cli._summary import print_summary
from kerazoo.cli._workers import assist
from kerazoo.errors import Interrupted, WrongUsage
from kerazoo.registry import Variant
from kerazoo.report.results import Results
from kerazoo.saved.card import CARD_FILE
from kerazoo.tasks import Chosen

if TYPE_CHECKING:
    from kerazoo.datasets import Splits
    from kerazoo.engine.workers.cluster import Cluster
    from kerazoo.experiments.run import Run
    from kerazoo.recipe import Recipe
    from kerazoo.saved.reading import Saved
    from kerazoo.web.live import Epoch, LiveTraining

_WORTH_SAYING = 10.0  # seconds


@dataclasses.dataclass(frozen=True)
class Training:
    """What was asked for."""

    name: str
    variant: Variant
    recipe: Recipe
    splits: Splits | None
    options: Chosen
    seeds: range
    out: Path
    resume: bool
    quiet: bool
    own_data: bool
    trackers: tuple[str, ...]
    start: Saved | None
    cluster: Cluster | None = None
    ray: str | None = None


def port_of_page(is_live: bool, port: int | None) -> int | None:
    """Return the port of the page that shows a training; `None` without one, 0 for any.

    Raises:
        WrongUsage: if there is a port, and no page.
    """
    if port is not None and not is_live:
        raise WrongUsage("--live-port is the port of --live: add that, or leave this out.")
    return (port or 0) if is_live else None


@contextlib.contextmanager
def watched(training: Training, port: int | None) -> Iterator[LiveTraining | None]:
    """Serve a page that shows the training while the block runs, and print its address.

    Args:
        training: what is trained.
        port: of the page; without one there is none.
    """
    if port is None:
        yield None
        return
    from kerazoo.web.live import LiveTraining
    from kerazoo.web.live_server import live_page

    recipe = training.recipe
    page = LiveTraining(
        training.name,
        monitor=recipe.monitor,
        is_lower_better=recipe.monitor_mode == "min",
        seeds=len(training.seeds),
    )
    with live_page(page, port) as address:
        print(f"live: {address}", flush=True)
        yield page


def train_seeds(training: Training, page: LiveTraining | None = None) -> Run:
    """Train each seed, and save the best.

    Args:
        training: what was asked for.
        page: what is told of each epoch, if somebody may watch.

    Raises:
        Interrupted: after Ctrl-C; it says what was kept.
    """
    if training.cluster is not None and training.cluster.rank:
        return assist(training, training.cluster)
    from kerazoo.saved import check_writable

    check_writable(training.out, training.name)  # before the seconds that TensorFlow's import takes
    from kerazoo.engine.choose import many_trainings
    from kerazoo.experiments import run as experiments
    from kerazoo.experiments.record import best_run, why_best
    from kerazoo.experiments.trackers import where_to_look
    from kerazoo.experiments.tracking import set_history_aside
    from kerazoo.runtimes.keras import check_backend

    check_backend()  # which a run that is not saved does not mind
    if training.ray is not None:
        return _train_on_cluster(training, training.ray)
    several = len(training.seeds) > 1
    if several:
        set_history_aside(training.out)  # the seeds share one
    runs: list[Run] = []
    with many_trainings(len(training.seeds)):
        for seed in training.seeds:
            if not training.quiet:
                print(
                    f"{training.name}, {training.variant} recipe, seed {seed}, at most "
                    f"{counted(training.recipe.epochs, 'epoch')}{_duration(training)}",
                    flush=True,
                )
            if page is not None:
                page.begin(seed, _earlier(training, seed))
            run = experiments.train(
                training.name,
                variant=training.variant,
                seed=seed,
                recipe=training.recipe,
                splits=training.splits,
                start_from=training.start,
                out=None if several else training.out,
                resume=training.resume,
                callbacks=[*_progress(training.quiet), *_told(page)],
                options=_for_seed(training.options, seed) if several else training.options,
                watch=None if training.quiet else said_if_slow,
                log=training.trackers,
                log_dir=training.out if several else None,
                workers=training.cluster,
            )
            runs.append(run)
            if page is not None and not run.interrupted:
                page.score(run.metrics)
            if run.interrupted:
                break
    finished = [run for run in runs if not run.interrupted]
    chosen = best_run(finished or runs)
    if several and (finished or any(chosen.history.values())):
        chosen = dataclasses.replace(
            chosen, path=experiments.save_run(chosen, training.out, finished or runs)
        )
    if finished and not training.quiet:
        print_summary(finished, own_data=training.own_data)
    if run.interrupted:
        raise Interrupted(_interrupted(run, chosen, training.out))
    choice = f" (seed {chosen.seed}, {why_best(chosen)})" if several else ""
    print(f"saved to {training.out}{choice}")
    for tracker in () if training.quiet else training.trackers:
        print(f"{tracker}: {where_to_look(tracker, training.out)}")
    return chosen


def check_spread(ray: str | None, asked: Mapping[str, Any], options: Chosen) -> None:
    """Refuse what seeds that are spread over a cluster cannot do.

    Args:
        ray: the address of the cluster, if there is one.
        asked: the values of the command's own options.
        options: those of the network's task.

    Raises:
        WrongUsage: naming the option.
        KerazooError: if Ray is not installed.
    """
    if ray is None:
        return
    from kerazoo.cluster import check_ray

    check_ray()
    flags = {"resume": "--resume", "start_from": "--from", "log": "--log", "live": "--live"}
    for name, flag in {**flags, "workers": "--workers"}.items():
        if asked.get(name):
            raise WrongUsage(f"{flag} needs this machine, and --ray spreads seeds: leave out one.")
    folders = [name for name, value in options.items() if isinstance(value, Path)]
    if folders:
        flag = folders[0].replace("_", "-")
        raise WrongUsage(f"--{flag} is a path of this machine: leave it out, or --ray.")


def _train_on_cluster(training: Training, ray: str) -> Run:
    """Train the seeds on a cluster, and save the best network here."""
    from kerazoo.experiments import run as experiments
    from kerazoo.experiments.record import why_best
    from kerazoo.experiments.spread.seeds import Trainings, finish, seeds_folder, train_spread

    name, seeds = training.name, training.seeds
    asked = Trainings(name, training.variant, training.recipe, training.splits, training.options)

    def report(seed: int) -> None:
        if not training.quiet:
            print(f"{name}, {training.variant} recipe, seed {seed} has ended", flush=True)

    if not training.quiet:
        print(
            f"{name}, {training.variant} recipe, {counted(len(seeds), 'seed')} on {ray}", flush=True
        )
    try:
        runs, chosen = train_spread(asked, seeds, training.out, ray, report)
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted; what has ended is in {seeds_folder(training.out)}. To go on, run the "
            "same command."
        ) from None
    chosen = dataclasses.replace(chosen, path=experiments.save_run(chosen, training.out, runs))
    finish(training.out, runs)
    if not training.quiet:
        print_summary(runs, own_data=training.own_data)
    print(f"saved to {training.out} (seed {chosen.seed}, {why_best(chosen)})")
    return chosen


def _duration(training: Training) -> str:
    """Say how long an epoch took when the recipe was recorded, if that is long."""
    recipe = training.recipe
    if training.own_data:
        return ""
    seconds = Results.load(training.name).seconds_per_epoch(training.variant, recipe.experiment)
    if seconds is None or seconds * recipe.epochs < _WORTH_SAYING:
        return ""
    return f" of about {seconds:.2g} s, where it was recorded"


def _for_seed(options: Chosen, seed: int) -> Chosen:
    """Give each of several seeds a folder of its own, wherever an option names one to write to."""
    return {k: v / f"seed{seed}" if isinstance(v, Path) else v for k, v in options.items()}


def _interrupted(run: Run, chosen: Run, out: Path) -> str:
    epochs = len(run.history.get("loss", ()))
    message = f"interrupted after {counted(epochs, 'epoch')} of seed {run.seed}; "
    if chosen is not run:
        return (
            message + f"saved to {out}: the network of seed {chosen.seed}, the best finished one."
        )
    go_on = "To go on, add --resume to the same command."
    if run.path is None:
        kept = f"{out} is as it was" if (out / CARD_FILE).exists() else "nothing was saved"
        return message + (f"{kept}. {go_on}" if epochs else f"{kept}.")
    if not run.recipe.restore_best_weights:
        return message + f"saved to {out}: the latest weights. {go_on}"
    return message + f"saved to {out}: the best weights. {go_on}"


def _earlier(training: Training, seed: int) -> list[Epoch]:
    """Return the epochs of a training that goes on."""
    from kerazoo.web.live_server import earlier_epochs

    return earlier_epochs(training.out, seed) if training.resume else []


def _told(page: LiveTraining | None) -> list[Any]:
    if page is None:
        return []
    from kerazoo.web.live_epochs import LiveEpochs

    return [LiveEpochs(page)]


def _progress(quiet: bool) -> list[Any]:
    if quiet:
        return []
    from kerazoo.engine.progress import ProgressLine

    return [ProgressLine()]
