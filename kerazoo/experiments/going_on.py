"""A training that goes on from a saved network, on further data of the user's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo._protocols import TakesFitArguments
from kerazoo.datasets import Splits
from kerazoo.errors import KerazooError, WrongUsage
from kerazoo.experiments.own_splits import read_like
from kerazoo.recipe import Recipe, with_learning_rate
from kerazoo.registry import list_models, load_recipe
from kerazoo.saved.reading import Location, Saved, load_with_card, open_saved
from kerazoo.saved.words import with_words
from kerazoo.tasks import Chosen, load_task

if TYPE_CHECKING:
    import keras


# Of 1, 0.3, 0.1 and 0.03, tried on the validation parts of six tables: better than the whole rate
# on four of them, and close to it on the others. The smallest hardly learns.
_SHARE_OF_RATE = 0.3


@dataclass(frozen=True)
class Start:
    """What a training goes on from.

    Args:
        saved: the network.
        metrics: what it reaches on the test part of the further data, before it is trained on it.
    """

    saved: Saved
    metrics: Mapping[str, float] = field(default_factory=dict)


def open_start(start_from: Location, name: str | None, out: str | os.PathLike[str] | None) -> Saved:
    """Find the saved network that a training is to go on from.

    Args:
        start_from: its directory, or the name of an installed one.
        name: the network that was named besides, if any.
        out: where the new one will be saved.

    Raises:
        KerazooError: if it is no network of the zoo, or would be replaced.
        WrongUsage: if another network was named.
    """
    saved = open_saved(start_from)
    card = saved.card
    if card.name not in list_models():
        raise KerazooError(
            f"{saved.folder} holds {card.name!r}, whose recipe is not known here. Set "
            "KERAZOO_MODELS to the folder of its file, or train it in Python: "
            "kerazoo.fit_model(model, (x, y))."
        )
    if name not in (None, card.name):
        raise WrongUsage(f"{saved.folder} holds {card.name}, not {name}: leave the name out.")
    if out is not None and Path(out).resolve() == saved.folder.resolve():
        raise KerazooError(
            f"{out} holds the network that the training goes on from; choose another --out (out=), "
            "so that you can compare both."
        )
    return saved


def prepare_start(
    saved: Saved, data: Any, options: Chosen, recipe: Recipe | None = None
) -> tuple[Recipe, Splits]:
    """Return how a saved network is trained further, and on what.

    Args:
        saved: from `open_start`.
        data: a file, a folder or a table of the kind that it was trained on.
        options: of its task: those about data have been decided.
        recipe: its own by default; one with other epochs, another batch size or precision.

    Raises:
        WrongUsage: if such an option is set.
        InvalidInput: if the data lacks a column, or has other classes.
    """
    card = with_words(saved)
    recipe = recipe or load_recipe(card.name, card.variant or "tuned")
    task = load_task(recipe.task)
    for option in options:
        if task.TRAIN_OPTIONS[option].needs_data:
            raise WrongUsage(
                f"--{option.replace('_', '-')} has been decided by the saved {card.name}: leave it "
                "out, or train anew without --from."
            )
    if isinstance(data, str | os.PathLike):
        data = Path(data)
    elif not task.TAKES_FRAMES:
        raise KerazooError(f"{card.name} learns from {task.OWN_DATA}; pass its path as data=.")
    if not task.OWN_DATA:
        raise KerazooError(
            f"{card.name} takes no data of your own; train it in Python: kerazoo.fit_model."
        )
    recipe, splits = read_like(card, recipe, data)
    recipe = task.recipe_for(card.name, recipe, splits)
    return replace(_slower(recipe), builder_arguments=dict(card.builder_arguments)), splits


def what_to_go_on_with(
    saved: Saved, data: Any, options: Chosen, recipe: Recipe | None, splits: Splits | None
) -> tuple[Recipe, Splits]:
    """Return what `prepare_start` gives for a user's data, or gave before.

    Raises:
        KerazooError: if there is neither.
    """
    if data is not None:
        return prepare_start(saved, data, options, recipe)
    if splits is None or recipe is None:
        raise KerazooError("start_from= goes on with further data: pass data= of your own.")
    return recipe, splits


def _slower(recipe: Recipe) -> Recipe:
    rate = recipe.optimizer["config"].get("learning_rate")
    if isinstance(rate, Mapping):
        schedule = rate["config"]
        rate = schedule.get("warmup_target") or schedule.get("initial_learning_rate")
    return recipe if rate is None else with_learning_rate(recipe, rate * _SHARE_OF_RATE)


def load_start(saved: Saved, recipe: Recipe, seed: int) -> keras.Model:
    """Load the saved network, compiled as a recipe says, with an optimizer that begins anew."""
    import keras

    from kerazoo.compile import compile_model

    keras.utils.set_random_seed(seed)
    _, model = load_with_card(saved)
    if isinstance(model, TakesFitArguments):
        model.take_fit_arguments(recipe.fit_arguments)
    return compile_model(model, recipe)
