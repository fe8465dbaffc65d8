"""`kerazoo train --workers`: which of the workers this process is, and what the others do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo.cli._arguments import number
from kerazoo.engine.workers.cluster import PATIENCE, PORT, Cluster, find_cluster
from kerazoo.errors import Interrupted, WrongUsage
from kerazoo.tasks import load_task

if TYPE_CHECKING:
    from kerazoo.cli._training import Training
    from kerazoo.experiments.run import Run

_LONGEST_WAIT = 24 * 60 * 60

Workers = Annotated[
    str | None,
    typer.Option(
        metavar="HOSTS",
        help="Addresses of machines that share each batch, HOST or HOST:PORT, with commas between "
        f"them; the port is {PORT} if none is named. Start the same command on each.",
        show_default="TF_CONFIG's, or this one alone",
    ),
]
Rank = Annotated[
    int | None,
    typer.Option(
        parser=number(0),
        metavar="N",
        help="Which of --workers this machine is, from 0; worker 0 saves.",
        show_default="found by its address",
    ),
]
Wait = Annotated[
    int,
    typer.Option(
        parser=number(1, _LONGEST_WAIT),
        metavar="SECONDS",
        help="How long to wait for the other workers to come.",
    ),
]
DEFAULT_WAIT = int(PATIENCE)


def find_workers(workers: str | None, rank: int | None, wait: int, seeds: int) -> Cluster | None:
    """Return the workers of a training; `None` if it is alone.

    Raises:
        WrongUsage: if they are named wrongly, or several seeds are asked for.
    """
    cluster = find_cluster(workers, rank, os.environ, patience=wait)
    if cluster is not None and seeds > 1:
        raise WrongUsage(
            "--workers shares one training: leave out --seeds, or train each seed on a machine."
        )
    return cluster


def assist(training: Training, cluster: Cluster) -> Run:
    """Be another worker than the first: compute shares, and write nothing."""
    from kerazoo.experiments import run as experiments
    from kerazoo.runtimes.keras import check_backend

    check_backend()
    first = cluster.name(0)
    if not training.quiet:
        print(
            f"{training.name}, {training.variant} recipe, seed {training.seeds[0]}: this is "
            f"{cluster.name(cluster.rank)} of {len(cluster.addresses)}; {first} saves",
            flush=True,
        )
    run = experiments.train(
        training.name,
        variant=training.variant,
        seed=training.seeds[0],
        recipe=training.recipe,
        splits=training.splits,
        options=_without_folders(training),
        workers=cluster,
    )
    if run.interrupted:
        raise Interrupted("interrupted. To go on, add --resume to the same command on all workers.")
    if not training.quiet:
        print(f"done; the network is at {first}")
    return run


def _without_folders(training: Training) -> dict[str, Any]:
    known = load_task(training.recipe.task).TRAIN_OPTIONS
    return {
        name: value
        for name, value in training.options.items()
        if not (known[name].makes_folder and isinstance(value, Path))
    }
