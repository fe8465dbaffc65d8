"""How far rows are from those of the training, each on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kerazoo.datasets.about import Series, Texts
from kerazoo.datasets.reading.texts import UNKNOWN
from kerazoo.errors import KerazooError
from kerazoo.saved.card import Card
from kerazoo.saved.typical import (
    Typical,
    distances_of_thumbnails,
    nearest_distances,
    rarity_of,
    spans_of,
    spans_of_windows,
    thumbnails_of,
)


@dataclass(frozen=True)
class Typicality:
    """How far rows are from the training rows that a saved model holds.

    Args:
        distance: `(rows,)`: that to the nearest of them. Of a table the mean over its columns, and
            of a series over the values of a window, 1 being the span of the middle 80 % of the
            training rows, or another word; of images that over a thumbnail, 1 being what
            separates training images; of texts how rare their words are, 1 being words that none
            of the training had.
        farther: `(rows,)`: the share of validation rows that are as far or farther. 0.02 says that
            only one in fifty was.
    """

    distance: NDArray[np.floating]
    farther: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.distance)

    def columns(self) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Return both, as columns of a table."""
        return self.distance, self.farther


def typicality(rows: np.ndarray, card: Card) -> Typicality:
    """Measure how far rows are from the training rows that a card holds.

    Args:
        rows: as the network takes them; rows with an infinity, which could not be read, get NaN.
        card: of the network.

    Raises:
        KerazooError: if nothing is known of its training rows.
    """
    found = typical_of_card(card)
    about = card.about
    if isinstance(about, Texts):
        distance = rarity_of(rows, len(about.words)).astype("float64")
        return _compared(distance, found, unread=np.all(rows < UNKNOWN, axis=1))
    unread = np.isinf(rows.reshape(len(rows), -1)).any(axis=1)
    if found.thumbnails is not None and not isinstance(about, Series):
        known, channels = found.thumbnails.decode(), rows.shape[-1]
        distance = distances_of_thumbnails(thumbnails_of(rows), known, channels)
        return _compared(distance.astype("float64"), found, unread=unread)
    if found.thumbnails is not None:
        known = found.thumbnails.decode()
        measured, spans = rows.reshape(len(rows), -1), spans_of_windows(known, rows.shape[-1])
    else:
        assert card.profile is not None
        names = [column.name for column in card.columns]
        measured, known = rows, card.profile.sample.decode()
        spans = spans_of(card.profile, names)
    distance = nearest_distances(measured, known, spans).astype("float64")
    return _compared(distance, found, unread=unread)


def _compared(distance: np.ndarray, found: Typical, *, unread: Any) -> Typicality:
    kept = found.distances.values.decode()
    farther = 1 - np.searchsorted(kept, distance.astype("float32"), "left") / len(kept)
    distance[unread], farther[unread] = np.nan, np.nan
    return Typicality(distance, farther)


def typical_of_card(card: Card) -> Typical:
    """Return what a card says of how far validation rows are.

    Raises:
        KerazooError: if it says nothing.
    """
    found = card.typical
    if found is None:
        raise KerazooError(
            f"{card.name!r} does not say how far its validation rows are from its training rows; "
            "networks of tables, series, texts and classes of images do. Add it: kerazoo calibrate "
            "MODEL; the data that it was trained on must be there."
        )
    return found
