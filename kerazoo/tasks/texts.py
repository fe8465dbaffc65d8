"""Classes of texts, such as reviews, also of the user's own in a folder for each class."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kerazoo._wording import counted
from kerazoo.datasets import Splits, load_dataset
from kerazoo.datasets.about import KEEPS, Texts
from kerazoo.datasets.reading.folders import subfolders
from kerazoo.datasets.reading.text_files import USUAL_COLUMNS, find_texts
from kerazoo.errors import WrongUsage
from kerazoo.recipe import Recipe, for_training_on
from kerazoo.registry import check_builder_takes
from kerazoo.tasks import Chosen, Option, Sighting, UserData
from kerazoo.tasks._certainty import DISTANCE
from kerazoo.tasks._reasons import EXPLAIN
from kerazoo.tasks._scores import score_test
from kerazoo.tasks._shared import (
    ABOUT_ANSWERS,
    SKIP_BAD_ROWS,
    answer_rows,
    draw_predictions,
    evaluate_predictions,
    judge_by_metrics,
    no_callbacks,
    score_baselines,
    train_on_arrays,
    with_enough_steps,
)

OWN_DATA = "a folder with a folder of .txt files for each class, or a CSV file of texts and classes"
NETWORK = "imdb_mlp"
TAKES_FRAMES = True
FILES: tuple[str, ...] = ()
TRAIN_OPTIONS: Mapping[str, Option] = {
    "text": Option(
        "The column of texts, in a CSV file.",
        metavar="COLUMN",
        default=f"{', '.join(USUAL_COLUMNS['text'][:3])} or another usual name",
    ),
    "target": Option("The column that is predicted.", metavar="COLUMN"),
    "length": Option("Words of a text that are read.", int, minimum=1, default="the recipe's"),
    "keep": Option(
        "Which words of a longer text are read, of a network that reads in order.",
        choices=KEEPS[:2],
        default="the recipe's",
    ),
    "vocabulary_size": Option("Words that are known, at most.", int, minimum=2, default="10000"),
}
PREDICT_OPTIONS: Mapping[str, Option] = {
    "skip_bad_rows": SKIP_BAD_ROWS,
    **ABOUT_ANSWERS,
    "distance": DISTANCE,
    "explain": EXPLAIN,
}
_VOCABULARY = 10_000
_TWO = 2
_STEPS_OF_EPOCH, _STEPS = 20, 400  # of a training on a few texts

trainer = train_on_arrays
callbacks = no_callbacks
judge = judge_by_metrics
score = score_test
evaluate = evaluate_predictions
baselines = score_baselines
figures = draw_predictions
answer = answer_rows


def recognizes(data: UserData, options: Chosen) -> Sighting | None:
    """See texts of classes in folders of text files, or in a table with columns of usual names."""
    if data.frame is not None:
        names = {str(name).lower() for name in data.frame.columns}
        is_usual = all(names & set(usual) for usual in USUAL_COLUMNS.values())
        asked = "text" in options
        if asked or (is_usual and len(names) == len(USUAL_COLUMNS)):
            return Sighting(f"a table of {counted(len(data.frame), 'text')}")
        return None
    if data.path is None or not data.path.is_dir():
        return None
    inner = [folder for folder in subfolders(data.path) if find_texts(folder)]
    beside = any(path.suffix.lower() == ".txt" for path in data.path.iterdir() if path.is_file())
    if len(inner) < _TWO or beside:
        return None
    return Sighting(f"texts in {counted(len(inner), 'folder')}")


def own_data(name: str, recipe: Recipe, path: Any, options: Chosen) -> tuple[Recipe, Splits]:
    """Return a recipe that trains a network on texts of the user's, and these as rows of ids.

    Args:
        name: a network that classifies texts, such as `"imdb_mlp"`.
        recipe: how it is trained; its epochs and its batch size are kept if they are not its usual
            ones.
        path: a folder with a folder of `.txt` files for each class, a CSV or Parquet file, or a
            table that another library holds.
        options: `text`, `target`, `length`, `keep` and `vocabulary_size`.

    Raises:
        InvalidInput: if there are no two classes of texts there.
    """
    check_builder_takes(name, "input_shape", "vocabulary_size", "classes")
    usual = {"length", "keep"} & recipe.dataset_arguments.keys()
    arguments: dict[str, Any] = {
        **{key: recipe.dataset_arguments[key] for key in sorted(usual)},
        "vocabulary_size": _VOCABULARY,
        **options,
        "path": str(path) if isinstance(path, Path) else path,
    }
    if "keep" in options and recipe.dataset_arguments.get("keep") == "once":
        raise WrongUsage(f"{name} reads all words of a text, in no order; leave out --keep.")
    splits = load_dataset("labeled_texts", **arguments)
    assert isinstance(splits.about, Texts)
    title = str(path) if isinstance(path, Path) else "a table in memory"
    adapted = dataclasses.replace(
        recipe,
        dataset_arguments={**arguments, "path": title},
        builder_arguments={
            **recipe.builder_arguments,
            "vocabulary_size": len(splits.about.words),
            "input_shape": [splits.about.length],
            "classes": len(splits.class_names),
        },
        experiment=Path(title).resolve().name,
    )
    return recipe_for(name, adapted, splits), splits


def recipe_for(name: str, recipe: Recipe, splits: Splits) -> Recipe:
    """Return a recipe that trains a network on texts of the user's own.

    Args:
        name: as for `own_data`.
        recipe: as for `own_data`; how the network is built is kept.
        splits: the texts, from `load_dataset("labeled_texts", ...)`.
    """
    rows = len(splits.train.x)
    adapted = dataclasses.replace(
        with_enough_steps(name, recipe, rows, of_epoch=_STEPS_OF_EPOCH, steps=_STEPS),
        dataset="labeled_texts",
        loss=loss_for(len(splits.class_names)),
        restore_best_weights=True,
        documented=None,
        baseline=None,
        best=None,
        baselines=("majority_class", "tf_idf_words"),
        experiments={},
    )
    return for_training_on(adapted, rows)


def loss_for(classes: int) -> str:
    """Return the loss of a network that tells so many classes of texts apart.

    Example:
        >>> loss_for(2)
        'binary_crossentropy'
    """
    return "binary_crossentropy" if classes == _TWO else "sparse_categorical_crossentropy"
