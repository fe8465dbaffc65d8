"""`kerazoo train`: one network, one or more seeds, judged beside its references."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from kerazoo import registry
from kerazoo._files import checkpoint_folder, make_folder, refuse_images_in
from kerazoo._machine import quiet_libraries, warnings_as_lines
from kerazoo._scratch import scratch_beside
from kerazoo.cli._arguments import (
    OF_RECIPE,
    DataDir,
    Figures,
    Followed,
    Force,
    NetworkOrData,
    Quiet,
    Ray,
    number,
    use_data_dir,
)
from kerazoo.cli._console import say
from kerazoo.cli._options import check_log
from kerazoo.cli._start import (
    choose_data,
    find_network,
    find_recipe,
    find_start,
    fit_schedule,
    variant_of,
)
from kerazoo.cli._training import (
    Training,
    check_spread,
    port_of_page,
    train_seeds,
    watched,
)
from kerazoo.cli._workers import DEFAULT_WAIT, Rank, Wait, Workers, find_workers
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.recipe import LAST_SEED, overridden
from kerazoo.runtimes.xla_cache import keeping_programs
from kerazoo.tasks import Chosen, load_task


def train(
    context: typer.Context,
    name: NetworkOrData = None,
    variant: Followed = "tuned",
    seed: Annotated[
        int | None,
        typer.Option(
            parser=number(0, LAST_SEED),
            metavar="N",
            help="The first seed: it decides initial weights and the order of the rows.",
            show_default=OF_RECIPE,
        ),
    ] = None,
    seeds: Annotated[
        int,
        typer.Option(
            parser=number(),
            metavar="N",
            help="How many seeds to train; the best on validation is saved.",
        ),
    ] = 1,
    epochs: Annotated[
        int | None,
        typer.Option(parser=number(), metavar="N", help="The most epochs.", show_default=OF_RECIPE),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(parser=number(), metavar="N", help="Rows in a step.", show_default=OF_RECIPE),
    ] = None,
    experiment: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="Another experiment of the recipe, such as other data; kerazoo show NAME lists "
            "them.",
        ),
    ] = None,
    precision: Annotated[
        Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"] | None,
        typer.Option(help="In what inner layers compute.", show_default=OF_RECIPE),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to save.", show_default="runs/NAME"),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an interrupted training.")
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Your own data; kerazoo train NAME --help says what the network takes.",
        ),
    ] = None,
    start_from: Annotated[
        str | None,
        typer.Option(
            "--from",
            "--start-from",
            metavar="MODEL",
            help="Go on from a saved network, on --data of the kind that it was trained on; it "
            "stays as it is.",
        ),
    ] = None,
    recipe_file: Annotated[
        Path | None,
        typer.Option(
            "--recipe", metavar="FILE", help="Settings that kerazoo search --promote has written."
        ),
    ] = None,
    ray: Ray = None,
    data_dir: DataDir = None,
    log: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[tensorboard|mlflow|wandb]",
            help="What is told of each epoch, besides history.jsonl; may be given several times.",
        ),
    ] = None,
    workers: Workers = None,
    rank: Rank = None,
    wait: Wait = DEFAULT_WAIT,
    live: Annotated[
        bool,
        typer.Option("--live", help="Show curves on a page of this machine while it trains."),
    ] = False,
    live_port: Annotated[
        int | None,
        typer.Option(
            parser=number(0, 65535),
            metavar="N",
            help="The port of that page.",
            show_default="a free one",
        ),
    ] = None,
    plot: Figures = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Train a network on its data or yours, judge it on the test set, save it.

    kerazoo train NAME --help shows the further options of a network.
    """
    if (seed or 0) + seeds - 1 > LAST_SEED:
        raise WrongUsage(
            f"--seed {seed} and --seeds {seeds} go past {LAST_SEED}, the last seed; pass smaller "
            "ones."
        )
    cluster = find_workers(workers, rank, wait, seeds)
    saves = cluster is None or cluster.rank == 0
    context.with_resource(keeping_programs(say))  # before TensorFlow is imported
    use_data_dir(data_dir)
    options: Chosen = context.obj["options"]
    check_spread(ray, context.params, options)
    check_log(log or ())
    start = find_start(context, start_from, name, data=data, out=out)
    found = find_recipe(context, recipe_file, name)
    name = found.network if found else name
    name = find_network(context, name, data) if start is None else start.card.name
    variant = found.variant if found else variant if start is None else variant_of(start)
    own = registry.load_recipe(name, variant).of_experiment(experiment)
    own = found.applied_to(own) if found else own
    if experiment is not None and data is not None:
        raise WrongUsage("--experiment is about the zoo's data, --data about yours: leave out one.")
    port = port_of_page(live, live_port)
    if resume and seeds > 1:
        raise WrongUsage("--resume goes on with one training: leave out --seeds.")
    out = out or Path("runs") / name
    plot = plot if saves else None
    if plot is not None:
        refuse_images_in(plot, "--plot", force=force or resume)
    recipe = dataclasses.replace(
        own,
        epochs=epochs or own.epochs,
        batch_size=batch_size or own.batch_size,
        precision=precision or own.precision,
    )
    first = recipe.seed if seed is None else seed
    if saves and not force:
        again = None if data else (recipe.hash(), range(first, first + seeds))
        _refuse_to_replace(out, name, resume=resume, again=again)
    with scratch_beside(out):  # of a table that is larger than memory
        recipe, splits = choose_data(name, own, recipe, data, options, start)
    if recipe_file is not None and data is None:  # whose schedule may be of other epochs
        recipe, splits = fit_schedule(recipe)
    if data is not None and splits is not None:  # which may have changed what was asked for
        of_file = found.settings if found else {}
        recipe = overridden(
            recipe,
            len(splits.train.x),
            epochs=epochs or of_file.get("epochs"),
            batch_size=batch_size or of_file.get("batch_size"),
        )
    for option, value in options.items():
        if saves and load_task(recipe.task).TRAIN_OPTIONS[option].makes_folder:
            refuse_images_in(value, f"--{option}", force=force or resume)
            make_folder(value)
    if plot is not None:
        make_folder(plot)  # which finds out before the training whether it can be written to
    training = Training(
        name=name,
        variant=variant,
        recipe=recipe,
        splits=splits,
        options=options,
        seeds=range(first, first + seeds),
        out=out,
        resume=resume,
        quiet=quiet,
        own_data=data is not None,
        trackers=tuple(log or ()),
        start=start,
        cluster=cluster,
        ray=ray,
    )
    waiting = contextlib.nullcontext() if cluster is None else warnings_as_lines(say)
    with quiet_libraries(), waiting, watched(training, port if saves else None) as page:
        run = train_seeds(training, page)
    if plot is not None:
        from kerazoo.plots import save_figures

        for path in save_figures(plot, run.figures()):
            print(f"drew {path}")


def _refuse_to_replace(
    out: Path, name: str, *, resume: bool, again: tuple[str, range] | None
) -> None:
    """Refuse a folder with a training in it: a finished one, or one that can go on.

    Args:
        out: the folder.
        name: the network.
        resume: whether a training is to go on.
        again: hash of the recipe and seeds of a training on the zoo's data. A network that was made
            by the same ones is what comes out again, and may be replaced.
    """
    from kerazoo.saved import check_writable, load_card

    check_writable(out, name)
    metrics: dict[str, Any] = {}
    with contextlib.suppress(KerazooError):
        card = load_card(out)
        metrics = dict(card.metrics)
        same = again and (card.recipe, list(metrics)) == (again[0], [str(s) for s in again[1]])
        if same and all(metrics.values()):
            return
    if any(metrics.values()):
        raise KerazooError(
            f"{out} holds a finished network. Choose another --out, or add --force to replace it."
        )
    if not resume and (metrics or checkpoint_folder(out).is_dir()):
        raise KerazooError(
            f"{out} is of an unfinished training. Add --resume to go on with it, or --force to "
            "begin anew."
        )
