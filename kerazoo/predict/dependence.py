"""How answers depend on one column of a table, all others being as they are in training rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kerazoo.errors import unknown_name
from kerazoo.predict.drift import profile_of_card
from kerazoo.predict.rows import check_array
from kerazoo.predict.shapley import Answer
from kerazoo.saved.card import Card, Column
from kerazoo.saved.profile import Profile

if TYPE_CHECKING:
    import pandas as pd

_MOST_VALUES = 21  # the 20-quantiles: a curve, and few enough answers
_MOST_WORDS = 50


@dataclass(frozen=True)
class Dependence:
    """How answers depend on one column.

    Args:
        column: which one.
        values: `(values,)`: what the column is set to: 20-quantiles of the training rows, or codes.
        words: what the codes stand for; none for a number.
        outputs: the classes, or the number that is predicted.
        rows: `(values, rows, outputs)`: the answer to each stored training row so changed.
    """

    column: str
    values: NDArray[np.floating]
    words: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: NDArray[np.floating]

    @property
    def mean(self) -> NDArray[np.floating]:
        """`(values, outputs)`: the partial dependence."""
        return self.rows.mean(axis=1)

    @property
    def reach(self) -> NDArray[np.floating]:
        """`(outputs,)`: how far the mean answer moves: its largest value minus its smallest."""
        return np.ptp(self.mean, axis=0)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each value of the column, and the mean answers."""
        import pandas as pd

        cells = list(self.words) if self.words else self.values
        found = {name: self.mean[:, index] for index, name in enumerate(self.outputs)}
        return pd.DataFrame({self.column: cells, **found})


def partial_dependence(answer: Answer, card: Card, column: str) -> Dependence:
    """Set a column of the stored training rows to one value after another, and answer them.

    Args:
        answer: gives `(rows, outputs)`: probabilities, or numbers.
        card: of a network that takes a table.
        column: one of its columns.

    Raises:
        KerazooError: if the network takes no table, or its card holds no training rows.
        UnknownName: if there is no such column.
    """
    profile = profile_of_card(card)
    names = [one.name for one in card.columns]
    if column not in names:
        raise unknown_name("column", column, names)
    index = names.index(column)
    known = check_array(profile.sample.decode(), card, "card.json")
    values, words = _values_of(profile, card.columns[index], index)
    changed = np.repeat(known[None], len(values), axis=0)  # (values, rows, columns)
    changed[:, :, index] = values[:, None]
    answers = answer(changed.reshape(-1, known.shape[1]))
    outputs = card.class_names or (card.target_name or "prediction",)
    if len(outputs) != answers.shape[1]:
        outputs = tuple(f"{outputs[0]}_{number}" for number in range(answers.shape[1]))
    rows = answers.astype("float64").reshape(len(values), len(known), -1)
    return Dependence(column, values, words, outputs, rows)


def _values_of(profile: Profile, column: Column, index: int) -> tuple[np.ndarray, tuple[str, ...]]:
    if column.categories:
        words = column.categories[:_MOST_WORDS]
        return np.arange(len(words), dtype="float32"), words
    quantiles = profile.quantiles.decode()[:, index]
    chosen = np.linspace(0, len(quantiles) - 1, _MOST_VALUES).round().astype(int)
    return np.unique(quantiles[chosen]), ()
