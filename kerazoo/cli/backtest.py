"""`kerazoo backtest`: how well would a forecaster have done, trained again and again?"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo import registry
from kerazoo._files import check_new_file, replacing_file
from kerazoo._machine import quiet_libraries, warnings_as_lines
from kerazoo._wording import counted
from kerazoo.cli._arguments import (
    OF_RECIPE,
    DataDir,
    Followed,
    Force,
    Seed,
    complete_network,
    number,
    use_data_dir,
)
from kerazoo.cli._console import progress_bar, say
from kerazoo.cli._start import choose_data, find_network
from kerazoo.errors import Interrupted
from kerazoo.tasks import Chosen

if TYPE_CHECKING:
    from kerazoo.report.backtest import Backtest


def backtest(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="A network that forecasts a series; with --data may be left out.",
            show_default=False,
            autocompletion=complete_network,
        ),
    ] = None,
    variant: Followed = "tuned",
    data: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Your own series, a CSV file.")
    ] = None,
    every: Annotated[
        int | None,
        typer.Option(
            parser=number(),
            metavar="N",
            help="Rows of the test part between two trainings.",
            show_default="so that there are at most 250 trainings",
        ),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            parser=number(),
            metavar="N",
            help="Train on the last N windows before each step. One size of data trains faster.",
            show_default="all",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            parser=number(), metavar="N", help="Epochs of a training.", show_default=OF_RECIPE
        ),
    ] = None,
    warm_epochs: Annotated[
        int | None,
        typer.Option(
            parser=number(),
            metavar="N",
            help="Let each training but the first go on from the one before, for N epochs at a "
            "fiftieth of the learning rate.",
            show_default="each begins anew",
        ),
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(parser=number(), metavar="N", help="Rows in a step.", show_default=OF_RECIPE),
    ] = None,
    seed: Seed = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A CSV file for every forecast of every method."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A PNG file to draw the errors over time in."),
    ] = None,
    data_dir: DataDir = None,
    force: Force = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, for programs that read it.")
    ] = False,
) -> None:
    """Walk through the test part of a series, training a network again on all rows before.

    Simple methods are fitted again at each step, too, and stand beside it. No forecast knows
    anything of later rows. kerazoo backtest NAME --help shows the further options of a network.
    """
    for path, suffix, flag in ((out, ".csv", "--out"), (plot, ".png", "--plot")):
        if path is not None:
            check_new_file(path, (suffix,), flag, force=force)
    use_data_dir(data_dir)
    name = find_network(context, name, data)
    recipe = registry.load_recipe(name, variant)
    from kerazoo.experiments.backtest import backtest as walk
    from kerazoo.experiments.backtest import check_network

    check_network(name, recipe)
    options: Chosen = context.obj["options"]
    recipe, splits = choose_data(name, recipe, recipe, data, options)
    with quiet_libraries(), progress_bar(name) as report, warnings_as_lines(say):
        result = walk(
            name,
            variant=variant,
            seed=seed,
            recipe=recipe,
            splits=splits,
            every=every,
            rows=rows,
            epochs=epochs,
            warm_epochs=warm_epochs,
            batch_size=batch_size,
            report=report,
        )
    _write(result, out, plot)
    if as_json:
        print(json.dumps(_plain(result, variant), allow_nan=False))
    else:
        print(f"{name}, {variant} recipe: {_describe(result)}\n")
        print(f"{result.table()}\n\n{result.verdict}")
    if result.interrupted:
        raise Interrupted(
            f"interrupted after {counted(len(result), 'forecast')}; the figures are of these."
        )


def _describe(result: Backtest) -> str:
    often = "every row" if result.every == 1 else f"every {counted(result.every, 'row')}"
    return (
        f"{counted(len(result), 'forecast')} of {result.target!r}, trained again {often} "
        f"({counted(result.trainings, 'training')} in {result.seconds:.0f} s)"
    )


def _write(result: Backtest, out: Path | None, plot: Path | None) -> None:
    if out is not None:
        with replacing_file(out) as part:
            result.to_frame().to_csv(part, index=False, float_format="%.7g")
        say(f"wrote {out}")
    if plot is not None:
        from kerazoo.plots.files import save_figure
        from kerazoo.plots.forecasts import plot_backtest

        save_figure(plot, plot_backtest(result))
        say(f"drawn to {plot}")


def _plain(result: Backtest, variant: str) -> dict[str, Any]:
    """Return what is printed as data: a figure that is not finite as null."""
    return {
        "name": result.name,
        "variant": variant,
        "target": result.target,
        "forecasts": len(result),
        "horizon": result.true.shape[1],
        "trainings": result.trainings,
        "every": result.every,
        "seconds": round(result.seconds, 1),
        "interrupted": result.interrupted,
        "scores": {
            name: {key: value if math.isfinite(value) else None for key, value in scores.items()}
            for name, scores in result.scores.items()
        },
        "verdict": result.verdict,
    }
