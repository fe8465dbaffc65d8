"""Which training rows a row is nearest to: what a network had seen that is like it.

Rows of tables, windows of series and images are compared as `kerazoo.saved.typical` says, images by
all of their pixels. Two texts are 0 apart if they have the same words and 1 if they share none: 1
minus the share of the words of both that both have.

Reference:
    Jaccard, "The distribution of the flora in the alpine zone", 1912 (the distance of texts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kerazoo._wording import counted
from kerazoo.datasets.about import Images, Series, Table, Texts
from kerazoo.datasets.reading.texts import FIRST_WORD
from kerazoo.datasets.splits import Splits
from kerazoo.errors import InvalidInput, KerazooError
from kerazoo.saved.card import Card
from kerazoo.saved.profile import profile_of
from kerazoo.saved.typical import differences, spans_of, spans_of_numbers

_WHITE = 255.0  # what a pixel differs by from a black one at most
_PIECE = 2**22  # ids of texts that are compared at once


@dataclass(frozen=True)
class Nearest:
    """The training rows that some rows are nearest to.

    Args:
        indices: `(rows, count)`: of rows of `splits.train.x`, the nearest one first.
        distances: `(rows, count)`: 0 is the same.
    """

    indices: NDArray[np.integer]
    distances: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.indices)


def nearest_rows(rows: np.ndarray, splits: Splits, card: Card, count: int) -> Nearest:
    """Find the training rows that are nearest to each row.

    Args:
        rows: as the network takes them.
        splits: the data that the network was trained on.
        card: of the network.
        count: how many for each row.

    Raises:
        InvalidInput: if there are not so many training rows.
        KerazooError: if it was trained on other data, or takes what has no distances.
    """
    if splits.hash() != card.data:
        raise KerazooError(
            f"these are not the rows that {card.name!r} was trained on, as its card knows them. "
            "Pass the data of its training, split as it was then."
        )
    known = np.asarray(splits.train.x)
    if not isinstance(count, int | np.integer) or not 1 <= count <= len(known):
        raise InvalidInput(
            f"count is {count!r}; expected a whole number from 1 to the "
            f"{counted(len(known), 'training row')}."
        )
    found = _distances(rows, known, splits, card)
    indices = np.argsort(found, axis=1, kind="stable")[:, :count]
    return Nearest(indices, np.take_along_axis(found, indices, axis=1).astype("float64"))


def _distances(rows: np.ndarray, known: np.ndarray, splits: Splits, card: Card) -> np.ndarray:
    """Return the distance of each row to each training row, `(rows, training rows)`."""
    about = splits.about
    if isinstance(about, Texts) and rows.shape[1] > 1:
        return _word_distances(rows, known)
    flat, seen = rows.reshape(len(rows), -1), known.reshape(len(known), -1)
    if isinstance(about, Images):
        return differences(flat, seen, np.full(flat.shape[1], _WHITE))
    if isinstance(about, Series):
        return differences(flat, seen, spans_of_numbers(seen))
    profile = profile_of(seen, about) if isinstance(about, Table) else None
    if profile is None:
        raise KerazooError(
            f"{card.name!r} takes what has no distances here; tables of up to some thousand "
            "columns, images, series and texts have."
        )
    return differences(flat, seen, spans_of(profile, splits.feature_names))


def _word_distances(rows: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return 1 minus the share of the words of two texts that both have, `(rows, known)`."""
    found = np.empty((len(rows), len(known)))
    largest = max(int(rows.max()), int(known.max()))
    step = max(1, _PIECE // known.shape[1])
    for start in range(0, len(known), step):
        ids = np.sort(known[start : start + step], axis=1)  # (known, length)
        is_new = ids >= FIRST_WORD
        is_new[:, 1:] &= ids[:, 1:] != ids[:, :-1]
        counts = is_new.sum(axis=1)
        for index, row in enumerate(rows):
            asked = np.zeros(largest + 1, bool)
            asked[row[row >= FIRST_WORD]] = True
            both = (asked[ids] & is_new).sum(axis=1)
            either = np.maximum(counts + asked.sum() - both, 1)
            found[index, start : start + step] = 1 - both / either
    return found
