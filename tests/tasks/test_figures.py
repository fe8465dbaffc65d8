"""What each task draws of a training: what one wants to see of such a network first."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

import kerazoo
from kerazoo.datasets.about import Words
from kerazoo.experiments.run import Run
from kerazoo.tasks import load_task


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("xor", {"decision_surface"}),
        ("vae", {"samples", "latent_grid"}),
        ("gan", {"samples"}),
        ("autoencoder", {"samples", "latent_grid"}),
    ],
)
def test_figures_of_a_network(name: str, expected: set[str]) -> None:
    recipe = kerazoo.load_recipe(name)
    splits = kerazoo.load_dataset("xor" if name == "xor" else "fashion_mnist_mini")
    model = kerazoo.load_builder(name)(**recipe.builder_arguments)
    assert set(load_task(recipe.task).figures(splits, None, model)) == expected


def test_words_are_drawn() -> None:
    words = tuple(f"word{number}" for number in range(200))
    part = kerazoo.datasets.Part(np.zeros((1, 1), "int32"), None)
    splits = kerazoo.Splits(part, part, part, Words(words))
    model = kerazoo.build_word2vec(vocabulary_size=200)
    (figure,) = load_task("words").figures(splits, None, model).values()
    assert {text.get_text() for text in figure.axes[0].texts} == set(words[100:160])


def test_a_series_is_drawn_beside_what_was_predicted() -> None:
    splits = kerazoo.load_dataset("nyse")
    drawn = load_task("series").figures(splits, splits.test.y + 0.5, None)
    assert set(drawn) == {"autocorrelation", "residuals", "series"}
    assert drawn["autocorrelation"].axes[0].get_title() == "log_volume"
    true, predicted = drawn["series"].axes[0].lines
    np.testing.assert_allclose(predicted.get_ydata(), true.get_ydata() + 0.5, atol=1e-6)
    assert drawn["series"].axes[0].get_ylabel() == "log_volume"
    assert drawn["residuals"].axes[0].get_xlabel() == "true log_volume"


def test_the_epoch_that_is_kept_is_marked() -> None:
    nothing: Any = None
    history = {"loss": [2.0, 1.0, 3.0], "val_loss": [2.0, 1.0, 3.0]}
    splits, recipe = kerazoo.load_dataset("xor"), kerazoo.load_recipe("xor")
    run = Run("xor", "tuned", 0, recipe, splits, nothing, history, {}, {}, 1.0, interrupted=True)
    for kept in (2, 3, None):
        axes = dataclasses.replace(run, kept=kept).figures()["history"].axes[0]
        marked = [line.get_xdata() for line in axes.lines if line.get_label() == "kept"]
        assert marked == ([] if kept is None else [[kept]])
