"""The next word of a running text, and so how probable a text is; also of the user's own text.

`model.py` has what one asks in Python, `answer.py` the command line, `counts.py` the baselines.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.datasets import Part, Splits, load_dataset
from kerazoo.datasets.about import Texts
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import check_builder_takes
from kerazoo.tasks import Chosen, Option, recognizes_nothing
from kerazoo.tasks._shared import (
    evaluate_model_itself,
    judge_by_metrics,
    no_callbacks,
    no_scores,
    score_baselines,
    train_on_arrays,
    with_enough_steps,
)
from kerazoo.tasks.language.answer import answer as answer

if TYPE_CHECKING:
    import keras

    from kerazoo.plots.style import Figure

OWN_DATA = "running text: a file, an archive or a folder"
NETWORK = ""  # running text without a name makes word vectors
TAKES_FRAMES = False
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "context": Option(
        "Words that the next one is told from.", int, minimum=1, default="the recipe's"
    ),
    "vocabulary_size": Option("Words that are known, at most.", int, minimum=2, default="5000"),
}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "words": Option(
        "Words to go on with; 0 for none.", int, minimum=0, needs_data=False, default="20"
    ),
    "topn": Option("Likely next words to name.", int, minimum=1, needs_data=False, default="5"),
    "temperature": Option(
        "Below 1 for likely words, above 1 for surprising ones.",
        float,
        minimum=0.01,
        needs_data=False,
        default="1",
    ),
    "seed": Option(
        "Decides what is written: the same seed, the same words.",
        int,
        minimum=0,
        needs_data=False,
        default="0",
    ),
}
_STEPS_OF_EPOCH, _STEPS = 100, 2000  # of a training on a short text
_STARTS, _SHOWN = 10, 12  # of the figure: words that go before, and words that follow

trainer = train_on_arrays
callbacks = no_callbacks
recognizes = recognizes_nothing
score = no_scores
evaluate = evaluate_model_itself
baselines = score_baselines


def own_data(name: str, recipe: Recipe, path: Path, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a language model on a text, and the text as rows of words.

    Args:
        name: the network.
        recipe: how it is trained; its epochs and batch size are kept.
        path: a text file, an archive or a folder.
        options: `context` and `vocabulary_size`.

    Raises:
        InvalidInput: if it is no text, or too short.
    """
    check_builder_takes(name, "input_shape", "vocabulary_size")
    usual = {"context", "vocabulary_size"} & recipe.dataset_arguments.keys()
    arguments: dict[str, Any] = {
        **{key: recipe.dataset_arguments[key] for key in sorted(usual)},
        **options,
        "path": str(path),
    }
    splits = load_dataset("next_words", **arguments)
    assert isinstance(splits.about, Texts)
    adapted = dataclasses.replace(
        recipe,
        dataset_arguments=arguments,
        builder_arguments={
            **recipe.builder_arguments,
            "input_shape": [splits.about.length],
            "vocabulary_size": len(splits.about.words),
        },
        experiment=path.name,
    )
    return recipe_for(name, adapted, splits), splits


def recipe_for(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Return a recipe that trains a network on a text of the user's.

    Args:
        name: as for `own_data`.
        recipe: as for `own_data`; how the network is built is kept.
        splits: the text, from `load_dataset("next_words", ...)`.
    """
    rows = len(splits.train.x)
    adapted = dataclasses.replace(
        with_enough_steps(name, recipe, rows, of_epoch=_STEPS_OF_EPOCH, steps=_STEPS),
        dataset="next_words",
        restore_best_weights=True,
        documented=None,
        baseline=None,
        best=None,
        experiments={},
    )
    return for_training_on(adapted, rows)


def judge(model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
    """Return the loss, and the perplexity: among how many words the next one is as good as drawn.

    With p the probability of each next word, perplexity is exp of the mean of -log p.
    """
    scores = judge_by_metrics(model, part, recipe)
    return {**scores, "perplexity": math.exp(scores["loss"])}


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw which words follow frequent ones."""
    if model is None or not isinstance(splits.about, Texts):
        return {}
    from kerazoo.plots.matrix import plot_matrix
    from kerazoo.tasks.language.model import LanguageModel, in_keras

    language = LanguageModel(splits.about, in_keras(model))
    starts = splits.about.words[:_STARTS]
    words, chances = language.table(starts, _SHOWN)
    title = "probability of the next word"
    return {"next_words": plot_matrix(chances, starts, words, title=title, decimals=2)}
