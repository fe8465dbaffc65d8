"""Real data for every network of the zoo, small enough for tests, on any machine."""

from __future__ import annotations

import dataclasses
import functools

import kerazoo
from kerazoo import Recipe, Splits
from kerazoo.datasets import load_dataset_module

# The gradients of a word, or a sign, that is met thousands of times in a batch are added up by
# several threads, in any order: what trains those ends up the same but for float32's last digits.
# So did `alexnet` once in five times, on a machine with other work; why is not known.
# What is added before a batch normalization has a gradient of nothing but rounding, of which Adam
# makes full steps: there, other last digits become other numbers.
IN_ANY_ORDER = {
    "imdb_lstm": 1e-6,
    "seq2seq": 1e-6,
    "transformer": 1e-6,
    "masked_language_model": 1e-3,
    "alexnet": 1e-5,
}
# Begins with zeros, and the sample is a single batch: no seed makes a difference.
WITHOUT_CHANCE = ("bag_of_words",)
# Of deep networks most layers are like others: few of them compile much sooner.
SHALLOW = {
    "inception": {"filters": [[32], [32]]},
    "resnet": {"depth": 8},
    "densenet": {"depth": 10},
    "vit": {"blocks": 1},
}


def small(name: str, variant: str = "tuned", epochs: int = 2) -> Recipe:
    """A network's recipe, trained for a moment."""
    recipe = kerazoo.load_recipe(name, variant)
    arguments = {
        key: epochs if key.endswith("epochs") else value
        for key, value in recipe.fit_arguments.items()
    }
    if "copies" in arguments:  # ten times as many images
        arguments["copies"] = False
    built = {**recipe.builder_arguments, **SHALLOW.get(name, {})}
    return dataclasses.replace(
        recipe, epochs=epochs, builder_arguments=built, fit_arguments=arguments
    )


def small_splits(recipe: Recipe) -> Splits:
    """A small sample of a recipe's data, which nobody has to download."""
    return load_dataset_module(recipe.dataset).tiny(**recipe.dataset_arguments)


@functools.cache
def clothes(**options) -> Splits:
    """Images of clothes and their classes."""
    return load_dataset_module("fashion_mnist").tiny(**options)
