"""Judging a trained network on rows that it was not trained on."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from kerazoo._wording import counted
from kerazoo.datasets import Part, Splits
from kerazoo.recipe import Recipe
from kerazoo.tasks import load_task

if TYPE_CHECKING:
    import keras

_BYTES_OF_A_NUMBER, _MOST_BYTES = 4, 2**29

Watch = Callable[[str], AbstractContextManager[object]]


def watch_nothing(doing: str) -> AbstractContextManager[object]:
    """Be a `Watch` that says nothing."""
    return nullcontext()


def judge(model: keras.Model, part: Part, recipe: Recipe) -> dict[str, float]:
    """Judge a network on rows that it was not trained on, as its task does.

    Args:
        model: trained and compiled.
        part: the validation part for choices, the test part for a result.
        recipe: names the task and its measures.
    """
    return load_task(recipe.task).judge(model, part, recipe)


def answers_fit(model: keras.Model, rows: int) -> bool:
    """Tell whether what a network answers to so many rows fits into memory at once.

    One that gives a probability to each of some thousand words answers with gigabytes.

    Args:
        model: a built network.
        rows: how many.
    """
    sizes = (math.prod(length or 1 for length in one.shape[1:]) for one in model.outputs)
    return _BYTES_OF_A_NUMBER * rows * sum(sizes) <= _MOST_BYTES


def judge_parts(
    model: keras.Model,
    splits: Splits,
    recipe: Recipe,
    *,
    interrupted: bool,
    watch: Watch,
) -> tuple[dict[str, float], dict[str, float], bool]:
    """Judge on the validation and the test part; Ctrl-C ends the judging and keeps the training.

    Args:
        model: trained and compiled.
        splits: the data.
        recipe: names the task and its measures.
        interrupted: whether its training was: then the test part is not touched.
        watch: given in words what is done, a context manager to do it in.

    Returns:
        Metrics of both parts, none of the test part of an unfinished training, and whether all of
        it was done.
    """
    of_validation: dict[str, float] = {}
    try:
        with watch(_describe_judging("validation", splits.validation, recipe)):
            of_validation = judge(model, splits.validation, recipe)
        if interrupted:
            return of_validation, {}, True
        with watch(_describe_judging("test", splits.test, recipe)):
            return of_validation, judge(model, splits.test, recipe), True
    except KeyboardInterrupt:
        return of_validation, {}, False


def _describe_judging(which: str, part: Part, recipe: Recipe) -> str:
    names = " and ".join(recipe.measures).replace("_", " ")
    measures = f", with measures of {names}" if names else ""
    return f"judging on the {counted(len(part.x), 'row')} of the {which} part{measures}"
