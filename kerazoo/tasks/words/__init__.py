"""Word vectors, also of the user's own text.

`vectors.py` has what one asks of them in Python, `formats.py` their files, `questions.py` the
command line.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerazoo.datasets import Splits, load_dataset
from kerazoo.datasets.about import Words
from kerazoo.engine.words import LEARNING_RATES
from kerazoo.recipe import Recipe
from kerazoo.tasks import Chosen, Option, Sighting, UserData
from kerazoo.tasks._shared import (
    evaluate_model_itself,
    judge_by_metrics,
    no_callbacks,
    no_further_data,
    no_scores,
    score_baselines,
)
from kerazoo.tasks.words.questions import answer as answer

if TYPE_CHECKING:
    import keras
    import numpy as np

    from kerazoo.plots.style import Figure

OWN_DATA = "running text: a file, an archive or a folder"
NETWORK = "word2vec"
TAKES_FRAMES = False
_TEXTS = (".txt", ".txt.gz", ".txt.bz2", ".txt.xz")
FILES = tuple(kind + packed for packed in ("", ".gz", ".bz2") for kind in (".bin", ".vec", ".txt"))
TRAIN_OPTIONS: Mapping[str, Option] = {
    "min_count": Option("Leave out words that are rarer.", int, minimum=1, default="5"),
    "dimension": Option("Numbers in a word's vector.", int, minimum=1, default="the recipe's"),
    "window": Option("Words on each side to learn from.", int, minimum=1, default="the recipe's"),
    "architecture": Option("skipgram or cbow.", choices=("skipgram", "cbow"), default="skipgram"),
}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "topn": Option("Words to answer with, per word or sum.", int, minimum=1, default="10"),
}
_MIN_COUNT = 5
_TOO_FEW = 3  # words, to draw

callbacks = no_callbacks
recipe_for = no_further_data
judge = judge_by_metrics
score = no_scores
evaluate = evaluate_model_itself
baselines = score_baselines
_DRAWN = 60
# The most frequent words say little: articles, prepositions.
_FIRST_DRAWN = 100


def recognizes(data: UserData, options: Chosen) -> Sighting | None:
    """See text in a text file, and in a folder that holds some."""
    if data.path is None or data.frame is not None:
        return None
    if data.path.is_dir():
        return Sighting("a folder of text", 0.5) if any(data.path.rglob("*.txt")) else None
    return Sighting("running text") if data.path.name.lower().endswith(_TEXTS) else None


def own_data(name: str, recipe: Recipe, path: Path, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains word vectors on a text, and the text as ids of words.

    Args:
        name: the network.
        recipe: how it is trained; its epochs are kept.
        path: a text file, an archive or a folder.
        options: `min_count`, and arguments of the builder.

    Raises:
        InvalidInput: if it is no text, or too short.
        UnknownName: if there is no such architecture.
    """
    arguments = {"path": str(path), "min_count": options.get("min_count", _MIN_COUNT)}
    splits = load_dataset("text_corpus", **arguments)
    assert isinstance(splits.about, Words)
    chosen = {key: value for key, value in options.items() if key != "min_count"}
    builder_arguments = {
        **recipe.builder_arguments,
        **chosen,
        "vocabulary_size": len(splits.about.words),
    }
    return replace(
        recipe,
        optimizer=_optimizer(recipe, builder_arguments),
        dataset="text_corpus",
        dataset_arguments=arguments,
        builder_arguments=builder_arguments,
        experiment=path.name,
        documented=None,
        baseline=None,
    ), splits


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw frequent words in the plane."""
    if model is None or not isinstance(splits.about, Words):
        return {}
    import numpy as np

    from kerazoo.plots.words import plot_words
    from kerazoo.tasks.words.vectors import WordVectors

    words = splits.about.words
    ids = np.arange(len(words), dtype="int32")[_FIRST_DRAWN : _FIRST_DRAWN + _DRAWN]
    if len(ids) < _DRAWN:
        ids = np.arange(min(len(words), _DRAWN), dtype="int32")
    chosen = [words[index] for index in ids]
    vectors = WordVectors(chosen, model.predict(ids, verbose=0))
    return {"words": plot_words(vectors, chosen)} if len(chosen) > _TOO_FEW else {}


def _optimizer(recipe: Recipe, builder_arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return plain gradient descent at the rate that suits the architecture."""
    rate = LEARNING_RATES[builder_arguments.get("architecture", "skipgram")]
    return {**recipe.optimizer, "config": {**recipe.optimizer["config"], "learning_rate": rate}}


def trainer(recipe: Recipe) -> Callable[..., Any]:
    """Return what trains on running text, block by block."""
    from kerazoo.engine.words.fit import fit_word_vectors

    return functools.partial(fit_word_vectors, **recipe.fit_arguments)
