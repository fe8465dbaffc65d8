"""Why answers are what they are, as data and as text: what each part of an input counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from kerazoo.saved.card import Column

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


_REASONS = 3  # columns or words that a table for people names


class Why(Protocol):
    """Why some answers are what they are."""

    def in_short(self) -> list[str]:
        """Say for each answer what counts most, in a few words."""

    def fields(self) -> tuple[list[str], list[list[Any]]]:
        """Return columns of a table: their names, and the cells of each."""

    def records(self) -> list[dict[str, Any]]:
        """Return what JSON holds of each answer."""


@dataclass(frozen=True)
class Explanation:
    """What each column added to answers, in their own unit: a row's sum is answer minus baseline.

    Args:
        columns: names of the columns.
        outputs: names of the answers: the classes, or what is predicted.
        rows: `(rows, columns)`, as the network takes them.
        values: `(rows, columns, outputs)`: Shapley values.
        baseline: `(outputs,)`: the mean answer to the stored training rows.
        answers: `(rows, outputs)`: probabilities, or the number.
        standard_error: `(rows, columns, outputs)`, if the values were sampled; `None` if exact.
        kinds: what the columns are, so that codes are shown as words; numbers by default.

    Example:
        >>> values = np.array([[[0.25], [-0.5]]])
        >>> one = Explanation(
        ...     ("a", "b"), ("y",), np.ones((1, 2)), values, np.array([1.0]), np.array([[0.75]])
        ... )
        >>> one.of_answer().tolist()
        [[0.25, -0.5]]
    """

    columns: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: NDArray[np.generic]
    values: NDArray[np.floating]
    baseline: NDArray[np.floating]
    answers: NDArray[np.floating]
    standard_error: NDArray[np.floating] | None = None
    kinds: tuple[Column, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def answered(self) -> NDArray[np.integer]:
        """The index of each row's answer among the outputs: the most probable class."""
        return self.answers.argmax(axis=1)

    def of_answer(self) -> NDArray[np.floating]:
        """Return the values for each row's own answer, `(rows, columns)`."""
        return self._of_answer(self.values)

    def error_of_answer(self) -> NDArray[np.floating] | None:
        """Return the standard errors of `of_answer()`; `None` if the values are exact."""
        return None if self.standard_error is None else self._of_answer(self.standard_error)

    def baseline_of_answer(self) -> NDArray[np.floating]:
        """Return the baseline of each row's own answer, `(rows,)`."""
        return self.baseline[self.answered]

    def cell(self, row: int, column: int) -> str:
        """Return a value of a row as a person reads it."""
        value = self.rows[row, column]
        kind = self.kinds[column] if self.kinds else None
        if np.isnan(value):
            return "empty"
        if kind is not None and kind.categories:
            return kind.categories[int(value)] if value < len(kind.categories) else "another word"
        if kind is not None and kind.kind == "date":
            return str(np.datetime64(int(value), "D"))
        return f"{value:.4g}"

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas DataFrame, a row per answer: the baseline, and what each column added."""
        import pandas as pd

        frame = pd.DataFrame(self.of_answer(), columns=list(self.columns))
        frame.insert(0, "baseline", self.baseline_of_answer())
        return frame

    def in_short(self) -> list[str]:
        """Name for each answer the columns that count most."""
        return [in_short(self.columns, row) for row in self.of_answer()]

    def fields(self) -> tuple[list[str], list[list[Any]]]:
        """Return the baseline, a column for each value, and the largest standard error."""
        names = ["baseline", *(f"why_{name}" for name in self.columns)]
        cells = [self.baseline_of_answer().tolist(), *self.of_answer().T.tolist()]
        errors = self.error_of_answer()
        if errors is not None:
            names.append("standard_error")
            cells.append(errors.max(axis=1).tolist())
        return names, cells

    def records(self) -> list[dict[str, Any]]:
        """Return the baseline, and values by column, for JSON."""
        errors = self.error_of_answer()
        found = []
        for index, base in enumerate(self.baseline_of_answer().tolist()):
            values = dict(zip(self.columns, map(short, self.of_answer()[index]), strict=True))
            record: dict[str, Any] = {"baseline": short(base), "why": values}
            if errors is not None:
                record["standard_error"] = short(errors[index].max())
            found.append(record)
        return found

    def _of_answer(self, values: np.ndarray) -> np.ndarray:
        return np.take_along_axis(values, self.answered[:, np.newaxis, np.newaxis], axis=2)[..., 0]


def in_short(names: Sequence[str], values: NDArray[np.floating], most: int = _REASONS) -> str:
    """Name what counts most.

    Example:
        >>> in_short(("a", "b", "c", "d"), np.array([0.1, -2.5, 0.0, 0.3]))
        'b -2.5, d +0.3, a +0.1'
    """
    if np.isnan(values).any():
        return ""
    first = np.argsort(-np.abs(values), kind="stable")[:most]
    return ", ".join(f"{names[index]} {values[index]:+.3g}" for index in first)


def short(value: float) -> float | None:
    """Drop the digits that a float32 does not have; NaN, which JSON lacks, is none."""
    return None if np.isnan(value) else float(f"{value:.7g}")
