"""`kerazoo search`: which settings of a recipe reach more?"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo import registry
from kerazoo._files import check_new_file
from kerazoo._machine import quiet_libraries, warnings_as_lines
from kerazoo._scratch import scratch_beside
from kerazoo._wording import counted
from kerazoo.cli._arguments import (
    OF_RECIPE,
    DataDir,
    Followed,
    Force,
    NetworkOrData,
    OwnData,
    Ray,
    number,
    use_data_dir,
)
from kerazoo.cli._console import progress_bar, say
from kerazoo.cli._start import choose_data, find_network
from kerazoo.errors import Interrupted
from kerazoo.recipe import LAST_SEED
from kerazoo.runtimes.xla_cache import keeping_programs
from kerazoo.tasks import Chosen

if TYPE_CHECKING:
    from kerazoo.report.search import Search


def search(
    context: typer.Context,
    name: NetworkOrData = None,
    variant: Followed = "tuned",
    data: OwnData = None,
    space: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=LOW:HIGH|NAME=A,B|FILE",
            help="What is tried, such as rate=1e-4:1e-2; may be given several times. A file holds "
            "the same as a JSON object.",
            show_default="around the recipe",
        ),
    ] = None,
    trials: Annotated[
        int,
        typer.Option(
            parser=number(),
            metavar="N",
            help="How many there are in the end; earlier ones count.",
        ),
    ] = 50,
    timeout: Annotated[
        int | None,
        typer.Option(
            parser=number(), metavar="SECONDS", help="Begin no further trial after so long."
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            parser=number(0),
            metavar="N",
            help="Judge by cross-validation; 0 for the validation part.",
            show_default="0, or 5 where no rows are held out",
        ),
    ] = None,
    seeds: Annotated[
        int,
        typer.Option(
            parser=number(),
            metavar="N",
            help="How many further seeds, and divisions into folds, the best trials and the recipe "
            "are compared by.",
        ),
    ] = 4,
    epochs: Annotated[
        int | None,
        typer.Option(
            parser=number(), metavar="N", help="The most epochs of a trial.", show_default=OF_RECIPE
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            parser=number(0, LAST_SEED),
            metavar="N",
            help="Decides the trials and their weights.",
            show_default=OF_RECIPE,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where trials are kept. The same command again goes on there; several may run at "
            "once.",
            show_default="runs/NAME-search",
        ),
    ] = None,
    promote: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A JSON file for the best recipe: kerazoo train --recipe FILE."
        ),
    ] = None,
    ray: Ray = None,
    data_dir: DataDir = None,
    force: Force = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, for programs that read it.")
    ] = False,
) -> None:
    """Search for settings of a recipe that reach more on rows held out of the training.

    The recipe is the first trial. The best trials and the recipe are trained again from further
    seeds, and a sentence says whether one beats it. The test part is not touched.
    """
    if promote is not None:
        check_new_file(promote, (".json",), "--promote", force=force)
    context.with_resource(keeping_programs(say))  # before TensorFlow is imported
    use_data_dir(data_dir)
    name = find_network(context, name, data)
    recipe = registry.load_recipe(name, variant)
    options: Chosen = context.obj["options"]
    out = out or Path("runs") / f"{name}-search"
    from kerazoo.experiments.search import JOURNAL, check_optuna
    from kerazoo.experiments.search import search as carry_out

    check_optuna()
    with scratch_beside(out):  # of a table that is larger than memory
        recipe, splits = choose_data(name, recipe, recipe, data, options)
    with quiet_libraries(), progress_bar(name) as report, warnings_as_lines(say):
        found = carry_out(
            name,
            variant=variant,
            recipe=recipe,
            splits=splits,
            space=space or None,
            trials=trials,
            timeout=timeout,
            folds=folds,
            seeds=seeds,
            epochs=epochs,
            seed=seed,
            out=out,
            report=report,
            ray=ray,
        )
    _write(found, out)
    print(json.dumps(_plain(found), allow_nan=False) if as_json else _describe(found))
    say(f"{counted(len(found), 'trial')} in {out / JOURNAL}, trials.csv and search.png beside it")
    if found.interrupted:
        raise Interrupted(
            f"interrupted after {counted(len(found), 'trial')}. To go on, run the same command."
        )
    if promote is not None:
        _promote(found, variant, promote)


def _describe(found: Search) -> str:
    return f"{found.table()}\n\n{found.verdict}"


def _write(found: Search, out: Path) -> None:
    from kerazoo._files import replacing_file
    from kerazoo.plots.files import save_figure

    with replacing_file(out / "trials.csv") as part:
        found.trials.to_csv(part, index=False, float_format="%.7g")
    save_figure(out / "search.png", found.figure())


def _promote(found: Search, variant: str, path: Path) -> None:
    if not found.is_better:
        say(f"{path} is not written: no trial is better than the recipe.")
        return
    from kerazoo.experiments.recipe_file import write_recipe

    assert found.chosen is not None
    values = found.checked[found.chosen]
    told = {
        "metric": found.metric,
        "mean": round(sum(values) / len(values), 6),
        "seeds": len(values),
        "trials": len(found),
    }
    write_recipe(path, found.name, found.recipe, variant=variant, found=told)
    say(f"wrote {path}; to train by it: kerazoo train {found.name} --recipe {path}")


def _plain(found: Search) -> dict[str, Any]:
    """Return what is printed as data: a figure that is not finite as null."""

    def plain(value: Any) -> Any:
        value = value.item() if hasattr(value, "item") else value
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return {
        "name": found.name,
        "metric": found.metric,
        "mode": found.mode,
        "verdict": found.verdict,
        "is_better": found.is_better,
        "chosen": found.chosen,
        "values": {name: plain(value) for name, value in found.values.items()},
        "checked": {str(n): [plain(v) for v in values] for n, values in found.checked.items()},
        "importance": dict(found.importance),
        "trials": [
            {key: plain(value) for key, value in row.items()}
            for row in found.trials.to_dict("records")
        ],
        "seconds": round(found.seconds, 1),
        "interrupted": found.interrupted,
    }
