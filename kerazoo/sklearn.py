"""The tabular networks as scikit-learn estimators, by Keras' own wrappers.

Their `epochs`, `batch_size`, `model_kwargs` and `fit_kwargs` are what a search varies:

    GridSearchCV(estimator("boston"), {"model_kwargs": [
        {"builder_arguments": {"hidden_units": (32, 16)}},
        {"builder_arguments": {"hidden_units": (64, 32, 16)}},
    ]})
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import functools
import inspect
import random
from collections.abc import Iterator, Mapping
from typing import Any, Self

import keras
import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import train_test_split
from sklearn.utils import _safe_indexing

from kerazoo._wording import counted
from kerazoo.compile import compile_model
from kerazoo.datasets import load_dataset
from kerazoo.datasets.reading.foreign import refuse_masked
from kerazoo.engine.inputs import check_index
from kerazoo.engine.normalization import adapt_normalization
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.experiments.run import early_stopping
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import load_builder, load_recipe

_TASK = "rows"
_VALIDATION = 0.25


class _FollowsRecipe:
    """What both estimators add to the wrappers of Keras.

    Epochs, batch size and seed are parameters, which a search can vary. Rows are shuffled before
    Keras holds out the last ones for validation, so that rows sorted by their target do no harm.
    Keras 3.15 forgets something, too: `sklearn.base.clone` drops `fit_kwargs`, and `fit` writes to
    it.

    Args:
        model: makes a compiled network.
        warm_start: as for the wrapper of Keras.
        model_kwargs: what `model` is called with.
        fit_kwargs: what `keras.Model.fit` is called with.
        epochs: the most epochs; the recipe's by default.
        batch_size: rows in a training step; the recipe's by default.
        seed: what initial weights, the order of the rows and the choice of the validation rows
            come from.
    """

    model: Any
    model_kwargs: dict[str, Any] | None
    fit_kwargs: dict[str, Any] | None

    def __init__(
        self,
        model: Any,
        warm_start: bool = False,
        model_kwargs: dict[str, Any] | None = None,
        fit_kwargs: dict[str, Any] | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(model, warm_start, model_kwargs, fit_kwargs)  # type: ignore[call-arg]
        self.epochs = epochs
        self.batch_size = batch_size
        self.seed = seed

    def __sklearn_clone__(self) -> Self:
        parameters: dict[str, Any] = self.get_params(deep=False)  # type: ignore[attr-defined]
        return type(self)(**{name: copy.deepcopy(value) for name, value in parameters.items()})

    def fit(self, X: Any, y: Any, **arguments: Any) -> Self:  # noqa: N803 (scikit-learn's name)
        """Train a new network.

        Args:
            X: rows of a table.
            y: their targets.
            arguments: for `keras.Model.fit`; these come before those of the estimator.
        """
        refuse_masked(X, "X")
        refuse_masked(y, "y")
        check_index((X, y), "training data")
        chosen = {"epochs": self.epochs, "batch_size": self.batch_size}
        chosen = {name: value for name, value in chosen.items() if value is not None}
        self._fit_arguments = {**(self.fit_kwargs or {}), **chosen, **arguments}
        share = self._fit_arguments.get("validation_split")
        if share and len(y) > 1 and "validation_data" not in arguments:
            order = _held_out_last(y, share, self.seed, stratified=is_classifier(self))
            X, y = (_safe_indexing(rows, order) for rows in (X, y))  # noqa: N806
            weights = self._fit_arguments.get("sample_weight")
            if weights is not None:
                self._fit_arguments["sample_weight"] = _safe_indexing(weights, order)
        before = self.fit_kwargs
        try:
            self.fit_kwargs = dict(before or {})
            with _keeping_generators():
                super().fit(X, y, **self._fit_arguments)  # type: ignore[misc]
        finally:
            self.fit_kwargs = before
        return self

    def _get_model(self, X: np.ndarray, y: np.ndarray) -> keras.Model:  # noqa: N803
        share = self._fit_arguments.get("validation_split", 0.0)
        return self.model(
            X=X,
            y=y,
            seed=self.seed,
            epochs=self._fit_arguments["epochs"],
            batch_size=self._fit_arguments["batch_size"],
            rows=int(len(X) * (1 - share)),
            **(self.model_kwargs or {}),
        )


class Classifier(_FollowsRecipe, keras.wrappers.SKLearnClassifier):
    """`keras.wrappers.SKLearnClassifier` of a network and its recipe."""


class Regressor(_FollowsRecipe, keras.wrappers.SKLearnRegressor):
    """`keras.wrappers.SKLearnRegressor` of a network and its recipe."""


def estimator(
    name: str,
    variant: str = "tuned",
    *,
    epochs: int | None = None,
    batch_size: int | None = None,
    seed: int = 0,
) -> Classifier | Regressor:
    """Make a scikit-learn estimator of a tabular network.

    It standardizes inside, so that a pipeline needs no scaler, and takes any number of columns
    where the network does. Where the recipe watches a validation loss, a random quarter of the rows
    is held out for that, with equal shares of each class. A learning rate that falls does so over
    the epochs that are trained. The generators of `random` and NumPy are left as they were.

    Args:
        name: a tabular network.
        variant: the recipe that is followed.
        epochs: the most epochs, instead of the recipe's.
        batch_size: rows in a training step, instead of the recipe's.
        seed: what initial weights, the order of the rows and the choice of those that are held out
            come from.

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
        model=functools.partial(_build, name=name, recipe=recipe),
        model_kwargs={"builder_arguments": dict(recipe.builder_arguments)},
        fit_kwargs=_fit_arguments(recipe),
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
    )


def _build(
    X: np.ndarray,  # noqa: N803 (scikit-learn's name)
    y: np.ndarray,
    name: str,
    recipe: Recipe,
    seed: int,
    epochs: int,
    batch_size: int,
    rows: int,
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
    trained = dataclasses.replace(recipe, epochs=epochs, batch_size=batch_size)
    return compile_model(model, for_training_on(trained, rows))


def _with_both_probabilities(model: keras.Model) -> keras.Model:
    """Add the probability of the first class to a network that gives that of the second."""
    second = model.output
    first = keras.layers.Rescaling(-1.0, 1.0, name="first_class")(second)
    both = keras.layers.Concatenate(name="both_classes")([first, second])
    return keras.Model(model.inputs, both, name=model.name)


def _fit_arguments(recipe: Recipe) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "epochs": recipe.epochs,
        "batch_size": recipe.batch_size,
        "verbose": 0,
    }
    if stopping := early_stopping(recipe):
        arguments["callbacks"] = stopping
    if recipe.monitor.startswith("val_"):
        arguments["validation_split"] = _VALIDATION
    return arguments


def _held_out_last(y: Any, share: float, seed: int, *, stratified: bool) -> np.ndarray:
    """Return an order of the rows whose last ones, which Keras holds out, are a random sample."""
    labels = np.asarray(y).reshape(len(y), -1)
    held_out = len(y) - int(len(y) * (1 - share))  # as Keras counts
    _, counts = np.unique(labels, axis=0, return_counts=True)
    # Each class needs a row on either side.
    can_stratify = stratified and counts.min() > 1 and len(counts) <= min(held_out, len(y) // 2)
    rows = train_test_split(
        np.arange(len(y)),
        test_size=held_out,
        random_state=seed,
        stratify=labels if can_stratify else None,
    )
    return np.concatenate(rows)


@contextlib.contextmanager
def _keeping_generators() -> Iterator[None]:
    """Leave the generators of Python and NumPy as they were; a network seeds them."""
    of_python, of_numpy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)
