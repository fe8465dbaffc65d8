"""`kerazoo evaluate`: does a saved model still do what its card says?"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo._files import check_new_file, make_folder, refuse_images_in, replacing_file
from kerazoo._machine import warnings_as_lines
from kerazoo._wording import counted
from kerazoo.cli._console import quietly, said_if_slow, say
from kerazoo.cli._options import DataDir, Figures, Force, Runtime, use_data_dir
from kerazoo.errors import KerazooError
from kerazoo.registry import list_models, load_recipe
from kerazoo.report.table import Table
from kerazoo.saved.reading import open_saved
from kerazoo.tasks import Evaluation, load_task

if TYPE_CHECKING:
    from kerazoo.datasets import Splits
    from kerazoo.recipe import Recipe
    from kerazoo.saved import Card
    from kerazoo.saved.reading import Saved

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
    plot: Figures = None,
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
    if card.name not in list_models():
        raise KerazooError(
            f"{card.name!r} is not a network that is known here, so no test set is. Set "
            "KERAZOO_MODELS to the folder of its file, or judge it in Python: "
            "kerazoo.evaluate_model(model, (x, y))."
        )
    recipe = load_recipe(card.name, card.variant or "tuned")
    recipe, splits = _load_splits(model, saved, recipe, data)
    _check_outputs(plot, errors, force=force)
    from kerazoo.experiments.own_splits import has_same_test  # imports pandas

    same_data = has_same_test(card, splits)
    task = load_task(recipe.task)
    with said_if_slow(f"judging on the {counted(len(splits.test.x), 'row')} of the test part"):
        judged = quietly(lambda: task.evaluate(saved, splits, recipe, runtime))
    if errors is not None and not judged.errors:
        raise KerazooError(
            f"{card.name} does not answer row by row with a class or a number, so there is nothing "
            "to write to --errors. Leave it out."
        )
    if as_json:
        print(json.dumps(_plain(card, judged, len(splits.test.x), same_data), allow_nan=False))
    else:
        _print_scores(card, judged.scores)
        _print_classes(judged.classes)
    if errors is not None:
        _write_errors(errors, judged)
        say(f"wrote {errors}")
    if plot is not None:
        from kerazoo.plots import save_figures

        for path in save_figures(plot, task.figures(splits, judged.predictions, judged.model)):
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


def _load_splits(
    model: str, saved: Saved, recipe: Recipe, data: Path | None
) -> tuple[Recipe, Splits]:
    """Return how a model is judged, and on what data: the user's own, or that of its recipe."""
    from kerazoo.datasets import load_dataset

    card = saved.card
    if data is not None:
        from kerazoo.experiments.own_splits import load_own_splits

        with warnings_as_lines(say):
            return load_own_splits(saved, recipe, data)
    if card.source is not None:
        return _load_source(model, saved, recipe, Path(card.source))
    is_folder = Path(model).is_dir()
    if is_folder and card.dataset not in (None, recipe.dataset):
        raise _needs_data(model, card, recipe)
    splits = load_dataset(recipe.dataset, **recipe.dataset_arguments)
    if is_folder and splits.hash() != card.data:
        raise _needs_data(model, card, recipe)
    return recipe, splits


def _load_source(model: str, saved: Saved, recipe: Recipe, source: Path) -> tuple[Recipe, Splits]:
    """Return the data of the user's that a network was trained on, if it is still the same."""
    from kerazoo.experiments.own_splits import has_same_test, load_own_splits

    if not source.exists():
        raise KerazooError(
            f"{model} was trained on {source}, which is not there. Add --data PATH to judge it."
        )
    with warnings_as_lines(say):
        recipe, splits = load_own_splits(saved, recipe, source)
        if not has_same_test(saved.card, splits):
            raise KerazooError(
                f"{source} has changed since {model} was trained on it. Add --data {source} to "
                "judge it all the same, on whatever is in there now."
            )
    return recipe, splits


def _needs_data(model: str, card: Card, recipe: Recipe) -> KerazooError:
    own = "" if card.dataset in (None, recipe.dataset) else f" ({card.dataset})"
    return KerazooError(
        f"{model} was trained on other data{own} than the test set of {card.name} belongs to. Add "
        "--data PATH to judge it on your own."
    )


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
