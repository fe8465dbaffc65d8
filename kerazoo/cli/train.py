"""The command that trains: one network, one or more seeds, judged beside its references."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo import registry
from kerazoo._machine import quiet_libraries
from kerazoo.cli.own_data import PictureOptions, choose_data
from kerazoo.cli.snapshots import check_snapshots, make_snapshots
from kerazoo.cli.words import choose_text
from kerazoo.errors import KerazooError, unknown_name
from kerazoo.report import tables as report

if TYPE_CHECKING:
    from kerazoo.datasets import Splits
    from kerazoo.experiments.run import Run
    from kerazoo.recipe import Recipe


_MOST_EPOCHS_SHOWN = 400
_PRECISIONS = ("auto", "float32", "mixed_bfloat16", "mixed_float16")


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(train)


def train(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `kerazoo list`.")],
    variant: Annotated[
        str | None, typer.Option(help="documented or tuned; tuned by default, --record: both.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The first seed.")] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="How many seeds.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    precision: Annotated[
        str | None, typer.Option(help="auto, float32, mixed_bfloat16 or mixed_float16.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to save; runs/NAME by default.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on after an interruption.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(help="Your own data: a folder of pictures per class, or a CSV of a series."),
    ] = None,
    image_size: Annotated[
        int | None, typer.Option(min=8, help="Height and width that pictures are brought to.")
    ] = None,
    skip_damaged: Annotated[
        bool, typer.Option("--skip-damaged", help="Leave out pictures that cannot be read.")
    ] = False,
    target: Annotated[str | None, typer.Option(help="The column of a series to predict.")] = None,
    date: Annotated[str | None, typer.Option(help="The column of dates of a series.")] = None,
    lag: Annotated[int | None, typer.Option(min=1, help="Rows that a prediction sees.")] = None,
    horizon: Annotated[int | None, typer.Option(min=1, help="Rows predicted at once.")] = None,
    weekday: Annotated[
        bool, typer.Option("--weekday", help="Let a series' network know the day of the week.")
    ] = False,
    missing: Annotated[
        str | None, typer.Option(help="Empty cells of a series: refuse, or forward (the last one).")
    ] = None,
    text: Annotated[
        Path | None, typer.Option(help="Your own text for word vectors: a file or a folder.")
    ] = None,
    min_count: Annotated[
        int | None, typer.Option(min=1, help="Words of a text that are rarer are left out.")
    ] = None,
    dimension: Annotated[int | None, typer.Option(help="Numbers in a word's vector.")] = None,
    window: Annotated[int | None, typer.Option(help="Words on each side to learn from.")] = None,
    architecture: Annotated[str | None, typer.Option(help="skipgram or cbow.")] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write figures as PNG files.")
    ] = None,
    snapshots: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where to draw what a generative network makes, by epoch."
        ),
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Write results/NAME.json and saved_models/NAME.")
    ] = False,
    protocol: Annotated[
        list[str] | None, typer.Option(help="Only this protocol of the recipe, with --record.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only what was saved.")] = False,
) -> None:
    """Train a network on its data, judge it on the test set, save it."""
    recipe = registry.load_recipe(name, variant or "tuned")
    if record:
        changed = (seed, epochs, batch_size, precision, out, resume or None, data, plot, snapshots)
        if any(option is not None for option in changed):
            raise KerazooError(
                "--record takes the recipe as it stands: leave out --seed, --epochs, --batch-size, "
                "--precision, --out, --resume, --data, --plot and --snapshots."
            )
        with quiet_libraries():
            _record(name, seeds, variant, protocol or [], quiet)
        return
    if protocol:
        raise KerazooError("--protocol chooses what is recorded: add --record.")
    if resume and seeds is not None and seeds > 1:
        raise KerazooError("--resume goes on with one training: leave out --seeds.")
    own = recipe
    recipe = dataclasses.replace(
        recipe,
        epochs=epochs or recipe.epochs,
        batch_size=batch_size or recipe.batch_size,
        precision=_check_precision(precision) or recipe.precision,
    )
    pictures = PictureOptions(image_size, skip_damaged)
    series = {"target": target, "date": date, "lag": lag, "horizon": horizon, "missing": missing}
    series["weekday"] = weekday or None
    words: dict[str, Any] = {"min_count": min_count, "dimension": dimension}
    words |= {"window": window, "architecture": architecture}
    recipe, splits = choose_text(recipe, text, words) or choose_data(
        name, own, recipe, data, pictures, series
    )
    out = out or Path("runs") / name
    check_snapshots(name, snapshots)
    first = recipe.seed if seed is None else seed
    chosen = range(first, first + (seeds or 1))
    with quiet_libraries():
        run = _train_seeds(
            name, variant or "tuned", recipe, splits, chosen, out, resume, quiet, snapshots
        )
    if plot is not None:
        _plot(run, plot)


def _check_precision(precision: str | None) -> Any:
    if precision is not None and precision not in _PRECISIONS:
        raise unknown_name("precision", precision, _PRECISIONS)
    return precision


def _train_seeds(
    name: str,
    variant: str,
    recipe: Recipe,
    splits: Splits | None,
    seeds: range,
    out: Path,
    resume: bool,
    quiet: bool,
    snapshots: Path | None,
) -> Run:
    from kerazoo.saved import check_writable

    check_writable(out, name)  # before the seconds that TensorFlow's import takes
    from kerazoo.experiments import run as training
    from kerazoo.experiments.record import best_run

    runs: list[Run] = []
    for seed in seeds:
        if not quiet:
            print(f"{name}, {variant} recipe, seed {seed}, at most {recipe.epochs} epochs")
        several = seed if len(seeds) > 1 else None
        drawing = make_snapshots(name, recipe, splits, snapshots, several)
        run = training.train(
            name,
            variant=variant,
            seed=seed,
            recipe=recipe,
            splits=splits,
            out=out if len(seeds) == 1 else None,
            resume=resume,
            callbacks=[*_progress(recipe, quiet), *drawing],
        )
        runs.append(run)
        for callback in drawing:
            animation = callback.animate() if run.interrupted else callback.animation
            if animation is not None and not quiet:
                print(f"drew {animation}")
        if run.interrupted:
            break
    finished = [run for run in runs if not run.interrupted]
    chosen = best_run(finished or runs)
    if len(seeds) > 1:
        training.save_run(chosen, out, finished or runs)
    if finished and not quiet:
        _print_summary(name, recipe, finished)
    if run.interrupted:
        raise KerazooError(_interrupted(run, chosen, out))
    choice = f" (seed {chosen.seed}, the best on validation)" if len(seeds) > 1 else ""
    print(f"saved to {out}{choice}")
    return chosen


def _interrupted(run: Run, chosen: Run, out: Path) -> str:
    epochs = len(run.history.get("loss", ()))
    message = f"interrupted in epoch {epochs + 1} of seed {run.seed}; saved to {out}: "
    if chosen is not run:
        return message + f"the network of seed {chosen.seed}, the best finished one."
    which = "best" if run.recipe.restore_best_weights else "latest"
    return message + f"the {which} weights. To go on, add --resume to the same command."


def _plot(run: Run, folder: Path) -> None:
    from kerazoo.plots import figures_of_run, save_figures

    for path in save_figures(folder, figures_of_run(run)):
        print(f"drew {path}")


def _record(
    name: str, seeds: int | None, variant: str | None, protocols: list[str], quiet: bool
) -> None:
    from kerazoo.experiments.record import record

    variants = registry.VARIANTS if variant is None else (variant,)
    report = (lambda line: None) if quiet else print
    record(name, seeds=seeds, variants=variants, protocols=protocols, report=report)
    print(f"recorded in results/{name}.json, saved to saved_models/{name}")


def _progress(recipe: Recipe, quiet: bool) -> list[Any]:
    # Very long trainings of very small networks run many epochs in one call: a display would slow
    # them down a hundred times.
    if quiet or recipe.epochs > _MOST_EPOCHS_SHOWN:
        return []
    from kerazoo.engine.progress import ProgressLine

    return [ProgressLine(recipe.epochs)]


def _print_summary(name: str, recipe: Recipe, runs: list[Run]) -> None:
    from rich.console import Console
    from rich.table import Table

    recorded = report.load_results(name)
    baseline = report.best_baseline(recipe, recorded, recipe.protocol)
    summary = Table(title=f"{name}: test set, {recipe.protocol}")
    for column in ("metric", "documented", "baseline", "ours"):
        summary.add_column(column, justify="left" if column == "metric" else "right")
    for metric in runs[0].metrics:
        values = [run.metrics[metric] for run in runs]
        mean = sum(values) / len(values)
        documented = recipe.documented
        summary.add_row(
            metric.replace("_", " "),
            f"{documented.value:g}" if documented and documented.metric == metric else "",
            f"{baseline[1]:.4f} ({baseline[0]})"
            if baseline and metric == recipe.primary_metric
            else "",
            f"{mean:.4f}"
            if len(values) == 1
            else f"{mean:.4f} ({min(values):.4f} to {max(values):.4f})",
        )
    Console().print(summary)
    seconds = sum(run.seconds for run in runs)
    epochs = sum(len(run.history.get("loss", ())) for run in runs)
    print(f"{epochs} epochs in {seconds:.1f} s")
