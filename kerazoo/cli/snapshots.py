"""`kerazoo train --snapshots`: what a generative network makes after each epoch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kerazoo import registry
from kerazoo.errors import KerazooError

if TYPE_CHECKING:
    from kerazoo.datasets import Splits
    from kerazoo.recipe import Recipe
    from kerazoo.tasks.generation.snapshots import Snapshots

_FAMILY = "generative"
_ONLY_RECONSTRUCTS = ("autoencoder",)
_PICTURES = 20


def check_snapshots(name: str, folder: Path | None) -> None:
    """Refuse snapshots that could not be drawn, before the network is trained.

    Raises:
        KerazooError: if the network generates nothing, or the folder cannot be written.
    """
    if folder is None:
        return
    if registry.family_of(name) != _FAMILY:
        raise KerazooError(
            f"--snapshots draws what a network generates, and {name!r} generates nothing. For its "
            "curves and mistakes after training, use --plot."
        )
    from kerazoo._files import make_folder

    make_folder(folder)


def make_snapshots(
    name: str, recipe: Recipe, splits: Splits | None, folder: Path | None, seed: int | None
) -> list[Snapshots]:
    """Return the callback that draws, or none.

    Args:
        name: the network.
        recipe: whose data is drawn again by a network that only reconstructs.
        splits: the data, if it is not the recipe's.
        folder: where to draw; `None` for not at all.
        seed: that of the training, if there are several: each then has a folder of its own.
    """
    if folder is None:
        return []
    from kerazoo.tasks.generation.snapshots import Snapshots

    images = None
    if name in _ONLY_RECONSTRUCTS:
        from kerazoo.datasets import load_dataset

        splits = splits or load_dataset(recipe.dataset, **recipe.dataset_arguments)
        images = splits.validation.x[:_PICTURES]
    return [Snapshots(folder if seed is None else folder / f"seed{seed}", images)]
