"""`kerazoo evaluate`: does a saved model still do what its card says?"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo._files import check_new_file, make_folder, refuse_images_in, replacing_file
from kerazoo._wording import counted
from kerazoo.cli._arguments import DataDir, Figures, Force, Runtime, use_data_dir
from kerazoo.cli._console import quietly, said_if_slow, say
from kerazoo.cli._judged_on import load_splits, recipe_of
from kerazoo.errors import KerazooError
from kerazoo.report.table import Table
from kerazoo.saved.reading import open_saved
from kerazoo.saved.readme import write_readme
from kerazoo.saved.storage import README_FILE
from kerazoo.tasks import Evaluation, load_task

if TYPE_CHECKING:
    from kerazoo.datasets import Splits
    from kerazoo.experiments.importance import Importance
    from kerazoo.plots.style import Figure
    from kerazoo.saved import Card
    from kerazoo.saved.reading import Saved

    Shuffled = tuple[str, tuple[Importance, ...]]  # what was scored, and each column

_TOLERANCE = 1e-3
_MOST_CLASSES = 30


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    runtime: Annotated[Runtime, typer.Option(help="What computes the answers.")] = "auto",
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Your own data: what such a network is trained on, with its target; a table also "
            "for the zoo's networks, and - for standard input.",
        ),
    ] = None,
    data_dir: DataDir = None,
    errors: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A CSV file to write: a line per test row, with the truth, the answer and its "
            "error.",
        ),
    ] = None,
    importance: Annotated[
        bool,
        typer.Option(
            "--importance",
            help="Shuffle each column of the test rows in turn: how much worse do answers get?",
        ),
    ] = False,
    plot: Figures = None,
    readme: Annotated[
        bool,
        typer.Option(
            "--readme",
            help="Write the scores, and those of each class, into README.md of the model.",
        ),
    ] = False,
    force: Force = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, for programs that read it.")
    ] = False,
) -> None:
    """Check a saved model against its test set: does it still do what its card says?

    A network of your own data is judged on --data PATH, split as at training: on the file or
    folder that it was trained on, the test part is the same. That is also what it is judged on
    without --data, if it is still there and has not changed. Of another table, all rows that have
    the target are judged, also by the networks that come trained.
    """
    use_data_dir(data_dir)
    saved = open_saved(model)
    card = saved.card
    recipe = recipe_of(card)
    recipe, splits = load_splits(model, saved, recipe, data)
    _check_outputs(plot, errors, force=force)
    from kerazoo.experiments.own_splits import has_same_test  # imports pandas

    same_data = has_same_test(card, splits)
    if readme and not same_data:
        raise KerazooError(
            f"the README of {model} tells of the test part of its training, and these are other "
            "rows. Leave --readme out."
        )
    task = load_task(recipe.task)
    with said_if_slow(f"judging on the {counted(len(splits.test.x), 'row')} of the test part"):
        judged = quietly(lambda: task.evaluate(saved, splits, recipe, runtime))
    if errors is not None and not judged.errors:
        raise KerazooError(
            f"{card.name} does not answer row by row with a class or a number, so there is nothing "
            "to write to --errors. Leave it out."
        )
    columns = _importance(saved, splits) if importance else None
    if as_json:
        plain = _plain(card, judged, len(splits.test.x), same_data) | _importance_as_data(columns)
        print(json.dumps(plain, allow_nan=False))
    else:
        _print_scores(card, judged.scores)
        _print_classes(judged.classes)
        if columns is not None:
            print(f"\n{_importance_table(columns)}")
    if errors is not None:
        _write_errors(errors, judged)
        say(f"wrote {errors}")
    if readme:
        _write_readme(saved, judged, len(splits.test.x))
    if plot is not None:
        from kerazoo.plots import save_figures

        figures = dict(task.figures(splits, judged.predictions, judged.model))
        for path in save_figures(plot, figures | _importance_figure(columns)):
            say(f"wrote {path}")
    if data is not None and not same_data:
        say(f"note: it was trained on other data than {data}, or on this before it changed.")
    elif not same_data:
        say("note: it was trained on other bytes of this data set than the ones found here.")
    elif _differing(card, judged):
        raise KerazooError(
            f"{model} does not reach the figures of its card. Get it again; if that does not "
            "help, kerazoo doctor tells whether your libraries differ from those of its card."
        )


def _check_outputs(plot: Path | None, errors: Path | None, *, force: bool) -> None:
    """Find out before the judging whether what it writes can be written."""
    if errors is not None:
        check_new_file(errors, (".csv",), "--errors", force=force)
    if plot is not None:
        refuse_images_in(plot, "--plot", force=force)
        make_folder(plot)


def _write_readme(saved: Saved, judged: Evaluation, rows: int) -> None:
    """Write what came out into the README of a model, between its markers."""
    from kerazoo.report.judged import judged_text

    path = saved.folder / README_FILE
    try:
        changed = write_readme(
            saved.folder, saved.card, made={"judged": judged_text(saved.card, judged, rows)}
        )
    except OSError as error:
        raise KerazooError(
            f"{path} cannot be written: {error.strerror or error}. Copy the model to a folder of "
            "your own."
        ) from error
    say(f"wrote {path}" if changed else f"{path} says so already, or has no place for it.")


def _importance(saved: Saved, splits: Splits) -> Shuffled:
    """Return how much worse answers get without each column."""
    from kerazoo.experiments.importance import permutation_importance

    with said_if_slow("shuffling each column in turn"):
        return quietly(lambda: permutation_importance(saved, splits))


def _importance_table(shuffled: Shuffled) -> Table:
    metric, found = shuffled
    rows = [(one.column, f"{one.worse:+.4f}", f"{one.spread:.4f}") for one in found]
    loses = "loss of accuracy" if metric == "accuracy" else f"rise of {metric}"
    return Table(("column", loses, "spread"), tuple(rows))


def _importance_as_data(shuffled: Shuffled | None) -> dict[str, Any]:
    if shuffled is None:
        return {}
    metric, found = shuffled
    plain = {one.column: {"worse": one.worse, "spread": one.spread} for one in found}
    return {"importance": {"metric": metric, "columns": plain}}


def _importance_figure(shuffled: Shuffled | None) -> dict[str, Figure]:
    if shuffled is None:
        return {}
    from kerazoo.plots.importance import plot_importance

    metric, found = shuffled
    worse, spread = [one.worse for one in found], [one.spread for one in found]
    return {"importance": plot_importance([one.column for one in found], worse, spread, metric)}


def _print_scores(card: Card, scores: dict[str, float]) -> None:
    saved = card.metrics.get(str(card.seed), {})
    print(f"{card.name}, {card.variant or 'no'} recipe, seed {card.seed}")
    rows = []
    for name, value in scores.items():
        before = saved.get(name)
        rows.append((name, "-" if before is None else f"{before:.5g}", f"{value:.5g}"))
    print(Table(("metric", "saved", "now"), tuple(rows)))


def _print_classes(classes: Mapping[str, tuple[int, float, float]]) -> None:
    if not classes:
        return
    shown = [
        (name, f"{count:,}", *("-" if math.isnan(share) else f"{share:.3f}" for share in shares))
        for name, (count, *shares) in list(classes.items())[:_MOST_CLASSES]
    ]
    print()
    print(Table(("class", "rows", "precision", "recall"), tuple(shown)))
    if len(classes) > _MOST_CLASSES:
        more = counted(len(classes) - _MOST_CLASSES, "class", "classes")
        print(f"and {more} more; --json has all")


def _write_errors(path: Path, judged: Evaluation) -> None:
    """Write a line for each test row; the file appears when it is whole."""
    import pandas as pd

    try:
        with replacing_file(path) as part:
            pd.DataFrame(judged.errors).to_csv(part, index=False, float_format="%.7g")
    except OSError as error:
        raise KerazooError(
            f"--errors {path} cannot be written: {error.strerror or error}. Choose another file."
        ) from error


def _plain(card: Card, judged: Evaluation, rows: int, same_data: bool) -> dict[str, Any]:
    """Return what is printed as data: a figure that is not finite as null."""

    def finite(value: float) -> float | None:
        return value if math.isfinite(value) else None

    return {
        "name": card.name,
        "variant": card.variant,
        "seed": card.seed,
        "rows": rows,
        "same_data": same_data,
        "scores": {name: finite(value) for name, value in judged.scores.items()},
        "saved": dict(card.metrics.get(str(card.seed), {})),
        "classes": {
            name: {"rows": count, "precision": finite(precision), "recall": finite(recall)}
            for name, (count, precision, recall) in judged.classes.items()
        },
    }


def _differing(card: Card, judged: Evaluation) -> list[str]:
    """Return the metrics that are not what they were, but for rounding."""
    saved = card.metrics.get(str(card.seed), {})
    return [
        name
        for name, value in judged.scores.items()
        if name not in judged.by_chance
        and (before := saved.get(name)) is not None
        and abs(value - before) > _TOLERANCE * max(1.0, abs(before))
    ]
