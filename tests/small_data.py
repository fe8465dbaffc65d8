"""Real data for every network of the zoo, small enough for tests, on any machine."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import numpy as np

import kerazoo
from kerazoo import Recipe, Splits
from kerazoo.datasets import Part
from kerazoo.datasets.reading.corpus import read_corpus
from kerazoo.datasets.splits import Images
from kerazoo.datasets.text_corpus import split_corpus

ROWS = {"train": 256, "validation": 64, "test": 64}
# What measures of generated pictures need at least.
UNLABELED_ROWS = {"train": 256, "validation": 320, "test": 320}


def small(name: str, variant: str = "tuned", epochs: int = 2) -> Recipe:
    """A network's recipe, trained for a moment."""
    recipe = kerazoo.load_recipe(name, variant)
    arguments = {
        key: epochs if key.endswith("epochs") else value
        for key, value in recipe.fit_arguments.items()
    }
    if "copies" in arguments:  # ten times as many pictures
        arguments["copies"] = False
    return dataclasses.replace(recipe, epochs=epochs, fit_arguments=arguments)


def small_splits(recipe: Recipe) -> Splits:
    """A recipe's data where it is bundled, otherwise bundled pictures of the same shape."""
    if recipe.dataset == "fashion_mnist":
        return clothes(**recipe.dataset_arguments)
    if recipe.dataset == "cifar10":
        return colored_clothes(tuple(recipe.dataset_arguments["classes"]))
    if recipe.dataset == "imdb_reviews":
        return license_text()
    return kerazoo.load_dataset(recipe.dataset, **recipe.dataset_arguments)


@functools.cache
def clothes(
    validation_fraction: float = 0.25,
    labels: bool = True,
    padding: int = 0,
    binarized: bool = False,
) -> Splits:
    options = {"labels": labels, "padding": padding, "binarized": binarized}
    splits = kerazoo.load_dataset("fashion_mnist_mini", **options)
    rows = ROWS if labels else UNLABELED_ROWS
    parts = {part: _first(getattr(splits, part), count) for part, count in rows.items()}
    return dataclasses.replace(splits, **parts)


@functools.cache
def colored_clothes(class_names: tuple[str, ...]) -> Splits:
    """Clothes on 32 by 32 pixels of three channels, of as many classes as there are names."""
    splits = kerazoo.load_dataset("fashion_mnist_mini")
    parts = {}
    for part, rows in ROWS.items():
        x, y = getattr(splits, part)
        chosen = y < len(class_names)
        parts[part] = _first(Part(_enlarge(x[chosen]), y[chosen]), rows)
    return Splits(**parts, about=Images(class_names))


@functools.cache
def license_text() -> Splits:
    """The licence of this package as running text, a few times over."""
    lines = (Path(__file__).parent.parent / "LICENSE").read_text().split("\n\n")
    return split_corpus(read_corpus(lines * 5, min_count=1))


def _first(part: Part, rows: int) -> Part:
    return Part(part.x[:rows], None if part.y is None else part.y[:rows])


def _enlarge(x: np.ndarray) -> np.ndarray:
    padded = np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)))
    return np.concatenate([padded, 255 - padded, padded // 2], axis=-1)
