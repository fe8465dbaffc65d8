"""The tabular networks as scikit-learn estimators, by Keras' own wrappers.

Their `model_kwargs` and `fit_kwargs` are what a search varies:

    GridSearchCV(estimator("boston"), {"model_kwargs": [
        {"builder_arguments": {"hidden_units": (32, 16)}},
        {"builder_arguments": {"hidden_units": (64, 32, 16)}},
    ]})
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Mapping
from typing import Any, Self

import keras
import numpy as np

from kerazoo._wording import counted
from kerazoo.compile import compile_model
from kerazoo.datasets import load_dataset
from kerazoo.engine.normalization import adapt_normalization
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.experiments.run import early_stopping
from kerazoo.recipe import Recipe
from kerazoo.registry import load_builder, load_recipe

_TASK = "rows"
_VALIDATION = 0.25


class _KeepsFitArguments:
    """Mend what Keras 3.15 forgets: `sklearn.base.clone` drops `fit_kwargs`, `fit` writes to it."""

    def __sklearn_clone__(self) -> Self:
        return type(self)(**{key: copy.deepcopy(value) for key, value in self._arguments()})

    def _arguments(self) -> list[tuple[str, Any]]:
        names = ("model", "warm_start", "model_kwargs", "fit_kwargs")
        return [(name, getattr(self, name)) for name in names]


class Classifier(_KeepsFitArguments, keras.wrappers.SKLearnClassifier):
    """`keras.wrappers.SKLearnClassifier`, whose clones keep their `fit_kwargs`."""


class Regressor(_KeepsFitArguments, keras.wrappers.SKLearnRegressor):
    """`keras.wrappers.SKLearnRegressor`, whose clones keep their `fit_kwargs`."""


def estimator(
    name: str,
    variant: str = "tuned",
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    seed: int = 0,
) -> Classifier | Regressor:
    """Make a scikit-learn estimator of a tabular network.

    It standardises inside, so that a pipeline needs no scaler, and takes any number of columns
    where the network does. Where the recipe watches a validation loss, the last quarter of the rows
    is held out for that.

    Args:
        name: a tabular network.
        variant: the recipe that is followed.
        epochs: the most epochs, instead of the recipe's.
        batch_size: rows in a training step, instead of the recipe's.
        seed: what initial weights come from.

    Raises:
        UnknownName: if there is no such network or variant.
        KerazooError: if it is not a tabular network.

    Example:
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import PolynomialFeatures
        >>> pipeline = make_pipeline(PolynomialFeatures(2), estimator("boston", epochs=50))
        >>> pipeline.steps[-1][0]
        'regressor'
    """
    recipe = load_recipe(name, variant)
    if recipe.task != _TASK:
        raise KerazooError(
            f"{name!r} is asked about {recipe.task}; scikit-learn takes only networks on tables. "
            "Use one of kerazoo list --family tabular."
        )
    splits = load_dataset(recipe.dataset, **recipe.dataset_arguments)
    wrapper = Classifier if splits.class_names else Regressor
    return wrapper(
        model=functools.partial(_build, name=name, recipe=recipe, seed=seed),
        model_kwargs={"builder_arguments": dict(recipe.builder_arguments)},
        fit_kwargs=_fit_arguments(recipe, epochs, batch_size),
    )


def _build(
    X: np.ndarray,  # noqa: N803 (scikit-learn's name)
    y: np.ndarray,
    name: str,
    recipe: Recipe,
    seed: int,
    builder_arguments: Mapping[str, Any],
) -> keras.Model:
    """Build and compile a network for the data it is to be fitted to."""
    keras.utils.set_random_seed(seed)
    builder = load_builder(name)
    arguments = dict(builder_arguments)
    if "features" in inspect.signature(builder).parameters:
        arguments.setdefault("features", X.shape[1])
    model = builder(**arguments)
    if model.input_shape[-1] != X.shape[1]:
        raise InvalidInput(
            f"{name!r} takes {counted(model.input_shape[-1], 'column')}; X has {X.shape[1]}. Pass "
            "features= to build another."
        )
    adapt_normalization(model, X, y)
    if model.output_shape[-1] == 1 and y.ndim == 2 and y.shape[1] == 2:
        model = _with_both_probabilities(model)
    if y.ndim == 2 and model.output_shape[-1] != y.shape[1]:
        raise InvalidInput(
            f"{name!r} has {counted(model.output_shape[-1], 'class', 'classes')}; y has "
            f"{y.shape[1]}. Use labels of as many."
        )
    return compile_model(model, recipe)


def _with_both_probabilities(model: keras.Model) -> keras.Model:
    """Add the probability of the first class to a network that gives that of the second."""
    second = model.output
    first = keras.layers.Rescaling(-1.0, 1.0, name="first_class")(second)
    both = keras.layers.Concatenate(name="both_classes")([first, second])
    return keras.Model(model.inputs, both, name=model.name)


def _fit_arguments(recipe: Recipe, epochs: int | None, batch_size: int | None) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "epochs": epochs or recipe.epochs,
        "batch_size": batch_size or recipe.batch_size,
        "verbose": 0,
    }
    if stopping := early_stopping(recipe):
        arguments["callbacks"] = stopping
    if recipe.monitor.startswith("val_"):
        arguments["validation_split"] = _VALIDATION
    return arguments
