"""How far rows are from those of the training, each on its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kerazoo.errors import KerazooError
from kerazoo.saved.card import Card
from kerazoo.saved.typical import PIXEL, nearest_distances, spans_of, thumbnails_of


@dataclass(frozen=True)
class Typicality:
    """How far rows are from the training rows that a saved model holds.

    Args:
        distance: `(rows,)`: that to the nearest of them. Of a table the mean over its columns, 1
            being the span of the middle 80 % of the training rows, or another word; of images the
            mean over a thumbnail's pixels, 1 being black for white.
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
    found = card.typical
    if found is None:
        raise KerazooError(
            f"{card.name!r} does not say how far its validation rows are from its training rows. "
            "Networks of tables, and of classes of images, do: add it by kerazoo calibrate MODEL, "
            "for which the data that it was trained on must be there."
        )
    if found.thumbnails is not None:
        known = found.thumbnails.decode()
        measured, spans = thumbnails_of(rows), np.full(known.shape[1], PIXEL)
    else:
        assert card.profile is not None
        names = [column.name for column in card.columns]
        measured, known = rows, card.profile.sample.decode()
        spans = spans_of(card.profile, names)
    distance = nearest_distances(measured, known, spans).astype("float64")
    kept = found.distances.values.decode()
    farther = 1 - np.searchsorted(kept, distance.astype("float32"), "left") / len(kept)
    unread = np.isinf(rows.reshape(len(rows), -1)).any(axis=1)
    distance[unread], farther[unread] = np.nan, np.nan
    return Typicality(distance, farther)
