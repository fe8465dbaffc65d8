"""Folds: which rows a search trains on, and which it judges by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kerazoo._wording import counted
from kerazoo.datasets import Part, Splits
from kerazoo.datasets.about import Images, Table, Texts
from kerazoo.datasets.splits import WeightedPart
from kerazoo.errors import InvalidInput, WrongUsage
from kerazoo.recipe import Recipe

DEFAULT_FOLDS = 5
_FEWEST_ROWS = 20


@dataclass(frozen=True)
class Fold:
    """Rows to train on, and rows to judge by."""

    train: Part
    validation: Part


def make_folds(
    name: str, recipe: Recipe, splits: Splits, count: int | None, division: int = 0
) -> list[Fold]:
    """Return what a search trains on and judges by: the validation part, or folds without the test.

    Args:
        name: the network.
        recipe: how it is trained.
        splits: the data. Its test part is not looked at.
        count: how many folds; 0 for the validation part, `None` for that if there is one.
        division: another number divides the rows in another way.

    Raises:
        WrongUsage: if the rows cannot be divided at random.
        InvalidInput: if there are too few rows.
    """
    apart = _is_apart(splits)
    if count is None:
        count = 0 if apart else DEFAULT_FOLDS
    if count == 0 and apart:
        return [Fold(splits.train, splits.validation)]
    if count == 0:
        raise WrongUsage(
            f"{name} validates on the rows that it is trained on, which tells nothing. Pass "
            "folds, which hold rows out: --folds 5 (folds=5)."
        )
    part = _joined(splits.train, splits.validation) if apart else splits.train
    if not 2 <= count <= len(part.x) // 2 or len(part.x) < _FEWEST_ROWS:
        raise InvalidInput(
            f"--folds {count}: expected 2 folds or more of {counted(_FEWEST_ROWS, 'row')} or more, "
            f"and there are {len(part.x):,} to divide."
        )
    _check_may_fold(name, recipe, splits)
    return _divide(part, count, _is_class(recipe, splits), division)


def _is_apart(splits: Splits) -> bool:
    x, other = splits.train.x, splits.validation.x
    return other is not x and not (x.shape == other.shape and np.array_equal(x, other))


def _joined(first: Part, second: Part) -> Part:
    pairs: Any = zip(first, second, strict=True)
    arrays: list[Any] = [np.concatenate(pair) for pair in pairs if pair[0] is not None]
    return WeightedPart(*arrays) if first.weight is not None else Part(*arrays)


def _check_may_fold(name: str, recipe: Recipe, splits: Splits) -> None:
    about = splits.about
    together = (about.split_by or {}) if isinstance(about, Table) else {}
    if {"group", "time"} & together.keys():
        raise WrongUsage(
            f"--folds divides rows at random, and these were split by a {next(iter(together))}. "
            "Leave it out: the validation part is then what trials are judged by."
        )
    if not isinstance(about, Table | Images | Texts) or splits.train.y is None:
        raise WrongUsage(
            f"--folds divides rows at random, which {recipe.task} does not allow. Leave it out: "
            f"{name} is then judged by its validation part."
        )


def _is_class(recipe: Recipe, splits: Splits) -> bool:
    return bool(splits.class_names) and "crossentropy" in str(recipe.loss)


def _divide(part: Part, count: int, is_class: bool, division: int) -> list[Fold]:
    """Divide rows into folds with as many training rows each: they then share a program."""
    from sklearn.model_selection import KFold, StratifiedKFold

    codes = np.asarray(part.y)
    codes = codes.argmax(axis=1) if codes.ndim > 1 and codes.shape[1] > 1 else codes.ravel()
    rarest = np.unique(codes, return_counts=True)[1].min() if is_class else 0
    kind = StratifiedKFold if rarest >= count else KFold
    folds = list(kind(count, shuffle=True, random_state=division).split(part.x, codes))
    fewest = min(len(kept) for kept, _ in folds)
    fewest_out = min(len(out) for _, out in folds)

    def rows(chosen: np.ndarray) -> Part:
        arrays = [array[chosen] for array in part if array is not None]
        return WeightedPart(*arrays) if part.weight is not None else Part(*arrays)

    return [Fold(rows(kept[:fewest]), rows(out[:fewest_out])) for kept, out in folds]
