"""`kerazoo evaluate`: does a saved model still do what its card says?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kerazoo._files import refuse_images_in
from kerazoo.cli._console import quietly, said_if_slow, say
from kerazoo.cli._options import DataDir, Figures, Force, Runtime, use_data_dir
from kerazoo.errors import KerazooError
from kerazoo.registry import list_models, load_recipe
from kerazoo.report.table import Table
from kerazoo.saved.reading import open_saved
from kerazoo.tasks import Evaluation, load_task

if TYPE_CHECKING:
    from kerazoo.saved import Card

_TOLERANCE = 1e-3


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    runtime: Annotated[Runtime, typer.Option(help="What computes the answers.")] = "auto",
    data_dir: DataDir = None,
    plot: Figures = None,
    force: Force = False,
) -> None:
    """Check a saved model against its test set: does it still do what its card says?"""
    use_data_dir(data_dir)
    if plot is not None:
        refuse_images_in(plot, "--plot", force=force)
    saved = open_saved(model)
    card = saved.card
    if card.name not in list_models():
        raise KerazooError(
            f"{card.name!r} is not a network that is known here, so no test set is. Set "
            "KERAZOO_MODELS to the folder of its file, or judge it in Python: "
            "kerazoo.evaluate_model(model, (x, y))."
        )
    from kerazoo.datasets import load_dataset

    recipe = load_recipe(card.name, card.variant or "tuned")
    splits = load_dataset(recipe.dataset, **recipe.dataset_arguments)
    same_data = splits.hash() == card.data
    if not same_data and Path(model).is_dir():
        own = "" if card.dataset in (None, recipe.dataset) else f" ({card.dataset})"
        raise KerazooError(
            f"{model} was trained on other data{own} than the test set of {card.name} belongs to. "
            "Judge it in Python: kerazoo.evaluate_model(model, (x, y))."
        )
    task = load_task(recipe.task)
    with said_if_slow(f"judging on the {len(splits.test.x):,} rows of the test part"):
        judged = quietly(lambda: task.evaluate(saved, splits, recipe, runtime))
    _print_scores(card, judged.scores)
    if plot is not None:
        from kerazoo.plots import save_figures

        for path in save_figures(plot, task.figures(splits, judged.predictions, judged.model)):
            say(f"wrote {path}")
    if not same_data:
        say("note: it was trained on other bytes of this data set than the ones found here.")
    elif _differing(card, judged):
        raise KerazooError(
            f"{model} does not reach the figures of its card. Get it again; if that does not "
            "help, kerazoo doctor tells whether your libraries differ from those of its card."
        )


def _print_scores(card: Card, scores: dict[str, float]) -> None:
    saved = card.metrics.get(str(card.seed), {})
    print(f"{card.name}, {card.variant or 'no'} recipe, seed {card.seed}")
    rows = []
    for name, value in scores.items():
        before = saved.get(name)
        rows.append((name, "-" if before is None else f"{before:.5g}", f"{value:.5g}"))
    print(Table(("metric", "saved", "now"), tuple(rows)))


def _differing(card: Card, judged: Evaluation) -> list[str]:
    """Return the metrics that are not what they were, but for rounding."""
    saved = card.metrics.get(str(card.seed), {})
    return [
        name
        for name, value in judged.scores.items()
        if (before := saved.get(name)) is not None
        and abs(value - before) > _TOLERANCE * max(1.0, abs(before))
    ]
