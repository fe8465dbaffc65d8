"""`kerazoo calibrate`: how sure a saved model's answers are, from rows it was not trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kerazoo._wording import counted, listed
from kerazoo.cli._arguments import DataDir, use_data_dir
from kerazoo.cli._console import quietly, said_if_slow, say
from kerazoo.cli._judged_on import load_splits, recipe_of
from kerazoo.errors import KerazooError
from kerazoo.saved.reading import open_saved

if TYPE_CHECKING:
    from kerazoo.experiments.calibrating import Calibrated


def calibrate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="An installed model, or the directory of a saved one."
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Your own data with its target: of what it was trained on, the validation part "
            "counts; of other data, all rows.",
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Let a saved model know how sure its answers are: for kerazoo predict --coverage.

    Training does so by itself; this is for models that were saved before, and for rows that are
    more like those to come. Probabilities are brought to how often they are right, by one
    temperature, and the scores that sets and intervals are made of are kept; and, from the data
    that it was trained on, how far a usual row is from the training, for kerazoo check. A
    forecaster learns the latter alone. Only card.json changes.
    """
    use_data_dir(data_dir)
    saved = open_saved(model)
    recipe = recipe_of(saved.card)
    _, splits = load_splits(model, saved, recipe, data)
    if data is None and splits.hash() != saved.card.data:
        raise KerazooError(
            f"the validation rows of {model} are not known here, but for those that it is judged "
            "on. Add --data PATH: labeled rows that it was not trained on."
        )
    from kerazoo.experiments.calibrating import calibrate_saved

    with said_if_slow("answering the rows"):
        done = quietly(lambda: calibrate_saved(saved, splits))
    print(_describe(saved.card.name, done))
    if done.absent:
        say(f"note: there is no row of {listed(done.absent)}; nothing is known of how sure it is.")
    if not done.is_validation:
        say(
            "note: rows that it was trained on would make it look too sure, and rows that it is "
            "judged on too good."
        )


def _describe(name: str, done: Calibrated) -> str:
    found = done.calibration
    if found is None:
        assert done.typical is not None
        windows = counted(done.typical.distances.rows, "validation window")
        return f"{name}: learned from {windows} how far a usual one is from the training"
    which = "of the validation part" if done.is_validation else "of your data"
    text = f"{name}: calibrated on {counted(found.rows, 'row')} {which}"
    if found.temperature is None:
        return text
    how = "as it is" if found.temperature == 1.0 else f"of {found.temperature:.3g}"
    return f"{text}, with a temperature {how}"
