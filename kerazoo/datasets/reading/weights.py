"""How much each row of a table counts: by a column of weights, or so that classes are balanced."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from kerazoo._notes import warn_user
from kerazoo._wording import counted
from kerazoo.datasets.reading.numbers import Marks, is_empty, read_numbers, refuse_wrong
from kerazoo.datasets.splits import Part, Splits, WeightedPart
from kerazoo.errors import InvalidInput

_SHOWN = 6


def read_weights(frame: pd.DataFrame, column: str, marks: Marks, source: str) -> pd.Series:
    """Return the weights of those rows of a table that have one above 0; the others are said.

    Args:
        frame: the table; its index counts the rows of the file from 0 on.
        column: holds the weights.
        marks: how the table writes numbers.
        source: the table, for messages.

    Raises:
        InvalidInput: if a weight is missing, negative or no number, or all of them are 0.
    """
    values = weights_of(frame, column, marks, source)
    say_weights(values.to_numpy(), column, source)
    return values[values > 0]


def weights_of(frame: pd.DataFrame, column: str, marks: Marks, source: str) -> pd.Series:
    """Return the weight of each row, and say nothing.

    Raises:
        InvalidInput: if one is missing, negative or no number.
    """
    cells = frame[column]
    empty = is_empty(cells).to_numpy()
    if empty.any():
        row = int(frame.index[int(empty.argmax())]) + 1
        raise InvalidInput(
            f"{source}: row {row}, column {column!r} is empty; expected the weight of the row, a "
            "number from 0 on. A row of weight 0 is left out."
        )
    numbers = read_numbers(cells, column, marks)
    refuse_wrong(numbers, cells, column, source, "A weight is a number from 0 on.")
    values = pd.Series(numbers.values, index=frame.index)
    if (values < 0).any():
        row = int(values.index[int((values < 0).to_numpy().argmax())]) + 1
        raise InvalidInput(
            f"{source}: row {row}, column {column!r} is {values[row - 1]:g}; expected a weight, a "
            "number from 0 on."
        )
    return values


def say_weights(values: np.ndarray, column: str, source: str) -> None:
    """Say how large weights are, and how many rows have none.

    Raises:
        InvalidInput: if all are 0.
    """
    counting = values > 0
    if not counting.any():
        raise InvalidInput(
            f"{source}: {column!r} is 0 in every row; expected weights, some of them above 0."
        )
    if not counting.all():
        none = int((~counting).sum())
        warn_user(f"{source}: left out: {counted(none, 'row')} of {len(values):,} of weight 0.")
    low, high = values[counting].min(), values[counting].max()
    warn_user(f"rows count by {column!r}, a weight from {low:g} to {high:g}.")


def weighed(part: Part, weight: np.ndarray | None) -> Part:
    """Return a part whose rows count by their weights, which are brought to a mean of 1.

    Example:
        >>> weighed(Part(np.zeros((2, 1)), np.zeros(2)), np.array([2, 6])).weight.tolist()
        [0.5, 1.5]
    """
    if weight is None or part.y is None or not len(part.x):
        return part
    shares = np.asarray(weight, "float64") / np.mean(weight, dtype="float64")
    return WeightedPart(part.x, part.y, shares.astype("float32"))


def balance_classes(splits: Splits) -> Splits:
    """Let all classes count the same in training and in the validation that chooses an epoch.

    The test part stays as it is.

    Raises:
        InvalidInput: if a number is predicted.
    """
    if not splits.class_names:
        raise InvalidInput(
            f"balance (--balance) weighs classes, and {splits.target_name!r} is a number; leave it "
            "out."
        )
    train, validation = splits.train, splits.validation
    classes = _classes_of(train)
    counts = np.bincount(classes, _weights(train), minlength=len(splits.class_names))
    there = counts > 0
    of_class = np.zeros(len(counts))
    of_class[there] = counts.sum() / (there.sum() * counts[there])
    shown = ", ".join(
        f"{weight:.3g} for {name!r}"
        for name, weight in list(zip(splits.class_names, of_class, strict=True))[:_SHOWN]
    )
    more = ", ..." if len(counts) > _SHOWN else ""
    warn_user(f"classes are balanced: a row counts {shown}{more}.")

    def balanced(part: Part) -> Part:
        return weighed(part, _weights(part) * of_class[_classes_of(part)])

    return dataclasses.replace(splits, train=balanced(train), validation=balanced(validation))


def _classes_of(part: Part) -> np.ndarray:
    y = np.asarray(part.y)
    return y.argmax(axis=1) if y.ndim > 1 else y


def _weights(part: Part) -> np.ndarray:
    return np.ones(len(part.x)) if part.weight is None else np.asarray(part.weight, "float64")
