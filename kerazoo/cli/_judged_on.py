"""The data that a saved model is judged on, or calibrated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kerazoo._machine import warnings_as_lines
from kerazoo.cli._console import say
from kerazoo.errors import KerazooError
from kerazoo.registry import list_models, load_recipe

if TYPE_CHECKING:
    from kerazoo.datasets import Splits
    from kerazoo.recipe import Recipe
    from kerazoo.saved import Card
    from kerazoo.saved.reading import Saved


def recipe_of(card: Card) -> Recipe:
    """Return the recipe that a saved model was trained by.

    Raises:
        KerazooError: if it is a network that nobody knows here.
    """
    if card.name not in list_models():
        raise KerazooError(
            f"{card.name!r} is not a network that is known here, so no test set is. Set "
            "KERAZOO_MODELS to the folder of its file, or judge it in Python: "
            "kerazoo.evaluate_model(model, (x, y))."
        )
    return load_recipe(card.name, card.variant or "tuned")


def load_splits(
    model: str, saved: Saved, recipe: Recipe, data: Path | None
) -> tuple[Recipe, Splits]:
    """Return how a model is judged, and on what data: the user's own, or that of its recipe.

    Args:
        model: what the user called it.
        saved: the model.
        recipe: as `recipe_of` gives it.
        data: a file or folder of the user's, if there is one.

    Raises:
        KerazooError: if it was trained on other data than is found here.
    """
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
