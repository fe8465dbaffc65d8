"""Whether what was passed as rows is paths of files."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from kerazoo.datasets.about import Pairs, Ratings, Texts
from kerazoo.saved.card import Card


def paths_in(rows: Any, card: Card) -> list[str | os.PathLike[str]]:
    """Return the paths that are meant; none if the rows are no paths.

    A list of texts is one row of a network that takes words of categories, a row each of one that
    takes texts, and paths for all others.

    Args:
        rows: what was passed as rows.
        card: what the network takes.
    """
    if isinstance(rows, np.ndarray) and rows.dtype.kind not in "UO":
        return []
    are_texts = isinstance(card.about, Texts | Pairs)
    takes_words = bool(card.columns) or isinstance(card.about, Ratings | Texts | Pairs)
    if isinstance(rows, os.PathLike) or (isinstance(rows, str) and not are_texts):
        return [rows]
    kinds = (os.PathLike,) if takes_words else (str, os.PathLike)
    if isinstance(rows, np.ndarray) and rows.ndim == 1:
        rows = rows.tolist()
    if not isinstance(rows, list | tuple) or not all(isinstance(row, kinds) for row in rows):
        return []
    return list(rows)
