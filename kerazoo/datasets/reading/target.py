"""The column that is predicted: classes or a number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.reading.numbers import Marks, has_numbers, read_numbers, refuse_wrong
from kerazoo.datasets.reading.roles import word_of
from kerazoo.datasets.splits import Table
from kerazoo.errors import InvalidInput

_MOST_CLASSES = 200
_FEW = 10  # whole numbers that are classes: at most so many, each so often on average
_SHOWN = 6


@dataclass(frozen=True)
class Target:
    """What is predicted.

    Args:
        values: a target per row: class indices `(rows,)`, one-hot rows, or numbers `(rows, 1)`.
        class_names: a name per class; empty for a number.
        indices: the class of each row; `None` for a number.
    """

    values: np.ndarray
    class_names: tuple[str, ...]
    indices: np.ndarray | None


def read_target(
    cells: pd.Series, predict: str, labels: str, *, marks: Marks, source: str
) -> Target:
    """Read the target of a table that is trained on, and say what it is taken for.

    Args:
        cells: none of which is empty.
        predict: `"classes"`, `"number"`, or `"auto"`.
        labels: as for `kerazoo.datasets.table_csv.load`.
        marks: how the table writes numbers.
        source: the table, for messages.

    Raises:
        InvalidInput: if it is always the same, a class for nearly every row, or no number.
    """
    name = str(cells.name)
    words = cells.map(word_of)
    if words.nunique() == 1:
        raise InvalidInput(
            f"{source}: {name!r} is {words.iloc[0]!r} in every row; there is nothing to predict. "
            "Name another target."
        )
    numbers = None
    if not pd.api.types.is_bool_dtype(cells) and (predict == "number" or has_numbers(cells)):
        numbers = read_numbers(cells, name, marks)
    if predict == "number" or (predict == "auto" and numbers is not None):
        assert numbers is not None
        if predict == "number" or not _are_classes(numbers.values, words):
            advice = "If it holds classes, say --predict classes."
            refuse_wrong(numbers, cells, name, source, advice)
            for one in numbers.notes:
                warn_user(f"{source}: {one}.")
            low, high = numbers.values.min(), numbers.values.max()
            warn_user(f"{name!r} is predicted, a number from {low:g} to {high:g}.")
            return Target(numbers.values.astype("float32")[:, None], (), None)
    class_names = _sorted_classes(words)
    if len(class_names) > _MOST_CLASSES or len(class_names) > len(words) / 2:
        raise InvalidInput(
            f"{source}: {name!r} has {counted(len(class_names), 'class', 'classes')} in "
            f"{counted(len(words), 'row')}; expected at most {_MOST_CLASSES}, each in some rows. "
            "Name another target, or take rare ones together."
        )
    _say_classes(name, words, class_names)
    return _as_classes(words, class_names, labels, source, name)


def read_target_like(
    cells: pd.Series, about: Table, labels: str, *, marks: Marks, source: str
) -> Target:
    """Read the target of a table that a network is judged on.

    Raises:
        InvalidInput: if a class is none of the network's, or a cell is no number.
    """
    if about.class_names:
        return _as_classes(cells.map(word_of), about.class_names, labels, source, str(cells.name))
    numbers = read_numbers(cells, str(cells.name), marks)
    refuse_wrong(numbers, cells, str(cells.name), source)
    return Target(numbers.values.astype("float32")[:, None], (), None)


def _are_classes(values: np.ndarray, words: pd.Series) -> bool:
    whole = bool(np.all(values == np.floor(values)))
    return whole and words.nunique() <= min(_FEW, len(words) / _FEW)


def _sorted_classes(words: pd.Series) -> tuple[str, ...]:
    """Return the classes in the order of their numbers, if all are numbers, or of their names."""
    found = [str(word) for word in words.unique()]
    try:
        return tuple(sorted(found, key=float))
    except ValueError:
        return tuple(sorted(found))


def _say_classes(name: str, words: pd.Series, class_names: tuple[str, ...]) -> None:
    counts = Counter(words)
    shown = ", ".join(f"{one!r} ({counts[one]})" for one in class_names[:_SHOWN])
    more = f" and {len(class_names) - _SHOWN} more" if len(class_names) > _SHOWN else ""
    several = counted(len(class_names), "class", "classes")
    warn_user(f"{name!r} is predicted, {several}: {shown}{more}.")
    rare = [one for one in class_names if counts[one] < len(("train", "validation", "test"))]
    if rare:
        which = ", ".join(map(repr, rare[:_SHOWN]))
        warn_user(f"too few rows of {which} to train on it and test it.")


def _as_classes(
    words: pd.Series, class_names: tuple[str, ...], labels: str, source: str, name: str
) -> Target:
    codes = {word: code for code, word in enumerate(class_names)}
    unknown = [word for word in words.unique() if word not in codes]
    if unknown:
        raise InvalidInput(
            f"{source}: {name!r} has the class {unknown[0]!r}; expected one of "
            f"{', '.join(map(repr, class_names[:_SHOWN]))}."
        )
    indices = words.map(codes).to_numpy("int32")
    one_hot = np.eye(len(class_names), dtype="float32")
    return Target(one_hot[indices] if labels == "one_hot" else indices, class_names, indices)
