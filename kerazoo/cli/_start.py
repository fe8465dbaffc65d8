"""`kerazoo train --from MODEL`: the saved network that a training goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo._machine import warnings_as_lines
from kerazoo.cli._console import say
from kerazoo.errors import WrongUsage
from kerazoo.saved.reading import open_saved

if TYPE_CHECKING:
    from kerazoo.datasets import Splits
    from kerazoo.recipe import Recipe
    from kerazoo.saved.reading import Saved
    from kerazoo.tasks import Chosen


def find_start(
    context: Any, start_from: str, name: str | None, *, data: Path | None, out: Path | None
) -> tuple[Saved, str]:
    """Return the saved network, and the variant of its recipe.

    Args:
        context: of the command.
        start_from: what `--from` names.
        name: the network that was named besides, if any.
        data: what `--data` names.
        out: what `--out` names.

    Raises:
        WrongUsage: if there is no data, or an option goes with a training that begins anew.
        KerazooError: if there is no such network, or it would be replaced.
    """
    if data is None:
        raise WrongUsage("--from goes on with data of your own: add --data PATH.")
    for option in ("variant", "experiment"):
        if context.get_parameter_source(option).name == "COMMANDLINE":
            raise WrongUsage(f"--{option} is of a training that begins anew: leave it out.")
    from kerazoo.experiments.going_on import open_start  # imports pandas

    saved = open_saved(start_from)
    out = out or Path("runs") / saved.card.name
    return open_start(saved, name, out), saved.card.variant or "tuned"


def data_to_go_on_with(
    saved: Saved, recipe: Recipe, data: Path | None, options: Chosen
) -> tuple[Recipe, Splits]:
    """Return how a saved network is trained further, and on what, and say what was found."""
    from kerazoo.experiments.going_on import prepare_start

    with warnings_as_lines(say):
        return prepare_start(saved, data, options, recipe)
