"""The learning rate finder: the loss of each step, while the rate rises from almost nothing.

Where the loss falls fastest, a step of that size does most good; where it rises again, steps are
too large. A good rate lies between. All steps are a few calls of the compiled program: epochs of
one step each.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from kerazoo.datasets import Part, Splits, load_dataset
from kerazoo.errors import InvalidInput, KerazooError, WrongUsage
from kerazoo.recipe import Recipe, check_seed
from kerazoo.registry import Variant, load_module, load_recipe
from kerazoo.report.rate import RateCurve
from kerazoo.tasks import Chosen, load_task

LOWEST, HIGHEST = 1e-6, 1.0
STEPS = 300
_FEWEST_STEPS = 20


def find_rate(
    name: str | None = None,
    *,
    data: Any = None,
    target: str | None = None,
    variant: Variant = "tuned",
    recipe: Recipe | None = None,
    splits: Splits | None = None,
    low: float = LOWEST,
    high: float = HIGHEST,
    steps: int = STEPS,
    seed: int | None = None,
    options: Chosen | None = None,
) -> RateCurve:
    """Train a new network for some steps, with a learning rate that rises from step to step.

    Args:
        name: a name from `list_models()`; with `data` it may be left out.
        data: data of your own, as for `train`.
        target: the column of it that is predicted; short for `options={"target": column}`.
        variant: `"documented"` or `"tuned"`.
        recipe: used instead of the network's own.
        splits: used instead of the recipe's data set.
        low: the rate of the first step, above 0.
        high: the rate of the last step.
        steps: how many, at least 20.
        seed: of weights and of the order of the rows; the recipe's by default.
        options: options of the network's task, as for `train`.

    Returns:
        The loss at each rate, and a rate that is suggested.

    Raises:
        InvalidInput: if the limits are none.
        WrongUsage: if the network is not trained on rows, or in stages of its own.

    Example:
        >>> curve = find_rate("hitters", steps=40)
        >>> curve.low < curve.suggestion < curve.high
        True

    Reference:
        Smith, "Cyclical learning rates for training neural networks", 2017.
    """
    options = {**(options or {}), **({} if target is None else {"target": target})}
    if data is not None:
        from kerazoo.experiments.recognize import prepare_own_data

        name, recipe, splits = prepare_own_data(name, variant, recipe, data, options)
    if name is None:
        raise KerazooError("say which network is meant: pass its name, or data= of your own.")
    if not 0 < low < high < np.inf or steps < _FEWEST_STEPS:
        raise InvalidInput(
            f"low is {low}, high {high}, and steps {steps}; expected 0 < low < high, and at least "
            f"{_FEWEST_STEPS} steps."
        )
    recipe = recipe or load_recipe(name, variant)
    _check_network(name, recipe)
    splits = splits or load_dataset(recipe.dataset, **recipe.dataset_arguments)
    seed = check_seed(recipe.seed if seed is None else seed)
    losses = _losses(name, _rising(recipe, low, high, steps), splits.train, steps, seed)
    rates = low * (high / low) ** (np.arange(len(losses)) / steps)
    return RateCurve(name, rates, np.asarray(losses), high=high, recipe_rate=rate_of(recipe))


def rate_of(recipe: Recipe) -> float | None:
    """Return the highest learning rate of a recipe, if it has one."""
    rate = recipe.optimizer["config"].get("learning_rate")
    if isinstance(rate, Mapping):
        rate = rate["config"].get("warmup_target") or rate["config"].get("initial_learning_rate")
    return None if rate is None else float(rate)


def _check_network(name: str, recipe: Recipe) -> None:
    from kerazoo.engine.fit import fit_model

    trainer = load_task(recipe.task).trainer(recipe)
    if trainer is not fit_model or hasattr(load_module(name), "fit"):
        raise WrongUsage(
            f"{name} is not trained on rows in one stage, which a rate finder needs. Use another "
            "network: kerazoo list."
        )


def _rising(recipe: Recipe, low: float, high: float, steps: int) -> Recipe:
    optimizer = copy.deepcopy(dict(recipe.optimizer))
    optimizer["config"]["learning_rate"] = {
        "module": "keras.optimizers.schedules",
        "class_name": "ExponentialDecay",
        "config": {
            "initial_learning_rate": low,
            "decay_steps": steps,
            "decay_rate": high / low,
        },
    }
    return replace(recipe, optimizer=optimizer, metrics=())


def _losses(name: str, recipe: Recipe, train: Part, steps: int, seed: int) -> list[float]:
    """Return the loss of each step, up to the last one that is finite."""
    from kerazoo.engine.fit import fit_model
    from kerazoo.experiments.run import build

    batch = min(recipe.batch_size, len(train.x))
    whole = len(train.x) // batch * batch  # steps of one size share a program
    rows = [None if array is None else array[:whole] for array in train]
    history = fit_model(
        build(name, recipe, seed),
        tuple(array for array in rows if array is not None),
        epochs=steps,
        steps_per_epoch=1,
        batch_size=batch,
        precision=recipe.precision,
        seed=seed,
        verbose=0,
    )
    losses = [float(value) for value in history.history["loss"]]
    finite = next((n for n, value in enumerate(losses) if not np.isfinite(value)), len(losses))
    if finite < _FEWEST_STEPS:
        raise KerazooError(
            f"the loss of {name} is no longer finite after {finite} steps; pass a smaller low."
        )
    return losses[:finite]
