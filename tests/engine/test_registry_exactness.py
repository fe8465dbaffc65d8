"""Every network of the zoo trains as keras.Model.fit would train it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest

import kerazoo
from kerazoo.engine.choose import choose_jit_compile
from kerazoo.registry import without_weights
from tests.small_data import WITHOUT_CHANCE, small_splits

pytestmark = pytest.mark.thorough

TOLERANCE = 1e-5
ROWS = 84  # two full batches and a partial one


def prepare(name: str) -> tuple[keras.Model, Any, Any]:
    """Build and compile a network as its recipe says, with some rows of its data."""
    recipe = kerazoo.load_recipe(name)
    splits = small_splits(recipe)
    keras.utils.set_random_seed(1)
    arguments = {**recipe.builder_arguments, **without_weights(name)}
    model = kerazoo.load_builder(name)(**arguments)
    train, validation = (
        tuple(None if array is None else array[:ROWS] for array in part)
        for part in (splits.train, splits.validation)
    )
    kerazoo.adapt_normalization(model, *train)
    return kerazoo.compile_model(model, recipe), train, validation


_SEVERAL = 3
AGAINST_EACH_OTHER = ("gan",)
# A bias of its keys adds the same to all scores of a vector, which a softmax takes away again.
ROUNDED_GRADIENTS = ("vit",)
# What is added before a batch normalization is taken away there, and stays next to nothing here.
NEXT_TO_NOTHING = {"masked_language_model": 1e-4}


@functools.cache
def amplifies(name: str) -> bool:
    """Tell whether a network amplifies rounding, as several normalized convolutions do.

    Within two epochs they do so a thousandfold: whether two programs are the same is told from
    twice the digits. So does Adam at weights that begin at 0, with gradients of nothing else, and
    so do two networks that learn from each other's mistakes.
    """
    if name in (*WITHOUT_CHANCE, *AGAINST_EACH_OTHER, *ROUNDED_GRADIENTS):
        return True
    arguments = {**kerazoo.load_recipe(name).builder_arguments, **without_weights(name)}
    model = kerazoo.load_builder(name)(**arguments)
    return sum("moving_mean" in weight.path for weight in model.weights) >= _SEVERAL


@pytest.fixture
def enough_digits(name: str) -> Iterator[None]:
    """Let networks that amplify rounding compute in 64 bits."""
    usual = keras.config.floatx()
    if amplifies(name):
        keras.config.set_floatx("float64")
        keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx(usual)
    keras.config.set_dtype_policy(usual)


# An agent makes its own rows: Keras' `fit` has none for it.
FROM_ROWS = [n for n in kerazoo.list_models() if kerazoo.load_recipe(n).task != "control"]


@pytest.mark.usefixtures("enough_digits")
@pytest.mark.parametrize("name", FROM_ROWS)
def test_same_numbers_as_keras(name: str) -> None:
    theirs, (x, y), validation = prepare(name)
    assert theirs.compute_dtype == ("float64" if amplifies(name) else "float32")
    expected = theirs.fit(
        x, y, validation_data=validation, batch_size=32, epochs=2, shuffle=False, verbose=0
    ).history
    # XLA only where a long training would have it.
    for jit_compile in {False, choose_jit_compile(theirs, 10**9)}:
        ours, train, _ = prepare(name)
        history = kerazoo.fit_model(
            ours,
            train,
            validation,
            batch_size=32,
            epochs=2,
            shuffle=False,
            verbose=0,
            engine="resident",
            jit_compile=jit_compile,
        ).history
        assert list(history) == list(expected)
        for key, values in expected.items():
            # Of weights that begin at 0, a row may be answered by one half and a rounding.
            one_row = 1.01 / len(x) if key == "accuracy" and name in WITHOUT_CHANCE else 0
            atol = max(1e-7, one_row)
            np.testing.assert_allclose(history[key], values, rtol=TOLERANCE, atol=atol, err_msg=key)
        for our, their in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            # Adam makes a full step of a gradient that is nothing but rounding, so that single
            # weights may differ by more.
            allowed = TOLERANCE * np.linalg.norm(their) + NEXT_TO_NOTHING.get(name, 1e-7)
            assert np.linalg.norm(our - their) <= allowed
