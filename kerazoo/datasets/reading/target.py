"""The column that is predicted: classes or a number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.about import Table
from kerazoo.datasets.reading.digits import say_lost_digits
from kerazoo.datasets.reading.numbers import (
    Marks,
    Numbers,
    has_numbers,
    read_numbers,
    refuse_wrong,
)
from kerazoo.datasets.reading.roles import words_of
from kerazoo.errors import InvalidInput

MOST_CLASSES = 200
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
    numbers = None
    if predict == "number" or (not pd.api.types.is_bool_dtype(cells) and has_numbers(cells)):
        numbers = read_numbers(cells, name, marks)
    is_number = numbers is not None and not are_classes(numbers.values)
    if numbers is not None and (predict == "number" or (predict == "auto" and is_number)):
        return _as_number(numbers, cells, name, source)
    words = pd.Series(words_of(cells), dtype=object)
    class_names = settle_classes(Counter(words), name, source)
    return _as_classes(words, class_names, labels, source, name)


def settle_classes(counts: Mapping[str, int], name: str, source: str) -> tuple[str, ...]:
    """Return the classes of a target in their order, and say them.

    Args:
        counts: how many rows each has.
        name: of the target.
        source: the table, for messages.

    Raises:
        InvalidInput: if there is one alone, or a class for nearly every row.
    """
    class_names = _sorted_classes(counts)
    _refuse_constant(class_names, name, source)
    rows = sum(counts.values())
    if len(class_names) > MOST_CLASSES or len(class_names) > rows / 2:
        raise InvalidInput(
            f"{source}: {name!r} has {counted(len(class_names), 'class', 'classes')} in "
            f"{counted(rows, 'row')}; expected at most {MOST_CLASSES}, each in some rows. "
            "Name another target, or take rare ones together."
        )
    _say_classes(name, counts, class_names)
    return class_names


def say_number(values: np.ndarray, name: str, source: str) -> None:
    """Say between which numbers a target lies.

    Raises:
        InvalidInput: if it is always the same.
    """
    low, high = values.min(), values.max()
    _refuse_constant(
        [f"{number:g}" for number in ([low] if low == high else [low, high])], name, source
    )
    say_lost_digits(values, lambda _: f"{source}: {name!r}")
    warn_user(f"{name!r} is predicted, a number from {low:g} to {high:g}.")


def _as_number(numbers: Numbers, cells: pd.Series, name: str, source: str) -> Target:
    advice = "If it holds classes, say --predict classes."
    refuse_wrong(numbers, cells, name, source, advice)
    for one in numbers.notes:
        warn_user(f"{source}: {one}.")
    say_number(numbers.values, name, source)
    return Target(numbers.values.astype("float32")[:, None], (), None)


def _refuse_constant(values: Sequence[str], name: str, source: str) -> None:
    if len(values) == 1:
        raise InvalidInput(
            f"{source}: {name!r} is {values[0]!r} in every row; there is nothing to predict. "
            "Name another target."
        )


def read_target_like(
    cells: pd.Series, about: Table, labels: str, *, marks: Marks, source: str
) -> Target:
    """Read the target of a table that a network is judged on.

    Raises:
        InvalidInput: if a class is none of the network's, or a cell is no number.
    """
    if about.class_names:
        return _as_classes(
            pd.Series(words_of(cells), dtype=object),
            about.class_names,
            labels,
            source,
            str(cells.name),
        )
    numbers = read_numbers(cells, str(cells.name), marks)
    refuse_wrong(numbers, cells, str(cells.name), source)
    for one in numbers.notes:
        warn_user(f"{source}: {one}.")
    return Target(numbers.values.astype("float32")[:, None], (), None)


def are_classes(values: np.ndarray) -> bool:
    """Tell whether numbers are those of classes: a few whole ones, each of them often."""
    whole = bool(np.all(values == np.floor(values)))
    return whole and len(np.unique(values)) <= min(_FEW, len(values) / _FEW)


def _sorted_classes(words: Iterable[str]) -> tuple[str, ...]:
    """Return the classes in the order of their numbers, if all are numbers, or of their names."""
    found = list(map(str, words))
    try:
        return tuple(sorted(found, key=float))
    except ValueError:
        return tuple(sorted(found))


def _say_classes(name: str, counts: Mapping[str, int], class_names: tuple[str, ...]) -> None:
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
            f"{source}: {name!r} has the class {unknown[0]!r}; the network knows "
            f"{', '.join(map(repr, class_names[:_SHOWN]))}. Leave such rows out."
        )
    indices = words.map(codes).to_numpy("int32")
    one_hot = np.eye(len(class_names), dtype="float32")
    return Target(one_hot[indices] if labels == "one_hot" else indices, class_names, indices)
