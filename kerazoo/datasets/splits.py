"""Splits: a data set as three parts, of which `fit` sees only two."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np

from kerazoo._wording import LONGEST_NAME, counted, is_printable
from kerazoo.datasets.about import About, Ratings
from kerazoo.datasets.reading.mapped import pieces
from kerazoo.errors import InvalidInput


class Part(NamedTuple):
    """Inputs and targets of one part; it unpacks as the `(x, y)` that `fit_model` takes."""

    x: np.ndarray
    y: np.ndarray | None = None

    def __repr__(self) -> str:
        """Show shapes: all the numbers would fill a notebook."""
        arrays = {name: array for name, array in self._asdict().items() if array is not None}
        shown = (f"{name}={np.shape(a)} of {np.asarray(a).dtype}" for name, a in arrays.items())
        return f"Part({', '.join(shown)})"

    @property
    def weight(self) -> np.ndarray | None:
        """How much each row counts; `None` if all count the same."""
        return None


class WeightedPart(Part):
    """A part whose rows do not all count the same: it unpacks as `(x, y, weight)`.

    Weights have a mean of 1, so that a loss keeps its size.

    Example:
        >>> part = WeightedPart(np.zeros((2, 3)), np.zeros(2), np.array([0.5, 1.5]))
        >>> len(part), part.weight.tolist()
        (3, [0.5, 1.5])
    """

    def __new__(cls, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> WeightedPart:
        """Make a tuple of three: that is what Keras takes."""
        return tuple.__new__(cls, (x, y, weight))

    def __repr__(self) -> str:
        """Show that there are weights."""
        return f"Weighted{super().__repr__()}"

    @property
    def weight(self) -> np.ndarray:
        """How much each row counts."""
        return cast(np.ndarray, tuple(self)[-1])


class RatedPart(Part):
    """A part of ratings that knows what else its users have rated: no news to them.

    Args:
        x: ids, as for `Part`.
        y: ratings.
        rated: ids of pairs in the other parts, `(rows, 2)`.
        about: whose ids they are.
    """

    rated: np.ndarray
    about: Ratings

    def __new__(
        cls, x: np.ndarray, y: np.ndarray | None, rated: np.ndarray, about: Ratings
    ) -> RatedPart:
        part = super().__new__(cls, x, y)
        part.rated, part.about = rated, about
        return part


class Starts(Part):
    """A part of an environment: the states that its episodes begin in; there is no target.

    Args:
        x: `(episodes, numbers)`.
        environment: what the environment is called in Gymnasium.

    Example:
        >>> Starts(np.zeros((2, 4), "float32"), "CartPole-v1").environment
        'CartPole-v1'
    """

    environment: str

    def __new__(cls, x: np.ndarray, environment: str) -> Starts:
        part = super().__new__(cls, x, None)
        part.environment = environment
        return part


@dataclass(frozen=True)
class Timeline:
    """The rows of a series in the order of time, which windows are cut from.

    Args:
        values: `(time, columns)`: the columns of a window.
        validation: the first row that is predicted in validation.
        test: the first row that is predicted in the test.
        dates: when each row was, as `datetime64`; `None` if that is not known.
        name: which series this is, of several.
        center: what to add to the target, multiplied by `spread`, to have it in its own units.
        spread: what to multiply it by.
    """

    values: np.ndarray
    validation: int
    test: int
    dates: np.ndarray | None = None
    name: str = ""
    center: float = 0.0
    spread: float = 1.0


@dataclass(frozen=True)
class Splits:
    """A data set, split.

    Args:
        train: what is fitted, also by scalers.
        validation: what choices are made on.
        test: touched once, at the end.
        about: what the rows are: a `Table`, `Images`, `Masks`, `Boxes`, a `Series`, `Words`,
            `Texts`, `Pairs` or `Ratings`.
        timelines: of a series, the rows that the windows were cut from, so that a backtest can cut
            them elsewhere.
        test_rows: of a user's data, what tells which row or file each test row is: columns by name,
            such as `{"row": numbers}`.
        train_rows: the same of each training row.
        unlabeled: inputs without targets, which a network may learn from before it learns from
            those that have some.

    Example:
        >>> import kerazoo
        >>> splits = kerazoo.load_dataset("boston")
        >>> splits.train.x.shape, splits.validation.x.shape, splits.test.x.shape
        ((303, 13), (101, 13), (102, 13))
        >>> splits.about.target_unit
        '$1000'
    """

    train: Part
    validation: Part
    test: Part
    about: About
    timelines: tuple[Timeline, ...] = ()
    test_rows: Mapping[str, Sequence[Any] | np.ndarray] | None = None
    train_rows: Mapping[str, Sequence[Any] | np.ndarray] | None = None
    unlabeled: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name in (*self.feature_names, *self.class_names, self.target_name):
            if not is_printable(name) or len(name) > LONGEST_NAME:
                raise InvalidInput(
                    f"the name {name[:40]!r} has signs that cannot be printed, or more than "
                    f"{LONGEST_NAME}: no network that learns it could be saved. Rename it."
                )

    def __repr__(self) -> str:
        """Show each part, and what kind of data it is."""
        parts = (f"{part}={getattr(self, part)}" for part in ("train", "validation", "test"))
        return f"Splits({', '.join(parts)}, about={type(self.about).__name__})"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """A name per input column; empty for images and words."""
        return self.about.feature_names

    @property
    def class_names(self) -> tuple[str, ...]:
        """A name per class; empty if no class is predicted."""
        return self.about.class_names

    @property
    def target_name(self) -> str:
        """What is predicted."""
        return self.about.target_name

    @property
    def target_unit(self) -> str:
        """The unit of a number that is predicted, such as `"$1000"`."""
        return self.about.target_unit

    def hash(self) -> str:
        """Return the SHA-256 of every array, its shape and its type."""
        return self._hash

    @cached_property
    def _hash(self) -> str:
        digest = hashlib.sha256()
        further = () if self.unlabeled is None else (self.unlabeled,)
        for part in (self.train, self.validation, self.test, further):
            for array in part:
                if array is not None:
                    digest.update(f"{array.shape} {array.dtype}".encode())
                    for _, piece in pieces(array):  # one of a file may not fit in memory
                        digest.update(np.ascontiguousarray(piece).reshape(-1).view(np.uint8).data)
        return digest.hexdigest()


def is_trained_on(part: Part, splits: Splits) -> bool:
    """Tell whether a part is the training part: of those rows, a network is too sure.

    Some data sets of a few rows have no others to validate on.
    """
    x, known = np.asarray(part.x), np.asarray(splits.train.x)
    may_lack = x.dtype.kind == "f"  # other types have no NaN, and cannot be asked for it
    return x is known or (x.shape == known.shape and np.array_equal(x, known, equal_nan=may_lack))


def hold_out_last(x: np.ndarray, y: np.ndarray, fraction: float) -> tuple[Part, Part]:
    """Split off the last rows, as `validation_split` of `keras.Model.fit` does.

    Args:
        x: inputs.
        y: targets.
        fraction: share of the rows that is held out, 0 < fraction < 1.

    Returns:
        What is left, and what was held out.

    Raises:
        InvalidInput: if one of them would be empty.
    """
    kept = int(len(x) * (1.0 - fraction)) if 0 < fraction < 1 else 0
    if not 0 < kept < len(x):
        raise InvalidInput(
            f"validation_fraction is {fraction}; expected a share above 0 and below 1 that leaves "
            f"some of {counted(len(x), 'row')} on both sides, such as 0.25."
        )
    return Part(x[:kept], y[:kept]), Part(x[kept:], y[kept:])
