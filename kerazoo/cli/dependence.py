"""`kerazoo dependence`: how the answers of a saved model change with a column of its table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kerazoo._files import check_new_file
from kerazoo.cli._arguments import Force
from kerazoo.cli._console import quietly, said_if_slow, say
from kerazoo.errors import WrongUsage, unknown_name
from kerazoo.report.table import Table

if TYPE_CHECKING:
    from kerazoo.predict import Predictor
    from kerazoo.predict.dependence import Dependence


def dependence(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    column: Annotated[
        str | None,
        typer.Argument(
            metavar="COLUMN",
            help="A column of the table that it takes; without one, how much each column moves "
            "the answers.",
            show_default=False,
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A PNG file to draw in: a line for each stored row, and the mean."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--class",
            metavar="NAME",
            help="The class whose probability is drawn.",
            show_default="the last one",
        ),
    ] = None,
    force: Force = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, for programs that read it.")
    ] = False,
) -> None:
    """Tell how answers depend on one column of a table: the partial dependence.

    The column of the training rows that the model holds is set to one value after another, and the
    mean answer is printed beside each. It needs no data and no TensorFlow. How much worse a model
    gets without a column is another question: kerazoo evaluate MODEL --importance.
    """
    from kerazoo.predict import load_predictor

    if column is None and (plot is not None or output is not None):
        raise WrongUsage(
            "--plot and --class draw one column. Name it: kerazoo dependence MODEL COLUMN."
        )
    if output is not None and plot is None:
        raise WrongUsage("--class says what --plot draws: add --plot FILE, or leave it out.")
    if plot is not None:
        check_new_file(plot, (".png",), "--plot", force=force)
    predictor = quietly(lambda: load_predictor(model))
    if column is None:
        with said_if_slow("answering the stored rows for each column"):
            plain, table = _of_all(predictor)
    else:
        found = predictor.partial_dependence(column)
        if output is not None and output not in found.outputs:
            raise unknown_name("class", output, found.outputs)
        plain, table = _of_one(found)
    print(json.dumps({"name": predictor.card.name, **plain}) if as_json else table)
    if plot is not None:
        from kerazoo.plots.dependence import plot_dependence
        from kerazoo.plots.files import save_figure

        save_figure(plot, plot_dependence(found, output))
        say(f"drawn to {plot}")


def _of_one(found: Dependence) -> tuple[dict[str, Any], Table]:
    """Return the mean answers for each value of a column: for programs, and for people."""
    values = list(found.words) or found.values.tolist()
    shown = list(found.words) or [f"{value:.4g}" for value in values]
    rows = [
        (value, *(f"{number:.4g}" for number in mean))
        for value, mean in zip(shown, found.mean.tolist(), strict=True)
    ]
    means = dict(zip(found.outputs, found.mean.T.tolist(), strict=True))
    plain = {"column": found.column, "values": values, "means": means}
    return plain, Table((found.column, *found.outputs), tuple(rows))


def _of_all(predictor: Predictor) -> tuple[dict[str, Any], Table]:
    """Return how far each column moves the mean answer, the one that moves it most first."""
    from kerazoo.predict.drift import profile_of_card

    profile_of_card(predictor.card)  # which refuses what takes no table
    found = [predictor.partial_dependence(column.name) for column in predictor.card.columns]
    found.sort(key=lambda one: -one.reach.max())
    outputs = found[0].outputs
    rows = [(one.column, *(f"{number:.4g}" for number in one.reach)) for one in found]
    reach = {one.column: dict(zip(outputs, one.reach.tolist(), strict=True)) for one in found}
    note = "largest minus smallest mean answer over the values of a column"
    return {"reach": reach}, Table(("column", *outputs), tuple(rows), note)
