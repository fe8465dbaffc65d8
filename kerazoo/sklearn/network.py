"""A network of the zoo as scikit-learn wants it: built, trained, asked and pickled."""

from __future__ import annotations

import contextlib
import functools
import inspect
import random
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from numbers import Integral
from types import ModuleType
from typing import Any

import keras
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from kerazoo._wording import counted
from kerazoo.compile import compile_model
from kerazoo.datasets import load_dataset
from kerazoo.datasets.reading.foreign import refuse_masked
from kerazoo.engine.fit import fit_model
from kerazoo.engine.inputs import check_index
from kerazoo.engine.normalization import widen_normalization
from kerazoo.errors import InvalidInput, KerazooError, unknown_name
from kerazoo.experiments.stages import early_stopping
from kerazoo.recipe import Recipe, for_training_on, overridden, with_learning_rate
from kerazoo.registry import load_builder, load_module, load_recipe

_TASK = "rows"
_VALIDATION = 0.25
# Rows are computed in blocks of one shape: each gets the same digits, whichever others are asked
# about with it.
_BLOCK = 1024
# Keras draws first weights from generators of the whole process.
_building = threading.Lock()


class Network(BaseEstimator):
    """What both estimators share: how a network is chosen, trained, asked and kept."""

    def __init__(
        self,
        network: str,
        variant: str,
        *,
        hidden_units: Any,
        dropout: float | None,
        input_noise: float | None,
        builder_arguments: Mapping[str, Any] | None,
        learning_rate: float | None,
        epochs: int | None,
        batch_size: int | None,
        random_state: Any,
        verbose: int,
    ) -> None:
        self.network = network
        self.variant = variant
        self.hidden_units = hidden_units
        self.dropout = dropout
        self.input_noise = input_noise
        self.builder_arguments = builder_arguments
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.random_state = random_state
        self.verbose = verbose

    def __getstate__(self) -> dict[str, Any]:
        """Keep the weights in place of the model, which its builder makes again."""
        state = dict(super().__getstate__())
        if "model_" in state:
            state["model_"] = state["model_"].get_weights()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(dict(state))
        if "model_" in state:
            self.model_ = _rebuild(self._name, self.recipe_, state["model_"])

    def _read(
        self,
        X: Any,  # noqa: N803 (scikit-learn's name)
        y: Any,
        sample_weight: Any,
        *,
        y_numeric: bool,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return rows, targets and weights as arrays, without the rows of weight 0."""
        refuse_masked(X, "X")
        refuse_masked(y, "y")
        check_index((X, y), "training data")
        x, y = validate_data(self, X, y, dtype=["float64", "float32"], y_numeric=y_numeric)
        weight = None
        if sample_weight is not None:
            weight = _check_sample_weight(sample_weight, x, ensure_non_negative=True)
            x, y, weight = (part[weight > 0] for part in (x, y, weight))
        if len(x) < 2:
            kind = "" if weight is None else " of a weight above 0"
            raise InvalidInput(f"there is {counted(len(x), 'sample')}{kind}; pass at least 2.")
        return x, y, weight

    def _train(self, x: np.ndarray, y: np.ndarray, weight: np.ndarray | None, classes: int) -> None:
        """Train a new network.

        Args:
            x: `(rows, features)`.
            y: `(rows,)`: numbers, or the index of each class.
            weight: of each row, if rows have any.
            classes: how many there are; 0 for numbers.
        """
        recipe = self._recipe(x.shape[1], classes)
        seed = _seed_of(self.random_state)
        with _building, _keeping_generators():
            keras.utils.set_random_seed(seed)
            model = _build(self.network, recipe)
        _check_shapes(model, x.shape[1], classes)
        targets = _targets_for(model, recipe, y, classes)
        parts: Any = (x, targets) if weight is None else (x, targets, weight)
        validation = None
        stopping = early_stopping(recipe)
        if stopping and recipe.monitor.startswith("val_"):
            kept, held_out = _hold_out(y, seed, stratified=classes > 0)
            parts, validation = (tuple(part[rows] for part in parts) for rows in (kept, held_out))
        rows = len(parts[0])
        recipe = overridden(recipe, rows, epochs=self.epochs, batch_size=self.batch_size)
        recipe = for_training_on(recipe, rows)
        history = fit_model(
            compile_model(model, recipe),
            parts,
            validation,
            epochs=recipe.epochs,
            batch_size=recipe.batch_size,
            seed=seed,
            callbacks=stopping,
            verbose=self.verbose,
            precision=recipe.precision,
        )
        self._name = self.network  # a parameter may be set to something else later
        self.recipe_ = recipe
        self.model_ = model
        self.history_ = {name: [float(v) for v in of] for name, of in history.history.items()}
        self.n_iter_ = len(self.history_["loss"])

    def _recipe(self, features: int, classes: int) -> Recipe:
        """Return the network's recipe with what the parameters say, for a table of such a width."""
        _check_kind(self.network, self.variant, wants_classes=classes > 0)
        recipe = load_recipe(self.network, self.variant)
        if self.learning_rate is not None:
            recipe = with_learning_rate(recipe, self.learning_rate)
        known = arguments_of(self.network)
        named = {
            "hidden_units": self.hidden_units,
            "dropout": self.dropout,
            "input_noise": self.input_noise,
        }
        chosen = {name: value for name, value in named.items() if value is not None}
        chosen = {**(self.builder_arguments or {}), **chosen}
        for name in chosen:
            if name not in known:
                raise unknown_name(f"argument of build_{self.network}", name, known)
        of_data = {"features": features, "classes": classes}
        of_data = {name: value for name, value in of_data.items() if name in known and value}
        return replace(recipe, builder_arguments={**of_data, **recipe.builder_arguments, **chosen})

    def _outputs(self, X: Any) -> np.ndarray:  # noqa: N803 (scikit-learn's name)
        """Return what the network answers: `(rows, outputs)`."""
        check_is_fitted(self)
        x = validate_data(self, X, dtype="float32", reset=False)
        answers = []
        for start in range(0, len(x), _BLOCK):
            block = x[start : start + _BLOCK]
            full = np.pad(block, ((0, _BLOCK - len(block)), (0, 0)))
            answer = keras.ops.convert_to_numpy(self.model_(full, training=False))
            answers.append(answer[: len(block)].astype("float32"))  # bfloat16 is none of NumPy's
        return np.concatenate(answers)


def arguments_of(name: str) -> Mapping[str, inspect.Parameter]:
    """Return the arguments that the builder of a network takes."""
    return inspect.signature(load_builder(name)).parameters


def tells_classes(name: str, variant: str) -> bool:
    """Tell whether a tabular network is for classes, or for numbers.

    Raises:
        UnknownName: if there is no such network or variant.
        KerazooError: if it is no tabular network, or cannot be trained by `fit_model` alone.
    """
    recipe, module = load_recipe(name, variant), load_module(name)
    if recipe.task != _TASK:
        raise KerazooError(
            f"{name!r} is asked about {recipe.task}; scikit-learn takes only networks on tables. "
            "Use one of kerazoo list --family tabular."
        )
    if hasattr(module, "fit"):
        raise KerazooError(
            f"{name!r} has a training of its own, in several stages; use kerazoo.train for it."
        )
    return _learns_classes(module, variant)


@functools.cache  # reading the data set takes as long as a short training
def _learns_classes(module: ModuleType, variant: str) -> bool:
    recipe: Recipe = getattr(module, variant.upper())
    return bool(load_dataset(recipe.dataset, **recipe.dataset_arguments).class_names)


def _check_kind(name: str, variant: str, *, wants_classes: bool) -> None:
    if tells_classes(name, variant) != wants_classes:
        is_for, other = ("numbers", "Regressor") if wants_classes else ("classes", "Classifier")
        raise KerazooError(f"{name!r} is a network for {is_for}; use kerazoo.{other}({name!r}).")


def _build(name: str, recipe: Recipe) -> keras.Model:
    arguments = recipe.builder_arguments
    try:
        return load_builder(name)(**arguments)
    except (TypeError, ValueError) as error:
        reason = (str(error).splitlines() or ["no reason given"])[0].rstrip(".")
        raise InvalidInput(
            f"build_{name} cannot use {arguments}: {reason}. Pass what its documentation names."
        ) from error


def _rebuild(name: str, recipe: Recipe, weights: list[np.ndarray]) -> keras.Model:
    """Make the network of a fitted estimator again."""
    with _building, _keeping_generators():
        model = _build(name, recipe)
    model.set_weights(weights)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # computes what it uses from the weights, which are new
    widen_normalization(model)
    return compile_model(model, recipe)


def _check_shapes(model: keras.Model, features: int, classes: int) -> None:
    """Refuse a table that a network of a fixed shape cannot take."""
    name, takes, gives = model.name, model.inputs[0].shape[-1], model.outputs[0].shape[-1]
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise InvalidInput(f"{name!r} takes or gives several arrays; pass these to fit_model.")
    if takes != features:
        raise InvalidInput(
            f"{name!r} takes {counted(takes, 'column')}; X has {features}. Pass as many, or choose "
            "another network."
        )
    known = max(gives, 2)  # one output is the probability of the second class
    if classes and known != classes:
        only = " Only binary classification is supported." if known == 2 else ""
        raise InvalidInput(
            f"{name!r} has {known} classes; y has {classes}.{only} Pass labels of as many classes, "
            "or choose another network."
        )
    if not classes and gives != 1:
        given = counted(gives, "number")
        raise InvalidInput(f"{name!r} gives {given} a row; y has one. Use kerazoo.fit_model.")


def _targets_for(model: keras.Model, recipe: Recipe, y: np.ndarray, classes: int) -> np.ndarray:
    """Return targets as the loss takes them: `(rows, outputs)`, or `(rows, 1)`."""
    loss = recipe.loss if isinstance(recipe.loss, str) else (recipe.loss or {}).get("class_name")
    if classes and model.output_shape[-1] > 1 and "sparse" not in str(loss).lower():
        return np.eye(classes, dtype="float32")[y]
    return y.reshape(-1, 1).astype("float32" if classes else "float64")


def _hold_out(y: np.ndarray, seed: int, *, stratified: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows are trained on, and which are held out: a random share of them."""
    held_out = len(y) - int(len(y) * (1 - _VALIDATION))
    _, counts = np.unique(y, return_counts=True)
    # Each class needs a row on either side.
    can_stratify = stratified and counts.min() > 1 and len(counts) <= min(held_out, len(y) // 2)
    kept, others = train_test_split(
        np.arange(len(y)),
        test_size=held_out,
        random_state=seed,
        stratify=y if can_stratify else None,
    )
    return kept, others


def _seed_of(random_state: Any) -> int:
    """Return a number as it is, and one that is drawn from a generator."""
    generator = check_random_state(random_state)
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(generator.randint(2**31 - 1))


@contextlib.contextmanager
def _keeping_generators() -> Iterator[None]:
    """Leave the generators of Python and NumPy as they were; a network seeds them."""
    of_python, of_numpy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)
