"""Layers on pairs of ids: the vector of one of the two, and their sum as a rating.

The id 0 stands for a user or an item that was not there in training. Its vector is 0 where vectors
are multiplied, so that what is left of the rating is the bias of the other one, or the mean. An MLP
has never seen such a vector, and could answer anything: it gets the mean of those it knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from kerazoo._wording import counted
from kerazoo.errors import InvalidInput

_SPREAD = 0.1
_OF_BIASES = 1 / 6  # a bias is one number, and is held back less


def check_ratings(
    users: int, items: int, dimension: int, scale: Sequence[float], regularization: float
) -> None:
    """Check what the builders of this family take.

    Raises:
        InvalidInput: if a number is out of range.
    """
    for name, value in (("users", users), ("items", items), ("dimension", dimension)):
        if value < 1:
            raise InvalidInput(f"{name} is {value}; pass at least 1.")
    if regularization < 0:
        raise InvalidInput(f"regularization is {regularization}; pass 0 or more, usually 1.")
    if len(scale) != 2 or not scale[0] < scale[1]:
        raise InvalidInput(
            f"scale has {counted(len(scale), 'number')}, {list(scale)}; pass the lowest and the "
            "highest rating, such as (1, 5)."
        )


def look_up_vectors(
    inputs: Any,
    counts: tuple[int, int],
    dimension: int,
    penalty: float,
    *,
    unknown_is_mean: bool = False,
) -> list[Any]:
    """Return the vector of the user and that of the item of each pair, `(rows, dimension)` each.

    Args:
        inputs: pairs of ids, `(rows, 2)`.
        counts: of users and items.
        dimension: numbers in a vector.
        penalty: as for `Lookup`.
        unknown_is_mean: the same.
    """
    return [
        Lookup(
            column,
            count,
            dimension,
            # An initializer each: one would give both tables the same numbers.
            keras.initializers.RandomNormal(stddev=_SPREAD),
            penalty,
            unknown_is_mean=unknown_is_mean,
            name=f"{what}_factors",
        )(inputs)
        for column, (what, count) in enumerate(zip(("user", "item"), counts, strict=True))
    ]


def look_up_biases(
    inputs: Any, counts: tuple[int, int], penalty: float, *, unknown_is_mean: bool = False
) -> list[Any]:
    """Return the bias of the user and that of the item of each pair, `(rows, 1)` each.

    Args:
        inputs: pairs of ids, `(rows, 2)`.
        counts: of users and items.
        penalty: of a vector; a bias is held back less.
        unknown_is_mean: as for `Lookup`.
    """
    held_back = penalty * _OF_BIASES
    return [
        Lookup(
            column,
            count,
            1,
            penalty=held_back,
            unknown_is_mean=unknown_is_mean,
            name=f"{what}_bias",
        )(inputs)
        for column, (what, count) in enumerate(zip(("user", "item"), counts, strict=True))
    ]


@keras.saving.register_keras_serializable(package="kerazoo")
class Lookup(keras.layers.Layer):
    r"""A row of a table for one id of each pair, and zeros for the id 0; large rows are penalized.

    A row that n training ratings looked up is penalized by

    .. math:: \lambda \sqrt{n} \, \lVert v \rVert^2

    in all: each time it is looked up by `penalty / sqrt(n)`. Rows of few ratings stay small, and
    rows of many are free to say what these say.

    The layer counts the ratings itself before training: it offers the protocols `AdaptsToInputs`
    and `LooksUpRows` of `kerazoo/_protocols.py`.

    Args:
        column: which id of a pair: 0 for users, 1 for items.
        count: how many ids there are.
        dimension: numbers in a row.
        initializer: what the table starts from.
        penalty: how much the squares of a row weigh beside the squared error of a rating.
        unknown_is_mean: whether the id 0 has the mean of the rows that the training ratings looked
            up, in place of zeros; of all rows, if these were not counted for a penalty.
        name: of the layer.
    """

    takes_missing = False
    looks_up_rows = True

    def __init__(
        self,
        column: int,
        count: int,
        dimension: int,
        initializer: Any = "zeros",
        penalty: float = 0.0,
        unknown_is_mean: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.unknown_is_mean = unknown_is_mean
        self.column = column
        self.count = count
        self.dimension = dimension
        self.initializer = keras.initializers.get(initializer)
        self.penalty = penalty

    def build(self, input_shape: Any) -> None:
        shape = (self.count, self.dimension)
        self.table = self.add_weight(shape, initializer=self.initializer, name="table")
        if self.penalty:
            self.ratings = self.add_weight(
                (self.count,), initializer="zeros", trainable=False, name="ratings"
            )
        self.built = True

    @property
    def is_adapted(self) -> bool:
        """Whether ratings were counted. Part of the protocol `AdaptsToInputs`."""
        return not self.penalty or bool(keras.ops.convert_to_numpy(self.ratings).any())

    def adapt_to(self, values: np.ndarray) -> None:
        """Count how often each id occurs. Part of the protocol `AdaptsToInputs`."""
        if not self.built:
            self.build(values.shape)
        ids = np.asarray(values)[:, self.column].astype(int)
        self.ratings.assign(np.bincount(ids, minlength=self.count + 1)[1 : self.count + 1])

    def call(self, inputs: Any, training: bool = False) -> Any:
        ops = keras.ops
        ids = inputs[:, self.column]  # (rows, 2) -> (rows,)
        rows = ops.maximum(ids - 1, 0)
        known = ops.cast(ids > 0, self.compute_dtype)
        vectors = ops.take(self.table, rows, axis=0) * known[:, None]  # (rows, k)
        if self.penalty:
            share = ops.rsqrt(ops.maximum(ops.take(self.ratings, rows), 1.0))
            squares = ops.sum(ops.square(vectors), axis=1)
            self.add_loss(self.penalty * ops.mean(squares * share))
        if self.unknown_is_mean and not training:  # in training, all are known
            vectors += (1.0 - known[:, None]) * self._mean()
        return vectors

    def _mean(self) -> Any:
        """Return the mean row, `(dimension,)`."""
        if not self.penalty:
            return keras.ops.mean(self.table, axis=0)
        total = keras.ops.maximum(keras.ops.sum(self.ratings), 1.0)
        return keras.ops.sum(self.table * self.ratings[:, None], axis=0) / total

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return (input_shape[0], self.dimension)

    def get_config(self) -> dict[str, Any]:
        config = {
            "name": self.name,
            "column": self.column,
            "count": self.count,
            "dimension": self.dimension,
            "initializer": keras.initializers.serialize(self.initializer),
            "penalty": self.penalty,
        }
        # Hashes of networks that were saved before are of layers without it.
        return {**config, "unknown_is_mean": True} if self.unknown_is_mean else config


@keras.saving.register_keras_serializable(package="kerazoo")
class Rating(keras.layers.Layer):
    """The sum of what speaks for a rating, in ratings.

    Args:
        middle: what a sum of 0 stands for.
        unit: what a sum of 1 adds to it.
        has_mean: whether there is a number that all ratings share.
        name: of the layer.
    """

    def __init__(
        self,
        middle: float = 0.0,
        unit: float = 1.0,
        has_mean: bool = True,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.middle = middle
        self.unit = unit
        self.has_mean = has_mean

    def build(self, input_shape: Any) -> None:
        if self.has_mean:
            self.mean = self.add_weight((1,), initializer="zeros", name="mean")
        self.built = True

    def call(self, inputs: Any) -> Any:
        total = sum(inputs[1:], start=inputs[0])  # (rows, 1) each
        if self.has_mean:
            total = total + self.mean
        return self.middle + self.unit * total

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        values = {"middle": self.middle, "unit": self.unit, "has_mean": self.has_mean}
        return {"name": self.name, **values}
