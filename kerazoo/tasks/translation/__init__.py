"""Texts that become other texts, character by character; also pairs of the user's own.

`model.py` has what one asks in Python, `answer.py` the command line, `attention.py` what a network
looks at while it writes, `pair_baselines.py` the baselines.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kerazoo.datasets import Part, Splits, load_dataset
from kerazoo.datasets.about import Pairs
from kerazoo.predict import load_predictor
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import check_builder_takes
from kerazoo.saved.reading import Location
from kerazoo.tasks import Chosen, Evaluation, Option, recognizes_nothing
from kerazoo.tasks._shared import (
    SKIP_BAD_ROWS,
    judge_by_metrics,
    no_callbacks,
    no_scores,
    score_baselines,
    train_on_arrays,
    with_enough_steps,
)
from kerazoo.tasks.translation.answer import answer as answer
from kerazoo.tasks.translation.model import in_keras, score_written, write_greedily

if TYPE_CHECKING:
    import keras

    from kerazoo.plots.style import Figure

OWN_DATA = "a CSV or Parquet file with a column of texts and one of what each is to become"
NETWORK = ""  # a table of two texts may be anything
TAKES_FRAMES = True
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "text": Option("The column of texts.", metavar="COLUMN", default="the first of two"),
    "target": Option(
        "The column of what they are to become.", metavar="COLUMN", default="the other of two"
    ),
    "longest": Option(
        "Characters of a text at most; pairs with longer ones are left out.",
        int,
        minimum=1,
        default="100",
    ),
}
PREDICT_OPTIONS: Mapping[str, Option] = {"skip_bad_rows": SKIP_BAD_ROWS}
_STEPS_OF_EPOCH, _STEPS = 50, 2500  # of a training on a few pairs
_DRAWN = 2  # figures of attention

trainer = train_on_arrays
callbacks = no_callbacks
recognizes = recognizes_nothing
score = no_scores
baselines = score_baselines


def own_data(name: str, recipe: Recipe, path: Any, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on pairs of texts of the user's, and these as rows.

    Args:
        name: the network.
        recipe: how it is trained; epochs and batch size that are not its usual ones are kept.
        path: a CSV or Parquet file, or a table that another library holds.
        options: `text`, `target` and `longest`.

    Raises:
        InvalidInput: if it has no two columns of texts, or too few rows.
    """
    check_builder_takes(name, "input_shape", "written", "characters")
    source = str(path) if isinstance(path, Path) else path
    splits = load_dataset("text_pairs", path=source, **options)
    about = splits.about
    assert isinstance(about, Pairs)
    title = source if isinstance(source, str) else "a table in memory"
    adapted = dataclasses.replace(
        recipe,
        dataset_arguments={**options, "path": title},
        builder_arguments={
            **recipe.builder_arguments,
            "input_shape": [about.row],
            "written": about.written,
            "characters": len(about.characters),
        },
        experiment=Path(title).name,
    )
    return recipe_for(name, adapted, splits), splits


def recipe_for(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Return a recipe that trains a network on pairs of the user's.

    Args:
        name: as for `own_data`.
        recipe: as for `own_data`; how the network is built is kept.
        splits: the pairs, from `load_dataset("text_pairs", ...)`.
    """
    rows = len(splits.train.x)
    adapted = dataclasses.replace(
        with_enough_steps(name, recipe, rows, of_epoch=_STEPS_OF_EPOCH, steps=_STEPS),
        dataset="text_pairs",
        restore_best_weights=True,
        documented=None,
        baseline=None,
        best=None,
        baselines=("nearest_text",),
        experiments={},
    )
    return for_training_on(adapted, rows)


def judge(model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
    """Return the loss, and what is right of what the network writes by itself.

    `exact_match` is the share of texts that are written to the last character, and
    `character_accuracy` that of characters that stand where they should.
    """
    written = write_greedily(in_keras(model), part.x, np.asarray(part.y).shape[1])[0]
    return {**judge_by_metrics(model, part, recipe), **score_written(written, part)}


def evaluate(model: Location, splits: Splits, recipe: Recipe, runtime: Any) -> Evaluation:
    """Score what a saved network writes for the texts of the test part."""
    predictor = load_predictor(model, runtime)
    part = splits.test
    written, _ = write_greedily(
        lambda rows: predictor.predict_array(rows).values, part.x, np.asarray(part.y).shape[1]
    )
    return Evaluation(score_written(written, part))


def figures(
    splits: Splits, predictions: np.ndarray | None, model: keras.Model | None
) -> dict[str, Figure]:
    """Draw what the network looks at while it writes, of the first test texts.

    Only Latin letters are drawn: not every machine has a font for others.
    """
    if model is None or not isinstance(splits.about, Pairs):
        return {}
    from kerazoo.datasets.reading.characters import Encoder
    from kerazoo.plots.matrix import plot_matrix
    from kerazoo.tasks.translation.attention import attention_of, looks_back

    if not looks_back(model):
        return {}
    texts = Encoder(splits.about).decode(splits.test.x[:, : splits.about.read])
    chosen = [text for text in texts if text.isascii()][:_DRAWN]
    drawn = {}
    looked = attention_of(model, splits.about, chosen)
    for number, one in enumerate((one for one in looked if one.written.isascii()), start=1):
        drawn[f"attention_{number}"] = plot_matrix(
            one.weights, list(one.written), list(one.read), title="attention to each character"
        )
    return drawn
