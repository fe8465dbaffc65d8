"""What an estimator must equal: a network that is trained without one."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
import numpy as np

import kerazoo
from kerazoo.experiments.stages import early_stopping
from kerazoo.recipe import for_training_on

Rows = tuple[np.ndarray, np.ndarray]


def trained_by_hand(
    name: str, part: Any, validation: Any = None, variant: str = "tuned"
) -> keras.Model:
    """Train for two epochs from seed 3, without an estimator."""
    recipe = dataclasses.replace(kerazoo.load_recipe(name, variant), epochs=2)
    recipe = for_training_on(recipe, len(part[0]))
    keras.utils.set_random_seed(3)
    model = kerazoo.load_builder(name)(**recipe.builder_arguments)
    kerazoo.fit_model(
        kerazoo.compile_model(model, recipe),
        part,
        validation,
        epochs=2,
        batch_size=recipe.batch_size,
        seed=3,
        callbacks=early_stopping(recipe),
        verbose=0,
    )
    return model


def assert_same_weights(model: keras.Model, other: keras.Model) -> None:
    assert len(model.get_weights()) > 3
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
